"""What a job is, and how it gets its id."""

import hashlib
import json
import secrets
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from cutout.recipe import Recipe

Lane = Literal["interactive", "bulk"]
Status = Literal["queued", "ingested", "matted", "done", "failed"]
OnDelete = Literal["keep", "expire"]
"""what becomes of the results when their source is deleted"""

BUCKET_OWNER = "bucket"  # uploads that come from the bucket itself belong to whoever may read the bucket


class Record(BaseModel):
    """Data that travels in messages and rests in the table.

    Unknown fields are let pass: a message sent by a newer version during a deployment must still be readable. What
    does not fit is not quoted: the text of the fault stands in the log, and a message holds names and addresses.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Source(Record):
    """One version of one uploaded object, or the place on the web that it has to be fetched from first."""

    bucket: str
    key: str
    version_id: str | None = None
    etag: str = ""
    sequencer: str = ""
    order: str = ""
    """what decides which of two results is newer, where no sequencer of S3's does; empty: the sequencer"""
    size_bytes: int = 0
    url: str = ""
    """where the picture is to be fetched from; empty: it lies in the bucket"""

    @property
    def has_arrived(self) -> bool:
        """Whether the object is known to lie in the bucket."""
        return bool(self.etag or self.sequencer)

    @property
    def rank(self) -> str:
        """Its place in the order of all that was put under its key: hexadecimal, compared as S3's sequencers are."""
        return self.order or self.sequencer


class Job(Record):
    """One picture to cut out for one owner."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    owner: str
    lane: Lane
    created: str
    source: Source
    recipe: Recipe = Recipe()
    callback: str | None = None
    rendering_of: str | None = None
    """the job whose picture this one renders once more"""
    batch: str = ""
    """the batch that it is part of; empty: none"""
    results_at: str = ""
    """the key below which its results lie; empty: the source's own"""
    on_delete: OnDelete = "keep"
    recipe_is_final: bool = False
    """whether it is made as it says, whatever is noted with its upload"""
    matte_key: str = ""
    """a corrected matte that the owner has put into the source bucket; empty: none"""
    corrects: str = ""
    """the job whose results this one makes anew, in their places, with a corrected matte; empty: none"""
    asked: str = ""
    """digest of the API call that made it, to tell a repetition from another call; empty: none did"""
    payer: str = ""
    """the account that pays; empty: the owner's"""
    price: int = 0
    """what it costs once it is delivered, in hundredths of a credit"""

    @property
    def folder(self) -> str:
        """The key below which its results lie: the source's, and a place of its own there when it renders once more."""
        at = self.results_at or self.source.key
        return at if self.rendering_of is None else f"{at}/renders/{self.id}"

    @property
    def failure_folder(self) -> str:
        """The key below which it says why it failed: a correction leaves what it would have replaced as it is."""
        return self.matte_key if self.corrects else self.folder

    def arrived(self, source: Source) -> Self:
        """The same job, now that its upload is there."""
        return self.model_copy(update={"source": source})


class Result(Record):
    """One file that the job produced."""

    name: str
    key: str
    content_type: str
    size_bytes: int
    width: int
    height: int
    foreground: tuple[int, int, int, int] | None = None
    """left, top, width and height of the subject in the file, in pixels"""


class ReviewReason(Record):
    """One thing that makes a matte doubtful: a name for programs, and a sentence for people."""

    code: str
    text: str


class Review(Record):
    """That somebody should look at a result before it is used, and why."""

    score: float
    """0 to 1: how wrong the matte probably is"""
    reasons: tuple[ReviewReason, ...] = ()


class Outcome(Record):
    """How a job ended, as the customer is told."""

    status: Literal["done", "failed"]
    results: tuple[Result, ...] = ()
    report_key: str = ""
    lane: str = ""
    """the way on which the alpha was found"""
    code: str = ""
    reason: str = ""
    review: Review | None = None
    """set where somebody should look at the results first"""
    kept: tuple[str, ...] = ()
    """the keys in the work bucket that hold this picture's pixels, for whoever has to delete them"""


def upload_job_id(source: Source) -> str:
    """The id of a bucket upload's job: one version of one object is one job.

    The version, or the sequencer, names one write, and the recipe in its metadata cannot change after that: so the
    id is known before anything is read, also when nothing can be read any more. Neither code nor model version is
    part of it, so a redelivery across a deployment is still the same job.
    """
    version = source.version_id or source.sequencer
    identity = json.dumps([source.bucket, source.key, version])
    return hashlib.sha256(identity.encode()).hexdigest()[:32]


def request_job_id(owner: str, idempotency_key: str | None) -> str:
    """The id of an API call's job: the same for a repeated Idempotency-Key of one owner, else random."""
    if idempotency_key is None:
        return secrets.token_hex(16)
    return hashlib.sha256(json.dumps([owner, idempotency_key]).encode()).hexdigest()[:32]


def owner_of(api_key: str) -> str:
    """The owner behind an API key: a digest, so that the key itself is stored nowhere."""
    return hashlib.sha256(api_key.encode()).hexdigest()[:32]


def timestamp(epoch_seconds: float) -> str:
    """An instant as ISO 8601 in UTC, to the millisecond; strings of it sort by time."""
    moment = datetime.fromtimestamp(epoch_seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
