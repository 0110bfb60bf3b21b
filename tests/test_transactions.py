"""Transactions that meet others, which the emulated DynamoDB never shows: the client is a stub that does."""

from typing import Any

import pytest

from cutout.service import transactions
from cutout.service.jobs import Job, Outcome, Source
from cutout.service.table import JobTable
from cutout.service.transactions import ConditionFailed, TooBusy, commit, patiently, pause_seconds

JOB = Job(
    id="a" * 32,
    owner="key",
    lane="bulk",
    created="2026-11-22T09:00:00.000Z",
    source=Source(bucket="in", key="a.jpg"),
    price=100,
)
NOW = "2026-11-22T09:00:00.000Z"


class Cancelled(Exception):
    """As botocore's TransactionCanceledException."""

    def __init__(self, *codes: str) -> None:
        super().__init__(codes)
        self.response = {"CancellationReasons": [{"Code": code} for code in codes]}


class Conflict(Exception):
    """As botocore's TransactionConflictException, for a write that is no transaction."""


class Unconditional(Exception):
    """As botocore's ConditionalCheckFailedException."""


class Busy:
    """A DynamoDB client whose answers are given in advance; it keeps what it was asked to write."""

    class exceptions:  # noqa: N801 a client's own name
        TransactionCanceledException = Cancelled
        TransactionConflictException = Conflict
        ConditionalCheckFailedException = Unconditional

    def __init__(self, *answers: Exception | None, items: dict[str, dict[str, Any]] | None = None) -> None:
        self.answers = list(answers)
        self.items = items or {}
        self.written: list[list[dict[str, Any]]] = []

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> None:
        self.written.append(TransactItems)
        self._answer()

    def update_item(self, **request: Any) -> None:
        self.written.append([request])
        self._answer()

    def get_item(self, Key: dict[str, Any], **_: Any) -> dict[str, Any]:
        item = self.items.get(Key["pk"]["S"])
        return {"Item": item} if item else {}

    def _answer(self) -> None:
        answer = self.answers.pop(0)
        if answer is not None:
            raise answer


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    taken: list[float] = []
    monkeypatch.setattr(transactions.time, "sleep", taken.append)
    return taken


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])
def test_a_transaction_that_meets_another_is_tried_again(code: str, pauses: list[float]) -> None:
    busy = Busy(Cancelled("None", code), Cancelled(code, code), None)

    commit(busy, [{"Put": {}}, {"Update": {}}])  # type: ignore[arg-type]

    assert len(busy.written) == 3
    assert len(pauses) == 2


def test_items_that_stay_busy_are_our_fault(pauses: list[float]) -> None:
    busy = Busy(*[Cancelled("TransactionConflict")] * 20)

    with pytest.raises(TooBusy, match="20 times"):
        commit(busy, [{"Put": {}}])  # type: ignore[arg-type]

    assert len(busy.written) == 20
    assert 1 < sum(pauses) < 4.4


def test_a_condition_counts_more_than_a_conflict_beside_it() -> None:
    busy = Busy(Cancelled("ConditionalCheckFailed", "TransactionConflict"))

    with pytest.raises(ConditionFailed) as failed:
        commit(busy, [{"Put": {}}, {"Update": {}}])  # type: ignore[arg-type]

    assert (failed.value.at(0), failed.value.at(1)) == (True, False)


def test_a_wrong_request_is_not_tried_again() -> None:
    busy = Busy(Cancelled("ValidationError", "None"))

    with pytest.raises(Cancelled):
        commit(busy, [{"Put": {}}])  # type: ignore[arg-type]

    assert len(busy.written) == 1


def test_pauses_grow_and_stay_short() -> None:
    assert max(pause_seconds(0) for _ in range(200)) <= 0.02
    assert 0.1 < max(pause_seconds(19) for _ in range(200)) <= 0.25


def test_a_single_write_waits_for_somebody_s_transaction() -> None:
    busy = Busy(Conflict(), Conflict(), None)

    JobTable(client=busy, name="t").advance(JOB.id, "ingested", NOW)  # type: ignore[arg-type]

    assert len(busy.written) == 3


def test_a_single_write_does_not_wait_for_ever() -> None:
    busy = Busy(*[Conflict()] * 20)

    with pytest.raises(TooBusy, match="20 times"):
        patiently(busy, busy.update_item)  # type: ignore[arg-type]


def account(balance: int) -> dict[str, Any]:
    numbers = {"balance": balance, "held": 0}
    return {
        "pk": {"S": "owner#key"},
        "kind": {"S": "prepaid"},
        "name": {"S": ""},
        "created": {"S": NOW},
    } | {name: {"N": str(value)} for name, value in numbers.items()}


def queued() -> dict[str, Any]:
    return {
        "job": {"S": JOB.model_dump_json()},
        "status": {"S": "queued"},
        "updated": {"S": NOW},
        "hold": {"N": "25"},
        "hold_account": {"S": "key"},
        "hold_month": {"S": "2026-10"},
    }


def test_admission_tries_again_while_the_account_is_busy() -> None:
    busy = Busy(Cancelled("None", "TransactionConflict"), None, items={"owner#key": account(100)})

    assert JobTable(client=busy, name="t").create(JOB, 0, NOW)  # type: ignore[arg-type]
    assert len(busy.written) == 2


def test_admission_looks_again_when_the_account_changed_meanwhile() -> None:
    busy = Busy(Cancelled("None", "ConditionalCheckFailed"), None, items={"owner#key": account(100)})

    assert JobTable(client=busy, name="t").create(JOB, 0, NOW)  # type: ignore[arg-type]


def test_admission_does_not_look_for_ever() -> None:
    refused = [Cancelled("None", "ConditionalCheckFailed")] * 10
    busy = Busy(*refused, items={"owner#key": account(100)})

    with pytest.raises(RuntimeError, match="'key' changed 10 times"):
        JobTable(client=busy, name="t").create(JOB, 0, NOW)  # type: ignore[arg-type]


def test_an_end_tries_again_while_the_account_is_busy() -> None:
    busy = Busy(Cancelled("None", "None", "TransactionConflict"), None, items={f"job#{JOB.id}": queued()})

    assert JobTable(client=busy, name="t").finish(JOB, Outcome(status="done"), 0.1, NOW)  # type: ignore[arg-type]


def test_a_charge_is_what_was_held_in_its_month_whatever_the_message_says() -> None:
    busy = Busy(None, items={f"job#{JOB.id}": queued()})

    JobTable(client=busy, name="t").finish(JOB, Outcome(status="done"), 0.1, NOW)  # type: ignore[arg-type]

    [[_, settled, charge]] = busy.written
    assert charge["Put"]["Item"]["amount"] == {"N": "25"}
    assert charge["Put"]["Item"]["month"] == {"S": "2026-10"}
    assert settled["Update"]["ExpressionAttributeNames"]["#charged"] == "charged#2026-10"


def test_only_the_job_s_own_condition_means_that_it_had_ended() -> None:
    """An account that does not hold what its job says is broken, and nobody may take that for a repetition."""
    ended = Busy(Cancelled("ConditionalCheckFailed", "None", "None"), items={f"job#{JOB.id}": queued()})
    broken = Busy(Cancelled("None", "ConditionalCheckFailed", "None"), items={f"job#{JOB.id}": queued()})

    assert not JobTable(client=ended, name="t").finish(JOB, Outcome(status="done"), 0.1, NOW)  # type: ignore[arg-type]
    with pytest.raises(ConditionFailed):
        JobTable(client=broken, name="t").finish(JOB, Outcome(status="done"), 0.1, NOW)  # type: ignore[arg-type]
