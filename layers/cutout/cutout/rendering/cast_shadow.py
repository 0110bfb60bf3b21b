"""The shadow that a light throws from a standing subject onto the ground.

The subject is taken for a card that stands on its line of contact, seen by a camera that looks down a little. A point
of it at the height h above the ground throws its shadow h / tan(elevation) away from the light; on the ground, lengths
towards the camera look shorter. The card is bent at its foot, so that the shadow begins at every foot, wherever it
stands, and straight further up, where there is one body.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_uint8, to_unit
from cutout.rendering.ground import Ground, feet_of, ground_under
from cutout.rendering.shadows import Room, room_of
from cutout.rendering.soft import Floats, gaussian, reduced, smoothstep

_GRID = 720  # cells on the longer side
_TILT = 0.4  # how long a length towards the camera looks: the sine of a camera's tilt of 24 degrees
_THICK = 0.1  # the same for the light from the side: a card would have no shadow, a body has
_FADE = 0.6  # of the shade is gone at the end of the shadow
_UNDER = 3  # cells by which the shadow goes on behind the contact
_SEEN = 0.1  # what is less opaque throws no shadow
_NOWHERE = np.float32(-1e6)  # a row that no grid has
_LAYERS = 4  # copies between sharp and soft
# Of the height: between these, feet that stand nearer or farther come to carry one upright body.
_STRAIGHT = 0.35, 1.0


@dataclass(frozen=True, kw_only=True)
class Light:
    """Where the light stands: degrees clockwise seen from above, and above the horizon.

    0 is behind the subject (its shadow comes towards the viewer), 90 at the picture's right (it falls to the left),
    180 behind the camera.
    """

    azimuth_degrees: float
    elevation_degrees: float

    def __post_init__(self) -> None:
        """Raise ValueError for a light at or below the horizon, or above the zenith."""
        if not 5 <= self.elevation_degrees <= 90:
            raise ValueError(f"a light stands 5 to 90 degrees high, got {self.elevation_degrees}")

    @property
    def reach(self) -> tuple[float, float]:
        """Rows downwards and columns to the right that a shadow runs per row of height."""
        azimuth, length = np.deg2rad(self.azimuth_degrees), 1 / np.tan(np.deg2rad(self.elevation_degrees))
        towards = float(_TILT * np.cos(azimuth))
        if abs(towards) < _THICK:
            towards = -_THICK if towards < -1e-9 else _THICK  # light from the side falls forward
        return towards * float(length), float(-np.sin(azimuth) * length)


def cast(alpha8: NDArray[np.uint8], light: Light, softness: float) -> NDArray[np.uint8]:
    """The shade on the ground, uint8 (H, W): sharp and full at the contact, softer and weaker with the height.

    ``softness`` is the blur's standard deviation, in pixels, of the shadow of the subject's top. All 0 if nothing
    touches the ground. Needs ``cast_room``.
    """
    height, width = alpha8.shape
    small8 = reduced(alpha8, _GRID)
    ground = ground_under(small8)
    if ground is None:
        return np.zeros_like(alpha8)
    shade, distance = _projected(to_unit(small8), ground, light.reach)
    shade *= 1 - np.float32(_FADE) * distance
    _set_under(shade, ground)
    soft = _softer_with(shade, distance, softness * small8.shape[0] / height)
    return resize(to_uint8(soft), height, width, "bicubic")


def cast_room(light: Light, subject_height: float, softness: float) -> Room:
    """The room of ``cast`` beside the box of a subject that is ``subject_height`` pixels high."""
    down, right = (reach * subject_height for reach in light.reach)
    tail, edge = 2.5 * softness, 0.015 * subject_height + 5  # even the sharp shadow of a foot has an edge
    return room_of(
        top=max(0.0, -down - subject_height + tail),
        right=max(right + tail, edge),
        bottom=max(down + tail, edge),
        left=max(tail - right, edge),
    )


def _projected(alpha: Floats, ground: Ground, reach: tuple[float, float]) -> tuple[Floats, Floats]:
    """The matte on the ground, and the height 0..1 of what throws it: (h, w) both."""
    shade, distance, behind = np.zeros_like(alpha), np.ones_like(alpha), np.zeros_like(alpha)
    feet = feet_of(alpha > _SEEN, ground)
    row, column = np.divmod(np.flatnonzero(alpha > _SEEN), alpha.shape[1])
    opacity, foot, depth = alpha[row, column], feet[row, column], ground.depth[column]
    finer = int(np.ceil(max(1.7 * max(1.0, abs(reach[0])), abs(reach[1]))))  # or thrown rows would lie apart
    for y_part, x_part in np.ndindex(finer, 2):
        y, x = row + np.float32((y_part + 0.5) / finer), column + np.float32(x_part / 2 + 0.25)
        to, high = _thrown((y, x), foot, ground, reach)
        for cell, share, of in _around(to, alpha.shape):
            np.maximum.at(shade.ravel(), cell, share * opacity[of])
            np.minimum.at(distance.ravel(), cell, high[of])  # the lowest part counts
            np.maximum.at(behind.ravel(), cell, depth[of])
    _deepen(shade, distance, behind)
    return shade, distance


def _deepen(shade: Floats, distance: Floats, behind: Floats) -> None:
    """What each cell's body throws ``behind`` it, too, by its depth: row by row from below, in place."""
    left, dark, far = np.zeros_like(shade[0]), np.zeros_like(shade[0]), np.ones_like(shade[0])
    for row in range(shade.shape[0] - 1, -1, -1):
        left = np.maximum(left - 1, 0)
        own = behind[row] > 0
        dark = np.where(own, np.maximum(shade[row], dark * (left > 0)), dark)
        far = np.where(own, distance[row], far)
        left = np.maximum(left, behind[row])
        np.maximum(shade[row], dark * np.minimum(left, 1), out=shade[row])
        np.minimum(distance[row], np.where(left > 0, far, 1), out=distance[row])


