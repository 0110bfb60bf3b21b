"""Soft copies of planes: Gaussians on as few cells as their width needs, and holes filled smoothly.

Beyond the border the outermost cells are repeated, so that nothing fades towards an edge which it touches.
"""

import math
from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_uint8, to_unit

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Value = TypeVar("Value", np.uint8, np.float32)

_CELLS = 2.0  # a Gaussian of so many cells is drawn well enough: finer grids only cost time
_ROWS_AT_A_TIME = 256


def gaussian(plane: Floats, rows: float, columns: float) -> Floats:
    """A Gaussian of standard deviations ``rows`` and ``columns``, in pixels: float32 (h, w) to the same.

    A wide one works on whole blocks of pixels, so large that it is two blocks wide; their means are part of it.
    One wider than the plane is taken as wide as the plane: a block is never larger than what is blurred.
    """
    rows, columns = (min(deviation, float(max(plane.shape))) for deviation in (rows, columns))
    block = max(1, int(rows / _CELLS)), max(1, int(columns / _CELLS))
    small = _along(_blocks(plane, block), _left(rows, block[0]), 0)
    return _unblocked(_along(small, _left(columns, block[1]), 1), block, plane.shape)


def blurred8(levels8: NDArray[np.uint8], rows: float, columns: float) -> NDArray[np.uint8]:
    """As ``gaussian``, of levels: uint8 (H, W) to the same; no frame of floats at full size."""
    rows, columns = (min(deviation, float(max(levels8.shape))) for deviation in (rows, columns))
    size = max(1, int(min(rows, columns) / _CELLS))
    if size > 1:
        block = size, size
        small = gaussian(to_unit(_blocks(levels8, block)), _left(rows, size), _left(columns, size))
        return _unblocked(to_uint8(small), block, levels8.shape)
    out8 = np.empty_like(levels8)
    beyond = int(np.ceil(3 * rows)) + 1
    for band in bands(levels8.shape[0]):
        first = max(0, band.start - beyond)
        blurred = gaussian(to_unit(levels8[first : band.stop + beyond]), rows, columns)
        out8[band] = to_uint8(blurred[band.start - first : band.stop - first])
    return out8


def filled(plane: Floats, known: Floats) -> Floats:
    """Smooth values where ``known`` is 0, its own where it is 1, in between a mixture: (h, w) both.

    Pull and push: averages over ever larger cells, until every cell knows something, laid under the finer ones.
    Where nothing is known anywhere the answer is 0.
    """
    height, width = plane.shape
    if known.min() >= 1 or max(height, width) == 1:
        return plane * (known > 0)
    rows, columns = (height + 1) // 2, (width + 1) // 2
    weight = resize(known, rows, columns, "box")
    mean = resize(plane * known, rows, columns, "box")
    mean /= np.maximum(weight, np.float32(1e-6))
    # A cell that knows a quarter of itself is believed: its mean is as good as any of its neighbours'.
    below = resize(filled(mean, np.minimum(weight * 4, np.float32(1))), height, width, "bilinear")
    return known * plane + (1 - known) * below


def bands(height: int) -> Iterator[slice]:
    """Rows from top to bottom, a few at a time."""
    for top in range(0, height, _ROWS_AT_A_TIME):
        yield slice(top, min(height, top + _ROWS_AT_A_TIME))


def enlarged_rows(small: Floats, height: int, width: int, rows: slice) -> Floats:
    """Some rows of ``small``, (h, w) or (h, w, c), enlarged to (height, width)."""
    scale = small.shape[0] / height
    box = (rows.start * scale, 0.0, rows.stop * scale, float(small.shape[1]))
    return resize(small, rows.stop - rows.start, width, "bilinear", box)


def reduced(levels8: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    """uint8 (H, W) or (H, W, 3) with at most ``longest`` pixels on its longer side: means over blocks."""
    height, width = levels8.shape[:2]
    fewer = max(1.0, max(height, width) / longest)
    if fewer == 1:
        return levels8
    return resize(levels8, max(1, round(height / fewer)), max(1, round(width / fewer)), "box")


def smoothstep(values: Floats, low: float, high: float) -> Floats:
    """0 below ``low``, 1 above ``high``, and without a kink between."""
    t = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    smooth: Floats = t * t * (3 - 2 * t)
    return smooth


def _blocks(plane: NDArray[Value], block: tuple[int, int]) -> NDArray[Value]:
    """Means over blocks; the last ones are filled up with the border."""
    if block == (1, 1):
        return plane
    rows, columns = (-(-size // step) for size, step in zip(plane.shape, block, strict=True))
    more = [
        (0, count * step - size)
        for count, step, size in zip((rows, columns), block, plane.shape, strict=True)
    ]
    return resize(np.pad(plane, more, "edge"), rows, columns, "box")


def _unblocked(small: NDArray[Value], block: tuple[int, int], shape: tuple[int, ...]) -> NDArray[Value]:
    """The inverse of ``_blocks`` for what is smooth."""
    if block == (1, 1):
        return small
    box = (0.0, 0.0, shape[0] / block[0], shape[1] / block[1])
    return resize(small, shape[0], shape[1], "bicubic", box)


def _left(deviation: float, block: int) -> float:
    """What is left to blur, in blocks, after the mean over ``block`` pixels."""
    return math.sqrt(max(0.0, deviation * deviation - (block * block - 1) / 12)) / block


def _along(plane: Floats, deviation: float, axis: int) -> Floats:
    radius = int(np.ceil(3 * deviation))
    if deviation < 0.2:  # under 2 % of a pixel's value would leave it
        return plane
    taps = np.exp(-0.5 * (np.arange(radius + 1) / deviation) ** 2)
    taps = (taps / (2 * taps.sum() - taps[0])).astype(np.float32)
    lines = np.moveaxis(plane, axis, 0)
    size = lines.shape[0]
    padded = np.moveaxis(np.take(lines, np.clip(np.arange(-radius, size + radius), 0, size - 1), 0), 0, axis)

    def shifted(by: int) -> Floats:
        part = slice(radius + by, radius + by + size)
        return padded[part] if axis == 0 else padded[:, part]

    out: Floats = shifted(0) * taps[0]
    for offset in range(1, radius + 1):
        out += (shifted(offset) + shifted(-offset)) * taps[offset]
    return out
