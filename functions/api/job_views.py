"""What a caller sees: the answers of the routes about jobs."""

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from cutout.service.jobs import Status
from cutout.service.table import JobState

Shown = TypeVar("Shown")


def _is_none(value: object) -> bool:
    return value is None


Told = Annotated[Shown | None, Field(exclude_if=_is_none)]
"""a field that is left out where there is nothing to tell"""

Stage = Literal["upload", "ingest", "matte", "compose", "done", "failed"]

# status -> the stage that works on it now, and how much of the way lies behind it
_STAGES: dict[Status, tuple[Stage, float]] = {
    "queued": ("ingest", 0.1),
    "ingested": ("matte", 0.3),
    "matted": ("compose", 0.7),
    "done": ("done", 1.0),
    "failed": ("failed", 1.0),
}


class View(BaseModel):
    """The base: fixed once made."""

    model_config = ConfigDict(frozen=True)


class Box(View):
    """Where the subject is in a file, in pixels."""

    left: int
    top: int
    width: int
    height: int


class ResultView(View):
    """One file that a job has made."""

    name: str = Field(description="The output's name in the recipe", examples=["cutout"])
    file_name: str = Field(examples=["cutout.png"])
    content_type: str = Field(examples=["image/png"])
    size_bytes: int
    width: int = Field(description="In pixels")
    height: int = Field(description="In pixels")
    foreground: Told[Box] = None
    key: str = Field(description="Its key in the result bucket, for those who may read that")
    path: str = Field(description="Below the API's address: redirects to a link made at that moment")
    url: str = Field(description="A link made at this moment; good for an hour")


class UploadForm(View):
    """A form to upload the picture to: a POST with these fields first, then the file in a field called ``file``."""

    url: str
    fields: dict[str, str] = Field(
        description="Content-Type may be replaced by another that begins with image/"
    )


class ReviewReasonView(View):
    """One thing that makes a matte doubtful."""

    code: str = Field(description="For programs", examples=["glass_like"])
    text: str = Field(description="For people")


class ReviewView(View):
    """That somebody should look at the results before they are used, and why."""

    score: float = Field(ge=0, le=1, description="How wrong the matte probably is")
    reasons: tuple[ReviewReasonView, ...]


class JobSummary(View):
    """How a job stands."""

    id: str = Field(pattern="^[0-9a-f]{32}$", examples=["0123456789abcdef0123456789abcdef"])
    status: Status
    stage: Stage = Field(description="Who works on it; upload: its picture has not been seen yet")
    progress: float = Field(ge=0, le=1, description="How much of the way lies behind it")
    created: str = Field(examples=["2026-11-22T09:00:00.000Z"])
    updated: str = Field(examples=["2026-11-22T09:00:02.000Z"])
    rendering_of: Told[str] = Field(None, description="The job whose picture it renders once more")
    review: Told[ReviewView] = Field(
        None, description="Left out where nothing is doubtful, and once a corrected matte is there"
    )
    corrected_by: Told[str] = Field(None, description="The job that has rendered it with a corrected matte")
    batch: Told[str] = Field(None, description="The batch that it is part of")
    code: Told[str] = Field(None, description="Why it failed, for programs", examples=["not_an_image"])
    reason: Told[str] = Field(None, description="Why it failed, for people")


class JobView(JobSummary):
    """How a job stands, and how to get at what it made."""

    results: tuple[ResultView, ...] = ()
    report_path: Told[str] = Field(None, description="Below the API's address: redirects to the report")
    report_url: Told[str] = Field(None, description="A link made at this moment; good for an hour")
    upload: Told[UploadForm] = None
    webhook_secret: Told[str] = Field(None, description="What the receiver verifies the webhook with")


class JobPage(View):
    """Some of the caller's jobs, newest first."""

    jobs: tuple[JobSummary, ...]
    cursor: Told[str] = Field(
        None, description="Where to go on: there may be more. A page with a cursor may be empty."
    )


def summary_of(state: JobState) -> JobSummary:
    """A job as its owner sees it, without links."""
    job, outcome = state.job, state.outcome
    stage, progress = _STAGES[state.status]
    if state.status == "queued" and not (job.source.has_arrived or job.source.url):
        stage, progress = "upload", 0.0
    failed = outcome is not None and outcome.status == "failed"
    return JobSummary(
        id=job.id,
        status=state.status,
        stage=stage,
        progress=progress,
        created=job.created,
        updated=state.updated,
        rendering_of=job.rendering_of,
        review=_review(state),
        corrected_by=state.corrected_by or None,
        batch=job.batch or None,
        code=outcome.code if outcome and failed else None,
        reason=outcome.reason if outcome and failed else None,
    )


def _review(state: JobState) -> ReviewView | None:
    review = state.outcome.review if state.outcome and state.waits_for_review else None
    return ReviewView.model_validate(review.model_dump()) if review else None
