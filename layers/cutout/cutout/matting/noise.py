"""How noisy a photograph is, from the photograph alone."""

import math

import numpy as np
from numpy.typing import NDArray

_BLOCK = 16
_ENOUGH_PIXELS = 1_000_000
_SMOOTH = 0.2  # the share of a photograph's blocks that surely show no texture


def noise_variance(rgb8: NDArray[np.uint8]) -> float:
    """The variance of the green channel's noise, in units of [0, 1] squared; 0 for what is too small to tell.

    Every 2 x 2 square gives one diagonal difference, which smooth shading does not touch; the quiet blocks of
    16 x 16 pixels tell the noise. Blocks that are clipped black or white say nothing and are left out.
    """
    rows, columns = rgb8.shape[0] // _BLOCK, rgb8.shape[1] // _BLOCK
    if rows == 0 or columns == 0:
        return 0.0
    green8 = rgb8[: rows * _BLOCK, : columns * _BLOCK, 1].reshape(rows, _BLOCK, columns, _BLOCK)
    step = max(1, math.isqrt(rgb8.shape[0] * rgb8.shape[1] // _ENOUGH_PIXELS))
    blocks = green8[::step, :, ::step].astype(np.float32)
    mean = blocks.mean((1, 3))
    rest = blocks[:, ::2] - blocks[:, 1::2]
    rest = (rest[..., ::2] - rest[..., 1::2]) / 2
    variances = (rest * rest).mean((1, 3))[(mean > 4) & (mean < 251)]
    return float(np.quantile(variances, _SMOOTH)) / 255**2 if variances.size > 0 else 0.0
