"""Ruled and squared paper: long straight lines, weaker than the ink or of another colour, belong to the paper.

Lines are looked for on the paper's grid as rows, sheared by a slope that all of them share, in which most of the
blocks along the way are a little darker than the paper: a Hough transform for almost one angle (Duda and Hart, 1972).
What each of them looks like is then measured at full size, as medians along it, which strokes across do not change.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize
from cutout.matting.paper import Paper
from cutout.matting.region import Mask

_FINE = 0.00125
_SLOPES = [_FINE * i for i in range(-48, 49)]
_BLOCK = 8  # cells along a line that are looked at together
_FEWEST_BLOCKS = 8
_LIT = 2.5  # levels by which a block of a line is darker, at least
_MOST = 0.6  # of the blocks along a line are
_PIECES = 8  # in which a line is measured: light and print change along it
_WEAKER = 0.62  # of the ink's strength: a line as strong as the ink is ink, if it has its hue
_HUE = 0.93  # cosine between the directions of line and ink
_INK = 0.998  # quantile of the grid's cells in which there is ink at its strongest

Picture8 = NDArray[np.uint8]
Floats = NDArray[np.float32]
Lines = list[tuple[float, float]]  # (row at column 0, slope), in cells


def with_rules(paper: Paper, paper8: Picture8, rgb8: Picture8) -> Picture8:
    """The paper at full size, (H, W, 3), with its lines. The same array if there are none."""
    missing = (paper.rgb8.astype(np.float32) - paper.cells8).max(2)
    level, upright = _lines(missing, paper.sheet), _lines(missing.T, paper.sheet.T)
    if not level and not upright:
        return paper8
    ink = _strongest(paper, missing)
    printed8 = paper8.copy()
    for line in level:
        _print(printed8, rgb8, line, paper.step, ink)
    for line in upright:
        _print(printed8.swapaxes(0, 1), rgb8.swapaxes(0, 1), line, paper.step, ink)
    return printed8


def on_grid(paper8: Picture8, paper: Paper) -> Picture8:
    """A paper at full size as means on the grid."""
    rows, columns = paper.sheet.shape
    return resize(paper8, rows, columns, "box")


def _lines(missing: Floats, sheet: Mask) -> Lines:
    """All lines that run along the rows of the grid, one slope for all."""
    count = missing.shape[1] // _BLOCK
    if count < _FEWEST_BLOCKS:
        return []
    blocks = missing[:, : count * _BLOCK].reshape(len(missing), count, _BLOCK).mean(2)
    valid: Mask = sheet[:, : count * _BLOCK].reshape(len(missing), count, _BLOCK).min(2)
    lit = blocks > _LIT
    lit &= blocks > _beside(blocks) + _LIT / 2
    lit[1:-1] |= lit[2:] | lit[:-2]  # lines bend
    about = _best(lit, valid, _SLOPES[1::3])
    slope = _best(lit, valid, [about - _FINE, about, about + _FINE])
    share = _share(lit, valid, slope)
    peak = (share >= _MOST) & (share >= _neighbours(share))
    return [(float(row), slope) for row in np.flatnonzero(peak)]


def _best(lit: Mask, valid: Mask, slopes: Sequence[float]) -> float:
    """The slope at which most rows are lines."""
    lines = [float(np.square((_share(lit, valid, slope) - 0.5).clip(0)).sum()) for slope in slopes]
    return slopes[int(np.argmax(lines))]


def _beside(blocks: Floats) -> Floats:
    """The lower of what lies four rows above and below: a line is darker than both sides."""
    padded = np.pad(blocks, ((4, 4), (0, 0)), "edge")
    return np.maximum(padded[:-8], padded[8:])


def _share(lit: Mask, valid: Mask, slope: float) -> Floats:
    """Of every sheared row, what share of its blocks is lit, (h,); 0 where most of it is outside."""
    height, count = lit.shape
    shift = np.rint(slope * _BLOCK * (np.arange(count) + 0.5)).astype(np.intp)
    rows = np.arange(height)[:, None] + shift
    inside = (rows >= 0) & (rows < height)
    rows = rows.clip(0, height - 1)
    columns = np.arange(count)
    known = inside & valid[rows, columns]
    hits = (known & lit[rows, columns]).sum(1)
    total = known.sum(1)
    return np.where(total >= max(_FEWEST_BLOCKS, count // 4), hits / np.maximum(total, 1), 0).astype(
        np.float32
    )


def _neighbours(share: Floats) -> Floats:
    """The highest share within three rows before, and just less than that after: one peak per line."""
    padded = np.pad(share, 3)
    before = np.max([padded[i : i + share.size] for i in range(3)], axis=0)
    after = np.max([padded[i : i + share.size] for i in range(4, 7)], axis=0)
    higher: Floats = np.maximum(before + np.float32(1e-6), after)
    return higher


def _strongest(paper: Paper, missing: Floats) -> Floats:
    """The difference, (3,), that ink makes where it is strongest."""
    strong = (missing >= np.quantile(missing[paper.sheet], _INK)) & paper.sheet
    difference: Floats = (paper.rgb8[strong].astype(np.float32) - paper.cells8[strong]).mean(0)
    return difference


def _print(paper8: Picture8, rgb8: Picture8, line: tuple[float, float], step: int, ink: Floats) -> None:
    """Draw one line into the paper, in pieces; ``paper8`` is written to."""
    height, width = paper8.shape[:2]
    reach = 2 * step + 2
    for columns in np.array_split(np.arange(width), _PIECES):
        centres = (line[0] + 0.5) * step + line[1] * (columns + 0.5)
        rows = np.floor(centres).astype(np.intp) + np.arange(-reach, reach + 1)[:, None]
        rows = rows.clip(0, height - 1)
        seen = paper8[rows, columns].astype(np.int16) - rgb8[rows, columns]
        profile = np.median(seen, axis=1).clip(0).astype(np.float32)
        profile[profile.max(1) < _LIT] = 0
        if not _is_ink(profile[profile.max(1).argmax()], ink):
            drawn = paper8[rows, columns] - profile[:, None]
            paper8[rows, columns] = np.rint(drawn.clip(0, 255)).astype(np.uint8)


def _is_ink(line: Floats, ink: Floats) -> bool:
    strength, of_ink = float(np.linalg.norm(line)), float(np.linalg.norm(ink))
    alike = float(line @ ink) >= _HUE * strength * of_ink
    return alike and strength >= _WEAKER * of_ink
