"""What `make load` counts, and what it calls wrong."""

import pytest

from admin.audit import Findings
from bench.load_calls import Callers, Order, picture
from bench.load_verdict import (
    BROKEN,
    Answered,
    Books,
    counted,
    doubled,
    lost,
    undelivered,
    unexpected,
    unpaid,
)


def answered(status: int, job: str = "", said: str = "", order: int = 1, **more: object) -> Answered:
    return Answered(order=order, status=status, seconds=0.1, job=job, said=said, **more)  # type: ignore[arg-type]


REFUSED = answered(429, code="rate_limit_exceeded", retry_after=12)


def books(
    jobs: dict[str, str], charges: int, held: int = 0, differences: tuple[str, ...] = (), dead: int = 0
) -> Books:
    findings = Findings(
        accounts=1, charges=charges, charged=25, held=held, older_charges=0, differences=differences
    )
    return Books(jobs=jobs, findings=findings, dead_letters=dead)


def test_answers_are_counted_by_status_and_code() -> None:
    answers = [answered(200), answered(200), REFUSED, answered(BROKEN, code="ReadTimeoutError")]

    assert counted(answers) == {"200": 2, "429 rate_limit_exceeded": 1, "broken ReadTimeoutError": 1}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (answered(200), []),
        (answered(202), []),
        (REFUSED, []),
        (answered(429, code="overloaded", retry_after=3), []),
        (answered(429, code="rate_limit_exceeded"), ["1 times 429 rate_limit_exceeded"]),
        (answered(429, code="rate_limit_exceeded", retry_after=0), ["1 times 429 rate_limit_exceeded"]),
        (answered(429, code="rate_limit_exceeded", retry_after=61), ["1 times 429 rate_limit_exceeded"]),
        (answered(429, code="Throttled", retry_after=1), ["1 times 429 Throttled"]),
        (answered(303), ["1 times 303"]),
        (answered(503, code="processing_timeout"), ["1 times 503 processing_timeout"]),
        (answered(BROKEN), ["1 times broken"]),
    ],
)
def test_only_2xx_and_a_429_that_says_when_to_come_back_are_expected(
    answer: Answered, said: list[str]
) -> None:
    assert unexpected([answer]) == said


def test_what_a_kill_breaks_is_tolerated_and_nothing_else() -> None:
    answers = [answered(502), answered(BROKEN), answered(409, code="idempotency_key_used")]

    assert unexpected(answers, frozenset({BROKEN, 502})) == ["1 times 409 idempotency_key_used"]


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (answered(200, "a", "done"), []),
        (answered(202, "a", "queued"), []),
        (answered(200, "f", "failed"), []),
        (REFUSED, []),
        (answered(200), ["order 1 was answered 200 without a job"]),
        (answered(202, "x"), ["job x of order 1 is not there"]),
        (answered(503, "o"), ["job o of order 1 is ingested"]),
        (answered(200, "f", "done"), ["job f was said to be done and is failed"]),
    ],
)
def test_a_job_that_an_answer_names_is_there_and_ended_as_it_was_said(
    answer: Answered, fault: list[str]
) -> None:
    assert lost([answer], {"a": "done", "f": "failed", "o": "ingested"}) == fault


def test_an_order_is_one_job_however_often_it_is_sent() -> None:
    answers = [answered(200, "a"), answered(200, "a"), answered(502), answered(200, "b", order=2)]

    assert doubled(answers, {"a": "done", "b": "done"}) == []
    assert doubled([*answers, answered(200, "c", order=2)], {}) == ["order 2 has 2 jobs"]
    assert doubled(answers, {"a": "done", "b": "done", "c": "done"}) == ["2 orders became 3 jobs"]


def test_the_books_are_right_when_what_was_delivered_was_charged_and_nothing_is_held() -> None:
    jobs = {"a": "done", "b": "failed"}

    assert unpaid(books(jobs, charges=1)) == []
    assert unpaid(books(jobs, charges=2)) == ["1 jobs were delivered and 2 charged"]
    assert unpaid(books(jobs, charges=1, held=25)) == ["25 hundredths of a credit are still held"]
    assert unpaid(books(jobs, charges=1, differences=("held is 1",))) == ["held is 1"]


def test_where_nothing_is_killed_everything_is_delivered() -> None:
    assert undelivered(books({"a": "done"}, charges=1)) == []
    assert undelivered(books({"a": "done", "b": "failed"}, charges=1, dead=2)) == [
        "1 jobs were not delivered",
        "2 dead letters",
    ]


def test_a_third_is_native_and_only_named_orders_are_sent_twice() -> None:
    orders = [Order(number=number, named=number % 2 == 0) for number in range(1, 15)]

    assert [order.number for order in orders if order.is_native] == [3, 6, 9, 12]
    assert [order.number for order in orders if order.calls == 2] == [14]


def test_every_order_has_pixels_of_its_own() -> None:
    assert picture(1) == picture(1)
    assert picture(1) != picture(2)


def test_a_refused_key_rests_and_another_takes_its_turn() -> None:
    callers = Callers(api="", keys=["a", "b"], count=1, always_named=False)

    assert [callers.rested(2), callers.rested(3)] == ["a", "b"]
    callers.resting["a"] = float("inf")
    assert [callers.rested(2), callers.rested(3)] == ["b", "b"]
    callers.resting["b"] = float("inf")
    assert callers.rested(2) is None
