"""New backgrounds behind a cutout, mixed in linear light."""

import numpy as np
from numpy.typing import NDArray

from cutout.light import to_linear, to_srgb8

ROWS_AT_A_TIME = 256


def flatten(
    rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8], colour: tuple[int, int, int]
) -> NDArray[np.uint8]:
    """Lay a cutout over one colour: rgb8 (H, W, 3) and alpha8 (H, W) to an opaque rgb8 (H, W, 3).

    ``colour`` is sRGB, 0..255 a channel. Alpha is coverage, and light adds up in linear units: C = a F + (1-a) B.
    Pixels with alpha 255 keep their colour exactly, pixels with alpha 0 become the colour exactly; only the soft
    ones are computed, a few rows at a time, so that memory does not follow the picture's size.
    """
    out = np.empty_like(rgb8)
    background = to_linear(np.array(colour, np.uint8))
    for top in range(0, rgb8.shape[0], ROWS_AT_A_TIME):
        rows = slice(top, top + ROWS_AT_A_TIME)
        alpha_rows = alpha8[rows]
        out[rows] = np.where((alpha_rows == 255)[..., None], rgb8[rows], np.array(colour, np.uint8))
        soft = (alpha_rows > 0) & (alpha_rows < 255)
        alpha = alpha_rows[soft].astype(np.float32)[:, None] / np.float32(255)
        out[rows][soft] = to_srgb8(alpha * to_linear(rgb8[rows][soft]) + (np.float32(1) - alpha) * background)
    return out
