"""What `make chaos` calls broken, and that its orders follow from the seed alone."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from admin.audit import Findings
from chaos.evidence import DeadLetter, Evidence, without_times
from chaos.news import badly_signed, told_wrongly, untold
from chaos.orders import Order, draw
from chaos.poison import POISONS
from chaos.receiver import Delivery
from chaos.tap import jobs_in, names_in
from chaos.verdict import (
    Reference,
    changed,
    dead_without_a_fault,
    doubled,
    ended_otherwise,
    lost,
    miscounted,
    misreported,
    open_jobs,
    orphans,
    reference_of,
    unpaid,
)
from cutout.codec import Limits, decode
from cutout.errors import CustomerError
from cutout.service.batches import Batch, BatchState, Counts, Position
from cutout.service.job_items import JobState
from cutout.service.jobs import Job, Outcome, Result, Source, upload_job_id

FIRST, SECOND = b"the first version", b"the second version"
ORDER = Order(number=3, kind="overwritten", versions=(FIRST, SECOND), recipe={}, mood="honest")
NO_FINDINGS = Findings(accounts=1, charges=1, charged=100, held=0, older_charges=0, differences=())
REPORT = json.dumps(
    {
        "status": "done",
        "job": "x",
        "source": {"size_bytes": 3},
        "model": None,
        "treatment": {"lane": "photo"},
        "results": [],
        "ended": "now",
    }
).encode()


def state(body: bytes = SECOND, sequencer: str = "B", **outcome: Any) -> JobState:
    etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
    source = Source(bucket="b", key="chaos/00003.png", etag=etag, sequencer=sequencer)
    job = Job(id=upload_job_id(source), owner="bucket", lane="bulk", created="now", source=source)
    if not outcome:
        return JobState(job=job, status="queued", updated="now")
    ended = Outcome(report_key="chaos/00003.png/report.json", **outcome)
    return JobState(job=job, status=ended.status, updated="now", outcome=ended)


CUTOUT = Result(
    name="cutout", key="chaos/00003.png/cutout.png", content_type="i", size_bytes=1, width=1, height=1
)
DONE = state(status="done", results=(CUTOUT,))
OBJECTS = {"chaos/00003.png/cutout.png": b"pixels", "chaos/00003.png/report.json": REPORT}
CALM = {(3, 0): Reference(status="done", code="", files={}, report={}), (3, 1): reference_of(DONE, OBJECTS)}


def evidence(*jobs: JobState, **more: Any) -> Evidence:
    found: dict[str, Any] = {"results": OBJECTS, "findings": NO_FINDINGS, "dead_letters": ()} | more
    return Evidence(jobs=jobs, **found)


def test_the_same_seed_draws_the_same_orders_and_another_others() -> None:
    assert draw(5, 30) == draw(5, 30)
    assert draw(5, 30) != draw(6, 30)


def test_the_first_orders_of_a_run_are_one_of_each_kind() -> None:
    few = [order for order in draw(8, 7) if not order.poison]

    assert len({order.kind for order in few}) == len(few) == 6


def test_two_of_a_hundred_orders_are_poisoned() -> None:
    assert sum(bool(order.poison) for order in draw(1, 200)) == 4


@pytest.mark.parametrize("poison", sorted(POISONS))
def test_poison_is_refused_and_nothing_breaks(poison: str) -> None:
    with pytest.raises(CustomerError):
        decode(POISONS[poison](7), Limits(max_bytes=10**7, max_pixels=50_000_000))


def test_a_run_as_it_should_be_breaks_nothing() -> None:
    older = state(FIRST, "A", status="failed", code="source_gone")
    found = evidence(older, DONE)

    assert lost(found, [ORDER]) == open_jobs(found) == []
    assert ended_otherwise(found, [ORDER], CALM, set()) == changed(found, [ORDER], CALM) == []
    assert misreported(found, [ORDER], CALM) == unpaid(found) == orphans(found) == []
    assert doubled(found, {older.job.id, DONE.job.id}) == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda: lost(evidence(DONE), [ORDER]), "order 3, version 0 has no job"),
        (lambda: open_jobs(evidence(state())), f"job {DONE.job.id} is queued"),
        (lambda: doubled(evidence(DONE), set()), f"job {DONE.job.id} of chaos/00003.png stands for nothing"),
        (
            lambda: ended_otherwise(
                evidence(state(status="failed", code="out_of_time")), [ORDER], CALM, set()
            ),
            "order 3, version 1 is failed out_of_time and was done",
        ),
        (
            lambda: ended_otherwise(
                evidence(state(status="failed", code="source_gone")), [ORDER], CALM, set()
            ),
            "order 3, version 1 is failed source_gone and was done",
        ),
        (
            lambda: changed(evidence(DONE, results=OBJECTS | {CUTOUT.key: b"other"}), [ORDER], CALM),
            "order 3: cutout is not the calm run's",
        ),
        (
            lambda: changed(evidence(DONE, results={}), [ORDER], CALM),
            "order 3: cutout is not the calm run's",
        ),
        (lambda: misreported(evidence(DONE, results={}), [ORDER], CALM), "order 3 has no report"),
        (
            lambda: unpaid(evidence(DONE, findings=replace(NO_FINDINGS, charges=2))),
            "1 jobs were delivered and 2 charged",
        ),
        (
            lambda: orphans(evidence(state(status="failed", code="out_of_time"))),
            "chaos/00003.png/cutout.png belongs to no job",
        ),
        (
            lambda: dead_without_a_fault(
                evidence(dead_letters=(DeadLetter(queue="Bulk", id="m", body="what"),)), {"other"}
            ),
            "Bulk: what",
        ),
    ],
)
def test_what_is_broken_is_said(broken: Callable[[], list[str]], said: str) -> None:
    assert broken() == [said]


def test_a_job_that_a_fault_met_may_end_out_of_time() -> None:
    ended = state(status="failed", code="out_of_time")

    assert ended_otherwise(evidence(ended), [ORDER], CALM, {ended.job.id}) == []


def test_reports_are_compared_without_times() -> None:
    assert without_times(REPORT) == without_times(REPORT.replace(b"now", b"later"))
    assert without_times(REPORT) != without_times(REPORT.replace(b"photo", b"ink"))


def batch_of(**changes: Any) -> BatchState:
    batch = Batch(id="b" * 32, owner="o", created="now", bucket="in")
    counts = Counts(made=1, done=1, charged=100)
    said: dict[str, Any] = {"status": "completed", "made": 1, "updated": "now", "counts": counts} | changes
    return BatchState(batch=batch, position=Position(), **said)


def test_a_batch_counts_what_its_jobs_say() -> None:
    order = replace(ORDER, kind="batch")
    done = DONE.model_copy(update={"job": DONE.job.model_copy(update={"batch": "b" * 32})})
    wrong = batch_of(counts=Counts(made=1, done=1, charged=200))

    assert miscounted(evidence(done, batches=(batch_of(),)), [order]) == []
    assert len(miscounted(evidence(done, batches=(wrong,)), [order])) == 1
    assert len(miscounted(evidence(done, batches=(batch_of(status="failed"),)), [order])) == 1
    assert miscounted(evidence(), [order]) == ["1 orders of batches have 0 jobs"]


def test_a_picture_that_two_jobs_stand_for_is_doubled() -> None:
    twin = DONE.model_copy(update={"job": DONE.job.model_copy(update={"id": "f" * 32})})

    [fault] = doubled(evidence(DONE, twin), {DONE.job.id, "f" * 32})

    assert fault.endswith("stand for the same picture in chaos/00003.png")


def test_a_newer_version_that_failed_may_have_left_nothing_but_never_something_wrong() -> None:
    older = state(FIRST, "A", status="done", results=(CUTOUT,))
    newer = state(status="failed", code="out_of_time")
    calm = CALM | {(3, 0): reference_of(older, OBJECTS)}
    report = {"chaos/00003.png/report.json": REPORT}

    assert changed(evidence(older, newer, results=report), [ORDER], calm) == []
    assert len(changed(evidence(older, newer, results=report | {CUTOUT.key: b"x"}), [ORDER], calm)) == 1


# ------------------------------------------------------------------ news

SECRET = "whsec_" + "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"


def delivery(event_id: str = "e1", kind: str = "job.completed", job: str = DONE.job.id) -> Delivery:
    body, now = json.dumps({"type": kind, "data": {"job": job}}), datetime.now(UTC)
    return Delivery(
        path="/honest/3",
        event_id=event_id,
        stamp=str(int(now.timestamp())),
        signature=Webhook(SECRET).sign(event_id, now, body),
        body=body.encode(),
    )


def test_news_that_came_twice_under_one_id_is_fine() -> None:
    twice = [delivery(), delivery()]

    assert untold(twice, evidence(DONE), {3}, "") == told_wrongly(twice, evidence(DONE)) == []
    assert badly_signed(twice, {SECRET}) == []


def test_news_that_is_missing_doubled_untrue_or_forged_is_said() -> None:
    forged = replace(delivery(), body=delivery().body + b" ")

    assert untold([], evidence(DONE), {3}, "") == [f"who asked was not told job.completed of {DONE.job.id}"]
    assert len(told_wrongly([delivery("e1"), delivery("e2")], evidence(DONE))) == 1
    assert len(told_wrongly([delivery(kind="job.failed")], evidence(DONE))) == 1
    assert len(badly_signed([forged], {SECRET})) == 1


def test_a_signature_is_judged_at_its_arrival() -> None:
    came = delivery()
    late, long_ago = replace(came, arrived=came.arrived + 400), came.arrived - 400
    old = replace(came, stamp=str(int(long_ago)), arrived=long_ago)
    signed = Webhook(SECRET).sign("e1", datetime.fromtimestamp(int(long_ago), UTC), came.body.decode())

    assert len(badly_signed([late], {SECRET})) == 1
    assert badly_signed([replace(old, signature=signed)], {SECRET}) == []


def test_news_that_was_not_accepted_or_that_another_has_heard_does_not_count() -> None:
    refused, elsewhere = replace(delivery(), accepted=False), replace(delivery(), path="/failing/endpoint")
    done = evidence(DONE)

    assert len(untold([refused], done, {3}, "")) == len(untold([elsewhere], done, {3}, "")) == 1
    assert untold([delivery()], done, {3}, "bucket") == [
        f"the endpoint was not told job.completed of {DONE.job.id}"
    ]


# ------------------------------------------------------------------ what a fault has met


def test_a_message_is_known_by_its_id_and_by_its_job() -> None:
    body = json.dumps({"job": {"id": "1" * 32}})
    record = {
        "messageId": "m1",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:r:a:q",
        "body": body,
    }

    assert names_in(json.dumps({"Records": [record]}).encode()) == {"m1", "1" * 32}
    assert names_in(json.dumps({"direct": body}).encode()) == {"1" * 32}


def test_an_event_of_s3_is_known_by_the_jobs_that_it_becomes(event: Callable[[str], dict[str, Any]]) -> None:
    body = event("upload_created")["Records"][0]["body"]

    [name] = jobs_in(body)

    assert len(name) == 32
