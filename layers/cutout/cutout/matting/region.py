"""Masks, levels and planes of floats on the pixel grid."""

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Levels = NDArray[np.uint8]
Floats = NDArray[np.float32]
Plane = TypeVar("Plane", Mask, Levels, Floats)


def grow(plane: Plane, radius: int) -> Plane:
    """The largest value in the square of ``radius`` pixels around every pixel. Work: log(radius) passes."""
    return _extreme(plane, radius, np.maximum)


def shrink(plane: Plane, radius: int) -> Plane:
    """The smallest value in the square of ``radius`` pixels around every pixel."""
    return _extreme(plane, radius, np.minimum)


def opened(plane: Plane, radius: int) -> Plane:
    """What is left of the levels without everything narrower than 2 ``radius`` + 1 pixels."""
    return grow(shrink(plane, radius), radius)


def beside(at: NDArray[np.intp], size: float, cells: int) -> Iterator[tuple[NDArray[np.intp], Floats]]:
    """Of a grid of ``cells``, each ``size`` pixels long: the two beside every pixel, and how much each counts."""
    position = (at + 0.5) / size - 0.5
    low = np.floor(position).astype(np.intp)
    part = (position - low).astype(np.float32)
    yield np.maximum(low, 0), 1 - part
    yield np.minimum(low + 1, cells - 1), part


def _extreme(plane: Plane, radius: int, of_two: np.ufunc) -> Plane:
    for axis in (0, 1):
        plane = _extreme_along(plane, radius, axis, of_two)
    return plane


def _extreme_along(plane: Plane, radius: int, axis: int, of_two: np.ufunc) -> Plane:
    found = plane.copy()
    seen = 0  # pixels that ``found`` has looked to either side
    while seen < radius:
        step = min(2 * seen + 1, radius - seen)
        before = np.moveaxis(found, axis, 0)
        found = found.copy()
        after = np.moveaxis(found, axis, 0)
        of_two(after[step:], before[:-step], out=after[step:])
        of_two(after[:-step], before[step:], out=after[:-step])
        seen += step
    return found


def positions(mask: Mask) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns of the set pixels, in reading order: ``np.nonzero``, several times as fast."""
    y, x = np.divmod(np.flatnonzero(mask), mask.shape[1])
    return y, x


def strips_of_positions(mask: Mask, about: int) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """As ``positions``, some rows at a time: at most ``about`` pixels, or as many as a row has."""
    rows = max(1, about // max(1, mask.shape[1]))
    for top in range(0, mask.shape[0], rows):
        y, x = positions(mask[top : top + rows])
        if y.size > 0:
            yield y + top, x


def bounds(mask: Mask, margin: int) -> tuple[slice, slice]:
    """The smallest rectangle that holds every set pixel, and ``margin`` more on all sides inside the picture.

    Empty slices when no pixel is set.
    """
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if rows.size == 0:
        return slice(0, 0), slice(0, 0)
    y0, y1, x0, x1 = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    return slice(max(0, y0 - margin), y1 + margin), slice(max(0, x0 - margin), x1 + margin)
