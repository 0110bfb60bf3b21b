"""An account: who pays, from which balance, up to which monthly cap. One item in the job table, so that one
transaction decides.

``balance`` is what is left to hold, ``held`` what jobs that are under way have taken from it; every amount is in
hundredths of a credit. At any moment balance + held + everything charged = everything credited, for both kinds of
account: the balance of an unlimited one may be below zero, which then says how much was used.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

AccountKind = Literal["prepaid", "unlimited"]
MONTH = re.compile(r"(delivered|charged|committed)#(\d{4}-\d{2})")


@dataclass(frozen=True, kw_only=True)
class Usage:
    """One month of an account. A job belongs to the month in which it was admitted."""

    delivered: int = 0
    """jobs that ended with results"""
    charged: int = 0
    """for them"""
    committed: int = 0
    """charged, and held by jobs under way: what a monthly cap looks at"""


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account as last written."""

    id: str
    name: str
    kind: AccountKind
    balance: int
    held: int
    created: str
    cap: int | None = None
    """the most that may be committed in a month; None: no limit"""
    requests_per_minute: int | None = None
    """None: the stack's own limit"""
    megapixels_per_minute: int | None = None
    grants: frozenset[str] = frozenset()
    """prefixes of the source bucket that batches of this account may read"""
    months: Mapping[str, Usage] = field(default_factory=dict)

    def usage(self, month: str) -> Usage:
        """What was used in a month, written ``2026-11``."""
        return self.months.get(month, Usage())


def month_of(now: str) -> str:
    """The month of a timestamp, in UTC: ``2026-11``."""
    return now[:7]


def account_key(account: str) -> dict[str, Any]:
    """The key of the account's item."""
    return {"pk": {"S": f"owner#{account}"}, "sk": {"S": "account"}}


def account_from(item: Mapping[str, Any]) -> Account:
    """The account in its item."""
    return Account(
        id=item["pk"]["S"].removeprefix("owner#"),
        name=item["name"]["S"],
        kind=item["kind"]["S"],
        balance=int(item["balance"]["N"]),
        held=int(item["held"]["N"]),
        created=item["created"]["S"],
        cap=_number(item, "cap"),
        requests_per_minute=_number(item, "requests_per_minute"),
        megapixels_per_minute=_number(item, "megapixels_per_minute"),
        grants=frozenset(item["grants"]["SS"]) if "grants" in item else frozenset(),
        months=_months(item),
    )


def _number(item: Mapping[str, Any], name: str) -> int | None:
    return int(item[name]["N"]) if name in item else None


def _months(item: Mapping[str, Any]) -> dict[str, Usage]:
    found: dict[str, dict[str, int]] = {}
    for name, value in item.items():
        if match := MONTH.fullmatch(name):
            found.setdefault(match[2], {})[match[1]] = int(value["N"])
    return {month: Usage(**counts) for month, counts in found.items()}
