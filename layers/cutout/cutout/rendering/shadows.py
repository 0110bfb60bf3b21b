"""Shadows that follow the matte: where it stands, or where a light throws it.

A shade, ``shade8`` (H, W), says how much of the ground's light is taken, 0..255, before an opacity is applied: 255 is
all of it, in linear light. Shades are drawn for the canvas on which the subject already lies, and reach under
the subject, so that a half-transparent edge has its shadow behind it and no light gap; what is laid over them hides
the rest. Lengths are pixels of the canvas. What does not fit on the canvas is cut; ``*_room`` says how much it needs.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_uint8
from cutout.rendering.ground import ground_under
from cutout.rendering.soft import Floats, Mask, blurred8, gaussian, reduced

GRID = 900  # cells on the longer side of contact shadows
_CORE = 0.22  # of the softness: how soft the dark line is where things meet
_FLAT = 2.2  # the ground is seen at a slant: shadows on it are wider than high
_TAIL = 2.5  # standard deviations after which a blur is no longer seen


@dataclass(frozen=True, kw_only=True)
class Room:
    """Pixels of canvas beyond the subject's box that a shadow needs to be whole."""

    top: int
    right: int
    bottom: int
    left: int


def contact(alpha8: NDArray[np.uint8], softness: float) -> NDArray[np.uint8]:
    """The shade where the subject stands: dark and tight along what touches the ground, soft around it.

    Every foot, wheel or leg has its own; what hangs in the air or is cut by the canvas's lower border has none
    (``rendering.ground``). What hovers closely between the feet (a car) shades the ground softly. ``softness`` is the
    standard deviation of the wide part, downwards, in pixels; 1 to 3 % of the subject's height look natural.
    uint8 (H, W), all 0 if nothing touches the ground.
    """
    height, width = alpha8.shape
    small8 = reduced(alpha8, GRID)
    ground = ground_under(small8)
    if ground is None:
        return np.zeros_like(alpha8)
    sigma = softness * small8.shape[0] / height
    solid = small8 > 0
    core = _line(solid, ground.bottom, 2 * _CORE * sigma + 1, 1.5 * _CORE * sigma) * ground.touch
    wide = _line(solid, ground.bottom, 1.5 * sigma + 1, 0.3 * sigma) * ground.touch
    between = np.arange(solid.shape[0])[:, None] >= ground.bottom - 1
    wide = np.maximum(wide, _line(between, ground.foot, height, sigma) * ground.near)
    core = gaussian(core, _CORE * sigma, 1.5 * _CORE * sigma)
    wide = gaussian(wide, sigma, _FLAT * sigma)
    shade = 1 - (1 - 0.85 * np.minimum(1.8 * core, 1)) * (1 - 0.7 * np.minimum(2 * wide, 1))
    return resize(to_uint8(shade), height, width, "bicubic")


def contact_room(softness: float) -> Room:
    """The room of ``contact``: it spreads around the feet, never above the subject."""
    down, aside = round((_TAIL + 1) * softness), round(_TAIL * _FLAT * softness)
    return Room(top=0, right=aside, bottom=down, left=aside)


def drop(alpha8: NDArray[np.uint8], offset: tuple[float, float], softness: float) -> NDArray[np.uint8]:
    """The shade of a subject that floats before a wall, or lies flat: its silhouette, moved and blurred.

    ``offset`` is (rows, columns), positive downwards and to the right; ``softness`` the blur's standard deviation. A
    subject that the canvas cuts goes on beyond the border, so its shadow does not fade there. uint8 (H, W).
    """
    height, width = alpha8.shape
    rows = np.clip(np.arange(height) - round(offset[0]), 0, height - 1)
    columns = np.clip(np.arange(width) - round(offset[1]), 0, width - 1)
    moved8 = alpha8 if offset == (0, 0) else alpha8.take(rows, 0).take(columns, 1)
    return blurred8(moved8, softness, softness)


def drop_room(offset: tuple[float, float], softness: float) -> Room:
    """The room of ``drop``."""
    down, aside, tail = offset[0], offset[1], _TAIL * softness
    return room_of(top=tail - down, right=tail + aside, bottom=tail + down, left=tail - aside)


def room_of(*, top: float, right: float, bottom: float, left: float) -> Room:
    """Whole pixels, none below 0."""
    whole = [max(0, int(np.ceil(pixels))) for pixels in (top, right, bottom, left)]
    return Room(top=whole[0], right=whole[1], bottom=whole[2], left=whole[3])


def _line(solid: Mask, rows: Floats, up: float, down: float) -> Floats:
    """1 from ``up`` cells above ``rows`` (w,), where it is ``solid`` (h, w), to ``down`` cells below; else 0."""
    below = np.arange(solid.shape[0], dtype=np.float32)[:, None] + np.float32(0.5) - rows
    line: Floats = np.clip(np.float32(down + 0.5) - below, 0, 1) * (below > -up) * (solid | (below > 0))
    return line
