"""Foreground and background colours of mixed pixels, on a pyramid.

Germer, Uelwer, Conrad, Harmeling: "Fast Multi-Level Foreground Estimation", ICPR 2020 (arXiv 2006.14970). In
every pixel and channel, with weights w = EPS + OMEGA |a - a'| to the four neighbours, F and B minimise

    (a F + (1 - a) B - I)^2 + sum over the neighbours of w ((F - F')^2 + (B - B')^2)

which, given the neighbours, is a 2 x 2 system. Sweeps over all pixels solve it, from a picture of one pixel
up to the whole one. The paper sweeps pixel by pixel; here all pixels of one colour of the chequerboard are
solved at once, because they do not look at each other, and only the pixels asked for exist: as lists, not as
pictures.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize
from cutout.light import to_linear
from cutout.matting.region import Mask, grow

_EPS = np.float32(5e-3)  # the paper's own values; published defaults (1e-5 and 1) let F follow the background
_OMEGA = np.float32(0.1)
_SMALL = 32  # longest side of a level that is cheap enough to be solved nearly exactly
_SWEEPS_SMALL = 10
_SWEEPS = 8

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]
Level = tuple[NDArray[np.uint8], NDArray[np.uint8]]  # rgb8, alpha8


@dataclass(frozen=True, kw_only=True)
class Colours:
    """F and B in linear light, for n of the pixels of a grid."""

    values: Floats  # (6, n): F's three channels, then B's
    slot: NDArray[np.int32]  # (h, w): which of the n a pixel is; 0 also for pixels that are none of them

    def nearest(self, y: Indices, x: Indices, height: int, width: int) -> Floats:
        """(6, m) colours for m pixels of a (height, width) picture over the same scene."""
        rows, columns = self.slot.shape
        found: Floats = self.values.take(self.slot[y * rows // height, x * columns // width], axis=1)
        return found

    def between(self, y: Indices, x: Indices, height: int, width: int) -> Floats:
        """As ``nearest``, interpolated bilinearly."""
        total = np.zeros((6, y.size), np.float32)
        for row, row_weight in _taps(y, height, self.slot.shape[0]):
            for column, column_weight in _taps(x, width, self.slot.shape[1]):
                total += self.values.take(self.slot[row, column], axis=1) * (row_weight * column_weight)
        return total


@dataclass(frozen=True, kw_only=True)
class _Half:
    """The 2 x 2 systems of every other mixed pixel of a level, ready to be swept."""

    mine: slice  # these pixels' slots
    neighbours: list[tuple[Indices, Floats]]  # slots and weights: above, below, left, right
    data: Floats  # (6, m): a I, then (1 - a) I
    inverse: tuple[Floats, Floats, Floats]  # FF, FB, BB


def estimate(rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8], where: Mask) -> Colours:
    """F and B for the pixels of ``where`` and their neighbours; all three arguments are (h, w) grids.

    Mixed pixels get both colours by the paper's method. An opaque pixel's F and a clear pixel's B are the
    picture; the other colour is carried over from the coarser levels. ``where`` should hold every mixed
    pixel.
    """
    levels, masks = [(rgb8, alpha8)], [grow(where, 1)]
    while levels[-1][1].size > 1:
        rgb8, alpha8 = levels[-1]
        height, width = (alpha8.shape[0] + 1) // 2, (alpha8.shape[1] + 1) // 2
        levels.append((resize(rgb8, height, width, "box"), resize(alpha8, height, width, "box")))
        masks.append(grow(onto(masks[-1], height, width), 1))
    colours = _means(next(level for level in levels if max(level[1].shape) <= 2 * _SMALL))
    for level, mask in zip(reversed(levels), reversed(masks), strict=True):
        colours = _solve_level(level, mask, colours)
    return colours


def onto(mask: Mask, height: int, width: int) -> Mask:
    """The pixels of a smaller (height, width) grid that ``Colours.nearest`` reads for those of ``mask``."""
    y, x = np.nonzero(mask)
    smaller = np.zeros((height, width), np.bool_)
    smaller[y * height // mask.shape[0], x * width // mask.shape[1]] = True
    return smaller


def _taps(at: Indices, pixels: int, cells: int) -> Iterator[tuple[Indices, Floats]]:
    """The two cells beside every pixel along one axis, and how much each counts."""
    position = (at + 0.5) * (cells / pixels) - 0.5
    low = np.floor(position).astype(np.intp)
    part = (position - low).astype(np.float32)
    yield np.maximum(low, 0), 1 - part
    yield np.minimum(low + 1, cells - 1), part


def _means(level: Level) -> Colours:
    """One F and one B for the whole picture: what the pyramid starts from."""
    light = to_linear(level[0].reshape(-1, 3))
    alpha8 = level[1].ravel()
    sides = [light[mask] if mask.any() else light for mask in (alpha8 > 229, alpha8 < 26)]  # .9 and .1
    values = np.concatenate([side.mean(0) for side in sides])[:, None]
    return Colours(values=values, slot=np.zeros((1, 1), np.int32))


def _solve_level(level: Level, mask: Mask, coarser: Colours) -> Colours:
    rgb8, alpha8 = level
    y, x, halves = _chequered(alpha8, mask)
    slot = np.zeros(alpha8.shape, np.int32)
    slot[y, x] = np.arange(y.size)
    levels8 = alpha8[y, x]
    light = to_linear(rgb8[y, x].T)
    values = coarser.nearest(y, x, *alpha8.shape)
    values[:3, levels8 == 255] = light[:, levels8 == 255]
    values[3:, levels8 == 0] = light[:, levels8 == 0]
    alpha = levels8 * np.float32(1 / 255)
    systems = [_half(mine, slot, (y[mine], x[mine]), alpha, light) for mine in halves]
    for _ in range(_SWEEPS_SMALL if max(alpha8.shape) <= _SMALL else _SWEEPS):
        for system in systems:
            _sweep(values, system)
    return Colours(values=values, slot=slot)


def _chequered(alpha8: NDArray[np.uint8], mask: Mask) -> tuple[Indices, Indices, list[slice]]:
    """The pixels of ``mask``: mixed ones on black fields, then on white ones (two slices), then the rest."""
    y, x = np.nonzero(mask)
    mixed = (alpha8[y, x] > 0) & (alpha8[y, x] < 255)
    field = np.where(mixed, (y + x) & 1, 2).astype(np.uint8)
    order = np.argsort(field, kind="stable")
    black, white = np.searchsorted(field[order], [1, 2]).tolist()
    return y[order], x[order], [slice(0, black), slice(black, white)]


def _half(
    mine: slice, slot: NDArray[np.int32], at: tuple[Indices, Indices], alpha: Floats, light: Floats
) -> _Half:
    (y, x), (height, width) = at, slot.shape
    a, rest = alpha[mine], 1 - alpha[mine]
    slots = [
        slot[np.maximum(y - 1, 0), x].astype(np.intp),
        slot[np.minimum(y + 1, height - 1), x].astype(np.intp),
        slot[y, np.maximum(x - 1, 0)].astype(np.intp),
        slot[y, np.minimum(x + 1, width - 1)].astype(np.intp),
    ]
    neighbours = [(index, _EPS + _OMEGA * np.abs(a - alpha[index])) for index in slots]
    pull = neighbours[0][1] + neighbours[1][1] + neighbours[2][1] + neighbours[3][1]
    ff, fb, bb = a * a + pull, a * rest, rest * rest + pull
    scale = 1 / (ff * bb - fb * fb)
    return _Half(
        mine=mine,
        neighbours=neighbours,
        data=np.concatenate([a * light[:, mine], rest * light[:, mine]]),
        inverse=(scale * bb, -scale * fb, scale * ff),
    )


def _sweep(values: Floats, half: _Half) -> None:
    """Solve every system of ``half`` for its pixels' F and B, in ``values``."""
    pulled = half.data.copy()
    for index, weight in half.neighbours:
        term = values.take(index, axis=1)
        term *= weight
        pulled += term
    f, b = pulled[:3], pulled[3:]
    ff, fb, bb = half.inverse
    np.clip(ff * f + fb * b, 0, 1, out=values[:3, half.mine])
    np.clip(fb * f + bb * b, 0, 1, out=values[3:, half.mine])
