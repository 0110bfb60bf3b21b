"""Reading uploads and writing results in S3, so that an older version never replaces a newer one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from cutout.errors import BadBackground, BadMatte, SourceGone, SourceUnreadable, Superseded, TooManyBytes
from cutout.service.jobs import Source

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

GONE = {"NoSuchKey", "NoSuchVersion", "404", "PreconditionFailed", "412"}
UNREADABLE = {"InvalidObjectState", "InvalidRequest"}
CHANGED_MEANWHILE = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409", "NoSuchKey", "404"}
ORDER = "sequencer"  # metadata of a result: the rank of the source that it was made from
MAKER = "job"  # metadata of a result: the job that has put it there; empty: it replaced another job's of the same rank
NOTHING_THERE = {"IfNoneMatch": "*"}
MOST_ATTEMPTS = 8


class Stream(Protocol):
    """Bytes that are on their way."""

    def read(self) -> bytes:
        """All that is left."""
        ...

    def close(self) -> None:
        """Stop the sender."""
        ...


@dataclass(frozen=True, kw_only=True)
class Upload:
    """An upload that has been opened: what its sender said of it, and its bytes on demand."""

    metadata: dict[str, str]
    size_bytes: int
    stream: Stream
    tag_count: int = 0
    etag: str = ""

    def read(self, max_bytes: int) -> bytes:
        """All of it; raises TooManyBytes, and reads nothing, when it is larger than ``max_bytes``."""
        if self.size_bytes > max_bytes:
            self.stream.close()
            size, most = self.size_bytes / 1e6, max_bytes / 1e6
            raise TooManyBytes(f"The file has {size:,.1f} MB; at most {most:,.1f} MB are accepted.")
        return self.stream.read()


def open_upload(s3: "S3Client", source: Source) -> Upload:
    """Open exactly the version that the event named.

    Raises
    ------
    SourceGone
        The object was deleted, or replaced by other content.
    SourceUnreadable
        The object is archived, or encrypted with its sender's own key.
    """
    which: dict[str, Any] = {"Bucket": source.bucket, "Key": source.key}
    if source.version_id:
        which["VersionId"] = source.version_id
    elif source.etag:
        which["IfMatch"] = f'"{source.etag}"'  # events carry it without its quotes
    try:
        answer = s3.get_object(**which)
    except s3.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if code in GONE:
            raise SourceGone(f"{source.key!r} was deleted or replaced before it was read.") from error
        if code in UNREADABLE:
            raise SourceUnreadable(
                f"{source.key!r} cannot be read: it lies in cold storage or is encrypted with a key of its sender."
            ) from error
        raise
    return Upload(
        metadata=answer["Metadata"],
        size_bytes=answer["ContentLength"],
        stream=answer["Body"],
        tag_count=answer.get("TagCount", 0),
        etag=answer["ETag"].strip('"'),
    )


def tags_of(s3: "S3Client", source: Source) -> dict[str, str]:
    """The tags of an uploaded object; none if it was deleted meanwhile."""
    version: dict[str, Any] = {"VersionId": source.version_id} if source.version_id else {}
    try:
        tags = s3.get_object_tagging(Bucket=source.bucket, Key=source.key, **version)["TagSet"]
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in GONE:
            return {}
        raise
    return {tag["Key"]: tag["Value"] for tag in tags}


def metadata_of(s3: "S3Client", bucket: str, key: str) -> dict[str, str] | None:
    """What was noted with an object when it was written; None if there is no such object."""
    try:
        return s3.head_object(Bucket=bucket, Key=key)["Metadata"]
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
            return None
        raise


def exists(s3: "S3Client", bucket: str, key: str) -> bool:
    """Whether the object is there."""
    return metadata_of(s3, bucket, key) is not None


def read_background(s3: "S3Client", bucket: str, key: str, max_bytes: int) -> bytes:
    """The bytes of a background picture; raises BadBackground when it is not there or too large."""
    try:
        answer = s3.get_object(Bucket=bucket, Key=key)
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in GONE | UNREADABLE:
            raise BadBackground(
                f"The background picture {key!r} is not in the source bucket, or locked."
            ) from error
        raise
    if answer["ContentLength"] > max_bytes:
        answer["Body"].close()
        size, most = answer["ContentLength"] / 1e6, max_bytes / 1e6
        raise BadBackground(
            f"The background picture {key!r} has {size:,.1f} MB; at most {most:,.1f} MB are accepted."
        )
    return answer["Body"].read()


def read_own_matte(s3: "S3Client", bucket: str, key: str, max_bytes: int) -> bytes:
    """The bytes of a corrected matte; raises BadMatte when it is not there or too large."""
    try:
        return open_upload(s3, Source(bucket=bucket, key=key)).read(max_bytes)
    except (SourceGone, SourceUnreadable, TooManyBytes) as error:
        raise BadMatte(f"The corrected matte cannot be used: {error}") from error


def write_result(
    s3: "S3Client", *, bucket: str, key: str, body: bytes, content_type: str, source: Source, maker: str
) -> None:
    """Write a result under its predictable key, unless a newer version of the source has written it already.

    Most keys are new, so it is first tried as if nothing were there. What is there is compared by its source's rank and
    replaced only if it has not changed since (If-Match, If-None-Match), so of two jobs that end at the same time the
    newer wins whatever their order. ``maker``, the job's id, is noted with it, for ``take_back``.

    Raises
    ------
    Superseded
        A newer upload of the same key has been answered.
    RuntimeError
        Others kept writing the same key all the time.
    """
    condition: dict[str, Any] = NOTHING_THERE
    noted = {ORDER: source.rank, MAKER: maker}
    for _ in range(MOST_ATTEMPTS):
        try:
            s3.put_object(
                Bucket=bucket,
                Key=key,
                Body=body,
                ContentType=content_type,
                Metadata=noted,
                **condition,
            )
        except s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in CHANGED_MEANWHILE:
                raise
        else:
            return
        condition, there = _condition(s3, bucket, key, source)
        is_shared = there.get(ORDER) == source.rank and there.get(MAKER) != maker
        noted = {ORDER: source.rank, MAKER: "" if is_shared else maker}
    raise RuntimeError(f"a result changed {MOST_ATTEMPTS} times while it was being written")


def _condition(
    s3: "S3Client", bucket: str, key: str, source: Source
) -> tuple[dict[str, Any], dict[str, str]]:
    """The condition under which the write may happen: as long as things are as we saw them; and what is noted there."""
    try:
        there = s3.head_object(Bucket=bucket, Key=key)
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
            return NOTHING_THERE, {}
        raise
    if is_newer(there["Metadata"].get(ORDER, ""), source.rank):
        raise Superseded(f"A newer upload of {source.key!r} has been answered already.")
    return {"IfMatch": there["ETag"]}, there["Metadata"]


def is_newer(one: str, other: str) -> bool:
    """Whether sequencer ``one`` comes after ``other``.

    They are hexadecimal strings of any length; the shorter is padded with zeros on its right (S3's own rule).
    """
    length = max(len(one), len(other))
    return one.ljust(length, "0") > other.ljust(length, "0")
