"""Which colours the subject has around here, and which the background: histograms over place and colour.

A picture is cut into a few places and the colour cube into bins. Counts are blurred over both, so that a colour is
known a little beyond where it was seen, and read back with interpolation between the places.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.matting.region import beside

_PLACES = 4  # along either side of the picture
_BINS = 16  # of every channel of the encoded colours
_LEAST = 0.01  # of a place's pixels: fewer samples than that make no distribution

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class Densities:
    """How often every colour occurs at every place: of what is there, a share from 0 to 1."""

    values: Floats  # (_PLACES, _PLACES, _BINS^3)


def colour_bins(rgb8: NDArray[np.uint8]) -> Indices:
    """The bin of every pixel's colour: (H, W, 3) to (H, W)."""
    r, g, b = np.moveaxis(rgb8.astype(np.intp) * _BINS // 256, 2, 0)
    bins: Indices = (r * _BINS + g) * _BINS + b
    return bins


def densities(bins: Indices, where: NDArray[np.bool_]) -> Densities:
    """The colours of the pixels of ``where``, (h, w); ``bins`` is ``colour_bins`` of all pixels."""
    y, x = np.nonzero(where)
    place = y * _PLACES // where.shape[0] * _PLACES + x * _PLACES // where.shape[1]
    cells = _PLACES**2 * _BINS**3
    counts = np.bincount(place * _BINS**3 + bins[y, x], minlength=cells).astype(np.float32)
    counts = counts.reshape(_PLACES, _PLACES, _BINS, _BINS, _BINS)
    for axis in range(5):
        counts = _blurred(counts, axis)
    counts = counts.reshape(_PLACES, _PLACES, -1)
    least = np.float32(_LEAST * where.size / _PLACES**2)
    return Densities(values=counts / (counts.sum(2, keepdims=True) + least))


def look_up(found: Densities, bins: Indices, y: Indices, x: Indices) -> Floats:
    """The density of their own colour at the n pixels (y, x): (n,) from 0 to 1."""
    colours = bins[y, x]
    total = np.zeros(y.size, np.float32)
    for row, row_weight in beside(y, bins.shape[0] / _PLACES, _PLACES):
        for column, column_weight in beside(x, bins.shape[1] / _PLACES, _PLACES):
            total += found.values[row, column, colours] * (row_weight * column_weight)
    return total


def _blurred(counts: Floats, axis: int) -> Floats:
    """A quarter of every count to either neighbour; what leaves the grid is lost."""
    counts = np.moveaxis(counts, axis, 0)
    half = counts * np.float32(0.5)
    half[1:] += counts[:-1] * np.float32(0.25)
    half[:-1] += counts[1:] * np.float32(0.25)
    return np.moveaxis(half, 0, axis)
