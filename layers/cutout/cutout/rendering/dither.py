"""The way from fine levels to 8 bits that leaves no bands in smooth grounds."""

import numpy as np
from numpy.typing import NDArray

# Jimenez' "interleaved gradient noise" (Next generation post processing in Call of Duty, SIGGRAPH 2014): evenly
# distributed in every small neighbourhood, and the same for the same pixel each time.
_DOWN, _ACROSS, _SPREAD = 0.00583715, 0.06711056, 52.9829189
_BETWEEN_CHANNELS = 37  # rows, so that the three do not brighten the same pixels


Floats = NDArray[np.floating]


def dithered(levels: NDArray[np.float32], top: int, left: int) -> NDArray[np.uint8]:
    """Planes (3, h, w) of fine levels 0..255 to rgb8 (h, w, 3): up or down at random, right on average.

    ``top`` and ``left`` say where in the picture they lie, so that tiles fit together. Whole levels stay as they are.
    """
    channels, height, width = levels.shape
    rows = np.arange(top, top + height) + _BETWEEN_CHANNELS * np.arange(channels)[:, None]
    columns = np.arange(left, left + width)
    noise = _fraction(rows * _DOWN).astype(np.float32)[..., None] + _fraction(columns * _ACROSS).astype(
        np.float32
    )
    noise = _fraction(np.float32(_SPREAD) * _fraction(noise))
    np.minimum(noise, np.float32(0.999), out=noise)
    noise += np.clip(levels, 0, 255)
    return noise.astype(np.uint8).transpose(1, 2, 0)


def _fraction(values: Floats) -> Floats:
    return values - np.floor(values)
