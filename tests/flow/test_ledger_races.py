"""The ledger on the emulated DynamoDB under races and crashes: afterwards every sum is right.

Each test has accounts of its own; the jobs are rows of the table only.
"""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from admin.changes import Changes
from customers import DEADLINE, DONE, FAILED, NOW, Make, at_once, cap, top_up
from cutout.errors import CapReached, NoCredits
from cutout.service.jobs import Job
from cutout.service.table import JobTable
from cutout.service.transactions import ConditionFailed


def test_a_job_asked_for_many_times_at_once_is_held_once(customer: Make) -> None:
    one = customer(100)
    job = one.job()

    answers = at_once([lambda: one.admit(job)] * 12)

    assert sorted(answers) == [False] * 11 + [True]
    assert one.figures() == (0, 100, 0, 0)


def test_a_small_balance_admits_exactly_what_it_pays_for(customer: Make) -> None:
    one = customer(575)

    answers = at_once([lambda: one.admit(one.job())] * 16)

    assert answers.count(True) == 5
    assert answers.count("insufficient_credits") == 11
    assert one.figures() == (75, 500, 0, 0)
    assert one.admit(one.job(price=25)) is True


def test_running_jobs_cannot_overshoot_the_monthly_cap(customer: Make) -> None:
    one = customer(None)
    cap(one, 300)
    before = one.job()
    one.admit(before)
    one.table.finish(before, DONE, 0.0001, NOW)

    answers = at_once([lambda: one.admit(one.job())] * 12)

    assert answers.count(True) == 2
    assert answers.count("monthly_cap_reached") == 10
    assert one.differences() == []


class Interrupted:
    """A client that lets somebody else act between its look at the account and its first transaction."""

    def __init__(self, client: Any, meanwhile: Callable[[], None]) -> None:
        self.client, self.meanwhile = client, meanwhile

    def __getattr__(self, name: str) -> Any:
        if name == "transact_write_items":
            self.meanwhile()
            self.meanwhile = lambda: None
        return getattr(self.client, name)


def test_a_cap_that_is_set_between_look_and_hold_is_obeyed(customer: Make) -> None:
    one = customer(None)
    one.table.ledger.account_of(one.id, NOW)
    interrupted = Interrupted(one.table.client, lambda: cap(one, 50))
    table = JobTable(client=interrupted, name=one.table.name)  # type: ignore[arg-type]

    with pytest.raises(CapReached):
        table.create(one.job(), DEADLINE, NOW)

    assert one.figures() == (0, 0, 0, 0)


def test_an_account_that_becomes_prepaid_between_look_and_hold_needs_a_balance(customer: Make) -> None:
    one = customer(None)
    one.table.ledger.account_of(one.id, NOW)
    changes = Changes(ledger=one.table.ledger, now=NOW)
    interrupted = Interrupted(one.table.client, lambda: changes.kind(one.id, "prepaid"))
    table = JobTable(client=interrupted, name=one.table.name)  # type: ignore[arg-type]

    with pytest.raises(NoCredits):
        table.create(one.job(), DEADLINE, NOW)

    assert one.figures() == (0, 0, 0, 0)


def test_an_account_that_does_not_hold_what_its_job_says_is_not_settled(customer: Make) -> None:
    """Only a hand in the table can bring that about; nothing is charged until somebody has looked."""
    one = customer(100)
    job = one.job()
    one.admit(job)
    one.table.client.update_item(
        TableName=one.table.name,
        Key={"pk": {"S": f"owner#{one.id}"}, "sk": {"S": "account"}},
        UpdateExpression="SET held = :none",
        ExpressionAttributeValues={":none": {"N": "0"}},
    )

    with pytest.raises(ConditionFailed):
        one.table.finish(job, DONE, 0.0001, NOW)
    with pytest.raises(ConditionFailed):
        one.table.fail(job.id, FAILED, NOW)

    assert one.differences() == [f"{one.id}: held is 0, it should be 1"]


