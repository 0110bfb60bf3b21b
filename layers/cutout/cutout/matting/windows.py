"""Means over square windows, and lowest values of connected parts, of small planes.

Planes are (h, w); outside the picture its edge pixels are repeated, except in ``window_means``.
"""

import numpy as np
from numpy.typing import NDArray

from cutout.matting.region import Mask

Plane = NDArray[np.float32]


def mean(plane: Plane, radius: int) -> Plane:
    """The mean of every pixel's window of 2 ``radius`` + 1 pixels a side."""
    means: Plane = window_means(np.pad(plane, radius, "edge")[None], radius)[0]
    return means


def window_means(planes: Plane, radius: int) -> Plane:
    """Means over square windows that lie wholly inside: (c, h, w) becomes (c, h - 2 radius, w - 2 radius)."""
    size = 2 * radius + 1
    height, width = planes.shape[1] - 2 * radius, planes.shape[2] - 2 * radius
    rows = planes[:, :height].copy()
    for offset in range(1, size):
        rows += planes[:, offset : offset + height]
    sums = rows[:, :, :width].copy()
    for offset in range(1, size):
        sums += rows[:, :, offset : offset + width]
    sums *= np.float32(1 / size**2)
    return sums


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


def _along_rows(plane: Plane, mask: Mask) -> Plane:
    """Every run of set pixels in a row gets its lowest value."""
    breaks = np.ones(mask.shape, np.bool_)
    breaks[:, 1:] = mask[:, 1:] != mask[:, :-1]
    starts = np.flatnonzero(breaks)
    lows = np.minimum.reduceat(np.ascontiguousarray(plane).ravel(), starts)
    return lows.repeat(np.diff(starts, append=mask.size)).reshape(mask.shape)
