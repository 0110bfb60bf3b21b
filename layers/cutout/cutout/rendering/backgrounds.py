"""New backgrounds behind a cutout, mixed as the photograph was."""

import numpy as np
from numpy.typing import NDArray

from cutout.light import Mixing

ROWS_AT_A_TIME = 256


def flatten(
    rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8], colour: tuple[int, int, int], mixing: Mixing
) -> NDArray[np.uint8]:
    """Lay a cutout over one colour: rgb8 (H, W, 3) and alpha8 (H, W) to an opaque rgb8 (H, W, 3).

    ``colour`` is sRGB, 0..255 a channel. C = a F + (1 - a) B in the units of ``mixing``. Pixels with alpha 255
    keep their colour exactly, pixels with alpha 0 become the colour exactly; only the soft ones are computed, a few
    rows at a time, so that memory does not follow the picture's size.
    """
    out = np.empty_like(rgb8)
    background = mixing.to_amounts(np.array(colour, np.uint8))
    for top in range(0, rgb8.shape[0], ROWS_AT_A_TIME):
        rows = slice(top, top + ROWS_AT_A_TIME)
        alpha_rows = alpha8[rows]
        out[rows] = np.where((alpha_rows == 255)[..., None], rgb8[rows], np.array(colour, np.uint8))
        soft = (alpha_rows > 0) & (alpha_rows < 255)
        alpha = alpha_rows[soft].astype(np.float32)[:, None] / np.float32(255)
        mixed = alpha * mixing.to_amounts(rgb8[rows][soft]) + (np.float32(1) - alpha) * background
        out[rows][soft] = mixing.to_levels8(mixed)
    return out
