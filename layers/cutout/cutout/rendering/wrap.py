"""Light of the new background that spills over the subject's edge."""

import numpy as np
from numpy.typing import NDArray

from cutout.codec import to_unit
from cutout.light import to_linear, to_srgb8
from cutout.rendering.soft import Floats, bands, enlarged_rows, gaussian, reduced, smoothstep

_GRID = 800  # cells on the longer side
_RADIUS = 0.006  # of the diagonal: how far the light reaches in (its standard deviation)
_MOST = 0.2  # of the difference is covered at an edge, with strength 1; half looks like fog
_THICK = 0.25, 0.5  # of the surroundings is subject: at a leg's edge, and at a body's
_WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)


def wrapped(
    rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8], background8: NDArray[np.uint8], strength: float
) -> NDArray[np.uint8]:
    """The subject's colours with the light of ``background8`` over its edge: rgb8 (H, W, 3), alpha8 (H, W) to rgb8.

    All three have the canvas's size. In linear light F + k w t max(0, G - F), k = 0.2 x ``strength``: w falls from 1
    at the edge to 0 inside, G is the background that is seen around it, out of focus, and t how much brighter it is
    than the subject there, so windows wrap, and dark walls and the subject's own shadow do not. What is thinner than
    the light reaches in (a chair's leg) has no inside that would stay as it is: little wraps there. No colour gets
    darker. A subject that is cut by the canvas has no edge there. ``strength`` is 0 to 1; 0 changes nothing.
    """
    if strength == 0:
        return rgb8
    height, width = alpha8.shape
    small = to_unit(reduced(alpha8, _GRID))
    radius = _RADIUS * float(np.hypot(*small.shape))
    open_ = np.minimum(2 * gaussian(1 - small, radius, radius), np.float32(1))
    seen = gaussian(1 - small, 2 * radius, 2 * radius)
    open_ *= smoothstep(1 - seen, *_THICK)
    ground = to_linear(reduced(background8, _GRID)) * (1 - small)[..., None]
    glow = np.stack([gaussian(ground[..., i], 2 * radius, 2 * radius) for i in range(3)], axis=-1)
    glow /= np.maximum(seen, np.float32(1e-6))[..., None]
    out8 = rgb8.copy()
    for rows in bands(height):
        weight = enlarged_rows(open_, height, width, rows)
        where = (weight > np.float32(0.004)) & (alpha8[rows] > 0)
        if where.any():
            light = enlarged_rows(glow, height, width, rows)[where]
            out8[rows][where] = _brighter(
                rgb8[rows][where], light, np.float32(strength * _MOST) * weight[where]
            )
    return out8


def _brighter(colour8: NDArray[np.uint8], light: Floats, share: Floats) -> NDArray[np.uint8]:
    """n colours (n, 3), each with its share (n,) of brighter light."""
    colour = to_linear(colour8)
    own, other = colour @ _WEIGHTS, light @ _WEIGHTS
    brighter = np.clip((other - own) / np.maximum(other, np.float32(1e-4)), 0, 1)
    return to_srgb8(colour + (share * brighter)[:, None] * np.maximum(light - colour, 0))
