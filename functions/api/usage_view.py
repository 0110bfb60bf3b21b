"""What a caller sees of its account."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cutout.service.accounts import Account


class UsageView(BaseModel):
    """What was delivered to a key, and charged, in one month (UTC), and what is left. Amounts are in credits."""

    model_config = ConfigDict(frozen=True)

    month: str = Field(examples=["2026-11"])
    jobs: int = Field(description="Jobs that were delivered; a failed one costs nothing")
    credits: float = Field(description="Charged for them")
    held: float = Field(description="Held by jobs under way, of any month: charged when they are delivered")
    kind: Literal["prepaid", "unlimited"] = Field(description="Whether calls need a balance")
    balance: float | None = Field(description="What is left; null for an unlimited account")
    monthly_cap: float | None = Field(description="The most that a month may come to; null: no limit")


def usage_view(account: Account, month: str) -> UsageView:
    """An account's month."""
    used = account.usage(month)
    return UsageView(
        month=month,
        jobs=used.delivered,
        credits=used.charged / 100,
        held=account.held / 100,
        kind=account.kind,
        balance=None if account.kind == "unlimited" else account.balance / 100,
        monthly_cap=None if account.cap is None else account.cap / 100,
    )
