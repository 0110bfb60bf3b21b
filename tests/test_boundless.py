"""What is not read again: accounts without limits at admission, and the job at its end."""

from typing import Any

import pytest

from cutout.service.accounts import Account
from cutout.service.boundless import MOST_REMEMBERED, Boundless
from cutout.service.jobs import Job, Outcome, Source
from cutout.service.table import JobTable

NOW = "2026-11-23T09:00:00.000Z"


def job(number: int) -> Job:
    return Job(
        id=f"{number:032x}",
        owner="bucket",
        lane="bulk",
        created=NOW,
        source=Source(bucket="b", key="a.jpg", sequencer="01"),
        price=100,
    )


class TransactionCanceledException(Exception):
    response = {  # noqa: RUF012 as botocore has it
        "CancellationReasons": [{"Code": "None"}, {"Code": "ConditionalCheckFailed"}]
    }


class Table:
    """One account; notes what is read and written. A transaction for an account of another kind is refused."""

    exceptions = type("E", (), {"TransactionCanceledException": TransactionCanceledException})

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.cap: int | None = None
        self.read: list[str] = []
        self.written: list[list[dict[str, Any]]] = []

    def get_item(self, Key: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.read.append(Key["pk"]["S"])
        numbers = {"balance": 1000, "held": 0} | ({} if self.cap is None else {"cap": self.cap})
        texts = {"pk": "owner#bucket", "kind": self.kind, "name": "", "created": NOW}
        return {
            "Item": {n: {"S": t} for n, t in texts.items()} | {n: {"N": str(v)} for n, v in numbers.items()}
        }

    def transact_write_items(self, TransactItems: list[dict[str, Any]]) -> None:
        account = TransactItems[1]["Update"]
        assumed = account["ExpressionAttributeValues"]
        is_uncapped = "attribute_not_exists(#cap)" in account["ConditionExpression"]
        if assumed.get(":kind", {"S": self.kind})["S"] != self.kind or is_uncapped != (self.cap is None):
            raise TransactionCanceledException
        self.written.append(TransactItems)


@pytest.mark.parametrize(("kind", "reads"), [("unlimited", 1), ("prepaid", 3)])
def test_only_an_account_without_limits_is_not_read_again(kind: str, reads: int) -> None:
    client = Table(kind)
    table = JobTable(client=client, name="t")  # type: ignore[arg-type]

    assert all(table.create(job(number), 0, NOW) for number in range(3))
    assert client.read == ["owner#bucket"] * reads


def test_an_account_that_was_limited_meanwhile_is_read_again_and_from_then_on() -> None:
    client = Table("unlimited")
    table = JobTable(client=client, name="t")  # type: ignore[arg-type]
    table.create(job(1), 0, NOW)
    client.cap = 10_000

    assert table.create(job(2), 0, NOW)
    assert table.create(job(3), 0, NOW)
    assert len(client.read) == 3
    assert len(client.written) == 3


def test_so_many_are_remembered_and_no_more() -> None:
    boundless = Boundless()

    for number in range(MOST_REMEMBERED + 1):
        boundless.note(Account(id=str(number), name="", kind="unlimited", balance=0, held=0, created=NOW))

    assert boundless.find("0") is None
    assert boundless.find("1000") is not None


def test_a_free_job_reads_its_account_so_that_there_is_one() -> None:
    client = Table("unlimited")
    table = JobTable(client=client, name="t")  # type: ignore[arg-type]
    client.transact_write_items = lambda TransactItems: None  # type: ignore[method-assign]
    free = job(1).model_copy(update={"price": 0})

    table.create(job(2), 0, NOW)
    table.create(free, 0, NOW)

    assert client.read == ["owner#bucket"] * 2


def test_a_job_that_was_read_before_is_not_read_again_at_its_end() -> None:
    client = Table("unlimited")
    table = JobTable(client=client, name="t")  # type: ignore[arg-type]
    client.transact_write_items = lambda **asked: client.written.append(asked["TransactItems"])  # type: ignore[method-assign]
    item = {
        "Item": {
            "job": {"S": job(1).model_dump_json()},
            "status": {"S": "matted"},
            "updated": {"S": NOW},
            "hold": {"N": "100"},
            "hold_account": {"S": "payer"},
            "hold_month": {"S": "2026-10"},
        }
    }
    client.get_item = lambda **_: item  # type: ignore[method-assign]
    seen = table.find(job(1).id)
    client.get_item = lambda **_: pytest.fail("read again")  # type: ignore[method-assign]

    assert table.finish(job(1), Outcome(status="done"), 0.1, NOW, seen=seen)
    [[end, settled, charge]] = client.written
    assert "#status IN (:queued, :ingested, :matted)" in end["Update"]["ConditionExpression"]
    assert settled["Update"]["Key"]["pk"] == {"S": "owner#payer"}
    assert charge["Put"]["Item"]["month"] == {"S": "2026-10"}
