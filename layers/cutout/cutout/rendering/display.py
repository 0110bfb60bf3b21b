"""Transparent files for viewers that blend as encoded, which is what browsers and most programs do.

Alpha is coverage, and light adds up in linear units; a viewer that mixes encoded levels instead shows dark hair on
white too dark and bright hair on black too dark. No single file is right over every background there, but one can be
nearest on average.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from cutout.codec import to_uint8
from cutout.light import to_linear

ROWS_AT_A_TIME = 256
# The backgrounds over which the mean error shall be least.
_GREYS8 = np.array([0, 64, 128, 191, 255], np.uint8)


def for_viewers(
    rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Colours (H, W, 3) and alpha (H, W) of a camera picture's cutout, for a viewer that blends as encoded.

    Straight alpha in and out. Over a grey b the right mixture is c(b) = encoded(a F + (1 - a) b) in linear light,
    and the viewer will show s G + (1 - s) b: a line. Per pixel s, one for the three channels, and G are those of
    the line with the least squared distance to c over five greys. Pixels that are opaque or clear stay as they
    are; only the soft ones are computed, a few rows at a time. Of a graphic, which was mixed as encoded, the
    alpha is what viewers show already: it must not come here.
    """
    colours8, opacity8 = rgb8.copy(), alpha8.copy()
    for top in range(0, rgb8.shape[0], ROWS_AT_A_TIME):
        rows = slice(top, top + ROWS_AT_A_TIME)
        soft = (alpha8[rows] > 0) & (alpha8[rows] < 255)
        colours8[rows][soft], opacity8[rows][soft] = _fitted(rgb8[rows][soft], alpha8[rows][soft])
    return colours8, opacity8


def _fitted(
    colour8: NDArray[np.uint8], alpha8: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """G and s of n pixels, (n, 3) and (n,)."""
    means, slopes = _lines()
    index = alpha8[:, None], colour8
    opacity = 1 - slopes[index].mean(1)
    through = means[index] - (1 - opacity[:, None]) * (_GREYS8.mean(dtype=np.float32) / 255)
    return to_uint8(through / opacity[:, None]), to_uint8(opacity)


@cache
def _lines() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """For every alpha8 and level of F, (256, 256): the mean of c over the greys, and the slope of c against b."""
    levels8 = np.arange(256, dtype=np.uint8)
    light, alpha = to_linear(levels8), levels8[:, None, None] / np.float32(255)
    mixed = alpha * light[:, None] + (1 - alpha) * to_linear(_GREYS8)
    # Between two levels the curve is nearly straight: their table, read backwards, encodes without rounding.
    encoded = np.interp(mixed, light, levels8 / 255).astype(np.float32)
    greys = _GREYS8 / np.float32(255)
    beside = greys - greys.mean()
    return encoded.mean(2), encoded @ (beside / np.square(beside).sum())
