"""Customers of the ledger's tests: an account, its jobs, and what the account says afterwards."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from admin.audit import differences_of
from admin.records import Books
from cutout.errors import CapReached, NoCredits
from cutout.service.jobs import Job, Outcome, Source
from cutout.service.ledger import entry
from cutout.service.table import JobTable
from cutout.service.transactions import commit

NOW = "2026-11-22T09:00:00.000Z"
DEADLINE = 1_900_000_000
DONE, FAILED = Outcome(status="done"), Outcome(status="failed", code="out_of_time")


@dataclass(frozen=True)
class Customer:
    """One account, and a table that makes accounts of this kind."""

    id: str
    table: JobTable

    def job(self, price: int = 100, number: int | None = None) -> Job:
        named = uuid.uuid4().hex if number is None else f"{number:04x}{self.id[:28]}"
        return Job(
            id=named,
            owner=self.id,
            lane="interactive",
            created=NOW,
            source=Source(bucket="in", key="a.jpg"),
            price=price,
        )

    def admit(self, job: Job, now: str = NOW) -> bool | str:
        """Whether the job is new, or the code of the refusal."""
        try:
            return self.table.create(job, DEADLINE, now)
        except (NoCredits, CapReached) as refusal:
            return refusal.code

    def figures(self, month: str = "2026-11") -> tuple[int, int, int, int]:
        """Balance, held, and the month's charged and delivered."""
        account = self.table.ledger.find(self.id)
        assert account is not None
        usage = account.usage(month)
        return account.balance, account.held, usage.charged, usage.delivered

    def differences(self) -> list[str]:
        books = Books(client=self.table.client, table=self.table.name)
        return differences_of(self.id, books.records(self.id), books.jobs_of(self.id))


Make = Callable[[int | None], Customer]


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """The answers of calls that are let go at the same moment."""
    gate = threading.Barrier(len(calls))

    def call(one: Callable[[], Any]) -> Any:
        gate.wait()
        return one()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def cap(one: Customer, amount: int) -> None:
    one.table.ledger.account_of(one.id, NOW)
    one.table.client.update_item(
        TableName=one.table.name,
        Key={"pk": {"S": f"owner#{one.id}"}, "sk": {"S": "account"}},
        UpdateExpression="SET cap = :cap",
        ExpressionAttributeValues={":cap": {"N": str(amount)}},
    )


def top_up(one: Customer, amount: int, reference: str) -> None:
    add = {
        "TableName": one.table.name,
        "Key": {"pk": {"S": f"owner#{one.id}"}, "sk": {"S": "account"}},
        "UpdateExpression": "SET balance = balance + :amount",
        "ExpressionAttributeValues": {":amount": {"N": str(amount)}},
    }
    noted = entry(one.table.name, one.id, amount=amount, reference=reference, said="paid", now=NOW)
    commit(one.table.client, [{"Update": add}, *noted])
