"""What the next page of a batch has: some keys below its prefix, or some lines of its manifest."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cutout.service.batches import BatchState, Position
from cutout.service.manifests import SLICE_BYTES, BadManifest, BatchItem, Line, slice_of

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

MOST_PER_PAGE = 100
GONE = {"NoSuchKey", "404", "PreconditionFailed", "412"}


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some lines of a batch; ``to`` is where the next page begins, None after the last one."""

    lines: tuple[Line, ...]
    to: Position | None


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Reads pages, each the same however often it is read."""

    s3: "S3Client"
    most: int = MOST_PER_PAGE

    def page_of(self, state: BatchState) -> Page:
        """The page at the batch's position; raises BadManifest for a list that cannot be read any further."""
        return self._of_manifest(state) if state.batch.manifest else self._of_prefix(state)

    def _of_prefix(self, state: BatchState) -> Page:
        """Keys in S3's order. Empty objects whose key ends in a slash are folders made in a console."""
        batch, after = state.batch, state.position.after
        answer = self.s3.list_objects_v2(
            Bucket=batch.bucket,
            Prefix=batch.prefix,
            MaxKeys=self.most,
            **({"StartAfter": after} if after else {}),  # type: ignore[arg-type]
        )
        found = answer.get("Contents", [])
        pictures = [o["Key"] for o in found if o["Size"] or not o["Key"].endswith("/")]
        lines = tuple(Line(where=key, item=BatchItem(key=key)) for key in pictures)
        is_last = not answer["IsTruncated"]
        return Page(lines=lines, to=None if is_last else Position(after=found[-1]["Key"]))

    def _of_manifest(self, state: BatchState) -> Page:
        at = state.position
        body, total = self._read(state, at.offset)
        found = slice_of(
            body,
            offset=at.offset,
            line=at.line,
            columns=at.columns,
            whole=at.offset + len(body) >= total,
            most=self.most,
        )
        next_ = Position(offset=found.offset, line=found.line, columns=found.columns)
        return Page(lines=found.lines, to=None if found.offset >= total else next_)

    def _read(self, state: BatchState, offset: int) -> tuple[bytes, int]:
        """Some bytes of the manifest that the batch was made with, and how many it has in all."""
        batch = state.batch
        try:
            answer = self.s3.get_object(
                Bucket=batch.bucket,
                Key=batch.manifest,
                IfMatch=f'"{batch.manifest_etag}"',
                Range=f"bytes={offset}-{offset + SLICE_BYTES - 1}",
            )
        except self.s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                raise BadManifest(
                    "The manifest was deleted or replaced before all of it was read."
                ) from error
            raise
        return answer["Body"].read(), int(answer["ContentRange"].rpartition("/")[2])
