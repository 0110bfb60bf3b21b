"""Logos and flat graphics: inks taken off one known ground, each with its own colour.

The ground G is known, and so are the inks K (``palette``). What lies in the middle of an ink is opaque. A pixel on an
edge is either a K + (1 - a) G as encoded, and a is its projection on that segment, or a mixture of two inks, which is
opaque: whatever comes nearest to it, of the inks around it first, then of all. A colour that no known ink explains
is measured against the colour in its neighbourhood that is farthest from the ground.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cutout.codec import to_uint8
from cutout.matting.edge_colours import Edge, explained
from cutout.matting.graphic import Graphic
from cutout.matting.palette import Palette, apart, frame_of, palette_of
from cutout.matting.region import Mask, grow, positions, strips_of_positions

GROUND = 1  # bit of a pixel's kind; bit i + 1 is that of ink i; 0 is an edge
_RADIUS = 2  # pixels to either side of an outline that it mixes, at most
_RINGING = 3  # times the tolerance: beside edges JPEG moves the ground farther
_RIM = 3  # pixels of colour around the shapes: what a viewer's resampling can reach
_STRIP = 1 << 18
_HARDLY, _NEARLY = 0.08, 0.93  # opacities within which JPEG leaves what is open or solid
_STRONG = 100  # levels of alpha, within 2 pixels of which a weak one is an edge's and not JPEG's

Picture8 = NDArray[np.uint8]
Indices = NDArray[np.intp]


def flat_cutout(rgb8: Picture8) -> Graphic:
    """The inks of a flat graphic (H, W, 3), without the colour that reaches its frame, also where inks enclose it."""
    palette, away8 = palette_of(rgb8, frame_of(rgb8))
    kinds8 = kinds_of(rgb8, away8, palette)
    alpha8 = np.where(kinds8 == GROUND, np.uint8(0), np.uint8(255))
    colours8 = _inked(kinds8, palette)
    edges = kinds8 == 0
    seen8 = kinds8 | (away8 <= _RINGING * palette.tolerance)  # True is the bit of the ground
    for y, x in strips_of_positions(edges, _STRIP):
        edge = Edge(
            rgb8=rgb8[y, x],
            around=_around(seen8, y, x),
            extreme8=_extreme(rgb8, away8, y, x),
        )
        alpha, colours8[y, x] = explained(edge, palette)
        if palette.tolerance:
            alpha = np.where(alpha < _HARDLY, 0, np.where(alpha > _NEARLY, 1, alpha)).astype(np.float32)
        alpha8[y, x] = to_uint8(alpha)
    if palette.tolerance:
        alpha8[edges & (alpha8 < _STRONG) & ~grow(alpha8 >= _STRONG, 2)] = 0
    colours8[edges & (alpha8 == 0)] = 0
    return Graphic(rgb8=_with_rim(colours8, alpha8), alpha8=alpha8)


def kinds_of(rgb8: Picture8, away8: Picture8, palette: Palette) -> Picture8:
    """Ground, ink or edge, (H, W), as bits: ``GROUND``, 2 << i for ink number i, 0.

    Ink is what has its colour in a square of 2 x 2: one row may be an edge that happens to have another ink's colour.
    """
    kinds8 = np.zeros(away8.shape, np.uint8)
    if len(palette.inks) > 0:
        table = _nearest_ink(palette)
        for y, x in strips_of_positions(away8 > palette.tolerance, _STRIP):
            colours = rgb8[y, x]
            bins = (colours >> 3).astype(np.intp)
            ink = table[bins[:, 0] << 10 | bins[:, 1] << 5 | bins[:, 2]]
            like = apart(colours, palette.inks[ink]) <= palette.ink_tolerance
            kinds8[y, x] = np.where(like, np.uint8(2) << ink, np.uint8(0))
    square = kinds8[:-1, :-1] & kinds8[1:, :-1] & kinds8[:-1, 1:] & kinds8[1:, 1:]
    kinds8[:] = 0
    for down, right in np.ndindex(2, 2):
        kinds8[down : down + square.shape[0], right : right + square.shape[1]] |= square
    kinds8[away8 <= palette.tolerance] = GROUND
    return kinds8


def _nearest_ink(palette: Palette) -> Picture8:
    """For 32 levels of each channel, the number of the ink that is nearest to their middle."""
    level = np.arange(32, dtype=np.int16) * 8 + 4
    middles = np.stack(np.meshgrid(level, level, level, indexing="ij"), -1).reshape(-1, 3)
    return np.asarray(np.stack([apart(middles, ink) for ink in palette.inks]).argmin(0), np.uint8)


def _inked(kinds8: Picture8, palette: Palette) -> Picture8:
    table = np.zeros((256, 3), np.uint8)
    for i, ink in enumerate(palette.inks):
        table[2 << i] = ink
    colours8 = np.zeros((*kinds8.shape, 3), np.uint8)
    for y, x in strips_of_positions(kinds8 > GROUND, _STRIP):
        colours8[y, x] = table[kinds8[y, x]]
    return colours8


def _beside(shape: tuple[int, ...], y: Indices, x: Indices, radius: int) -> Iterator[tuple[Indices, Indices]]:
    """The pixels of the square around each pixel of a list; at the frame its own are repeated."""
    for down in range(-radius, radius + 1):
        rows = (y + down).clip(0, shape[0] - 1)
        for right in range(-radius, radius + 1):
            yield rows, (x + right).clip(0, shape[1] - 1)


def _around(kinds8: Picture8, y: Indices, x: Indices) -> Picture8:
    """All kinds within ``_RADIUS``, as bits."""
    bits = np.zeros(y.size, np.uint8)
    for at in _beside(kinds8.shape, y, x, _RADIUS):
        bits |= kinds8[at]
    return bits


def _extreme(rgb8: Picture8, away8: Picture8, y: Indices, x: Indices) -> Picture8:
    """The colour within ``_RADIUS`` that is farthest from the ground."""
    most, row, column = np.zeros(y.size, np.uint8), y.copy(), x.copy()
    for rows, columns in _beside(away8.shape, y, x, _RADIUS):
        away = away8[rows, columns]
        farther = away > most
        most[farther], row[farther], column[farther] = away[farther], rows[farther], columns[farther]
    return rgb8[row, column]


def _with_rim(colours8: Picture8, alpha8: Picture8) -> Picture8:
    """The colours of what is not clear, carried outwards from pixel to pixel; 0 beyond ``_RIM``."""
    known: Mask = alpha8 > 0
    for _ in range(_RIM):
        y, x = positions(grow(known, 1) & ~known)
        row, column = y.copy(), x.copy()
        for rows, columns in _beside(known.shape, y, x, 1):
            holds = known[rows, columns]
            row[holds], column[holds] = rows[holds], columns[holds]
        colours8[y, x] = colours8[row, column]
        known[y, x] = True
    return colours8
