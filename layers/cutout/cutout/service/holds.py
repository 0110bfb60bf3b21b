"""What a job does to its account, as writes of a transaction: take a hold, turn it into a charge, give it back.

A hold's amount, account and month stand in the job's own item, and its end goes by them: never by what a message
says, and never by today's price list or month.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict

from cutout.errors import CapReached, NoCredits
from cutout.service.accounts import Account, account_key
from cutout.service.prices import in_credits, kind_of


class Hold(BaseModel):
    """What a job has taken from an account until it ends."""

    model_config = ConfigDict(frozen=True)

    account: str
    amount: int
    """in hundredths of a credit"""
    month: str
    """in which the job was admitted: it is charged there, also if it ends in the next"""


def check_means(account: Account, hold: Hold) -> None:
    """Whether the account, as read, can take the hold.

    Raises
    ------
    NoCredits
        A prepaid account's balance is smaller.
    CapReached
        The month's cap would be exceeded by what is charged and what is held together.
    """
    if not hold.amount:
        return  # what is free needs neither a balance nor room below a cap
    if account.kind == "prepaid" and account.balance < hold.amount:
        raise NoCredits(
            f"This costs {in_credits(hold.amount)} credits; {in_credits(account.balance)} are left in the account."
        )
    committed = account.usage(hold.month).committed
    if account.cap is not None and committed + hold.amount > account.cap:
        raise CapReached(
            f"This costs {in_credits(hold.amount)} credits; the account's cap for {hold.month} is "
            f"{in_credits(account.cap)}, and {in_credits(committed)} are charged or held by jobs under way."
        )


def taken(table: str, account: Account, hold: Hold) -> list[dict[str, Any]]:
    """Take the hold, on condition that the account still has the kind and cap it was read with, and the means.

    Nothing has to be written for a hold of nothing.
    """
    if not hold.amount:
        return []
    names = {"#kind": "kind", "#cap": "cap", "#committed": f"committed#{hold.month}"}
    values = {":amount": hold.amount, ":none": 0}
    conditions = ["#kind = :kind"]
    if account.kind == "prepaid":
        conditions.append("balance >= :amount")
    if account.cap is None:
        conditions.append("attribute_not_exists(#cap)")
    else:
        values |= {":cap": account.cap, ":room": account.cap - hold.amount}
        conditions += ["#cap = :cap", "(attribute_not_exists(#committed) OR #committed <= :room)"]
    update = _update(
        table,
        hold.account,
        "SET balance = balance - :amount, held = held + :amount, "
        "#committed = if_not_exists(#committed, :none) + :amount",
        names,
        values,
    )
    update["ExpressionAttributeValues"][":kind"] = {"S": account.kind}
    return [{"Update": update | {"ConditionExpression": " AND ".join(conditions)}}]


def settled(table: str, hold: Hold) -> dict[str, Any]:
    """Turn the hold into a charge of its month: it was committed there already."""
    names = {"#charged": f"charged#{hold.month}", "#delivered": f"delivered#{hold.month}"}
    values = {":amount": hold.amount, ":none": 0, ":one": 1}
    update = _update(
        table,
        hold.account,
        "SET held = if_not_exists(held, :none) - :amount, "
        "#charged = if_not_exists(#charged, :none) + :amount, "
        "#delivered = if_not_exists(#delivered, :none) + :one",
        names,
        values,
    )
    return {"Update": update | _enough_held(hold)}


def released(table: str, hold: Hold) -> list[dict[str, Any]]:
    """Give the hold back to the balance, and to the room below its month's cap; nothing to write if it is nothing."""
    if not hold.amount:
        return []
    update = _update(
        table,
        hold.account,
        "SET held = held - :amount, balance = balance + :amount, #committed = #committed - :amount",
        {"#committed": f"committed#{hold.month}"},
        {":amount": hold.amount},
    )
    return [{"Update": update | _enough_held(hold)}]


def charge(table: str, job_id: str, hold: Hold, cost_usd: float, now: str) -> dict[str, Any]:
    """The receipt of a delivered job. It outlives the job's own item, so that every month can be added up again."""
    item = {
        "pk": {"S": f"owner#{hold.account}"},
        "sk": {"S": f"charge#{job_id}"},
        "amount": {"N": str(hold.amount)},
        "month": {"S": hold.month},
        "kind": {"S": kind_of(hold.amount)},
        "cost_usd": {"N": f"{cost_usd:.8f}"},
        "charged": {"S": now},
    }
    return {"Put": {"TableName": table, "Item": item, "ConditionExpression": "attribute_not_exists(pk)"}}


def _enough_held(hold: Hold) -> dict[str, str]:
    # A job that is free holds nothing, and may be older than its account.
    return {"ConditionExpression": "held >= :amount"} if hold.amount else {}


def _update(
    table: str, account: str, expression: str, names: dict[str, str], values: dict[str, int]
) -> dict[str, Any]:
    return {
        "TableName": table,
        "Key": account_key(account),
        "UpdateExpression": expression,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {name: {"N": str(value)} for name, value in values.items()},
    }
