"""A job made once more: under which id, for how much, and when not."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from admin.replays import NotReplayed, Replays
from cutout.service.holds import Hold
from cutout.service.jobs import Job, Outcome, Source
from cutout.service.onward import Lanes
from cutout.service.table import JobState
from fakes import FakeS3, FakeSqs

FAILED, DONE = Outcome(status="failed", code="out_of_time"), Outcome(status="done")
JOB = Job(
    id="a" * 32,
    owner="o",
    lane="bulk",
    created="2026-11-22T09:00:00.000Z",
    source=Source(bucket="in", key="a.jpg", sequencer="05"),
    callback="https://example.com/hook",
    batch="b" * 32,
    results_at="batches/b/a.jpg",
    payer="p",
    price=100,
)


@dataclass
class Table:
    """Jobs by their ids, and for how much each was admitted."""

    jobs: dict[str, JobState] = field(default_factory=dict)

    def end(self, job: Job, outcome: Outcome) -> None:
        hold = Hold(account="p", amount=100, month="2026-11")
        self.jobs[job.id] = JobState(job=job, status=outcome.status, updated="", outcome=outcome, hold=hold)

    def find(self, job_id: str) -> JobState | None:
        return self.jobs.get(job_id)

    def create(self, job: Job, deadline: int, now: str) -> bool:
        is_new = job.id not in self.jobs
        self.jobs.setdefault(job.id, JobState(job=job, status="queued", updated=now))
        return is_new


@dataclass
class Office:
    """Replays over fakes."""

    table: Table = field(default_factory=Table)
    s3: FakeS3 = field(default_factory=lambda: FakeS3({("in", "a.jpg"): (b"picture", {})}))
    sqs: FakeSqs = field(default_factory=FakeSqs)

    def replay(self, *endings: Any) -> Job:
        replays = Replays(
            s3=self.s3,  # type: ignore[arg-type]
            sqs=self.sqs,  # type: ignore[arg-type]
            table=self.table,  # type: ignore[arg-type]
            ingest=Lanes(interactive="ingest", bulk="bulk ingest"),
            deadline_seconds=Lanes(interactive="60", bulk="600"),
        )
        return replays.replay(JOB.id, endings or ("failed",))


@pytest.fixture
def office() -> Office:
    office = Office()
    office.table.end(JOB, FAILED)
    return office


def test_the_new_job_is_the_old_one_but_for_its_id_and_its_batch(office: Office) -> None:
    new = office.replay()

    same = {"id", "created", "batch"}
    assert new.id != JOB.id
    assert new.batch == ""
    assert new.model_dump(exclude=same) == JOB.model_dump(exclude=same)
    [(queue, message)] = office.sqs.sent
    assert (queue, json.loads(message)["job"]["id"]) == ("bulk ingest", new.id)


def test_a_repeated_command_queues_the_same_job(office: Office) -> None:
    first, second = office.replay(), office.replay()

    assert first.id == second.id
    assert len(office.table.jobs) == 2
    assert len(office.sqs.sent) == 2


def test_an_attempt_that_failed_too_is_followed_by_another(office: Office) -> None:
    first = office.replay()
    office.table.end(first, FAILED)

    second = office.replay()

    assert len({JOB.id, first.id, second.id}) == 3


def test_an_attempt_that_was_delivered_is_the_last_but_by_force(office: Office) -> None:
    first = office.replay()
    office.table.end(first, DONE)

    with pytest.raises(NotReplayed, match=f"^Job {first.id}, this one made again, is done; FORCE=1"):
        office.replay()
    assert office.replay("failed", "done").id not in {JOB.id, first.id}


def test_what_was_delivered_costs_nothing_once_more(office: Office) -> None:
    office.table.end(JOB, DONE)

    assert office.replay("failed", "done").price == 0


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"outcome": None, "status": "matted"}, f"Job {JOB.id} is still open (matted): it ends by itself."),
        ({"deleted": True}, f"Job {JOB.id} was deleted by its owner."),
        (
            {"outcome": Outcome(status="failed", code="cancelled")},
            f"Job {JOB.id} was cancelled by its owner; FORCE=1 (--force) makes it all the same.",
        ),
        (
            {"outcome": DONE, "status": "done"},
            f"Job {JOB.id} is done; FORCE=1 (--force) makes it all the same, at no charge.",
        ),
    ],
)
def test_what_is_not_made_again_says_why(office: Office, state: dict[str, Any], said: str) -> None:
    office.table.jobs[JOB.id] = office.table.jobs[JOB.id].model_copy(update=state)

    with pytest.raises(NotReplayed) as refused:
        office.replay()

    assert str(refused.value) == said
    assert office.sqs.sent == []


def test_a_picture_that_is_gone_is_not_queued(office: Office) -> None:
    office.s3.objects.clear()

    with pytest.raises(NotReplayed, match="is not in the source bucket"):
        office.replay()

    assert list(office.table.jobs) == [JOB.id]
