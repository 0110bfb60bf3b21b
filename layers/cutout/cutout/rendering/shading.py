"""A shade laid on a background, or kept as a layer of its own in a transparent file."""

import numpy as np
from numpy.typing import NDArray

from cutout.codec import to_uint8, to_unit
from cutout.light import Mixing, to_linear, to_srgb8
from cutout.rendering.soft import Floats, bands

BLACK = (0, 0, 0)
_LEVELS8 = np.arange(256, dtype=np.uint8)


def shaded(
    background8: NDArray[np.uint8],
    shade8: NDArray[np.uint8],
    opacity: float,
    colour: tuple[int, int, int] = BLACK,
) -> NDArray[np.uint8]:
    """A background in the shade: rgb8 (H, W, 3) and shade8 (H, W) to rgb8; exact where the shade is 0.

    Light is multiplied: with s = opacity x shade, 1 - s (1 - c) of it is left per channel, where c is the linear
    ``colour`` (sRGB, 0..255) of the light that reaches into the shadow. Black takes all that is said.
    """
    flat = np.empty_like(background8)
    tables = [_table(opacity, float(left)) for left in to_linear(np.array(colour, np.uint8))]
    for rows in bands(shade8.shape[0]):
        line = shade8[rows].astype(np.uint16) << 8
        for channel, table in enumerate(tables):
            flat[rows, :, channel] = table.take(line | background8[rows, :, channel])
    return flat


def under(
    rgb8: NDArray[np.uint8],
    alpha8: NDArray[np.uint8],
    shade8: NDArray[np.uint8],
    opacity: float,
    mixing: Mixing,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A cutout with its shadow as black with alpha below it: rgb8 (H, W, 3) and alpha8 (H, W), straight.

    ``mixing`` is how the file will be laid over a background: with ``GRAPHIC``, as browsers do, the shadow's alpha
    is the share of the encoded levels that look as if opacity x shade of the light were taken: exact on white. Pixels
    without shade, and opaque ones, are unchanged.
    """
    out8, opacity8 = rgb8.copy(), alpha8.copy()
    shares = _shares(opacity, mixing)
    for rows in bands(shade8.shape[0]):
        where = (shares[shade8[rows]] > 0) & (alpha8[rows] < 255)
        alpha, share = to_unit(alpha8[rows][where]), shares[shade8[rows][where]]
        both8 = to_uint8(alpha + (1 - alpha) * share)
        # Shares of the rounded alpha, so that rounding moves the shadow and not the subject's amount of light.
        part = np.minimum(alpha / np.maximum(to_unit(both8), np.float32(1 / 255)), 1)
        out8[rows][where] = mixing.to_levels8(mixing.to_amounts(rgb8[rows][where]) * part[:, None])
        opacity8[rows][where] = both8
    return out8, opacity8


def _table(opacity: float, left: float) -> NDArray[np.uint8]:
    """The level of every shade and level of the background: (65536,)."""
    taken = np.float32(opacity * (1 - left)) * to_unit(_LEVELS8)
    table = to_srgb8(np.outer(1 - taken, to_linear(_LEVELS8)).astype(np.float32))
    return table.ravel()


def _shares(opacity: float, mixing: Mixing) -> Floats:
    """For every shade level, the share of what ``mixing`` mixes that stands for its share of light."""
    light = 1 - opacity * to_unit(_LEVELS8)
    amounts = np.interp(light, to_linear(_LEVELS8), mixing.to_amounts(_LEVELS8))
    shares: Floats = (1 - amounts).astype(np.float32)
    return shares
