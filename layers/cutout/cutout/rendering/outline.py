"""A line of one width around a subject: a sticker's border."""

import math

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_uint8, to_unit
from cutout.light import Mixing
from cutout.rendering.connected import reached
from cutout.rendering.soft import Floats, Mask, bands, gaussian, reduced

# A wider border is measured on a coarser grid, where it is so many cells wide.
_FINE = 24.0
_PARTS = 1000  # cells, on the longer side, on which it is seen what hangs together
_ROUND = 0.5  # of the width: the radius of corners that point inwards
_RAMP = 3.0  # pixels over which a distance is kept in 8 bits
_BESIDE = 2.0  # pixels: two cuts so near are of the same edge
_FAR = np.float32(1e6)


def outlined(
    rgb8: NDArray[np.uint8],
    alpha8: NDArray[np.uint8],
    width: float,
    colour: tuple[int, int, int],
    mixing: Mixing,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A cutout over its border: rgb8 (H, W, 3) and alpha8 (H, W), straight, in and out.

    The border reaches ``width`` pixels, fractions count, beyond the line where alpha passes one half. All corners
    are round, and holes and notches narrower than three times the width are filled. Its ``colour`` is sRGB, 0..255;
    the canvas needs ``width`` + 1 pixels of room. The subject lies over the border as
    ``mixing`` mixes. Width 0 changes nothing.
    """
    out8, opacity8 = rgb8.copy(), alpha8.copy()
    if width <= 0:
        return out8, opacity8
    border8 = border(alpha8, width)
    amount = mixing.to_amounts(np.array(colour, np.uint8))
    for rows in bands(alpha8.shape[0]):
        where = (border8[rows] > 0) & (alpha8[rows] < 255)
        subject, below = to_unit(alpha8[rows][where])[:, None], to_unit(border8[rows][where])[:, None]
        both = subject + (1 - subject) * below
        mixed = subject * mixing.to_amounts(rgb8[rows][where]) + (1 - subject) * below * amount
        out8[rows][where] = mixing.to_levels8((mixed / both).astype(np.float32))
        opacity8[rows][where] = to_uint8(both[:, 0])
    return out8, opacity8


def border(alpha8: NDArray[np.uint8], width: float) -> NDArray[np.uint8]:
    """The subject and its border as one silhouette: alpha8 (H, W), smooth to a fraction of a pixel.

    Specks that are smaller than the border is wide, single hairs' ends for example, get none.
    """
    border8 = np.zeros_like(alpha8)
    rows, columns = _bounds(alpha8 >= 128, int((1 + _ROUND) * width) + 4)
    part8 = alpha8[rows, columns]
    if part8.size == 0:
        return border8
    fewer = max(1.0, width / _FINE)
    small8 = _without_specks(part8, width)
    if fewer > 1:
        height, across = (max(1, round(side / fewer)) for side in part8.shape)
        # Not "box": its windows are whole pixels, and the edge would move by a quarter of one.
        small8 = resize(small8, height, across, "bilinear")
    scale = part8.shape[0] / small8.shape[0]
    ramp8 = _closed(small8, width / scale)
    if fewer > 1:
        ramp8 = resize(ramp8, part8.shape[0], part8.shape[1], "bicubic")
    border8[rows, columns] = _steepened(scale).take(ramp8)
    return border8


def _closed(alpha8: NDArray[np.uint8], width: float) -> NDArray[np.uint8]:
    """As ``_widened``, with inward corners made round: by more than ``width`` outwards, and the rest back again."""
    back = _ROUND * width
    if back < _RAMP / 2:  # too little to be seen
        return _widened(alpha8, width)
    beyond = int(back) + 4  # what the canvas cuts goes on
    wide8 = _widened(np.pad(alpha8, beyond, "edge"), width + back)
    return (255 - _widened(255 - wide8, back))[beyond:-beyond, beyond:-beyond]


def _widened(alpha8: NDArray[np.uint8], width: float) -> NDArray[np.uint8]:
    """How far inside everything up to ``width`` pixels beyond the edge: (h, w), a ramp of ``_RAMP`` pixels."""
    wide8, beyond = np.empty_like(alpha8), int(np.ceil(width)) + 4
    for rows in bands(alpha8.shape[0]):
        first = max(0, rows.start - beyond)
        distance = _distance(to_unit(alpha8[first : rows.stop + beyond]), width + 1.5)
        inside = np.float32(width) - distance[rows.start - first : rows.stop - first]
        wide8[rows] = to_uint8(inside / np.float32(_RAMP) + np.float32(0.5))
    return wide8


def _steepened(scale: float) -> NDArray[np.uint8]:
    """For every level of a ramp, the coverage (256,) of an edge as steep as one pixel of ``scale`` a cell."""
    inside = (np.arange(256, dtype=np.float32) / 255 - np.float32(0.5)) * np.float32(_RAMP * scale)
    return to_uint8((inside + np.float32(0.5)).astype(np.float32))


def _without_specks(alpha8: NDArray[np.uint8], width: float) -> NDArray[np.uint8]:
    """Alpha with 0 for solid parts that have fewer pixels, within ``width``, than a line through there would."""
    small8 = reduced(alpha8, _PARTS)
    across = max(1.5, width * small8.shape[0] / alpha8.shape[0])  # cells
    solid = small8 >= max(32, 128 * small8.shape[0] // alpha8.shape[0])  # a thin line covers few of a cell
    # A straight line, one cell wide, has this much in a Gaussian around a place on it; a speck has its area.
    around = gaussian(solid.astype(np.float32), across / 2, across / 2)
    kept = reached(solid, solid & (around > np.float32(0.8 / (across / 2 * math.sqrt(2 * math.pi)))))
    large8 = resize(np.uint8(255) * _near(kept, 1), alpha8.shape[0], alpha8.shape[1], "bilinear")
    return np.where(large8 > 0, alpha8, np.uint8(0))


def _distance(alpha: Floats, most: float) -> Floats:
    """The distance, up to about ``most`` pixels, to the line where alpha is one half: (h, w); far below 0 inside.

    The line's crossings with rows and columns are found to a fraction of a pixel; the nearest of them is near
    enough, as they are at most a pixel apart.
    """
    inside = alpha >= 0.5
    around = _near(inside, int(np.ceil(most))) & ~inside
    y, x = np.divmod(np.flatnonzero(around), alpha.shape[1])
    to_row, to_column = _to_crossing(alpha), np.ascontiguousarray(_to_crossing(alpha.T))
    squared = np.minimum(_nearest(to_row, y, x, most), _nearest(to_column, x, y, most))
    beside = _beside(to_row[y, x], to_column[x, y])
    distance = np.where(inside, np.float32(-_RAMP), _FAR)
    distance[y, x] = np.minimum(np.sqrt(squared), beside)
    return np.minimum(distance, np.float32(most + 2))


def _to_crossing(alpha: Floats) -> Floats:
    """In every column, the distance to the nearest place where alpha passes one half; 0 inside: (h, w)."""
    height = alpha.shape[0]
    inside = alpha >= 0.5
    at = np.arange(height, dtype=np.float32)[:, None]
    step = alpha[1:] - alpha[:-1]
    part = (np.float32(0.5) - alpha[:-1]) / np.where(step == 0, np.float32(1), step)
    crossing = at[:-1] + part
    leaves, enters = inside[:-1] & ~inside[1:], ~inside[:-1] & inside[1:]
    above = np.full(alpha.shape, -_FAR)
    above[1:] = np.where(leaves, crossing, -_FAR)
    below = np.full(alpha.shape, _FAR)
    below[:-1] = np.where(enters, crossing, _FAR)
    above = at - np.maximum.accumulate(above, 0)
    below = np.minimum.accumulate(below[::-1], 0)[::-1] - at
    return np.where(inside, np.float32(0), np.minimum(above, below))


def _beside(down: Floats, across: Floats) -> Floats:
    """The distance (n,) to a straight edge right beside a pixel, of which a row and a column are cut this far away."""
    line = down * across / np.maximum(np.hypot(down, across), np.float32(1e-6))
    return np.where(np.maximum(down, across) < _BESIDE, line, _FAR)


def _nearest(to_crossing: Floats, y: NDArray[np.intp], x: NDArray[np.intp], most: float) -> Floats:
    """The squared distance of n pixels to the nearest crossing in any column within ``most``."""
    width = to_crossing.shape[1]
    squares = np.square(np.minimum(to_crossing, _FAR)).ravel()
    best = np.full(y.size, _FAR)
    for offset in range(-int(np.ceil(most)), int(np.ceil(most)) + 1):
        beside = np.clip(x + offset, 0, width - 1)
        np.minimum(
            best, squares.take(y * width + beside) + np.square((beside - x).astype(np.float32)), out=best
        )
    return best


def _near(mask: Mask, radius: int) -> Mask:
    """Set pixels and all in the square of ``radius`` around them."""
    for axis in (0, 1):
        seen = 0
        while seen < radius:
            step = min(2 * seen + 1, radius - seen)
            lines, wider = np.moveaxis(mask, axis, 0), mask.copy()
            after = np.moveaxis(wider, axis, 0)
            after[step:] |= lines[:-step]
            after[:-step] |= lines[step:]
            mask, seen = wider, seen + step
    return mask


def _bounds(mask: Mask, margin: int) -> tuple[slice, slice]:
    """The rectangle of the set pixels and ``margin`` more, inside the picture; slices to 0 when there are none."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if rows.size == 0:
        return slice(0, 0), slice(0, 0)
    y, x = (
        np.clip((at[0] - margin, at[-1] + 1 + margin), 0, size)
        for at, size in zip((rows, columns), mask.shape, strict=True)
    )
    return slice(int(y[0]), int(y[1])), slice(int(x[0]), int(x[1]))
