"""Is it a drawing or a photograph? Decides in which units a picture is unmixed (see ``cutout.light``)."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.light import CAMERA, GRAPHIC, Mixing

_TILE = 4  # divides JPEG's blocks, so that one of them that holds a single colour gives tiles of one colour
_ENOUGH_TILES = 16_384
_EDGE = 40  # levels of range from which on a tile holds an edge, which says nothing
_NEAR = 12  # levels that JPEG's ringing moves a flat colour at most, for the most part
_CLIPPED = 24  # levels from black or white where a photograph is flat, too
_CORNER = 2  # levels from either end of all channels: what the sensor could not hold is flat, too
_INKS = 8
_PURE = 0.5  # the share of an ink's tiles that are exactly of its colour, JPEG's ringing allowed for
_FLAT = 0.6  # the share of the tiles that are of pure ink
_FEW_TILES = 48


@dataclass(frozen=True, kw_only=True, eq=False)
class Graphic:
    """What was taken off a drawing's ground or a sheet of paper. It is mixed as encoded: ``light.GRAPHIC``."""

    rgb8: NDArray[np.uint8]
    """(H, W, 3), the inks' own colours, also a little around them; 0 elsewhere"""
    alpha8: NDArray[np.uint8]
    """(H, W)"""


Levels = NDArray[np.int16]
Tiles = NDArray[np.bool_]


def mixing_of(rgb8: NDArray[np.uint8]) -> Mixing:
    """How the edges of a picture, (H, W, 3), were mixed: ``CAMERA`` if there is any doubt.

    A drawing has inks: flat colours with nothing between them but edges. In the smooth tiles outside its ground
    most are of an ink, and most of those are of its colour to the level. Light on a real thing, be it ever so
    smooth, falls off; noise and JPEG's rounding of noise spread what is even. Ground, black and white are left
    out, because a photograph can have them flat: a shot on paper white, a night, a silhouette. Thin writing
    and gradients have too little that is flat and count as camera pictures.
    """
    low, high = _extremes(rgb8)
    span = (high - low).max(1, initial=0)
    colours, exact, smooth = (low + high + 1) // 2, span == 0, span < _EDGE
    if not exact.any():
        return CAMERA
    ground = _near(colours, _commonest(colours[exact]))
    clipped = (high.max(1) <= _CLIPPED) | (low.min(1) >= 255 - _CLIPPED)
    clipped |= ((colours <= _CORNER) | (colours >= 255 - _CORNER)).all(1)
    open_ = smooth & ~ground & ~clipped
    count = np.count_nonzero(open_)
    flat = _tiles_of_ink(colours, exact, open_)
    return GRAPHIC if count >= _FEW_TILES and flat >= _FLAT * count else CAMERA


def _extremes(rgb8: NDArray[np.uint8]) -> tuple[Levels, Levels]:
    """The lowest and the highest level of every channel in a sample of tiles, (n, 3) each."""
    rows, columns = rgb8.shape[0] // _TILE, rgb8.shape[1] // _TILE
    step = _TILE * max(1, math.ceil(math.sqrt(rows * columns / _ENOUGH_TILES)))
    whole = rgb8[: rows * _TILE, : columns * _TILE]
    pixels = np.stack([whole[y::step, x::step].reshape(-1, 3) for y, x in np.ndindex(_TILE, _TILE)])
    return pixels.min(0).astype(np.int16), pixels.max(0).astype(np.int16)


def _tiles_of_ink(colours: Levels, exact: Tiles, open_: Tiles) -> int:
    """How many of the open tiles are of a pure ink; inks are looked for from the commonest on."""
    total = 0
    for _ in range(_INKS):
        if not (open_ & exact).any():
            break
        ink = _commonest(colours[open_ & exact])
        like = open_ & _near(colours, ink)
        found = int(np.count_nonzero(like))
        if np.count_nonzero(exact[like] & (colours[like] == ink).all(1)) >= _PURE * found:
            total += found
        open_ = open_ & ~like
    return total


def _near(colours: Levels, colour: Levels) -> Tiles:
    near: Tiles = np.abs(colours - colour).max(1) <= _NEAR
    return near


def _commonest(colours: Levels) -> Levels:
    keys, counts = np.unique(
        colours.astype(np.int32) @ np.array([65_536, 256, 1], np.int32), return_counts=True
    )
    key = int(keys[counts.argmax()])
    return np.array([key >> 16, key >> 8 & 255, key & 255], np.int16)