def _around(
    to: tuple[Floats, Floats], shape: tuple[int, ...]
) -> Iterator[tuple[NDArray[np.intp], Floats, NDArray[np.intp]]]:
    """The four cells around n points: flat cells, the share of the points that they get, and which points.

    The nearer the more: edges have no stairs, rows no gaps.
    """
    height, width = shape
    y, x = to[0] - np.float32(0.5), to[1] - np.float32(0.5)
    top, left = np.floor(y), np.floor(x)
    for down, right in ((0, 0), (0, 1), (1, 0), (1, 1)):
        row, column = top + down, left + right
        of = np.flatnonzero((row >= 0) & (row < height) & (column >= 0) & (column < width))
        cell = row[of].astype(np.intp) * width + column[of].astype(np.intp)
        yield cell, _tent((y - row)[of]) * _tent((x - column)[of]), of


def _tent(apart: Floats) -> Floats:
    """How much of a point a cell gets that is ``apart`` from it, (n,): all up to 0.3, as far as points lie apart."""
    tent: Floats = np.minimum((1 - np.abs(apart)) / np.float32(0.7), 1)
    return tent


def _set_under(shade: Floats, ground: Ground) -> None:
    """Full shade under the lowest cells of what touches: a soft edge has no light behind it."""
    column = np.flatnonzero(ground.touch > 0.5)
    for up in range(1, _UNDER + 1):
        shade[np.maximum(ground.bottom[column].astype(np.intp) - up, 0), column] = 1


def _thrown(
    at: tuple[Floats, Floats], foot: Floats, ground: Ground, reach: tuple[float, float]
) -> tuple[tuple[Floats, Floats], Floats]:
    """Of n points: the row and column where they fall (those below the ground nowhere), and their heights 0..1."""
    tall = np.float32(ground.subject_height)
    y, x = at
    straight = smoothstep((foot - y) / tall, *_STRAIGHT)
    base = foot + (np.float32(ground.level) - foot) * straight
    high = np.maximum(base - y, 0)
    to_y: Floats = np.where(base - y > -0.02 * tall - 1, base + np.float32(reach[0]) * high, _NOWHERE)
    to_x = (x + np.float32(reach[1]) * high).astype(np.float32)
    return (to_y, to_x), np.minimum(high / tall, 1)


def _softer_with(shade: Floats, distance: Floats, softness: float) -> Floats:
    """Every part blurred as far as it is away: layers that overlap, each with a blur of its own.

    The blur grows evenly from layer to layer, and the layers' shares fall evenly, so their sum has no stripes.
    """
    total = np.zeros_like(shade)
    for layer in range(_LAYERS):
        share = np.clip(1 - np.abs(distance * (_LAYERS - 1) - layer), 0, 1)
        sigma = max(0.8, softness * layer / (_LAYERS - 1))
        total += gaussian(shade * share, sigma, sigma)
    return total
