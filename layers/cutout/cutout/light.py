"""sRGB and linear light. Light adds up in linear units only, so colours are unmixed there."""

import numpy as np
from numpy.typing import NDArray

_STEPS = 65_535


def _decode(encoded: NDArray[np.float64]) -> NDArray[np.float64]:
    """The transfer function of IEC 61966-2-1, from encoded [0, 1] to linear [0, 1]."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def _encode(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of ``_decode``."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


_LINEAR = _decode(np.arange(256) / 255).astype(np.float32)
# 65,536 steps: even in the blacks, where the curve is steepest, one step is a twentieth of an 8-bit level.
_SRGB8 = np.rint(_encode(np.arange(_STEPS + 1) / _STEPS) * 255).astype(np.uint8)


def to_linear(srgb8: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Linear light in [0, 1] of sRGB-encoded levels; any shape, kept."""
    return _LINEAR.take(srgb8)


def to_srgb8(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The nearest sRGB-encoded level of linear light; any shape, kept. Values outside [0, 1] are clipped.

    A table of 65,536 steps instead of a power per value: within 0.53 levels of the exact curve (0.5 is
    rounding), and ``to_srgb8(to_linear(levels))`` is ``levels``.
    """
    steps = np.clip(linear, 0, 1) * np.float32(_STEPS) + np.float32(0.5)
    return _SRGB8[steps.astype(np.uint16)]
