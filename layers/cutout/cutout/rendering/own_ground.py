"""A photograph on a canvas that is larger than its frame."""

from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from cutout.light import CAMERA
from cutout.rendering.blur import lens_blurred
from cutout.rendering.placement import Placement
from cutout.rendering.resample import photo_laid_out

_SOFT = 0.002  # of the diagonal: the least that the blur resolves


def carried_on(
    rgb8: NDArray[np.uint8], subject8: NDArray[np.uint8], alpha8: NDArray[np.uint8], placement: Placement
) -> NDArray[np.uint8]:
    """The photograph (H, W, 3) as it is, and beyond its frame its background without the subject: rgb8 of the canvas.

    subject8 (H, W, 3) are the subject's own colours, alpha8 (H, W) is the matte. The mirror image of the whole
    photograph would put a second head above every portrait that is framed closely.
    """
    height, width = alpha8.shape
    top, left, scale = placement.top, placement.left, placement.scale
    rows = slice(max(0, ceil(top)), max(0, floor(top + scale * height)))
    columns = slice(max(0, ceil(left)), max(0, floor(left + scale * width)))
    own8 = photo_laid_out(rgb8, placement, CAMERA)
    if own8[rows, columns].shape == own8.shape:
        return own8
    ground8 = lens_blurred(rgb8, subject8, alpha8, _SOFT, placement)
    ground8[rows, columns] = own8[rows, columns]
    return ground8
