"""Strokes with exact coverage: what hair, fur, wires and rails are drawn with.

A layer is premultiplied colour and coverage, float64 (H, W, 4), in linear light. Its exact straight colour is what
``Layer.colour`` gives, also where several half-covering strokes of different colours lie over each other.
"""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float64]
Colour = Sequence[float]

_SEGMENTS = 14
_SOFT = 0.6  # half the width, in pixels, over which a lens spreads an edge


class Layer:
    """What has been painted so far, from back to front."""

    def __init__(self, height: int, width: int) -> None:
        self.paint = np.zeros((height, width, 4))
        self.y, self.x = np.mgrid[:height, :width] + 0.5

    @property
    def alpha(self) -> Plane:
        """(H, W), coverage."""
        return self.paint[..., 3]

    def colour(self, elsewhere: Colour) -> Plane:
        """(H, W, 3), straight; ``elsewhere`` where nothing was painted."""
        alpha = self.alpha[..., None]
        straight = self.paint[..., :3] / np.where(alpha > 0, alpha, 1)
        return np.where(alpha > 0, straight, np.array(elsewhere))

    def cover(self, alpha: Plane, colour: Plane | Colour) -> None:
        """Paint a plane of coverage with one colour, or one for every pixel."""
        self._over((slice(None), slice(None)), alpha, np.asarray(colour, np.float64))

    def stroke(self, points: Plane, widths: tuple[float, float], colour: Colour) -> None:
        """Paint a curve through three points, (3, 2) as (y, x), that is ``widths`` wide at its two ends."""
        margin = max(widths) + 2 * _SOFT + 1
        low = np.maximum(np.floor(points.min(0) - margin), 0).astype(int)
        high = np.minimum(np.ceil(points.max(0) + margin), self.paint.shape[:2]).astype(int)
        if (low >= high).any():
            return
        box = slice(low[0], high[0]), slice(low[1], high[1])
        distance, along = _to_curve(self.y[box], self.x[box], points)
        width = widths[0] + (widths[1] - widths[0]) * along
        # Where a hair is thinner than the lens can show, it covers less instead of becoming invisible.
        covered = edge(distance - width / 2) * np.minimum(1, width / (2 * _SOFT))
        self._over(box, covered, np.asarray(colour, np.float64))

    def _over(self, box: tuple[slice, slice], alpha: Plane, colour: Plane) -> None:
        opacity = alpha[..., None]
        below = self.paint[box]
        colours = np.broadcast_to(colour, (*alpha.shape, 3))
        self.paint[box] = np.concatenate([colours, np.ones_like(opacity)], 2) * opacity + below * (
            1 - opacity
        )


def edge(distance: Plane) -> Plane:
    """Coverage of a shape from the distance to its outline, negative inside: a ramp as wide as a lens makes it."""
    return np.clip(0.5 - distance / (2 * _SOFT), 0, 1)


def _to_curve(y: Plane, x: Plane, points: Plane) -> tuple[Plane, Plane]:
    """Distance to the nearest point of a quadratic curve, and where that is, from 0 to 1."""
    start, bend, end = points
    t = np.linspace(0, 1, _SEGMENTS + 1)[:, None]
    knots = (1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t**2 * end
    nearest, along = np.full(y.shape, np.inf), np.zeros(y.shape)
    for i, (a, b) in enumerate(pairwise(knots)):
        direction = b - a
        length = max(float(direction @ direction), 1e-12)
        at = np.clip(((y - a[0]) * direction[0] + (x - a[1]) * direction[1]) / length, 0, 1)
        distance = np.hypot(y - a[0] - at * direction[0], x - a[1] - at * direction[1])
        closer = distance < nearest
        nearest, along = np.where(closer, distance, nearest), np.where(closer, (i + at) / _SEGMENTS, along)
    return nearest, along
