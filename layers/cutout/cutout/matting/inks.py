"""Which inks a page is written with, and where each of them is.

An ink takes the same share out of red, green and blue wherever it covers the paper by as much, so the differences
between paper and picture point in one direction per ink. Directions are compared in means over a few pixels: JPEG
halves the resolution of colour, and a mean does not feel that.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cutout.matting.paper import Paper
from cutout.matting.region import Mask, grow
from cutout.matting.windows import mean

_MOST = 3
_APART = 0.28  # radians between the directions of two inks
_SHARE = 0.04  # of all ink is a second ink at least
_CERTAIN = 0.35  # of the strongest difference: weaker ones tell little of a direction
_BETWEEN = 0.15  # radians from the way between two inks
_ROUNDS = 6
_CHROMA = 5  # pixels around over which colour is averaged
_PEAK = 0.998  # quantile of strength that some ink reaches, however much paper is around
_CORE = (0.8, 0.98)  # quantiles of what is half as strong: there strokes are solid, and no noise's peak

Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Inks:
    """The inks of a page."""

    directions: Floats
    """(n, 3), unit vectors from the ink's to the paper's colour, in encoded levels"""
    which: NDArray[np.uint8]
    """(h, w), on the paper's grid: the ink of every cell, as a number below n"""
    other: NDArray[np.uint8]
    """(h, w): another ink within a few cells, or the same"""


def inks_of(paper: Paper, hot: Mask) -> Inks:
    """The inks in the cells of ``hot``, (h, w), of which there is at least one."""
    radius = max(1, round(_CHROMA / paper.step))
    lost = paper.rgb8.astype(np.float32) - paper.cells8
    lost = np.stack([mean(lost[..., i] * hot, radius) for i in range(3)], -1)
    seen = lost[hot]
    strength = np.linalg.norm(seen, axis=1)
    sure = strength >= _CERTAIN * np.quantile(strength, 0.98)
    directions = _directions(seen[sure] / strength[sure, None].clip(1), strength[sure])
    which = np.zeros(hot.shape, np.uint8)
    which[hot] = (seen @ directions.T).argmax(1)
    return Inks(directions=directions, which=which, other=_other(which, hot, radius + 1))


def colour_of(direction: Floats, seen: Floats, paper: Floats) -> tuple[Floats, float]:
    """The colour of an ink, (3,), and how many levels darker than its paper it is.

    From pixels, (n, 3), that it covers more or less, and their paper, (n, 3).

    The strongest pixels are taken for solid. Only how dark they are is read off them, the hue is the direction's.
    """
    taken = (paper - seen) @ direction
    strength = taken / np.maximum(paper @ direction, 1)
    low, high = np.quantile(strength[strength >= np.quantile(strength, _PEAK) / 2], _CORE)
    core = (strength >= low) & (strength <= high)
    under = paper[core].mean(0)
    colour: Floats = (under - taken[core].mean() * direction).clip(0, 255)
    return colour, float((under - colour).max())


def cover(
    ground: Floats, missing: Floats, colours: Floats, inks: tuple[NDArray[np.uint8], NDArray[np.uint8]]
) -> tuple[Floats, Floats]:
    """Opacity, (n,), and colour, (n, 3), of the ink in pixels that lack ``missing``, (n, 3), of their ``ground``.

    ``inks``: the numbers of a pixel's ink and of another near it, or of the same twice.
    """
    first, second = inks
    full, colour = ground - colours[first], colours[first]
    alpha: Floats = (missing * full).sum(1) / np.square(full).sum(1).clip(1)
    meet = np.flatnonzero(first != second)
    if meet.size > 0:
        others = colours[second[meet]]
        one, two = _shares_of_two(missing[meet], full[meet], ground[meet] - others)
        alpha[meet] = one + two
        colour[meet] += (two / np.maximum(one + two, np.float32(1e-3)))[:, None] * (others - colour[meet])
    return alpha, colour


def _shares_of_two(missing: Floats, one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """How much of each of two inks covers a pixel, (n,) each, not negative and together at most 1.

    All (n, 3): what is ``missing`` from the paper, and what either ink would take away. Least squares.
    """
    of_one, of_other, both = (one * one).sum(1), (other * other).sum(1), (one * other).sum(1)
    with_one, with_other = (missing * one).sum(1), (missing * other).sum(1)
    determinant = (of_one * of_other - both * both).clip(1)
    a = (with_one * of_other - with_other * both) / determinant
    b = (with_other * of_one - with_one * both) / determinant
    a, b = (
        np.where(b < 0, with_one / of_one.clip(1), a).clip(0),
        np.where(a < 0, with_other / of_other.clip(1), b).clip(0),
    )
    total = np.maximum(a + b, 1)
    return a / total, b / total


def _other(which: NDArray[np.uint8], hot: Mask, radius: int) -> NDArray[np.uint8]:
    other = which.copy()
    for ink in range(int(which.max()) + 1):
        other[grow(hot & (which == ink), radius) & (which != ink)] = ink
    return other


def _directions(units: Floats, weights: Floats) -> Floats:
    """From one ink to three, as long as the new one is apart from the others and not rare."""
    found = _mean_of(units, weights, np.zeros(len(units), np.intp), 1)
    while len(found) < _MOST:
        away = (units @ found.T).max(1)
        far = away <= _weighted_quantile(away, weights, _SHARE)
        tried = np.concatenate([found, _mean_of(units[far], weights[far], np.zeros(far.sum(), np.intp), 1)])
        for _ in range(_ROUNDS):
            tried = _mean_of(units, weights, (units @ tried.T).argmax(1), len(tried))
        if not _are_inks(tried, units, weights):
            break
        found = tried
    return found


def _weighted_quantile(values: Floats, weights: Floats, share: float) -> float:
    order = values.argsort()
    reached = weights[order].cumsum()
    return float(values[order[np.searchsorted(reached, share * reached[-1]).clip(max=len(order) - 1)]])


def _mean_of(units: Floats, weights: Floats, group: NDArray[np.intp], count: int) -> Floats:
    sums = [np.bincount(group, weights * units[:, i], count) for i in range(3)]
    directions: Floats = np.stack(sums, 1).astype(np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True).clip(1e-6)
    return directions


def _are_inks(directions: Floats, units: Floats, weights: Floats) -> bool:
    shares = np.bincount((units @ directions.T).argmax(1), weights, len(directions)) / weights.sum()
    alike = directions @ directions.T - 2 * np.eye(len(directions))
    return bool(
        shares.min() >= _SHARE
        and alike.max() < np.cos(_APART)
        and not _is_mixture(directions[-1], directions[:-1])
    )


def _is_mixture(direction: Floats, others: Floats) -> bool:
    """Does a direction lie between two others? Where two inks cross, a mean is of both."""
    for one, other in combinations(others, 2):
        shares = np.linalg.lstsq(np.stack([one, other], 1), direction, rcond=None)[0]
        left = direction - shares[0] * one - shares[1] * other
        if shares.min() > 0 and np.linalg.norm(left) < _BETWEEN:
            return True
    return False
