"""What a batch is: many pictures for one owner, asked for at once and told of as one."""

import hashlib
import json
import secrets
from collections.abc import Iterable
from typing import Literal

from cutout.recipe import Recipe
from cutout.service.accounts import Account
from cutout.service.jobs import Job, Record, Source
from cutout.service.keys import CALLS_PREFIX, UPLOAD_PREFIX, call_key, fetched_name
from cutout.service.manifests import BatchItem
from cutout.service.prices import price_of

BATCHES_PREFIX = "batches/"
REPORT, FAILURES = "report.json", "failures.csv"

BatchStatus = Literal["making", "running", "completed", "failed", "cancelled"]
"""its jobs are being made; all are made; ended, the last three"""


class Position(Record):
    """How far the jobs of a batch have been made: where its next page begins."""

    after: str = ""
    """the last key of a prefix that was listed"""
    offset: int = 0
    """the first byte of a manifest that has not been read"""
    line: int = 0
    """how many lines of it have been read"""
    columns: tuple[str, ...] = ()
    """of a manifest in CSV"""


class Batch(Record):
    """What was asked for, as it was said."""

    id: str
    owner: str
    created: str
    bucket: str
    manifest: str = ""
    """the key of the list of pictures; empty: all that lies below ``prefix``"""
    manifest_etag: str = ""
    prefix: str = ""
    recipe: Recipe = Recipe()
    """for every picture that has none of its own"""
    callback: str | None = None
    """whom to tell of the batch's end"""
    name: str = ""
    asked: str = ""
    """digest of the call that made it, to tell a repetition from another call"""


class Counts(Record):
    """What has become of the jobs of a batch."""

    made: int = 0
    """so far; a refused line of a manifest is one that has failed"""
    done: int = 0
    failed: int = 0
    review: int = 0
    """of those that are done: whose results somebody should look at"""
    charged: int = 0
    """in hundredths of a credit"""

    @property
    def ended(self) -> int:
        """How many jobs have ended."""
        return self.done + self.failed


class BatchState(Record):
    """A batch and where it stands."""

    batch: Batch
    status: BatchStatus
    position: Position
    made: int
    updated: str
    deadline: int = 0
    """until when something has to have happened, in epoch seconds"""
    cancelled: bool = False
    reason: str = ""
    """why not all of its jobs could be made"""
    counts: Counts | None = None
    """as it ended; None: it has not"""


def request_batch_id(owner: str, idempotency_key: str | None) -> str:
    """The id of a call's batch: the same for a repeated Idempotency-Key of one owner, else random."""
    if idempotency_key is None:
        return secrets.token_hex(16)
    return digest_of("batch", owner, idempotency_key)


def digest_of(*parts: str) -> str:
    """32 hexadecimal digits that stand for these words in this order."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]


def place_of(item: BatchItem) -> str:
    """Where an item's results lie within its batch: as it is called, else as its source is.

    Two addresses may end alike, so an address without a name gets a folder of its own.
    """
    if item.name is not None:
        return item.name
    if item.key is not None:
        return item.key
    url = item.url or ""
    return f"{digest_of(url)[:12]}/{fetched_name(url)}"


def batch_job(batch: Batch, item: BatchItem, now: str) -> Job:
    """The job of one item. Its place is its identity: the same item twice is one job, however it is delivered."""
    place = place_of(item)
    job_id = digest_of(batch.id, place)
    key = item.key or call_key(batch.owner, job_id, fetched_name(item.url or ""))
    return Job(
        id=job_id,
        owner=batch.owner,
        lane="bulk",
        created=now,
        source=Source(bucket=batch.bucket, key=key, url=item.url or ""),
        recipe=item.own_recipe or batch.recipe,
        recipe_is_final=True,
        batch=batch.id,
        results_at=f"{BATCHES_PREFIX}{batch.id}/{place}",
        price=price_of("picture"),
    )


def said_of(job: Job) -> str:
    """What an item asks for, in short: two items of one place have to ask for the same."""
    return digest_of(job.source.key, job.source.url, job.recipe.model_dump_json())


def batch_file_key(batch_id: str, name: str) -> str:
    """A file about the whole batch, in the result bucket."""
    return f"{BATCHES_PREFIX}{batch_id}/{name}"


def own_places(owner: str) -> tuple[str, ...]:
    """The prefixes of the source bucket below which everything is the owner's own."""
    return f"{UPLOAD_PREFIX}{owner}/", f"{CALLS_PREFIX}{owner}/"


def places_of(owner: str, account: Account | None) -> tuple[str, ...]:
    """The prefixes below which an owner may use what lies there: the owner's own, and those that were granted."""
    granted: Iterable[str] = account.grants if account is not None else ()
    return *own_places(owner), *sorted(granted)
