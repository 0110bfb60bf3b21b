"""From what S3 says to a job: reading events, and choosing the recipe of an upload."""

import json
from typing import Any
from urllib.parse import unquote_plus

from cutout.recipe import Recipe, parse_recipe
from cutout.service.jobs import BUCKET_OWNER, Job, Source, timestamp, upload_job_id

RECIPE_METADATA = "recipe"
CALLBACK_METADATA = "callback"


def sources_of(body: str) -> list[Source]:
    """The objects that an S3 notification announces.

    The test event that S3 sends when a notification is set up announces none; nor do events other than creations.
    """
    notification = json.loads(body)
    if not isinstance(notification, dict):
        raise ValueError("not an S3 notification")
    if notification.get("Event") == "s3:TestEvent":
        return []
    created = [
        _source(record) for record in notification["Records"] if "ObjectCreated" in record["eventName"]
    ]
    # An empty object whose key ends in a slash is a folder that somebody made in a console.
    return [source for source in created if source.size_bytes or not source.key.endswith("/")]


def _source(record: dict[str, Any]) -> Source:
    described = record["s3"]["object"]
    version = described.get("versionId")
    return Source(
        bucket=record["s3"]["bucket"]["name"],
        key=unquote_plus(described["key"]),  # S3 writes the key URL-encoded, a space as a plus
        version_id=None if version in {None, "null"} else version,
        etag=described.get("eTag", ""),
        sequencer=described.get("sequencer", ""),
        size_bytes=described.get("size", 0),
    )


def upload_job(source: Source, now: float) -> Job:
    """The job of an object put straight into the bucket, before anything of it has been read."""
    return Job(
        id=upload_job_id(source), owner=BUCKET_OWNER, lane="bulk", created=timestamp(now), source=source
    )


def again(job: Job, source: Source, now: float) -> Job:
    """The job of one more upload to the form of a job that has ended: as that one was, with an id of its own."""
    return job.model_copy(update={"id": upload_job_id(source), "created": timestamp(now), "source": source})


def callback_of(job: Job, metadata: dict[str, str]) -> str | None:
    """The webhook address in the object's metadata, else the one the job came with."""
    return metadata.get(CALLBACK_METADATA, job.callback)


def recipe_of(job: Job, metadata: dict[str, str]) -> Recipe:
    """The recipe in the object's metadata, else the one the job came with.

    Raises
    ------
    BadRecipe
        The metadata's recipe has an unknown field or an impossible value.
    """
    text = metadata.get(RECIPE_METADATA)
    return parse_recipe(text) if text else job.recipe
