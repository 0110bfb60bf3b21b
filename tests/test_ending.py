"""Ends of jobs: the order of the writes, and what happens when two events end the same job."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from cutout.errors import EmptyFile, OutOfTime
from cutout.service.ending import Endings
from cutout.service.jobs import Job, Outcome, Source
from cutout.service.table import JobState, JobTable
from fakes import FakeS3, FakeSqs

JOB = Job(
    id="a" * 32,
    owner="bucket",
    lane="bulk",
    created="2026-11-22T09:00:00.000Z",
    source=Source(bucket="in", key="a.jpg", sequencer="01"),
    callback="https://example.com/hook",
)


@dataclass
class FakeTable:
    """One job, ended at most once."""

    outcome: Outcome | None = None
    charges: list[float] = field(default_factory=list)

    def finish(self, job: Job, outcome: Outcome, cost_usd: float, now: str) -> bool:
        if self.outcome is not None:
            return False
        self.outcome = outcome
        self.charges.append(cost_usd)
        return True

    def fail(self, job_id: str, outcome: Outcome, now: str) -> bool:
        if self.outcome is not None:
            return False
        self.outcome = outcome
        return True

    def find(self, job_id: str) -> JobState:
        status = self.outcome.status if self.outcome else "queued"
        return JobState(job=JOB, status=status, updated="", outcome=self.outcome)


@dataclass
class Office:
    """Endings over fakes."""

    s3: FakeS3 = field(default_factory=FakeS3)
    sqs: FakeSqs = field(default_factory=FakeSqs)
    table: FakeTable = field(default_factory=FakeTable)

    @property
    def endings(self) -> Endings:
        return Endings(
            s3=self.s3,  # type: ignore[arg-type]
            sqs=self.sqs,  # type: ignore[arg-type]
            table=self.table,  # type: ignore[arg-type]
            result_bucket="out",
            notify_queue="news",
        )

    @property
    def report(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads(self.s3.objects["out", "a.jpg/report.json"][0])
        return document


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_failure_leaves_a_report_a_state_and_news(office: Office) -> None:
    assert office.endings.failed(JOB, EmptyFile("The file is empty."), 1.0)

    assert office.report["reason"] == "The file is empty."
    assert office.table.outcome is not None
    assert office.table.outcome.code == "empty_file"
    assert [queue for queue, _ in office.sqs.sent] == ["news"]


def test_a_job_done_twice_is_charged_once_and_tells_again(office: Office) -> None:
    for _ in range(2):
        office.endings.done(JOB, (), {"status": "done"}, 0.1, 1.0)

    assert office.table.charges == [0.1]
    assert len(office.sqs.sent) == 2
    assert office.sqs.sent[0] == office.sqs.sent[1]


def test_a_job_that_sweep_has_ended_is_not_charged_and_keeps_its_failure_report(office: Office) -> None:
    """Compose finishes late: the table said failed to the customer, so the report goes on saying so."""
    office.endings.failed(JOB, OutOfTime("Too late."), 1.0)

    assert not office.endings.done(JOB, (), {"status": "done"}, 0.1, 2.0)

    assert office.table.charges == []
    assert office.report["status"] == "failed"
    assert all('"job.failed"' in body or '"status":"failed"' in body for _, body in office.sqs.sent)


def test_a_late_failure_does_not_touch_the_report_of_a_job_that_is_done(office: Office) -> None:
    """Sweep read its index a moment before compose ended the job."""
    office.endings.done(JOB, (), {"status": "done"}, 0.1, 1.0)

    assert not office.endings.failed(JOB, OutOfTime("Too late."), 2.0)

    assert office.report == {"status": "done"}


def test_a_failure_of_an_older_version_does_not_touch_the_newer_one_s_report(office: Office) -> None:
    office.s3.objects["out", "a.jpg/report.json"] = (b'{"status": "done"}', {"sequencer": "02"})

    office.endings.failed(JOB, EmptyFile("The file is empty."), 1.0)

    assert office.report == {"status": "done"}
    assert office.table.outcome is not None
    assert office.table.outcome.status == "failed"


def test_nobody_is_told_who_did_not_ask(office: Office) -> None:
    office.endings.failed(JOB.model_copy(update={"callback": None}), EmptyFile("Empty."), 1.0)

    assert office.sqs.sent == []


class Cancelled(Exception):
    """As botocore's TransactionCanceledException."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.response = {"CancellationReasons": [{"Code": code}, {"Code": "None"}]}


class CancellingClient:
    """A DynamoDB client whose transactions are cancelled for one reason."""

    class exceptions:  # noqa: N801 a client's own name
        TransactionCanceledException = Cancelled

    def __init__(self, code: str) -> None:
        self.code = code

    def transact_write_items(self, **_: Any) -> None:
        raise Cancelled(self.code)


def test_a_transaction_in_conflict_is_ours_to_repeat() -> None:
    """Only a condition that failed means that the job had ended before; the emulator never answers a conflict."""
    outcome = Outcome(status="done")
    ended = JobTable(client=CancellingClient("ConditionalCheckFailed"), name="t")  # type: ignore[arg-type]
    busy = JobTable(client=CancellingClient("TransactionConflict"), name="t")  # type: ignore[arg-type]

    assert ended.finish(JOB, outcome, 0.1, "now") is False
    with pytest.raises(Cancelled):
        busy.finish(JOB, outcome, 0.1, "now")