def test_those_who_end_a_job_at_once_end_it_once(customer: Make) -> None:
    one = customer(2000)
    jobs = [one.job() for _ in range(8)]
    for job in jobs:
        one.admit(job)

    for job in jobs:
        ended = at_once(
            [
                lambda job=job: one.table.finish(job, DONE, 0.0001, NOW),
                lambda job=job: one.table.finish(job, DONE, 0.0001, NOW),
                lambda job=job: one.table.fail(job.id, FAILED, NOW),
                lambda job=job: one.table.fail(job.id, FAILED, NOW),
            ]
        )
        assert ended.count(True) == 1

    balance, held, charged, delivered = one.figures()
    assert (held, balance + charged, charged) == (0, 2000, 100 * delivered)
    assert one.differences() == []


class Killed(BaseException):
    """The process is gone: nothing catches this."""


class Mortal:
    """A client whose process is killed at its n-th call: before it is sent, or after it was done."""

    def __init__(self, client: Any, at: int, *, is_sent: bool) -> None:
        self.client, self.left, self.is_sent = client, at, is_sent
        self.exceptions = client.exceptions

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.left -= 1
            if self.left == 0 and not self.is_sent:
                raise Killed
            answer = getattr(self.client, name)(**arguments)
            if self.left == 0:
                raise Killed
            return answer

        return call


def through_a_life(table: JobTable, job: Job, now: str = NOW) -> None:
    """What the functions do with the table, from the first message to the last."""
    table.create(job, DEADLINE, now)
    table.arrived(job, DEADLINE, now)
    table.advance(job.id, "ingested", now)
    table.advance(job.id, "matted", now)
    if not table.finish(job, DONE, 0.0001, now):
        table.find(job.id)


@pytest.mark.parametrize("is_sent", [False, True], ids=["before", "after"])
def test_a_crash_after_any_step_and_a_repeat_charge_once(customer: Make, is_sent: bool) -> None:
    """The first step of all, making the account, included."""
    crashes = 0
    for at in range(1, 11):
        one = customer(1000)
        job = one.job()
        mortal = Mortal(one.table.client, at, is_sent=is_sent)
        dying = JobTable(client=mortal, name=one.table.name, starting_credits=1000)  # type: ignore[arg-type]
        try:
            through_a_life(dying, job)
        except Killed:
            crashes += 1
        through_a_life(one.table, job)

        assert one.figures() == (900, 0, 100, 1), at
        assert one.differences() == [], at

    assert crashes == 9


@pytest.mark.parametrize("is_sent", [False, True], ids=["before", "after"])
def test_a_crash_while_a_job_fails_and_a_repeat_release_once(customer: Make, is_sent: bool) -> None:
    one = customer(100)
    for at in range(1, 5):
        job = one.job(number=at)
        assert one.admit(job) is True
        mortal = Mortal(one.table.client, at, is_sent=is_sent)
        dying = JobTable(client=mortal, name=one.table.name)  # type: ignore[arg-type]
        with suppress(Killed):
            dying.fail(job.id, FAILED, NOW)
        one.table.fail(job.id, FAILED, NOW)

        assert one.figures() == (100, 0, 0, 0), at

    assert one.differences() == []


def test_any_mixture_of_calls_from_several_threads_adds_up(customer: Make) -> None:
    """Admissions, repeats, both endings and top-ups, in an order that a fixed seed chooses."""
    one = customer(1200)
    cap(one, 4000)
    jobs = [one.job(price=price, number=n) for n, price in enumerate([100, 25, 0, 100] * 10)]

    def work(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(40):
            job = dice.choice(jobs)
            match dice.randrange(5):
                case 0 | 1:
                    one.admit(job)
                case 2:
                    one.table.finish(job, DONE, 0.0001, NOW)
                case 3:
                    one.table.fail(job.id, FAILED, NOW)
                case _:
                    top_up(one, 10, f"{seed}-{dice.random()}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    states = [state for job in jobs if (state := one.table.find(job.id))]
    done = sum(state.taken.amount for state in states if state.status == "done")
    still_open = sum(state.taken.amount for state in states if state.outcome is None)
    balance, held, charged, _ = one.figures()
    assert len(states) > 20
    assert (charged, held) == (done, still_open)
    assert balance >= 0
    assert one.differences() == []
