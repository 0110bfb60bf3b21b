"""Where in a picture two eyes, cheeks and a mouth stand as they do in a face seen from the front.

No network: a face is looked for as a pattern of light and dark, as in Viola and Jones (2001), but with the boxes given
by anthropometry instead of learned, and only where the matte's outline leaves room for a head. All lengths are in units
of the distance between the eyes. That is about 63 mm in adults, whose head measures some 3.6 of it from chin to crown
(Farkas, Anthropometry of the Head and Face, 1994).
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Box = tuple[float, float, float, float]

# name -> (right of the middle between the eyes, below it, width, height)
_BOXES = {
    "eye_left": (-0.5, 0.0, 0.36, 0.22),
    "eye_right": (0.5, 0.0, 0.36, 0.22),
    "bridge": (0.0, 0.05, 0.26, 0.26),
    "cheek_left": (-0.52, 0.6, 0.36, 0.34),
    "cheek_right": (0.52, 0.6, 0.36, 0.34),
    "mouth": (0.0, 1.12, 0.6, 0.18),
    "chin": (0.0, 1.5, 0.5, 0.24),
}
_FACE = (0.0, 0.55, 2.0, 2.2)
LEAST_CONTRAST = np.float32(0.02)


@dataclass(frozen=True, kw_only=True, eq=False)
class Sums:
    """Integral images: sums of a plane and of its squares from the corner, float64 (H + 1, W + 1)."""

    plain: NDArray[np.float64]
    squared: NDArray[np.float64]


def sums_of(luma: Floats) -> Sums:
    """Of a plane in [0, 1], (H, W)."""

    def summed(plane: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.pad(plane.cumsum(0).cumsum(1), ((1, 0), (1, 0)))

    exact = luma.astype(np.float64)
    return Sums(plain=summed(exact), squared=summed(np.square(exact)))


def scores(sums: Sums, y: NDArray[np.intp], x: NDArray[np.intp], apart: float, tilt: float = 0) -> Floats:
    """How much each place (n,) looks like the middle between two eyes that are ``apart`` pixels apart.

    ``tilt`` is that of the line through the eyes, radians, positive when the right one is lower; the boxes move with it
    and stay upright themselves.

    The weaker eye's contrast to the cheek below it and to the bridge of the nose, and part of the mouth's to the chin,
    less what left and right differ by, in units of the face's own standard deviation. Around 1 for faces; a face needs
    all of it, so the weakest part decides.
    """
    boxes = {name: _turned(box, tilt) for name, box in _BOXES.items()}
    seen = {name: _mean(sums.plain, y, x, box, apart) for name, box in boxes.items()}
    face = _turned(_FACE, tilt)
    mean, squares = _mean(sums.plain, y, x, face, apart), _mean(sums.squared, y, x, face, apart)
    spread = np.sqrt(np.maximum(squares - np.square(mean), LEAST_CONTRAST**2))
    left = np.minimum(seen["cheek_left"], seen["bridge"]) - seen["eye_left"]
    right = np.minimum(seen["cheek_right"], seen["bridge"]) - seen["eye_right"]
    eyes = np.minimum(left, right)
    cheeks = (seen["cheek_left"] + seen["cheek_right"]) / 2
    mouth = np.minimum(seen["chin"], cheeks) - seen["mouth"]
    uneven = abs(seen["eye_left"] - seen["eye_right"]) + abs(seen["cheek_left"] - seen["cheek_right"])
    total = eyes + 0.5 * np.clip(mouth, -spread, 0.6 * spread) - 0.4 * uneven
    return np.where(eyes > LEAST_CONTRAST, total / spread, -1).astype(np.float32)


def _turned(box: Box, tilt: float) -> Box:
    right, below, width, height = box
    return (
        right * math.cos(tilt) - below * math.sin(tilt),
        below * math.cos(tilt) + right * math.sin(tilt),
        width,
        height,
    )


def _mean(
    table: NDArray[np.float64],
    y: NDArray[np.intp],
    x: NDArray[np.intp],
    box: Box,
    apart: float,
) -> NDArray[np.float64]:
    """The mean inside a box beside each place; boxes are cut off at the picture's edges."""
    right, below, width, height = (value * apart for value in box)
    y0, x0 = np.rint(y + below - height / 2).astype(np.intp), np.rint(x + right - width / 2).astype(np.intp)
    y1, x1 = y0 + max(1, round(height)), x0 + max(1, round(width))
    y0, y1 = np.clip(y0, 0, table.shape[0] - 2), np.clip(y1, 1, table.shape[0] - 1)
    x0, x1 = np.clip(x0, 0, table.shape[1] - 2), np.clip(x1, 1, table.shape[1] - 1)
    y1, x1 = np.maximum(y1, y0 + 1), np.maximum(x1, x0 + 1)
    total = table[y1, x1] - table[y0, x1] - table[y1, x0] + table[y0, x0]
    mean: NDArray[np.float64] = total / ((y1 - y0) * (x1 - x0))
    return mean
