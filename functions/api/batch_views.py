"""What a caller sees of batches."""

from pydantic import Field

from cutout.service.batches import BatchState, BatchStatus, Counts
from job_views import Told, UploadForm, View


class BatchSummary(View):
    """How a batch stands."""

    id: str = Field(pattern="^[0-9a-f]{32}$", examples=["0123456789abcdef0123456789abcdef"])
    name: str = ""
    status: BatchStatus = Field(
        description="making: its jobs are being made; running: all are made; then completed, failed or cancelled"
    )
    cancelling: bool = Field(description="It was cancelled, and waits for what has been begun")
    created: str = Field(examples=["2026-11-22T09:00:00.000Z"])
    updated: str = Field(examples=["2026-11-22T09:00:02.000Z"])
    reason: Told[str] = Field(None, description="Why it is not completed, for people")


class BatchView(BatchSummary):
    """How a batch and its jobs stand."""

    total: Told[int] = Field(None, description="Its jobs; left out while they are being made")
    made: int = Field(description="Jobs made so far; a line that no job can be made of is a failed one")
    waiting: int = Field(description="Of those made: not ended")
    done: int
    failed: int
    review: int = Field(description="Of those that are done: whose results somebody should look at")
    credits: float = Field(description="Charged so far", examples=[12.25])
    ended: Told[str] = Field(None, examples=["2026-11-22T09:30:00.000Z"])
    report_path: Told[str] = Field(None, description="Below the API's address: redirects to the report")
    webhook_secret: Told[str] = Field(None, description="What the receiver verifies the webhook with")


class BatchPage(View):
    """Some of the caller's batches, newest first."""

    batches: tuple[BatchSummary, ...]
    cursor: Told[str] = Field(None, description="Where to go on: there may be more")


class ManifestView(View):
    """Where to upload a list of pictures to, and what it is called then."""

    key: str
    upload: UploadForm


def batch_summary(state: BatchState) -> BatchSummary:
    """A batch as its owner sees it in a list."""
    batch, has_ended = state.batch, state.counts is not None
    return BatchSummary(
        id=batch.id,
        name=batch.name,
        status=state.status,
        cancelling=state.cancelled and not has_ended,
        created=batch.created,
        updated=state.updated,
        reason=state.reason or None,
    )


def batch_view(state: BatchState, counts: Counts) -> BatchView:
    """A batch as its owner sees it, with what has become of its jobs."""
    has_ended = state.counts is not None
    return BatchView(
        **batch_summary(state).model_dump(),
        total=None if state.status == "making" else counts.made,
        made=counts.made,
        waiting=max(0, counts.made - counts.ended),  # a page's jobs may end before the page is noted
        done=counts.done,
        failed=counts.failed,
        review=counts.review,
        credits=counts.charged / 100,
        ended=state.updated if has_ended else None,
        report_path=f"/v1/batches/{state.batch.id}/report" if has_ended else None,
    )
