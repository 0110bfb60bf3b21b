"""From what S3 says to a job: reading events, and choosing the recipe of an upload."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote_plus

from cutout.errors import BadBackground
from cutout.recipe import Image, Output, Recipe, parse_recipe, recipe_named
from cutout.service.jobs import BUCKET_OWNER, Job, Source, timestamp, upload_job_id
from cutout.service.keys import BACKGROUNDS_PREFIX, CALLS_PREFIX, UPLOAD_PREFIX
from cutout.service.messages import JobMessage
from cutout.service.prices import price_of

RECIPE_METADATA = "recipe"
PRESET_METADATA = "preset"
PRESET_TAG = "cutout-preset"
CALLBACK_METADATA = "callback"

NOTHING: Mapping[str, str] = MappingProxyType({})


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
    return [source for source in created if _is_to_be_cut_out(source)]


def _is_to_be_cut_out(source: Source) -> bool:
    """All but background pictures, what calls brought, and empty objects whose key ends in a slash.

    Those are folders made in a console. Whoever writes below ``calls/`` sends the job itself.
    """
    is_folder = not source.size_bytes and source.key.endswith("/")
    return not is_folder and not source.key.startswith((BACKGROUNDS_PREFIX, CALLS_PREFIX))


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


def job_in(body: str) -> Job | None:
    """The job of a message that carries one; None for S3's notifications."""
    document = json.loads(body)
    if not isinstance(document, dict) or "job" not in document:
        return None
    return JobMessage.model_validate(document).job


def upload_job(source: Source, payer: str, now: float) -> Job:
    """The job of an object put straight into the bucket, before anything of it has been read.

    ``payer`` is the account that pays for the bucket's uploads.
    """
    return Job(
        id=upload_job_id(source),
        owner=BUCKET_OWNER,
        lane="bulk",
        created=timestamp(now),
        source=source,
        payer=payer,
        price=price_of("picture"),
    )


def again(job: Job, source: Source, now: float) -> Job:
    """The job of one more upload to the form of a job that has ended: as that one was, with an id of its own."""
    return job.model_copy(update={"id": upload_job_id(source), "created": timestamp(now), "source": source})


def callback_of(job: Job, metadata: dict[str, str]) -> str | None:
    """The webhook address in the object's metadata, else the one the job came with.

    What is part of a batch is its owner's affair: its upload has no say in it.
    """
    if _was_answered(job) or job.batch:
        return job.callback
    return metadata.get(CALLBACK_METADATA, job.callback)


def recipe_of(job: Job, metadata: dict[str, str], tags: Mapping[str, str] = NOTHING) -> Recipe:
    """What to make: the object's metadata decide, its tags, or what the job came with (a rule's, a call's), in this
    order.

    Raises
    ------
    BadRecipe
        The recipe has an unknown field or an impossible value, or there is no preset of that name.
    """
    if _was_answered(job) or job.recipe_is_final:
        return job.recipe
    if metadata.get(RECIPE_METADATA):
        return parse_recipe(metadata[RECIPE_METADATA])
    if PRESET_METADATA in metadata:
        return recipe_named(metadata[PRESET_METADATA], f"The metadata field {PRESET_METADATA!r}")
    if PRESET_TAG in tags:
        return recipe_named(tags[PRESET_TAG], f"The tag {PRESET_TAG!r}")
    return job.recipe


def _was_answered(job: Job) -> bool:
    """Whether the picture has been answered before: what lies beside it spoke for that time only."""
    return job.rendering_of is not None or bool(job.corrects)


def background_urls(recipe: Recipe) -> list[str]:
    """The pictures on the web that a recipe lays behind its subject, each once."""
    return sorted({picture.url for picture in _pictures_behind(recipe) if picture.url})


def with_stored_backgrounds(recipe: Recipe, keys: dict[str, str]) -> Recipe:
    """The recipe with keys in the source bucket in place of URLs; ``keys`` has one for every URL."""

    def stored(output: Output) -> Output:
        background = output.background
        if not isinstance(background, Image) or not background.url:
            return output
        there = background.model_copy(update={"key": keys[background.url], "url": ""})
        return output.model_copy(update={"background": there})

    return recipe.model_copy(update={"outputs": tuple(map(stored, recipe.outputs))})


def background_keys(recipe: Recipe, owner: str) -> list[str]:
    """The pictures in the source bucket that a recipe lays behind its subject, each once.

    Raises
    ------
    BadBackground
        One of them is not the owner's to use.
    """
    keys = sorted({picture.key for picture in _pictures_behind(recipe) if picture.key})
    for key in keys:
        if not may_use(owner, key):
            raise BadBackground(
                f"The background picture {key!r} is not yours to use; allowed: keys below {BACKGROUNDS_PREFIX} "
                "and your own uploads."
            )
    return keys


def may_use(owner: str, key: str) -> bool:
    """Whether an owner may lay this object behind a subject: shared pictures, and what is the owner's own.

    The bucket's owner may read the bucket; what an API key has brought is that key's alone.
    """
    if key.startswith((BACKGROUNDS_PREFIX, f"{UPLOAD_PREFIX}{owner}/", f"{CALLS_PREFIX}{owner}/")):
        return True
    return owner == BUCKET_OWNER and not key.startswith((UPLOAD_PREFIX, CALLS_PREFIX))


def _pictures_behind(recipe: Recipe) -> list[Image]:
    backgrounds = [output.background for output in recipe.outputs]
    return [background for background in backgrounds if isinstance(background, Image)]
