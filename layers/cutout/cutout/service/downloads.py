"""What a job needs from the web, brought into the source bucket once: from there on it is like any upload."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cutout.service import intake
from cutout.service.connections import Deadline
from cutout.service.fetch import Policy, fetch
from cutout.service.jobs import Job
from cutout.service.keys import fetched_background_key

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

ABSENT = {"404", "NoSuchKey"}
THERE_ALREADY = {"412", "PreconditionFailed"}
SEQUENCER = (
    "01"  # what is fetched is written once and never replaced: in the order of events it is always the first
)


@dataclass(frozen=True, kw_only=True)
class Downloads:
    """Fetches into the source bucket. An object that is there already is used, so that a repeated message, or two
    at a time, never work on other bytes than the first.
    """

    s3: "S3Client"
    policy: Policy

    def picture_of(self, job: Job, deadline: Deadline) -> Job:
        """The job, now that its picture lies under its source's key.

        Raises
        ------
        BadUrl, FetchFailed, TooManyBytes
            As ``fetch``.
        """
        source = job.source
        there = self._stored(source.bucket, source.key, source.url, "image_url", deadline)
        version = there.get("VersionId")
        found = {
            "etag": there["ETag"].strip('"'),
            "version_id": None if version in {None, "null"} else version,
            "size_bytes": there["ContentLength"],
            "sequencer": SEQUENCER,
        }
        return job.arrived(source.model_copy(update=found))

    def with_backgrounds(self, job: Job, deadline: Deadline) -> Job:
        """The job, with its recipe's background pictures in the source bucket; raises as ``picture_of``."""
        keys = {}
        for url in intake.background_urls(job.recipe):
            keys[url] = fetched_background_key(job.owner, job.id, url)
            self._stored(job.source.bucket, keys[url], url, "background.url", deadline)
        return job.model_copy(update={"recipe": intake.with_stored_backgrounds(job.recipe, keys)})

    def _stored(self, bucket: str, key: str, url: str, field: str, deadline: Deadline) -> Any:
        """What S3 says of the object: the one that was there, or the one that has been fetched now."""
        there = self._find(bucket, key)
        if there is not None:
            return there
        body = fetch(url, field=field, policy=self.policy, deadline=deadline)
        try:
            self.s3.put_object(Bucket=bucket, Key=key, Body=body, IfNoneMatch="*")
        except self.s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in THERE_ALREADY:
                raise
        return self.s3.head_object(Bucket=bucket, Key=key)

    def _find(self, bucket: str, key: str) -> Any:
        try:
            return self.s3.head_object(Bucket=bucket, Key=key)
        except self.s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in ABSENT:
                return None
            raise
