"""Objects of a bucket, deleted for good: every version of them, where the bucket keeps versions."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cutout.service.objects import GONE

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

MOST_AT_ONCE = 1000  # S3's own limit


class NotDeleted(Exception):
    """S3 refused to delete some objects; the message says how many, and why the first."""


@dataclass(frozen=True, kw_only=True)
class Objects:
    """One bucket."""

    s3: "S3Client"
    bucket: str

    def read(self, key: str) -> bytes | None:
        """An object's bytes; None if it is not there."""
        try:
            return self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except self.s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                return None
            raise

    def keys_below(self, prefix: str) -> list[str]:
        """The keys that begin so, deleted ones whose versions are left too."""
        return sorted({version["Key"] for version in self._versions(prefix)})

    def remove(self, key: str) -> int:
        """Delete all versions of one object; how many there were."""
        return self._delete([version for version in self._versions(key) if version["Key"] == key])

    def remove_below(self, prefix: str) -> int:
        """Delete all versions of everything whose key begins so; how many there were."""
        return self._delete(list(self._versions(prefix)))

    def _versions(self, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=prefix)
        for page in pages:
            for found in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                yield {"Key": found["Key"], "VersionId": found["VersionId"]}

    def _delete(self, versions: list[dict[str, Any]]) -> int:
        for start in range(0, len(versions), MOST_AT_ONCE):
            some: Any = versions[start : start + MOST_AT_ONCE]
            answer = self.s3.delete_objects(Bucket=self.bucket, Delete={"Objects": some, "Quiet": True})
            faults = answer.get("Errors", [])
            if faults:
                raise NotDeleted(f"{len(faults)} objects in {self.bucket}: {faults[0].get('Message')}")
        return len(versions)
