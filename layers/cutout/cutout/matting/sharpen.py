"""A better matte: the network's, moved to where the photograph's colours say the edge is."""

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_uint8, to_unit
from cutout.light import CAMERA, Mixing
from cutout.matting.laplacian import solve
from cutout.matting.multilevel import estimate
from cutout.matting.region import Mask, grow, opened, positions, shrink
from cutout.matting.upsample import upsample
from cutout.matting.windows import mean

_SURE8 = 10  # this near to 0 or 1 the network is believed
_BEYOND = 4  # cells, of 1024 along the longest side, around the soft ones that may move, too
_STEPS = 20  # on every grid of the cascade
# Alpha is linear in linear light, but noise is even in what a camera writes: the guide lies between the two.
_GUIDE_CURVE = np.float32(0.75)

# What pulls towards the network's matte, by how sure it is there (0 to 1); see ``_pull``.
_SURENESS = to_unit(np.arange(256, dtype=np.uint8))
_PULL_OF_SURE = np.float32(0.05) * _SURENESS**4 + np.float32(5e-5)  # at a fifth of that, table legs dissolved
_PULL_OF_THIN = np.float32(0.5) * _SURENESS**10  # wires and rails have no sure middle to hold them
_PULL_OF_WIDE = np.float32(0.04) * _SURENESS**2  # ears, glass, nets: no sure colour is near enough to lean on
_THIN = 4  # radius in the same cells: what is narrower than twice this is thin, and so near an edge nothing is sure
_MIDDLE = np.float32(0.97)  # of the highest beside it: the middle of what is thin
_WIDE = 8  # radius: all around a cell so far is at least that opaque

_GAP = 16  # radius: a place that is less opaque than all around it is a gap
_GAP_DEPTH8 = 38

_AROUND = 3  # radius of the windows over which two mattes are compared
_WORSE = 1.02  # times as much unexplained: at a tie the colours are believed

Floats = NDArray[np.float32]
Levels = NDArray[np.uint8]


def sharpen(grid8: Levels, coarse8: Levels, mixing: Mixing) -> Levels:
    """The alpha8 of a small photograph, (h, w), from its coarse matte (S, S) stretched over the frame.

    On the soft band the matting Laplacian with the coarse matte as soft data (see ``laplacian``), begun at the
    guided filter's answer. Where that explains the photograph worse than what it began with, judged by the
    part of it that a F + (1 - a) B leaves unexplained, it is not taken. Never a hard trimap: where the network is
    right, one would throw its answer away.
    """
    rows, columns = grid8.shape[:2]
    start8 = upsample(grid8, grid8, coarse8)
    matte8 = resize(coarse8, rows, columns, "bilinear")
    band = grow((matte8 > _SURE8) & (matte8 < 255 - _SURE8), _cells(_BEYOND, matte8))
    if not band.any():
        return start8
    start, matte = to_unit(start8), to_unit(matte8)
    seen = np.ascontiguousarray(np.moveaxis(mixing.to_amounts(grid8), 2, 0))
    guide = seen**_GUIDE_CURVE if mixing is CAMERA else seen
    solved = solve(guide, band, start, _pull(matte8), matte, steps=_STEPS)
    return to_uint8(_better(seen, band, start, np.minimum(solved, _most(start8, matte8))))


def _cells(radius: int, grid: Levels) -> int:
    """A radius that was meant for a grid of 1024: what a network sees depends on the frame, not on the pixels."""
    cells: int = round(radius * max(grid.shape) / 1024)
    return max(1, cells)


def _pull(matte8: Levels) -> Floats:
    """How strongly every cell is held where the network saw it.

    Strongest where it is sure, but not in sure subject beside an edge: networks draw hair too full, and a
    background seen through it as nearly solid. Only what is thin on its own is held there, by its contrast, and
    only its middle: networks draw pen strokes too fat. A wide place that is as good as solid is held a little.
    """
    sureness = 2 * matte8.astype(np.int16) - 255
    subject8, background8 = (side.clip(0, 255).astype(np.uint8) for side in (sureness, -sureness))
    thin = _cells(_THIN, matte8)
    deep8, thin8 = shrink(subject8, thin), subject8 - opened(subject8, thin)
    wide8 = shrink(matte8, _cells(_WIDE, matte8))
    smooth = mean(matte8.astype(np.float32), 1)
    middle = smooth >= _MIDDLE * grow(smooth, 1)
    sides = _PULL_OF_SURE.take(deep8) + _PULL_OF_SURE.take(background8)
    pull: Floats = sides + _PULL_OF_THIN.take(thin8) * middle + _PULL_OF_WIDE.take(wide8)
    return pull


def _most(start8: Levels, matte8: Levels) -> Floats:
    """How opaque a cell may become: in a gap that the network saw, hardly more than it was.

    Networks err towards too much subject; one that sees a small gap, be it half closed, is right.
    """
    gap8 = ~opened(~matte8, _cells(_GAP, matte8)) - matte8
    most = np.where(gap8 > _GAP_DEPTH8, to_unit(np.maximum(start8, matte8)) + np.float32(0.05), np.float32(1))
    return most.astype(np.float32)


def _better(seen: Floats, band: Mask, before: Floats, after: Floats) -> Floats:
    """``after``, but ``before`` where that explains what is seen better; the change from one to other is soft."""
    y, x = positions(band)
    between = (before + after) * np.float32(0.5)  # colours that favour neither
    colours = estimate(np.concatenate([seen, between[None]]), band)
    f, b = np.split(colours.values.take(colours.slot[y, x], axis=1), 2)

    def unexplained(alpha: Floats) -> Floats:
        a, errors = alpha[y, x], np.zeros_like(alpha)
        errors[y, x] = np.sqrt(((seen[:, y, x] - a * f - (1 - a) * b) ** 2).sum(0))
        return mean(errors, _AROUND)

    worse = unexplained(after) > _WORSE * unexplained(before)
    better: Floats = after + (before - after) * mean(worse.astype(np.float32), 1) * band
    return better
