"""Masks on the pixel grid."""

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def grow(mask: Mask, radius: int) -> Mask:
    """Every pixel with a set one in the square of ``radius`` pixels around it. Work: log(radius) passes."""
    grown = mask
    for axis in (0, 1):
        grown = _grow_along(grown, radius, axis)
    return grown


def _grow_along(mask: Mask, radius: int, axis: int) -> Mask:
    grown = mask.copy()
    seen = 0  # pixels that ``grown`` has looked to either side
    while seen < radius:
        step = min(2 * seen + 1, radius - seen)
        before = np.moveaxis(grown, axis, 0)
        grown = grown.copy()
        after = np.moveaxis(grown, axis, 0)
        after[step:] |= before[:-step]
        after[:-step] |= before[step:]
        seen += step
    return grown


def bounds(mask: Mask) -> tuple[slice, slice]:
    """The smallest rectangle that holds every set pixel; empty slices when there is none."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    if rows.size == 0:
        return slice(0, 0), slice(0, 0)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
