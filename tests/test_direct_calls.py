"""A job on its way through directly called stages, and what becomes of it when one gives no answer."""

import io
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cutout.service.direct import direct_answer, direct_body, direct_event, onward_in
from cutout.service.jobs import Job, Source
from cutout.service.messages import ComposeMessage, JobMessage, MatteMessage, Picture
from cutout.service.onward import Lanes, Onward
from direct_calls import DirectCalls, Stages, Throttled
from fakes import FakeSqs

JOB = Job(
    id="a" * 32,
    owner="o",
    lane="interactive",
    created="2026-11-22T00:00:00.000Z",
    source=Source(bucket="b", key="calls/o/j/p.jpg"),
)
PICTURE = Picture(width=4, height=3, format="JPEG")
TO_MATTE = MatteMessage(job=JOB, picture=PICTURE, proxy_key="work/1", proxy_sha256="1")
TO_COMPOSE = ComposeMessage(job=JOB, picture=PICTURE, matte_key="mattes/1")
Answer = Callable[[], dict[str, Any]]


def returns(onward: MatteMessage | ComposeMessage | None) -> Answer:
    return lambda: {"Payload": io.BytesIO(json.dumps(direct_answer(onward)).encode())}


def fails() -> dict[str, Any]:
    return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b"{}")}


def throttled() -> dict[str, Any]:
    raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")


def sleeps() -> dict[str, Any]:
    time.sleep(0.5)
    return returns(None)()


class FakeLambdas:
    """Functions by name, each with its answer; remembers what they were asked."""

    def __init__(self, **answers: Answer) -> None:
        self.answers, self.asked = answers, list[tuple[str, str]]()

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        self.asked.append((FunctionName, str(direct_body(json.loads(Payload)))))
        return self.answers[FunctionName]()


class Progress:
    """The table's notes on how far a job is."""

    def __init__(self) -> None:
        self.noted: list[str] = []

    def advance(self, _job_id: str, status: str, _now: str) -> None:
        self.noted.append(status)


def calls(lambdas: FakeLambdas) -> tuple[DirectCalls, FakeSqs, Progress]:
    sqs, table = FakeSqs(), Progress()
    onward: Any = Onward(
        sqs=sqs,  # type: ignore[arg-type]
        table=table,  # type: ignore[arg-type]
        ingest=Lanes(interactive="uploads", bulk="bulk uploads"),
        matte=Lanes(interactive="interactive", bulk="bulk"),
        compose=Lanes(interactive="composing", bulk="bulk composing"),
    )
    stages = Stages(ingest="ingest", matte="matte", compose="compose")
    direct: Any = DirectCalls(
        lambdas=lambdas,  # type: ignore[arg-type]
        onward=onward,
        stages=stages,
    )
    return direct, sqs, table


def test_a_job_goes_through_the_stages_with_the_queues_messages() -> None:
    lambdas = FakeLambdas(ingest=returns(TO_MATTE), matte=returns(TO_COMPOSE), compose=returns(None))
    direct, sqs, _ = calls(lambdas)

    assert direct.carry(JOB, 5)

    assert lambdas.asked == [
        ("ingest", JobMessage(job=JOB).model_dump_json()),
        ("matte", TO_MATTE.model_dump_json()),
        ("compose", TO_COMPOSE.model_dump_json()),
    ]
    assert sqs.sent == []


def test_a_picture_that_needs_no_network_skips_it() -> None:
    lambdas = FakeLambdas(ingest=returns(TO_COMPOSE), compose=returns(None))
    direct, _, _ = calls(lambdas)

    assert direct.carry(JOB, 5)

    assert [name for name, _ in lambdas.asked] == ["ingest", "compose"]


@pytest.mark.parametrize("silent", [fails, throttled, sleeps])
@pytest.mark.parametrize(
    ("stage", "queue", "message", "noted"),
    [
        ("ingest", "uploads", JobMessage(job=JOB), []),
        ("matte", "interactive", TO_MATTE, ["ingested"]),
        ("compose", "composing", TO_COMPOSE, ["ingested", "matted"]),
    ],
)
def test_what_a_stage_does_not_answer_goes_into_its_queue(
    silent: Answer, stage: str, queue: str, message: Any, noted: list[str]
) -> None:
    answers = {"ingest": returns(TO_MATTE), "matte": returns(TO_COMPOSE), "compose": returns(None)}
    direct, sqs, progress = calls(FakeLambdas(**answers | {stage: silent}))

    assert not direct.carry(JOB, 0.2)

    assert sqs.sent == [(queue, message.model_dump_json())]
    assert progress.noted == noted


def test_without_room_for_the_first_stage_a_call_is_told_so_and_nothing_is_queued() -> None:
    direct, sqs, progress = calls(FakeLambdas(ingest=throttled))

    with pytest.raises(Throttled, match="TooManyRequestsException"):
        direct.carry_if_room(JOB, 5)
    assert (sqs.sent, progress.noted) == ([], [])


@pytest.mark.parametrize(
    ("answers", "queue"),
    [
        ({"ingest": fails}, "uploads"),
        ({"ingest": sleeps}, "uploads"),
        ({"matte": throttled}, "interactive"),
        ({"compose": throttled}, "composing"),
    ],
    ids=["failed first", "slow first", "no room for the second", "no room for the third"],
)
def test_what_was_begun_is_never_dropped_for_want_of_room(answers: dict[str, Answer], queue: str) -> None:
    usual = {"ingest": returns(TO_MATTE), "matte": returns(TO_COMPOSE), "compose": returns(None)}
    direct, sqs, _ = calls(FakeLambdas(**usual | answers))

    assert not direct.carry_if_room(JOB, 0.2)

    assert [name for name, _ in sqs.sent] == [queue]


def test_with_room_a_call_is_carried_to_its_end() -> None:
    lambdas = FakeLambdas(ingest=returns(TO_MATTE), matte=returns(TO_COMPOSE), compose=returns(None))
    direct, sqs, _ = calls(lambdas)

    assert direct.carry_if_room(JOB, 5)

    assert [name for name, _ in lambdas.asked] == ["ingest", "matte", "compose"]
    assert sqs.sent == []


def test_a_job_that_ends_in_its_first_stage_needs_no_other() -> None:
    direct, sqs, _ = calls(FakeLambdas(ingest=returns(None)))

    assert direct.carry_if_room(JOB, 5)

    assert sqs.sent == []


def test_without_time_nothing_is_called() -> None:
    lambdas = FakeLambdas()
    direct, sqs, _ = calls(lambdas)

    assert not direct.carry(JOB, 0)

    assert (lambdas.asked, [queue for queue, _ in sqs.sent]) == ([], ["uploads"])


def test_a_queue_s_event_is_no_direct_call() -> None:
    assert direct_body({"Records": []}) is None
    assert direct_body(dict(direct_event(TO_MATTE))) == TO_MATTE.model_dump_json()


@pytest.mark.parametrize("onward", [TO_MATTE, TO_COMPOSE, None])
def test_an_answer_comes_back_as_it_was(onward: MatteMessage | ComposeMessage | None) -> None:
    assert onward_in(direct_answer(onward)) == onward
