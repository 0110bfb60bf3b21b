"""A call's job on its way into the table, while others write the same account or the same job."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from answers import KeyUsedTwice, Overloaded, answer_faults
from cutout.service.jobs import Job, Source
from cutout.service.table import JobState
from cutout.service.transactions import TooBusy
from job_calls import JobCalls

JOB = Job(
    id="a" * 32,
    owner="o",
    lane="interactive",
    created="2026-11-22T00:00:00.000Z",
    source=Source(bucket="b", key="calls/o/j/p.jpg"),
    asked="this",
)
SAME = JobState(job=JOB, status="ingested", updated="")
OTHER = JobState(job=JOB.model_copy(update={"asked": "that"}), status="queued", updated="")


class Table:
    """Answers in turns: whether the job was made, and, where it was not, what is there."""

    def __init__(self, *answers: bool | Exception | JobState | None) -> None:
        self.answers: Iterator[Any] = iter(answers)

    def create(self, *_: object) -> Any:
        answer = next(self.answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def find(self, _: str) -> Any:
        return next(self.answers)


def admit(*answers: bool | Exception | JobState | None) -> JobState:
    parts: dict[str, Any] = {"direct": None, "reads": None, "sources": None, "settings": None}
    return JobCalls(table=Table(*answers), **parts).admit(JOB, 60)  # type: ignore[arg-type]


def test_a_repetition_finds_the_job_of_the_first_call() -> None:
    assert admit(False, SAME) is SAME


def test_a_job_that_its_first_call_withdraws_meanwhile_is_made_by_the_repetition() -> None:
    assert admit(False, None, True).status == "queued"


def test_a_key_that_stands_for_another_call_is_refused() -> None:
    with pytest.raises(KeyUsedTwice):
        admit(False, OTHER)


@pytest.mark.parametrize(
    "answers",
    [(TooBusy("turned away"),), (False, None, False, None, False, None)],
    ids=["the account stays busy", "the job comes and goes"],
)
def test_what_cannot_be_admitted_now_may_be_tried_again(answers: tuple[Any, ...]) -> None:
    with pytest.raises(Overloaded, match="Nothing was begun, and nothing is charged"):
        admit(*answers)


def test_overload_is_a_429_that_says_when_to_come_back() -> None:
    app = APIGatewayRestResolver()
    answer_faults(app)

    @app.get("/full")
    def full() -> None:
        raise Overloaded("full")

    event = {"path": "/full", "httpMethod": "GET", "headers": {}, "requestContext": {"path": "/full"}}
    answer = app.resolve(event, None)  # type: ignore[arg-type]

    assert answer["statusCode"] == 429
    assert answer["multiValueHeaders"]["Retry-After"] == ["3"]
    assert json.loads(answer["body"])["errors"][0]["code"] == "overloaded"
