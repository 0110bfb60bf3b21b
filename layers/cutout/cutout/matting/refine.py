"""From the network's coarse matte to an alpha at the photograph's own size."""

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize
from cutout.light import Mixing
from cutout.matting.sharpen import sharpen
from cutout.matting.upsample import clamped, upsample

_GRID = 1024  # cells along the longest side, about: what the networks see


def refine(rgb8: NDArray[np.uint8], coarse8: NDArray[np.uint8], mixing: Mixing) -> NDArray[np.uint8]:
    """The alpha8 of the photograph, (H, W), from a coarse matte (S, S) stretched over the whole frame.

    First the matte becomes right, on a grid of about 1024 cells (``sharpen``), then fine (``upsample``). A cell is
    a whole number of pixels: where grids do not fit each other, fine structure is blurred.
    Work and memory follow the soft band; no float array is larger than the grid. Defined for every picture and
    matte of at least one pixel.
    """
    height, width = rgb8.shape[:2]
    pixels = max(1, round(max(height, width) / _GRID))
    if pixels == 1:
        return clamped(sharpen(rgb8, coarse8, mixing))
    small8 = resize(rgb8, -(-height // pixels), -(-width // pixels), "box")
    return upsample(rgb8, small8, sharpen(small8, coarse8, mixing))
