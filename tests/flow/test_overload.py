"""When the stages have no room: a call is refused before anything is begun, and a job waits."""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import removebg_calls as calls
from customers import DEADLINE, DONE, NOW, Make, at_once
from cutout.service.withdrawing import withdraw
from driver import Driver, disc

LATER = "2026-11-22T09:00:01.000Z"


@contextmanager
def no_room(flow: Driver) -> Iterator[None]:
    """Lambda turns every direct call of ingest away meanwhile."""
    lambdas, name = flow.stack.client("lambda"), flow.stack.name("IngestFunction")
    lambdas.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        yield
    finally:
        lambdas.delete_function_concurrency(FunctionName=name)


def test_a_call_without_room_is_refused_and_its_repetition_is_done_and_paid_once(flow: Driver) -> None:
    key = flow.another_key()
    kind, form = calls.form(("image_file_b64", b64encode(disc(brightness=199)).decode()))
    sent = {"content-type": kind, "idempotency-key": "full-house"}
    with no_room(flow):
        status, headers, body = flow.raw("POST", "/v1.0/removebg", form, sent, key)
        _, jobs = flow.call("GET", "/v1/jobs", key=key)
        _, before = flow.call("GET", "/v1/usage", key=key)

    again, _, _ = flow.raw("POST", "/v1.0/removebg", form, sent, key)
    _, after = flow.call("GET", "/v1/usage", key=key)

    assert (status, headers["retry-after"], headers["x-credits-charged"]) == (429, "3", "0")
    assert json.loads(body)["errors"][0]["code"] == "rate_limit_exceeded"
    assert (jobs["jobs"], before["credits"], before["held"]) == ([], 0, 0)
    assert (again, after["jobs"], after["credits"], after["held"]) == (200, 1, 0.25, 0)


def test_a_native_job_without_room_waits_in_its_queue(flow: Driver) -> None:
    picture = b64encode(disc(brightness=198)).decode()
    with no_room(flow):
        status, job = flow.call("POST", "/v1/jobs", {"image_b64": picture}, flow.key)

    assert status == 202
    assert flow.wait_for(job["id"]).status == "done"


def test_a_job_that_nobody_has_begun_is_taken_back_once_and_may_be_made_again(customer: Make) -> None:
    one = customer(100)
    job = one.job()
    one.admit(job)

    answers = at_once([lambda: withdraw(one.table, job.id, NOW)] * 8)

    assert sorted(answers) == [False] * 7 + [True]
    assert one.table.find(job.id) is None
    assert one.figures() == (100, 0, 0, 0)
    assert one.differences() == []
    assert one.admit(job) is True


@pytest.mark.parametrize("begun", ["read", "ingested", "ended"])
def test_a_job_that_somebody_has_begun_stays(customer: Make, begun: str) -> None:
    one = customer(100)
    job = one.job()
    one.admit(job)
    match begun:
        case "read":
            one.table.arrived(job, DEADLINE, LATER)
        case "ingested":
            one.table.advance(job.id, "ingested", LATER)
        case _:
            one.table.finish(job, DONE, 0.0001, LATER)

    assert not withdraw(one.table, job.id, NOW)

    assert one.table.find(job.id) is not None
    assert one.differences() == []


def test_taking_back_loses_to_whoever_begins_at_the_same_moment(customer: Make) -> None:
    """Between the look at the job and its removal; the look's own answer is not believed."""
    one = customer(100)
    job = one.job()
    one.admit(job)
    seen = one.table.find(job.id)
    one.table.arrived(job, DEADLINE, LATER)
    assert seen is not None

    class Late(type(one.table)):
        def find(self, job_id: str):
            return seen

    late = Late(client=one.table.client, name=one.table.name)

    assert not withdraw(late, job.id, NOW)

    assert one.figures() == (0, 100, 0, 0)
