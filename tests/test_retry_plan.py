import pytest

from cutout.service.retry_plan import RetryPlan, wish_seconds

NOW = 1_795_000_000.0  # Wed, 18 Nov 2026 11:06:40 GMT


@pytest.mark.parametrize(("dice", "share"), [(0.0, 1.0), (0.5, 1.1), (1.0, 1.2)])
def test_jitter_only_ever_adds_and_at_most_a_fifth(dice: float, share: float) -> None:
    plan = RetryPlan(dice=lambda: dice)

    delays = [plan.delay_seconds(tries, None) for tries in range(1, 10)]

    planned = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert delays == pytest.approx([seconds * share for seconds in planned])


def test_after_ten_tries_it_is_over_whatever_the_receiver_wishes() -> None:
    assert RetryPlan().delay_seconds(9, None) is not None
    assert RetryPlan().delay_seconds(10, 60.0) is None


def test_a_wish_makes_the_wait_longer_and_never_shorter() -> None:
    plan = RetryPlan(dice=lambda: 0.0)

    assert plan.delay_seconds(1, 60.0) == 60
    assert plan.delay_seconds(2, 60.0) == 300


def test_the_plan_can_be_shortened_for_a_drill() -> None:
    assert RetryPlan(scale=0.01, dice=lambda: 0.0).delay_seconds(2, None) == 3


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("120", 120),
        (" 0 ", 0),
        ("86401", 86_400),
        ("9" * 5000, 86_400),
        ("Wed, 18 Nov 2026 11:08:40 GMT", 120),
        ("Wed, 18 Nov 2026 11:08:40 -0000", 120),
        ("Wed, 18 Nov 2026 11:00:00 GMT", 0),
        ("Fri, 18 Nov 2039 11:00:00 GMT", 86_400),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("", None),
        ("Wed, 99 Nov 2026 99:00:00 GMT", None),
        ("Wed, 18 Nov 99999999999 11:00:00 GMT", None),
        ("Wed, 18 Nov 2026 11:00:00 +99999999999999999999", None),
        ("5, 5", None),
    ],
)
def test_a_receiver_says_its_wish_in_seconds_or_as_a_date(header: str | None, seconds: float | None) -> None:
    assert wish_seconds(header, NOW) == seconds
