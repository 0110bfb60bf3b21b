"""What the paper under the ink looks like everywhere, and which part of the picture is the sheet.

Paper is what remains when everything dark and thinner than the thickest stroke is closed: a closing with a square,
the largest and then the smallest value around (Serra, "Image Analysis and Mathematical Morphology", 1982). Unlike a
blur or a quantile it keeps the edges of shadows and of the sheet. All of it happens on a coarse grid of means.
"""

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize
from cutout.matting.components import connected
from cutout.matting.region import Mask, grow, shrink
from cutout.matting.windows import mean

_GRID_PIXELS = 400_000
_WIDEST = 0.05  # of the longer side: half the width of the thickest stroke
_DARKER = 24  # levels that a stroke differs from its paper at least, in some channel of a cell's mean
_LEFT = 0.03  # of the ink: so little is thicker than what counts as the stroke's width
_AS_DARK = 0.7  # of what strong ink takes: shadows take less
_AROUND = 6  # cells over which the paper's own deviation from the closing is averaged
_STEP = 0.1  # of the level: from one cell to the next no shadow is as abrupt, a sheet's border is
_SAME_PAPER = 0.035  # difference of chromaticities
_DARKEST = 0.3  # of the sheet's light: what is left of it in a shadow
_WHOLE = 0.97  # of the frame: that much is sheet where nothing else is in the picture
_RIM = 3  # cells inside the sheet's border that the border's own shadow takes

Picture8 = NDArray[np.uint8]
Cells = TypeVar("Cells", Mask, Picture8)


@dataclass(frozen=True, kw_only=True, eq=False)
class Paper:
    """The paper of a picture on a grid whose cells are ``step`` pixels a side (the last ones may be less)."""

    rgb8: Picture8
    """(h, w, 3): its colour, as it is lit"""
    cells8: Picture8
    """(h, w, 3): the picture itself, means"""
    step: int
    reach: int
    """cells: half the width of the thickest stroke, at least 1"""
    sheet: Mask
    """(h, w): what belongs to the sheet; all True if nothing else is in the picture"""
    one_light: float
    """of the sheet, the share that no abrupt edge divides from its largest part: the rest is in shadow, or a desk"""

    @property
    def whole(self) -> bool:
        """Is there nothing but paper in the picture?"""
        return bool(self.sheet.all())


def paper_of(rgb8: Picture8) -> Paper:
    """The paper of a picture (H, W, 3) that strokes darker than their paper are written on.

    Two closings: a wide one finds the strokes, one that just closes them keeps shadows in place.
    """
    height, width = rgb8.shape[:2]
    step = max(2, math.ceil((height * width / _GRID_PIXELS) ** 0.5))
    rows, columns = max(1, round(height / step)), max(1, round(width / step))
    cells8 = resize(rgb8, rows, columns, "box")
    widest = max(2, round(_WIDEST * max(rows, columns)))
    rough8 = _closed(cells8, widest)
    inside = ~grow(~_sheet(rough8)[0], widest)  # where the sheet ends nothing is a stroke
    lost8 = np.where(inside, (rough8 - cells8).max(2), np.uint8(0))
    reach = _half_width(lost8 > _DARKER, widest) + 1
    closed8 = _closed(cells8, reach)
    blots = grow(_blots(lost8, (rough8 - closed8).max(2)) & inside, reach)
    paper8 = _settled(cells8, np.where(blots[..., None], np.maximum(rough8, closed8), closed8))
    sheet, one_light = _sheet(paper8)
    return Paper(rgb8=paper8, cells8=cells8, step=step, reach=reach, sheet=sheet, one_light=one_light)


