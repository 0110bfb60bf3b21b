"""Ends of jobs: the order of the writes, and what happens when two events end the same job."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from cutout.errors import Cancelled, EmptyFile, NoCredits, OutOfTime
from cutout.service.ending import Endings, done_outcome
from cutout.service.jobs import Job, Outcome, Result, Source
from cutout.service.table import JobState
from fakes import ClientError, FakeS3, FakeSqs

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
    deleted: bool = False
    charges: list[float] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)

    def settle(self, job_id: str) -> None:
        self.settled.append(job_id)

    def finish(
        self, job: Job, outcome: Outcome, cost_usd: float, now: str, *, seen: JobState | None = None
    ) -> bool:
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

    def refuse(self, job: Job, outcome: Outcome, now: str) -> bool:
        return self.fail(job.id, outcome, now)

    def find(self, job_id: str) -> JobState:
        status = self.outcome.status if self.outcome else "queued"
        return JobState(job=JOB, status=status, updated="", outcome=self.outcome, deleted=self.deleted)


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
        office.endings.done(JOB, done_outcome(JOB, (), "photo"), {"status": "done"}, 0.1, 1.0)

    assert office.table.charges == [0.1]
    assert len(office.sqs.sent) == 2
    assert office.sqs.sent[0] == office.sqs.sent[1]


def test_a_job_that_sweep_has_ended_is_not_charged_and_keeps_its_failure_report(office: Office) -> None:
    """Compose finishes late: the table said failed to the customer, so the report goes on saying so."""
    office.endings.failed(JOB, OutOfTime("Too late."), 1.0)

    assert not office.endings.done(JOB, done_outcome(JOB, (), "photo"), {"status": "done"}, 0.1, 2.0)

    assert office.table.charges == []
    assert office.report["status"] == "failed"
    assert all('"job.failed"' in body or '"status":"failed"' in body for _, body in office.sqs.sent)


def test_a_late_failure_does_not_touch_the_report_of_a_job_that_is_done(office: Office) -> None:
    """Sweep read its index a moment before compose ended the job."""
    office.endings.done(JOB, done_outcome(JOB, (), "photo"), {"status": "done"}, 0.1, 1.0)

    assert not office.endings.failed(JOB, OutOfTime("Too late."), 2.0)

    assert office.report == {"status": "done"}


def test_a_failure_of_an_older_version_does_not_touch_the_newer_one_s_report(office: Office) -> None:
    office.s3.objects["out", "a.jpg/report.json"] = (b'{"status": "done"}', {"sequencer": "02"})

    office.endings.failed(JOB, EmptyFile("The file is empty."), 1.0)

    assert office.report == {"status": "done"}
    assert office.table.outcome is not None
    assert office.table.outcome.status == "failed"


def test_an_end_is_news_whoever_wants_to_hear_of_it(office: Office) -> None:
    """Notify knows the listeners: a callback is only one of them."""
    office.endings.failed(JOB.model_copy(update={"callback": None}), EmptyFile("Empty."), 1.0)

    assert [queue for queue, _ in office.sqs.sent] == ["news"]


def test_a_refused_job_leaves_the_same_traces_as_a_failed_one(office: Office) -> None:
    assert office.endings.refused(JOB, NoCredits("Nothing is left."), 1.0)
    assert not office.endings.refused(JOB, NoCredits("Nothing is left."), 2.0)

    assert office.report["reason"] == "Nothing is left."
    assert office.table.outcome is not None
    assert office.table.outcome.code == "insufficient_credits"
    assert [queue for queue, _ in office.sqs.sent] == ["news", "news"]


RESULT = Result(
    name="cutout", key="a.jpg/cutout.png", content_type="image/png", size_bytes=1, width=1, height=1
)


def test_a_cancelled_job_that_finishes_late_leaves_its_refusal_and_no_results(office: Office) -> None:
    office.endings.failed(JOB, Cancelled("Cancelled."), 1.0)
    office.s3.objects["out", RESULT.key] = (b"late", {"sequencer": "01"})

    assert not office.endings.done(JOB, done_outcome(JOB, (RESULT,), "photo"), {"status": "done"}, 0.1, 2.0)

    assert [key for _, key in office.s3.objects] == ["a.jpg/report.json"]
    assert office.report["code"] == "cancelled"


def test_a_deleted_job_that_finishes_late_leaves_nothing_and_tells_nobody(office: Office) -> None:
    office.table.outcome, office.table.deleted = Outcome(status="done"), True
    office.s3.objects["out", RESULT.key] = (b"late", {"sequencer": "01"})

    assert not office.endings.done(JOB, done_outcome(JOB, (RESULT,), "photo"), {"status": "done"}, 0.1, 2.0)

    assert office.s3.objects == {}
    assert office.sqs.sent == []


def test_a_cancelled_job_that_finishes_late_leaves_what_a_newer_upload_has_made(office: Office) -> None:
    office.endings.failed(JOB, Cancelled("Cancelled."), 1.0)
    office.s3.objects["out", RESULT.key] = (b"newer", {"sequencer": "02"})

    office.endings.done(JOB, done_outcome(JOB, (RESULT,), "photo"), {"status": "done"}, 0.1, 2.0)

    assert office.s3.objects["out", RESULT.key][0] == b"newer"


def put_result(office: Office, name: str, rank: str, maker: str) -> None:
    office.s3.objects["out", f"a.jpg/{name}"] = (b"pixels", {"sequencer": rank, "job": maker})


OTHERS = [
    ("white.jpg", "01", "b" * 32),
    ("newer.png", "02", "c" * 32),
    ("shared.png", "01", ""),
    ("renders/1/cutout.png", "01", JOB.id),
]


def test_a_job_that_fails_takes_back_what_it_has_made_and_nothing_else(office: Office) -> None:
    """Compose was killed between the results and the end, and nobody finished it in time."""
    put_result(office, "cutout.png", "01", JOB.id)
    for name, rank, maker in OTHERS:
        put_result(office, name, rank, maker)

    office.endings.failed(JOB, OutOfTime("Too late."), 1.0)

    left = {key.removeprefix("a.jpg/") for _, key in office.s3.objects}
    assert left == {"report.json", "white.jpg", "newer.png", "shared.png", "renders/1/cutout.png"}
    assert office.report["code"] == "out_of_time"


def test_a_compose_that_was_late_and_killed_is_taken_back_when_its_message_comes_again(
    office: Office,
) -> None:
    office.endings.failed(JOB, OutOfTime("Too late."), 1.0)
    put_result(office, "cutout.png", "01", JOB.id)

    office.endings.repeat(JOB, 2.0)

    assert [key for _, key in office.s3.objects] == ["a.jpg/report.json"]


def test_a_compose_that_ends_a_failed_job_takes_its_results_back(office: Office) -> None:
    office.endings.failed(JOB, OutOfTime("Too late."), 1.0)
    put_result(office, "cutout.png", "01", JOB.id)

    office.endings.done(JOB, done_outcome(JOB, (RESULT,), "photo"), {"status": "done"}, 0.1, 2.0)

    assert [key for _, key in office.s3.objects] == ["a.jpg/report.json"]


def test_a_late_failure_takes_nothing_back_of_a_job_that_is_done(office: Office) -> None:
    put_result(office, "cutout.png", "01", JOB.id)
    office.endings.done(JOB, done_outcome(JOB, (RESULT,), "photo"), {"status": "done"}, 0.1, 1.0)

    office.endings.failed(JOB, OutOfTime("Too late."), 2.0)

    assert ("out", "a.jpg/cutout.png") in office.s3.objects


def test_a_correction_that_fails_leaves_the_places_of_what_it_corrects(office: Office) -> None:
    put_result(office, "cutout.png", "01", JOB.id)

    office.endings.failed(
        JOB.model_copy(update={"corrects": "d" * 32, "matte_key": "m"}), EmptyFile("Empty."), 1.0
    )

    assert ("out", "a.jpg/cutout.png") in office.s3.objects


def test_sweep_sees_a_failed_job_until_everybody_has_been_told(office: Office) -> None:
    """Whoever ends it may be killed between the table and the news, and no message comes again for it."""
    office.sqs.broken = 1
    with pytest.raises(ClientError):
        office.endings.failed(JOB, OutOfTime("Too late."), 1.0)
    assert office.table.settled == []

    office.endings.repeat(JOB, 2.0)

    assert office.table.settled == [JOB.id]
    assert office.report["code"] == "out_of_time"
    assert len(office.sqs.sent) == 1
