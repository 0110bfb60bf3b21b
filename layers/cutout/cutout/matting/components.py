"""Connected parts of a mask, as lists of pixels: what belongs to one stroke, one letter, one speck."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.matting.region import Mask

Indices = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, eq=False)
class Parts:
    """The 8-connected parts of a mask, numbered from 0."""

    pixels: Indices
    """(n,): where the mask is set, as indices of the flattened plane, in reading order"""
    part: Indices
    """(n,): of every pixel, the part that it belongs to"""
    count: int

    @property
    def sizes(self) -> Indices:
        """(count,): pixels of every part."""
        return np.bincount(self.part, minlength=self.count)

    def holds(self, of_pixel: Mask) -> Mask:
        """(count,): does any pixel of the part have it? ``of_pixel`` is (n,)."""
        held = np.zeros(self.count, np.bool_)
        held[self.part[of_pixel]] = True
        return held


def connected(mask: Mask) -> Parts:
    """The parts of ``mask``, (H, W). Work is in runs of set pixels, so a sparse mask of any size is cheap."""
    begin, end = _runs(mask)
    width = mask.shape[1] + 1
    first, last = (
        np.searchsorted(end, begin + width - 1, "right"),
        np.searchsorted(begin, end + width + 1, "left"),
    )
    touching = np.maximum(last - first, 0)
    above = np.arange(begin.size).repeat(touching)
    below = np.arange(above.size) - (touching.cumsum() - touching).repeat(touching) + first.repeat(touching)
    roots, of_run = np.unique(_united(begin.size, above, below), return_inverse=True)
    return Parts(pixels=np.flatnonzero(mask), part=of_run.repeat(end - begin), count=roots.size)


def _runs(mask: Mask) -> tuple[Indices, Indices]:
    """Begin and end of every run in a plane with one clear column on its left, which keeps rows apart."""
    height, width = mask.shape
    padded = np.zeros(height * (width + 1) + 1, np.bool_)
    padded[:-1].reshape(height, width + 1)[:, 1:] = mask
    changes = np.flatnonzero(padded[1:] != padded[:-1]) + 1
    return changes[::2], changes[1::2]


def _united(count: int, one: Indices, other: Indices) -> Indices:
    """The lowest number that each of ``count`` things is tied to by pairs: hooking and pointer jumping."""
    root = np.arange(count)
    while True:
        a, b = root[one], root[other]
        apart = a != b
        if not apart.any():
            return root
        one, other = one[apart], other[apart]
        np.minimum.at(root, np.maximum(a, b)[apart], np.minimum(a, b)[apart])
        while True:
            jumped = root[root]
            if np.array_equal(jumped, root):
                break
            root = jumped
