"""A file of a given size: the quality is searched, in at most ``MOST_ENCODES`` encodes."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, log

import numpy as np

from cutout.errors import SizeOutOfReach

MOST_ENCODES = 6
LOWEST, HIGHEST = 10, 100
"""Below 10 a picture is blocks; a lower quality is used only if it was asked for in the first place."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """How the logarithm of a format's file sizes grows with quality: medians over photographs and drawings.

    One picture's curve is a stretched copy of it, by .8 to 1.25, so steps are taken along it.
    """

    qualities: tuple[int, ...] = (1, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 89, 90, 92, 94, 96, 98, 100)
    growth: tuple[float, ...]

    def at(self, quality: int) -> float:
        """The growth up to a quality."""
        return float(np.interp(quality, self.qualities, self.growth))

    def quality(self, growth: float) -> int:
        """The highest quality with no more growth than this."""
        return int(np.interp(growth, self.growth, self.qualities))


# fmt: off
CURVES = {
    "jpeg": Curve(growth=(-2.04, -1.26, -0.76, -0.47, -0.28, -0.13, 0, 0.18, 0.27, 0.41, 0.57, 0.74, 1.05, 1.16, 1.34,
                          1.57, 1.86, 2.39)),  # the leap at 90 is the colours' full resolution
    "webp": Curve(growth=(-1.28, -0.89, -0.65, -0.45, -0.26, -0.13, 0, 0.12, 0.19, 0.4, 0.62, 0.85, 0.92, 1.06, 1.24,
                          1.42, 1.59, 1.68)),
    "avif": Curve(growth=(-1.84, -1.6, -1.33, -1.03, -0.69, -0.33, 0, 0.29, 0.43, 0.58, 0.71, 0.88, 1, 1.19, 1.29,
                          1.56, 1.73, 2.43)),
}
# fmt: on


@dataclass(frozen=True, kw_only=True, eq=False)
class Encoded:
    """A result's file."""

    body: bytes
    quality: int | None
    """the quality it has; None where the format keeps every value"""
    encodes: int
    """how often the picture was encoded to find it"""


def within(
    encode: Callable[[int], bytes],
    *,
    at_least: int | None,
    at_most: int | None,
    quality: int,
    curve: Curve = CURVES["jpeg"],
) -> Encoded:
    """The file of highest quality, at most ``quality``, that has from ``at_least`` to ``at_most`` bytes.

    ``encode`` takes a quality, 1 to 100. If ``quality`` gives less than ``at_least``, the lowest quality above it that
    gives as much is looked for. Sizes are interpolated in their logarithm, along the typical curve, between the nearest
    qualities tried, until the best quality is known or only the one beside it is unknown: another encode for one step
    would be dear. The limits always hold. Of photographs the best quality or one beside it is found in 99.9 of 100
    cases; of flat areas and pure noise, whose curves are like no other's, it can be several steps lower.

    Where no quality gives that, the largest file that does not exceed ``at_most`` is the answer: too large is refused
    somewhere, too small hardly ever. Raises SizeOutOfReach where no quality is small enough.
    """
    least, most = at_least or 0, inf if at_most is None else at_most
    sizes: dict[int, int] = {}
    wanted: int | None = quality
    found, body, nearest = None, b"", (0, b"")
    while wanted is not None:
        tried = encode(wanted)
        sizes[wanted] = len(tried)
        if len(nearest[1]) < len(tried) <= most:
            nearest = wanted, tried
        if least <= len(tried) <= most and (found is None or abs(wanted - quality) < abs(found - quality)):
            found, body = wanted, tried
        limit, end = (least - 1, HIGHEST) if sizes[quality] < least else (most, min(LOWEST, quality))
        nearness = 1 if found is None else 2
        wanted = None if found == quality else _next(sizes, limit, end, nearness, curve)
    if found is None:
        found, body = nearest
    if not body:
        raise SizeOutOfReach(_why(sizes, most))
    return Encoded(body=body, quality=found, encodes=len(sizes))


def _next(sizes: dict[int, int], limit: float, end: int, nearness: int, curve: Curve) -> int | None:
    """The quality to try next, None if there is no use.

    ``end`` is the end of the scale on that side of the asked quality where the limit lies; a gap of ``nearness``
    between a quality that stays within the limit and one that exceeds it is left alone.
    """
    left = MOST_ENCODES - len(sizes)
    low = max((q for q, size in sizes.items() if size <= limit), default=None)
    high = min((q for q, size in sizes.items() if size > limit and (low is None or q > low)), default=None)
    if left == 0:
        return None
    if low is None or high is None:
        if end in sizes:
            return None
        return end if len(sizes) >= 3 else _beyond(sizes, limit, end, curve)
    if high - low <= nearness:
        return None
    return _between(sizes, low, high, limit=limit, nearness=nearness, curve=curve)


def _between(sizes: dict[int, int], low: int, high: int, *, limit: float, nearness: int, curve: Curve) -> int:
    """Where the limit is likely; if possible, no further from either side than halving can make good."""
    guess, reach = _where(low, high, sizes, log(limit), curve), 2 ** (MOST_ENCODES - len(sizes))
    if high - low <= 2 * reach:
        guess = max(min(guess, low + reach), high - reach)
    step = min(
        nearness, (high - low) // 2
    )  # past a side that is nearly right, so that the gap closes behind it
    return max(low + step, min(guess, high - step))


def _beyond(sizes: dict[int, int], limit: float, end: int, curve: Curve) -> int:
    """A quality towards ``end`` that is likely past the limit, so that it is known from both sides."""
    near, *others = sorted(sizes, key=lambda q: abs(q - end))
    target = log(limit) + 0.05 * len(sizes) * (1 if end > near else -1)
    alone = curve.quality(curve.at(near) + target - log(sizes[near]))
    guess = _where(near, others[0], sizes, target, curve) if others else alone
    return max(min(near - 1, guess), end) if end < near else min(max(near + 1, guess), end)


def _where(one: int, other: int, sizes: dict[int, int], target: float, curve: Curve) -> int:
    """Where the curve, stretched so that it goes through two qualities tried, has the target."""
    stretch = (log(sizes[other]) - log(sizes[one])) / (curve.at(other) - curve.at(one))
    return curve.quality(curve.at(one) + (target - log(sizes[one])) / max(stretch, 0.1))


def _why(sizes: dict[int, int], most: float) -> str:
    small = min(sizes, key=lambda q: sizes[q])
    return (
        f"At most {most:,} bytes are allowed; at quality {small}, the lowest that is used, the file has "
        f"{sizes[small]:,}. Allow more bytes or make the picture smaller."
    )
