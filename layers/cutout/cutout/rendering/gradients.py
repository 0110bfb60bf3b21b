"""Gradients as backgrounds.

Colours between two stops are interpolated as encoded, as CSS and drawing programs do: encoded levels are nearly even
steps to the eye, and in linear light three quarters of a gradient from black to white look white.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.rendering.dither import dithered

_ROWS_AT_A_TIME = 64
_STEPS = 8192  # of a gradient's table: a step is at most a thirtieth of a level

Floats = NDArray[np.float32]
Along = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True, kw_only=True)
class Stop:
    """A colour (sRGB, 0..255 a channel) and where it is reached: 0 is the gradient's beginning, 1 its end."""

    position: float
    colour: tuple[int, int, int]


def linear_gradient(height: int, width: int, degrees: float, stops: tuple[Stop, ...]) -> NDArray[np.uint8]:
    """rgb8 (height, width, 3) that runs along ``degrees``, counted as CSS does: 0 is up, 90 to the right.

    It begins and ends in the corners that lie farthest that way. ``stops`` stand in the order of their positions;
    before the first and after the last their colours go on, and two at one position make a sharp edge. Dithered,
    the same each time.
    """
    angle = np.deg2rad(degrees)
    right, down = float(np.sin(angle)), float(-np.cos(angle))
    length = abs(width * right) + abs(height * down)

    def along(rows: Floats, columns: Floats) -> Floats:
        ahead = (rows - height / 2) * (down / length), (columns - width / 2) * (right / length)
        return (ahead[0].astype(np.float32) + np.float32(0.5))[:, None] + ahead[1].astype(np.float32)

    return _painted(height, width, along, stops)


def radial_gradient(
    height: int, width: int, centre: tuple[float, float], radius: float, stops: tuple[Stop, ...]
) -> NDArray[np.uint8]:
    """rgb8 (height, width, 3) in circles around ``centre``: (down, across) as shares of height and width.

    It ends at ``radius``, above 0, in units of half the diagonal: 1 around the middle ends in the corners.
    ``stops`` and dithering as in ``linear_gradient``.
    """
    end = radius * float(np.hypot(height, width)) / 2
    middle = centre[0] * height, centre[1] * width

    def along(rows: Floats, columns: Floats) -> Floats:
        away = ((rows - middle[0]) / end).astype(np.float32), ((columns - middle[1]) / end).astype(np.float32)
        distance: Floats = np.hypot(away[0][:, None], away[1])
        return distance

    return _painted(height, width, along, stops)


def _painted(height: int, width: int, along: Along, stops: tuple[Stop, ...]) -> NDArray[np.uint8]:
    table = _table(stops)
    out8 = np.empty((height, width, 3), np.uint8)
    columns = np.arange(width, dtype=np.float32) + np.float32(0.5)
    for top in range(0, height, _ROWS_AT_A_TIME):
        rows = np.arange(top, min(top + _ROWS_AT_A_TIME, height), dtype=np.float32) + np.float32(0.5)
        steps = (np.clip(along(rows, columns), 0, 1) * np.float32(_STEPS) + np.float32(0.5)).astype(np.intp)
        out8[top : top + rows.size] = dithered(table.take(steps, axis=1), top, 0)
    return out8


def _table(stops: tuple[Stop, ...]) -> NDArray[np.float32]:
    """(3, steps + 1) fine levels along the gradient."""
    at = np.arange(_STEPS + 1) / _STEPS
    positions = [stop.position for stop in stops]
    channels = zip(*(stop.colour for stop in stops), strict=True)
    return np.stack([np.interp(at, positions, channel) for channel in channels]).astype(np.float32)
