"""Means and extremes over square windows, and over connected parts, of small planes.

Planes are (h, w); outside the picture its edge pixels are repeated.
"""

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]


def mean(plane: Plane, radius: int) -> Plane:
    """The mean of every pixel's window of 2 radius + 1 pixels a side."""
    padded = np.pad(plane, radius, "edge")
    rows = padded[: plane.shape[0]].copy()
    for offset in range(1, 2 * radius + 1):
        rows += padded[offset : offset + plane.shape[0]]
    sums = rows[:, : plane.shape[1]].copy()
    for offset in range(1, 2 * radius + 1):
        sums += rows[:, offset : offset + plane.shape[1]]
    sums *= np.float32(1 / (2 * radius + 1) ** 2)
    return sums


def lowest(plane: Plane, radius: int) -> Plane:
    """The lowest value of every pixel's window of 2 radius + 1 pixels a side."""
    for axis in (0, 1):
        plane = _lowest_along(plane, radius, axis)
    return plane


def highest(plane: Plane, radius: int) -> Plane:
    """The highest value of every pixel's window of 2 radius + 1 pixels a side."""
    return -lowest(-plane, radius)


def lowest_connected(plane: Plane, mask: Mask) -> Plane:
    """The lowest value of the 4-connected part of ``mask`` that a pixel lies in; infinite outside ``mask``.

    Values run along rows, then along columns, until nothing changes: as often as the most winding part turns.
    """
    low = np.where(mask, plane, np.float32(np.inf))
    while True:
        down = _along_rows(_along_rows(low, mask).T, mask.T).T
        if np.array_equal(down, low):
            return low
        low = down


def _lowest_along(plane: Plane, radius: int, axis: int) -> Plane:
    low = plane.copy()
    seen = 0  # pixels that ``low`` has looked to either side
    while seen < radius:
        step = min(2 * seen + 1, radius - seen)
        before = np.moveaxis(low, axis, 0)
        low = low.copy()
        after = np.moveaxis(low, axis, 0)
        np.minimum(after[step:], before[:-step], out=after[step:])
        np.minimum(after[:-step], before[step:], out=after[:-step])
        seen += step
    return low


def _along_rows(plane: Plane, mask: Mask) -> Plane:
    """Every run of set pixels in a row gets its lowest value."""
    breaks = np.ones(mask.shape, np.bool_)
    breaks[:, 1:] = mask[:, 1:] != mask[:, :-1]
    starts = np.flatnonzero(breaks)
    lows = np.minimum.reduceat(np.ascontiguousarray(plane).ravel(), starts)
    return lows.repeat(np.diff(starts, append=mask.size)).reshape(mask.shape)
