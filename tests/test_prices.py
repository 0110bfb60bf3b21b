"""Prices and how credits are written."""

import pytest
from pydantic import ValidationError

from cutout.service.prices import in_credits, in_hundredths, kind_of, price_list, price_of, starting_credits
from cutout.service.settings import SweepSettings


def test_the_price_list_says_what_it_counts_in() -> None:
    assert price_list().unit == "hundredths of a credit"
    assert price_list().prices == {"preview": 25, "picture": 100, "render": 0}
    assert price_of("preview") == 25


@pytest.mark.parametrize(
    ("amount", "text"),
    [(0, "0"), (25, "0.25"), (50, "0.5"), (100, "1"), (1005, "10.05"), (-150, "-1.5"), (-5, "-0.05")],
)
def test_hundredths_are_written_as_credits(amount: int, text: str) -> None:
    assert in_credits(amount) == text


@pytest.mark.parametrize(
    ("text", "amount"), [("0", 0), ("12", 1200), ("12.5", 1250), ("0.05", 5), ("1000000000", 100_000_000_000)]
)
def test_credits_are_read_as_hundredths(text: str, amount: int) -> None:
    assert in_hundredths(text) == amount


@pytest.mark.parametrize(
    "text", ["", "-1", "1.234", "1e3", "1,5", "unlimited", " 1", "1000000001", "1.", "١"]
)
def test_what_is_no_amount_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(ValueError, match="allowed: 0 to 1000000000, with at most two decimals"):
        in_hundredths(text)


@pytest.mark.parametrize(("price", "kind"), [(25, "preview"), (100, "picture"), (0, "render"), (70, "other")])
def test_a_price_has_a_kind(price: int, kind: str) -> None:
    assert kind_of(price) == kind


def test_a_new_account_is_unlimited_or_begins_with_credits() -> None:
    assert (starting_credits("unlimited"), starting_credits("0"), starting_credits("3.5")) == (None, 0, 350)


def test_a_stack_with_a_wrong_amount_does_not_start() -> None:
    with pytest.raises(ValidationError, match="'many' is no amount of credits"):
        SweepSettings.read({"NEW_KEY_CREDITS": "many"})
