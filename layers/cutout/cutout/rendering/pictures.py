"""A picture as the background of a canvas: rgb8 of any size in, rgb8 (height, width, 3) out, resampled in light."""

import numpy as np
from numpy.typing import NDArray

from cutout.light import CAMERA
from cutout.rendering.backgrounds import composite
from cutout.rendering.placement import Placement
from cutout.rendering.resample import laid_out, photo_laid_out

MIDDLE = (0.5, 0.5)


def filling(
    rgb8: NDArray[np.uint8], height: int, width: int, focus: tuple[float, float] = MIDDLE
) -> NDArray[np.uint8]:
    """The picture as small as covers the canvas; what is too much is cut off.

    ``focus`` is the point that matters, (down, across) as shares of the picture: it comes as near to the canvas's
    middle as the picture's edges allow.
    """
    scale = max(height / rgb8.shape[0], width / rgb8.shape[1])
    origin = [
        min(0.0, max(canvas - side * scale, canvas / 2 - share * side * scale))
        for canvas, side, share in zip((height, width), rgb8.shape, focus, strict=False)
    ]
    return photo_laid_out(rgb8, _placed(height, width, scale, origin), CAMERA)


def fitting(
    rgb8: NDArray[np.uint8],
    height: int,
    width: int,
    rest: tuple[int, int, int],
    align: tuple[float, float] = MIDDLE,
) -> NDArray[np.uint8]:
    """The whole picture, as large as the canvas holds; what it leaves free has the colour ``rest``.

    ``align`` is (down, across), 0 to 1, of the space that is left.
    """
    scale = min(height / rgb8.shape[0], width / rgb8.shape[1])
    origin = [
        share * (canvas - side * scale)
        for canvas, side, share in zip((height, width), rgb8.shape, align, strict=False)
    ]
    whole8 = np.full(rgb8.shape[:2], 255, np.uint8)
    laid8, alpha8 = laid_out(rgb8, whole8, _placed(height, width, scale, origin), CAMERA)
    return composite(laid8, alpha8, np.array(rest, np.uint8), CAMERA)


def tiling(rgb8: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """The picture at its own size, again and again from the upper left corner."""
    rows, columns = np.arange(height) % rgb8.shape[0], np.arange(width) % rgb8.shape[1]
    repeated: NDArray[np.uint8] = rgb8[rows][:, columns]
    return repeated


def _placed(height: int, width: int, scale: float, origin: list[float]) -> Placement:
    top, left = (float(round(at)) for at in origin) if scale == 1 else origin
    return Placement(height=height, width=width, scale=scale, top=top, left=left)
