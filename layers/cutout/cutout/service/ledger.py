"""The accounts in the job table: made at first use, read, and every change of them noted as an entry.

Holds and charges change an account only together with the job they belong to: that is ``cutout.service.table``'s.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cutout.service.accounts import Account, Usage, account_from, account_key
from cutout.service.transactions import ConditionFailed, commit

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

REGISTER = "accounts"  # the partition that lists every account


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """Reads and opens accounts. ``client`` is a DynamoDB client, ``name`` the table's name.

    ``starting_credits`` is what an account has that is made at its first use, in hundredths; None: it is unlimited.
    """

    client: "DynamoDBClient"
    name: str
    starting_credits: int | None = None

    def account_of(self, owner: str, now: str) -> Account:
        """The owner's account, made now if there is none yet."""
        account = self.find(owner)
        if account is not None:
            return account
        self.open(owner, name="", starting_credits=self.starting_credits, now=now)
        account = self.find(owner)
        if account is None:
            raise RuntimeError(f"account {owner!r} was made and is not there")
        return account

    def usage(self, owner: str, month: str) -> Usage:
        """What an owner used in a month (``2026-11``, in UTC); nothing, if there is no account."""
        account = self.find(owner)
        return account.usage(month) if account else Usage()

    def find(self, owner: str) -> Account | None:
        """The account as last written, or None."""
        answer = self.client.get_item(TableName=self.name, Key=account_key(owner), ConsistentRead=True)
        item = answer.get("Item", {})
        # A free job that is older than its owner's account may have counted there before it was opened.
        return account_from(item) if "kind" in item else None

    def open(self, owner: str, *, name: str, starting_credits: int | None, now: str) -> bool:
        """Make an account; False, and nothing is changed, if it exists."""
        credited = starting_credits or 0
        values = {
            ":kind": {"S": "unlimited" if starting_credits is None else "prepaid"},
            ":name": {"S": name},
            ":credited": {"N": str(credited)},
            ":none": {"N": "0"},
            ":now": {"S": now},
        }
        account = {
            "TableName": self.name,
            "Key": account_key(owner),
            "UpdateExpression": "SET #kind = :kind, #name = :name, balance = :credited, "
            "held = if_not_exists(held, :none), created = :now",
            "ConditionExpression": "attribute_not_exists(#kind)",
            "ExpressionAttributeNames": {"#kind": "kind", "#name": "name"},
            "ExpressionAttributeValues": values,
        }
        listed = {"pk": {"S": REGISTER}, "sk": {"S": owner}, "created": {"S": now}}
        opened = entry(self.name, owner, amount=credited, reference="opened", said="opened", now=now)
        try:
            commit(
                self.client,
                [{"Update": account}, {"Put": {"TableName": self.name, "Item": listed}}, *opened],
            )
        except ConditionFailed:
            return False
        return True


def entry(
    table: str, account: str, *, amount: int, reference: str, said: str, now: str
) -> list[dict[str, Any]]:
    """The writes that note a change of an account for its history, once for each reference.

    ``amount`` is what the change adds to everything ever credited, in hundredths; it may be below zero.
    """
    owner = {"S": f"owner#{account}"}
    noted = {
        "pk": owner,
        "sk": {"S": f"entry#{now}#{reference}"},
        "amount": {"N": str(amount)},
        "reference": {"S": reference},
        "said": {"S": said},
    }
    known = {
        "pk": owner,
        "sk": {"S": f"reference#{reference}"},
        "amount": noted["amount"],
        "entered": {"S": now},
    }
    once = "attribute_not_exists(pk)"
    return [
        {"Put": {"TableName": table, "Item": known, "ConditionExpression": once}},
        {"Put": {"TableName": table, "Item": noted}},
    ]
