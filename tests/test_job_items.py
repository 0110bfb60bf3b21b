"""What a job's state says about what it cost, and what its picture costs once more."""

import pytest

from cutout.service.holds import Hold
from cutout.service.job_items import JobState
from cutout.service.jobs import Job, Source, Status


def state(status: Status, held: int | None, rendering_of: str | None = None) -> JobState:
    job = Job(
        id="a" * 32,
        owner="key",
        lane="bulk",
        created="2026-11-22T09:00:00.000Z",
        source=Source(bucket="in", key="a.jpg"),
        rendering_of=rendering_of,
    )
    hold = None if held is None else Hold(account="key", amount=held, month="2026-11")
    return JobState(job=job, status=status, updated="", hold=hold)


@pytest.mark.parametrize(
    ("seen", "price"),
    [
        (state("done", 100), 0),
        (state("done", 0, rendering_of="b" * 32), 0),
        (state("done", None), 0),
        (state("done", 25), 100),
        (state("done", 0), 100),
        (state("queued", 100), 100),
        (state("failed", 100), 100),
        (state("matted", 0, rendering_of="b" * 32), 100),
    ],
    ids=["paid", "rendering", "older", "preview", "free", "open", "failed", "open rendering"],
)
def test_a_picture_is_rendered_again_for_nothing_once_it_is_paid_in_full(seen: JobState, price: int) -> None:
    """Else a picture could be had for nothing: rendered while its job is open, which then is cancelled."""
    assert seen.rendering_price == price


def test_a_job_from_before_there_were_accounts_has_taken_nothing() -> None:
    assert state("done", None).taken == Hold(account="key", amount=0, month="2026-11")
