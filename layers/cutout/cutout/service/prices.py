"""What a job costs, from one data file, and how credits are written.

Everywhere inside, an amount is a whole number of hundredths of a credit: sums are exact. Credits with a decimal point
exist only where people read or write them.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

PriceKind = Literal["preview", "picture", "render"]
"""a result of up to a quarter of a megapixel; any other; a new recipe or corrected matte for a picture that is paid"""

PREVIEW_PIXELS = 250_000
UNLIMITED = "unlimited"
MOST_CREDITS = 1_000_000_000

_CREDITS = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,2}))?")


class PriceList(BaseModel):
    """The data file ``prices.json``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    currency: str
    unit: Literal["hundredths of a credit"]
    date: str
    prices: dict[PriceKind, Annotated[int, Field(ge=0, strict=True)]]


@cache
def price_list() -> PriceList:
    """The price list of this version; raises pydantic's ValidationError for a broken file."""
    return PriceList.model_validate_json(files(__package__).joinpath("prices.json").read_bytes())


def price_of(kind: PriceKind) -> int:
    """What one job of this kind costs once it is delivered, in hundredths of a credit."""
    return price_list().prices[kind]


def kind_of(price: int) -> str:
    """The kind of job that has this price; ``other`` for a price of an older list."""
    return next((kind for kind in get_args(PriceKind) if price_of(kind) == price), "other")


def in_credits(hundredths: int) -> str:
    """An amount as people read it: 25 is ``0.25``, 100 is ``1``, -150 is ``-1.5``."""
    whole, rest = divmod(abs(hundredths), 100)
    text = f"{whole}.{rest:02d}".rstrip("0").rstrip(".")
    return f"-{text}" if hundredths < 0 else text


def in_hundredths(text: str) -> int:
    """An amount of credits as people write it: ``12.5`` is 1250.

    Raises
    ------
    ValueError
        Not a number from 0 to a thousand million with at most two decimals.
    """
    match = _CREDITS.fullmatch(text)
    amount = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else -1
    if not 0 <= amount <= MOST_CREDITS * 100:
        raise ValueError(
            f"{text[:40]!r} is no amount of credits; allowed: 0 to {MOST_CREDITS}, with at most two decimals"
        )
    return amount


def starting_credits(text: str) -> int | None:
    """What a new account begins with: hundredths of a credit, or None for ``unlimited``; raises ValueError."""
    return None if text == UNLIMITED else in_hundredths(text)
