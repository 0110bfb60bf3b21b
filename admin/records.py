"""Everything that lies in the table about one account, read as it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cutout.service.accounts import Account, account_from
from cutout.service.ledger import REGISTER

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


@dataclass(frozen=True, kw_only=True)
class Charge:
    """The receipt of one delivered job."""

    job: str
    amount: int
    month: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One change of an account by a person, or its opening."""

    when: str
    amount: int
    reference: str
    said: str


@dataclass(frozen=True, kw_only=True)
class HeldJob:
    """What a job says that it has taken, and whether it has ended."""

    id: str
    status: str
    account: str
    amount: int
    month: str

    @property
    def is_open(self) -> bool:
        """Whether its hold still stands."""
        return self.status not in {"done", "failed"}


@dataclass(frozen=True, kw_only=True)
class Records:
    """An account with its charges and entries."""

    account: Account | None
    charges: tuple[Charge, ...]
    entries: tuple[Entry, ...]
    older_charges: int
    """charges from before there were accounts: they belong to none of its figures"""


@dataclass(frozen=True, kw_only=True)
class Books:
    """Reads the table. ``client`` is a DynamoDB client, ``table`` the table's name."""

    client: "DynamoDBClient"
    table: str

    def accounts(self) -> list[str]:
        """The ids of all accounts, in their order."""
        return [item["sk"]["S"] for item in self._partition(REGISTER)]

    def records(self, account: str) -> Records:
        """An account's own partition."""
        found = list(self._partition(f"owner#{account}"))
        charges = [item for item in found if item["sk"]["S"].startswith("charge#")]
        return Records(
            account=next((account_from(i) for i in found if i["sk"]["S"] == "account" and "kind" in i), None),
            charges=tuple(_charge(item) for item in charges if "amount" in item),
            entries=tuple(_entry(item) for item in found if item["sk"]["S"].startswith("entry#")),
            older_charges=sum("amount" not in item for item in charges),
        )

    def jobs_of(self, owner: str) -> list[HeldJob]:
        """An owner's jobs that the table still has, but for those from before there were accounts."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            IndexName="owner",
            KeyConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": {"S": owner}},
        )
        return [_job(item) for page in pages for item in page["Items"] if "hold" in item]

    def _partition(self, name: str) -> Iterator[Any]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": name}},
            ConsistentRead=True,
        )
        return (item for page in pages for item in page["Items"])


def _charge(item: Any) -> Charge:
    return Charge(
        job=item["sk"]["S"].removeprefix("charge#"), amount=int(item["amount"]["N"]), month=item["month"]["S"]
    )


def _entry(item: Any) -> Entry:
    return Entry(
        when=item["sk"]["S"].split("#")[1],
        amount=int(item["amount"]["N"]),
        reference=item["reference"]["S"],
        said=item["said"]["S"],
    )


def _job(item: Any) -> HeldJob:
    return HeldJob(
        id=item["pk"]["S"].removeprefix("job#"),
        status=item["status"]["S"],
        account=item["hold_account"]["S"],
        amount=int(item["hold"]["N"]),
        month=item["hold_month"]["S"],
    )
