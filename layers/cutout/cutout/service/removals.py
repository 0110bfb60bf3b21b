"""Deleting results: those of a version that nobody wants any more, and what a job that is not delivered has made."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from cutout.service.jobs import Job, Source
from cutout.service.keys import report_key, result_key
from cutout.service.objects import CHANGED_MEANWHILE, MAKER, ORDER

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


def remove_results(s3: "S3Client", *, bucket: str, keys: list[str], source: Source) -> None:
    """Delete what was made of this version of the source; what a newer one has put in its place stays."""
    for key in keys:
        _remove_if(s3, bucket, key, lambda noted: noted.get(ORDER, "") == source.rank)


def take_back(s3: "S3Client", bucket: str, job: Job) -> None:
    """Delete what a job that is not delivered has put directly below its folder; its report stays.

    What another job has put there stays, whatever its rank, and so does what this one has put in the place of another
    job's that was made from the same source: that one has been paid. A correction has put everything in such places.
    """
    if job.corrects:
        return
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=result_key(job.folder, ""), Delimiter="/"
    )
    for found in [found for page in pages for found in page.get("Contents", [])]:
        if found["Key"] != report_key(job.folder):
            _remove_if(s3, bucket, found["Key"], lambda noted: noted.get(MAKER) == job.id)


def remove_below(s3: "S3Client", bucket: str, folder: str) -> None:
    """Delete every object whose key begins with ``folder``."""
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder):
        for found in page.get("Contents", []):
            s3.delete_object(Bucket=bucket, Key=found["Key"])


def _remove_if(s3: "S3Client", bucket: str, key: str, is_ours: Callable[[dict[str, str]], bool]) -> None:
    """Delete an object if what is noted with it says that it is ours, and nobody replaces it in this moment."""
    try:
        there = s3.head_object(Bucket=bucket, Key=key)
        if is_ours(there["Metadata"]):
            s3.delete_object(Bucket=bucket, Key=key, IfMatch=there["ETag"])
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in CHANGED_MEANWHILE:
            raise
