"""Results whose source was deleted: they get a tag, and the result bucket lets what has it expire.

What counts is whether the source is there, not which event came last: events come in any order and more than once, and
every one of them only makes the tags agree with the bucket. A job that ends after its source was deleted looks, too,
when it has written everything: so either it sees the deletion, or the deletion's event comes after its results.
"""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from cutout.service.jobs import Job
from cutout.service.keys import result_key
from cutout.service.messages import RemovalMessage

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

TAG = {"Key": "cutout-source", "Value": "deleted"}
GONE = {"NoSuchKey", "404"}


def removal_in(body: str) -> RemovalMessage | None:
    """The removal that a message carries; None if it is another message."""
    document = json.loads(body)
    if not isinstance(document, dict) or "removed_from" not in document:
        return None
    return RemovalMessage.model_validate(document)


def removed_keys(body: str) -> list[tuple[str, str]]:
    """The buckets and keys of which an S3 notification says that something was removed: an object or a version.

    S3's own events only; what a lifecycle rule of the source bucket expires is announced by others, and its results
    stay.
    """
    notification = json.loads(body)
    records = notification.get("Records", [])
    return [
        (record["s3"]["bucket"]["name"], unquote_plus(record["s3"]["object"]["key"]))
        for record in records
        if "ObjectRemoved" in record["eventName"]
    ]


def settle(s3: "S3Client", *, source: tuple[str, str], result_bucket: str, folder: str) -> None:
    """Tag everything in a result folder if its source (bucket and key) is gone; take the tag away if it is there.

    The source is looked at once more after that: an upload that comes at the same time keeps its results.
    """
    seen = None
    while (there := is_there(s3, *source)) != seen:
        seen = there
        ours = [] if there else [TAG]
        for key in _files_in(s3, result_bucket, folder):
            _mark(s3, result_bucket, key, ours)


def after_ending(s3: "S3Client", job: Job, result_bucket: str) -> None:
    """Let the results of a job expire, if that is its rule and its source was deleted while it was worked on."""
    source = job.source.bucket, job.source.key
    if job.on_delete == "expire" and not is_there(s3, *source):
        settle(s3, source=source, result_bucket=result_bucket, folder=job.folder)


def is_there(s3: "S3Client", bucket: str, key: str) -> bool:
    """Whether a key has an object. Asked by listing: that needs no right to read the object."""
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", [])
    return any(found["Key"] == key for found in listed)


def _files_in(s3: "S3Client", bucket: str, folder: str) -> Iterator[str]:
    """What lies in the folder itself: further down are results of sources whose keys are longer."""
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=result_key(folder, ""), Delimiter="/"
    )
    return (found["Key"] for page in pages for found in page.get("Contents", []))


def _mark(s3: "S3Client", bucket: str, key: str, ours: list[Any]) -> None:
    """Give an object our tag, or none of ours; the tags of others stay."""
    try:
        tags: list[Any] = s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
        others = [tag for tag in tags if tag["Key"] != TAG["Key"]]
        wanted = [*others, *ours]
        if wanted != tags:
            s3.put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": wanted})
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in GONE:  # somebody else has deleted it
            raise