def at_full_size(cells: Cells, shape: tuple[int, ...]) -> Cells:
    """A plane of the grid, (h, w), as the pixels of a picture of ``shape`` see it, without interpolation."""
    rows, columns = (np.arange(n) * m // n for n, m in zip(shape, cells.shape, strict=True))
    pixels: Cells = cells[rows].take(columns, axis=1)
    return pixels


def _closed(cells8: Picture8, radius: int) -> Picture8:
    """What touches the frame goes on outside: else a strip of desk between sheet and frame would be closed."""
    around = ((radius, radius), (radius, radius))
    wide = [np.pad(cells8[..., i], around, "edge") for i in range(3)]
    inside = slice(radius, -radius)
    return np.stack([shrink(grow(plane, radius), radius)[inside, inside] for plane in wide], -1)


def _half_width(ink: Mask, widest: int) -> int:
    """The smallest radius, in cells, at which hardly any of the ink survives an opening."""
    enough = _LEFT * np.count_nonzero(ink)
    low, high = 0, widest
    while low < high:
        middle = (low + high) // 2
        if np.count_nonzero(shrink(ink, middle)) <= enough:
            high = middle
        else:
            low = middle + 1
    return low


def _blots(lost8: Picture8, open8: Picture8) -> Mask:
    """Where strokes run together: thicker than one of them, so left open by the narrow closing, and as dark as ink."""
    ink = lost8[lost8 > _DARKER]
    return open8 > (max(_DARKER, _AS_DARK * float(np.quantile(ink, 0.9))) if ink.size else 255)


def _settled(cells8: Picture8, closed8: Picture8) -> Picture8:
    """The closing follows the brightest grains; the paper is their mean, where there is no ink."""
    bare = (closed8 - cells8).max(2) <= _DARKER
    bare &= ~grow(~bare, 1)
    weight = mean(bare.astype(np.float32), _AROUND)
    paper = closed8.astype(np.float32)
    for channel in range(3):
        lower = (closed8[..., channel] - cells8[..., channel]) * bare.astype(np.float32)
        paper[..., channel] -= mean(lower, _AROUND) / np.maximum(weight, np.float32(0.05))
    paper8: Picture8 = np.rint(paper.clip(1, 255)).astype(np.uint8)
    return paper8


def _sheet(paper8: Picture8) -> tuple[Mask, float]:
    """The largest bright part without abrupt changes, what lies in its shadow, and what they enclose.

    And of all that is alike, the share of the largest part.
    """
    smooth = _smooth(paper8)
    parts = connected(smooth)
    if parts.count == 0:
        return np.ones(smooth.shape, np.bool_), 0.0
    means = _means(paper8.reshape(-1, 3)[parts.pixels], parts.part, parts.count)
    light = means.mean(1)
    main = int((parts.sizes * light**2).argmax())
    chromaticity = means / means.sum(1, keepdims=True)
    alike = np.abs(chromaticity - chromaticity[main]).max(1) <= _SAME_PAPER
    alike &= (light >= _DARKEST * light[main]) & (light <= 1.1 * light[main])
    sheet = np.zeros(smooth.size, np.bool_)
    sheet[parts.pixels[alike[parts.part]]] = True
    one_light = float(parts.sizes[main] / parts.sizes[alike].sum())
    return _without_gaps(sheet.reshape(smooth.shape)), one_light


def _smooth(paper8: Picture8) -> Mask:
    rough = np.zeros(paper8.shape[:2], np.bool_)
    for channel in range(3):
        plane = np.ascontiguousarray(paper8[..., channel])
        low, high = shrink(plane, 1), grow(plane, 1)
        rough |= high - low > np.maximum(_STEP * high, 8)
    return ~rough


def _means(colours8: Picture8, part: NDArray[np.intp], count: int) -> NDArray[np.float64]:
    sums = [np.bincount(part, colours8[:, i], count) for i in range(3)]
    return np.maximum(np.stack(sums, 1) / np.bincount(part, minlength=count)[:, None], 1)


def _without_gaps(sheet: Mask) -> Mask:
    """Close what strokes and edges of shadows left out; nothing that reaches the frame and is large."""
    closed = shrink(grow(sheet, _RIM), _RIM)
    rest = connected(~closed)
    framed = np.zeros(sheet.shape, np.bool_)
    framed[[0, -1]] = framed[:, [0, -1]] = True
    outside = rest.holds(framed.ravel()[rest.pixels]) & (rest.sizes > (1 - _WHOLE) / 3 * sheet.size)
    if not outside.any():
        return np.ones(sheet.shape, np.bool_)
    desk = np.zeros(sheet.size, np.bool_)
    desk[rest.pixels[outside[rest.part]]] = True
    return ~grow(desk.reshape(sheet.shape), _RIM)
