"""sRGB levels, and the units in which alpha mixes them.

Alpha is how much of a pixel the subject covers. What a half-covered pixel looks like depends on who mixed it:

- A camera adds up light: its pixels are a F + (1 - a) B in linear light. ``CAMERA``.
- A drawing program mixes the stored levels: a F + (1 - a) B as encoded. ``GRAPHIC``.

A picture is unmixed the way it was mixed (``matting.foreground``), and laid over a new background the same way
(``rendering.backgrounds``): its mixing is found out once (``matting.graphic``) and goes with the cutout. Alpha itself
is the same in both and is stored straight. What this program does not mix is mixed as encoded: a browser does so with
the transparent files that it is given, and so did everybody who looked at an upload that brought its own transparency.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_STEPS = 65_535


@dataclass(frozen=True, kw_only=True, eq=False)
class Mixing:
    """How levels become amounts of which alpha takes shares, and back."""

    name: str
    _amounts: NDArray[np.float32] = field(repr=False)  # of the 256 levels
    _levels8: NDArray[np.uint8] = field(repr=False)  # of ``_STEPS`` + 1 amounts

    def to_amounts(self, levels8: NDArray[np.uint8]) -> NDArray[np.float32]:
        """What can be mixed, in [0, 1], of sRGB-encoded levels; any shape, kept."""
        return self._amounts.take(levels8)

    def to_levels8(self, amounts: NDArray[np.float32]) -> NDArray[np.uint8]:
        """The nearest sRGB-encoded level; any shape, kept. Amounts outside [0, 1] are clipped.

        A table of 65,536 steps instead of a power per value: within 0.53 levels of the exact curve (0.5 is
        rounding), and ``to_levels8(to_amounts(levels8))`` is ``levels8``.
        """
        steps = np.clip(amounts, 0, 1) * np.float32(_STEPS) + np.float32(0.5)
        return self._levels8[steps.astype(np.uint16)]


def _decode(encoded: NDArray[np.float64]) -> NDArray[np.float64]:
    """The transfer function of IEC 61966-2-1, from encoded [0, 1] to linear [0, 1]."""
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def _encode(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """The inverse of ``_decode``."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


_ENCODED = np.arange(256) / 255
# 65,536 steps: even in the blacks, where the curve is steepest, one step is a twentieth of an 8-bit level.
_FINE = np.arange(_STEPS + 1) / _STEPS

CAMERA = Mixing(
    name="camera",
    _amounts=_decode(_ENCODED).astype(np.float32),
    _levels8=np.rint(_encode(_FINE) * 255).astype(np.uint8),
)
GRAPHIC = Mixing(
    name="graphic",
    _amounts=_ENCODED.astype(np.float32),
    _levels8=np.rint(_FINE * 255).astype(np.uint8),
)


def to_linear(srgb8: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Linear light in [0, 1] of sRGB-encoded levels; any shape, kept."""
    return CAMERA.to_amounts(srgb8)


def to_srgb8(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The nearest sRGB-encoded level of linear light; any shape, kept. Values outside [0, 1] are clipped."""
    return CAMERA.to_levels8(linear)
