"""When a webhook that was not accepted is sent again."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# The Standard Webhooks specification's: seconds before each try, counted from the one before it. 76 hours in all.
BEFORE_TRY_SECONDS = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
JITTER = 0.2
"""the most that is added, as a share: those that failed together do not come back together"""
LONGEST_WISH_SECONDS = 86_400
"""the most that a receiver's Retry-After counts for"""


@dataclass(frozen=True, kw_only=True)
class RetryPlan:
    """The plan. ``scale`` shortens or stretches its times (1: as they are); ``dice`` answers with 0 to 1."""

    scale: float = 1.0
    dice: Callable[[], float] = random.random

    @property
    def longest_seconds(self) -> float:
        """How long a delivery is tried at most where nobody wishes for more: about 92 hours."""
        return sum(BEFORE_TRY_SECONDS) * (1 + JITTER) * self.scale

    def delay_seconds(self, tries: int, wish_seconds: float | None) -> float | None:
        """How long to wait after this many failed tries (from 1); None: that was the last.

        Never shorter than the plan, nor than what the receiver wishes.
        """
        if tries >= len(BEFORE_TRY_SECONDS):
            return None
        planned = BEFORE_TRY_SECONDS[tries] * self.scale * (1 + JITTER * self.dice())
        return max(planned, wish_seconds or 0.0)


def wish_seconds(header: str | None, now: float) -> float | None:
    """What a Retry-After header asks for, in seconds from ``now`` (epoch seconds): 0 to 86,400; None: nothing.

    It may be a number of seconds or an HTTP date; what is neither asks for nothing.
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:9]), LONGEST_WISH_SECONDS))
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # the second for years and offsets of twenty digits
        return None
    if moment.tzinfo is None:  # "-0000", which is UTC all the same
        moment = moment.replace(tzinfo=UTC)
    seconds = (moment - datetime.fromtimestamp(now, UTC)).total_seconds()
    return min(max(seconds, 0.0), float(LONGEST_WISH_SECONDS))
