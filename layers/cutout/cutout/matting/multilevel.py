"""Foreground and background colours of mixed pixels, on a pyramid.

Germer, Uelwer, Conrad, Harmeling: "Fast Multi-Level Foreground Estimation", ICPR 2020 (arXiv 2006.14970). In
every pixel and channel, with weights w = EPS + OMEGA |a - a'| to the four neighbours, F and B minimise

    (a F + (1 - a) B - I)^2 + sum over the neighbours of w ((F - F')^2 + (B - B')^2)

which, given the neighbours, is a 2 x 2 system. That F is not darker than the subject's opaque pixels is ours: a
matte that says too little asks for less than no light, and dark hair in front of a window turned black.

Sweeps over all pixels solve it, from a picture of one pixel up to the whole one. The paper sweeps pixel by pixel;
here all pixels of one colour of the chequerboard are solved at once, because they do not look at each other, and
only the pixels asked for exist: as lists, not as pictures.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.matting.region import Mask, beside, grow, positions

# The paper has 5e-3 and 0.1; with more sweeps less of the one suits better. Published defaults (1e-5 and 1) let
# F follow the background.
_EPS = np.float32(2e-3)
_OMEGA = np.float32(0.1)
_SMALL = 32  # longest side of a level that is cheap enough to be solved nearly exactly
_SWEEPS_SMALL = 10
_SWEEPS = 8
_RARE = 0.005  # share of the opaque pixels that are darker than what counts as the darkest
_MARGIN = 1.5  # times darker than that F may be
_ENOUGH = 100_000  # opaque pixels, to know their range

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Colours:
    """F and B in linear light, for n of the pixels of a grid."""

    values: Floats  # (6, n): F's three channels, then B's
    darkest: Floats  # (3, 1): F has no less
    slot: NDArray[np.int32]  # (h, w): which of the n a pixel is; 0 also for pixels that are none of them

    def under(self, y: Indices, x: Indices) -> Floats:
        """(6, m) colours of the cells that hold m pixels of a grid twice as fine."""
        found: Floats = self.values.take(self.slot[y // 2, x // 2], axis=1)
        return found

    def between(self, y: Indices, x: Indices, size: int) -> Floats:
        """(6, m) colours, interpolated bilinearly, for m pixels of a grid ``size`` times as fine."""
        total = np.zeros((6, y.size), np.float32)
        for row, row_weight in beside(y, size, self.slot.shape[0]):
            for column, column_weight in beside(x, size, self.slot.shape[1]):
                total += self.values.take(self.slot[row, column], axis=1) * (row_weight * column_weight)
        return total


@dataclass(frozen=True, kw_only=True)
class _Half:
    """The 2 x 2 systems of every other mixed pixel of a level, ready to be swept."""

    mine: slice  # these pixels' slots
    neighbours: list[tuple[Indices, Floats]]  # slots and weights: above, below, left, right
    fixed: Floats  # (6, m): what the data alone say of F, then of B
    inverse: tuple[Floats, Floats, Floats]  # FF, FB, BB


def estimate(planes: Floats, where: Mask) -> Colours:
    """F and B for the pixels of ``where`` and their neighbours.

    ``planes`` is (4, h, w): red, green and blue in units that add up, and alpha, in [0, 1]; ``where`` is
    (h, w). Mixed pixels of ``where`` get both colours by the paper's method. An opaque pixel's F and a clear
    pixel's B are the picture itself; all other colours are carried over from the coarser levels.
    """
    darkest = _darkest(planes)
    levels = [(planes, where)]
    while levels[-1][1].size > 1:
        planes, where = levels[-1]
        levels.append((block_means(planes, 2), covering(where, 2)))
    colours = _means(next(planes for planes, _ in levels if max(planes.shape[1:]) <= 2 * _SMALL), darkest)
    for planes, where in reversed(levels):
        colours = _solve_level(planes, where, colours)
    return colours


def block_means(planes: Floats, size: int) -> Floats:
    """Means of blocks of ``size`` x ``size``; the last row and column are repeated to fill the last ones."""
    missing = [(0, 0)] + [(0, -length % size) for length in planes.shape[1:]]
    padded = np.pad(planes, missing, "edge") if any(after for _, after in missing) else planes
    for axis in (1, 2):
        padded = np.moveaxis(padded, axis, 0)
        total = padded[::size].copy()
        for offset in range(1, size):
            total += padded[offset::size]
        padded = np.moveaxis(total, 0, axis)
    return padded * np.float32(1 / size**2)


def covering(mask: Mask, size: int) -> Mask:
    """The blocks of ``size`` x ``size`` that hold a pixel of ``mask``."""
    blocks = np.pad(mask, [(0, -length % size) for length in mask.shape])
    for axis in (0, 1):
        lines = np.moveaxis(blocks, axis, 0)
        covered = lines[::size].copy()
        for offset in range(1, size):
            covered |= lines[offset::size]
        blocks = np.moveaxis(covered, 0, axis)
    return blocks


def _means(planes: Floats, darkest: Floats) -> Colours:
    """One F and one B for the whole picture: what the pyramid starts from."""
    light, alpha = planes[:3], planes[3]
    sides = [light[:, mask] if mask.any() else light.reshape(3, -1) for mask in (alpha > 0.9, alpha < 0.1)]
    values = np.concatenate([side.mean(1) for side in sides])[:, None]
    return Colours(values=values, darkest=darkest, slot=np.zeros((1, 1), np.int32))


def _darkest(planes: Floats) -> Floats:
    """The least that F may have of each channel, (3, 1): somewhat less than the opaque pixels' darkest.

    Of the whole subject, because a thin part has no solid one nearby; and no such limit for the lightest, because
    whiskers may be lighter than anything solid.
    """
    solid = planes[:3, planes[3] == 1]
    solid = solid[:, :: max(1, solid.shape[1] // _ENOUGH)]
    if solid.shape[1] == 0:
        return np.zeros((3, 1), np.float32)
    return (np.quantile(solid, _RARE, axis=1, keepdims=True) / _MARGIN).astype(np.float32)


def _solve_level(planes: Floats, where: Mask, coarser: Colours) -> Colours:
    y, x, halves = _chequered(planes[3], where)
    slot = np.zeros(where.shape, np.int32)
    slot[y, x] = np.arange(y.size)
    listed = planes.reshape(4, -1).take(y * where.shape[1] + x, axis=1)
    light, alpha = listed[:3], listed[3]
    values = coarser.under(y, x)
    values[:3, alpha == 1] = light[:, alpha == 1]
    values[3:, alpha == 0] = light[:, alpha == 0]
    systems = [_half(mine, slot, (y[mine], x[mine]), listed) for mine in halves]
    for _ in range(_SWEEPS_SMALL if max(where.shape) <= _SMALL else _SWEEPS):
        for system in systems:
            _sweep(values, system, coarser.darkest)
    return Colours(values=values, darkest=coarser.darkest, slot=slot)


def _chequered(alpha: Floats, where: Mask) -> tuple[Indices, Indices, list[slice]]:
    """The pixels of ``where`` and their neighbours, in three runs.

    First the mixed ones of ``where`` on the chequerboard's black fields, then those on its white ones (these
    are the two slices), then all the rest.
    """
    y, x = positions(grow(where, 1))
    mixed = where[y, x] & (alpha[y, x] > 0) & (alpha[y, x] < 1)
    field = np.where(mixed, (y + x) & 1, 2).astype(np.uint8)
    order = np.argsort(field, kind="stable")
    black, white = np.searchsorted(field[order], [1, 2]).tolist()
    return y[order], x[order], [slice(0, black), slice(black, white)]


def _half(
    mine: slice,
    slot: NDArray[np.int32],
    at: tuple[Indices, Indices],
    listed: Floats,
) -> _Half:
    (y, x), (height, width) = at, slot.shape
    light, alpha = listed[:3, mine], listed[3]
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
    ff, fb, bb = scale * bb, -scale * fb, scale * ff  # the inverse
    return _Half(
        mine=mine,
        neighbours=neighbours,
        fixed=np.concatenate([(ff * a + fb * rest) * light, (fb * a + bb * rest) * light]),
        inverse=(ff, fb, bb),
    )


def _sweep(values: Floats, half: _Half, darkest: Floats) -> None:
    """Solve every system of ``half`` for its pixels' F and B, in ``values``."""
    (index, weight), *others = half.neighbours
    pulled = values.take(index, axis=1)
    pulled *= weight
    for index, weight in others:
        term = values.take(index, axis=1)
        term *= weight
        pulled += term
    f, b = pulled[:3], pulled[3:]
    ff, fb, bb = half.inverse
    np.clip(half.fixed[:3] + ff * f + fb * b, darkest, 1, out=values[:3, half.mine])
    np.clip(half.fixed[3:] + fb * f + bb * b, 0, 1, out=values[3:, half.mine])
