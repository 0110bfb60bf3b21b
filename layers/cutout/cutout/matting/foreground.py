"""The subject's own colours: what is left when the old background is taken out of the mixed pixels."""

import math

import numpy as np
from numpy.typing import NDArray

from cutout.light import Mixing
from cutout.matting.multilevel import covering, estimate
from cutout.matting.region import Mask, bounds, grow, positions, strips_of_positions

_RIM = 3  # pixels of colour under the transparent rim: what a viewer's resampling can reach
_AROUND = 64  # pixels around the edge that show what subject and background look like
# Colours are estimated on a grid as fine as these allow: the one bounds memory, the other time.
_MAX_GRID_PIXELS = 4_000_000
_MAX_EDGE_PIXELS = 1_000_000
_CHUNK = 1 << 17  # pixels of a list that are unmixed at a time

Picture8 = NDArray[np.uint8]


def decontaminate(rgb8: Picture8, alpha8: Picture8, mixing: Mixing) -> Picture8:
    """The foreground colour of every pixel, (H, W, 3) levels of sRGB.

    Where alpha is 255 exactly ``rgb8``; where it is less, the subject's colour without the background that
    shines through, also under the transparent pixels within ``_RIM`` of the subject; zero beyond. Unmixed in the
    units of ``mixing``: Germer et al. 2020 (see ``multilevel``) on a grid that is coarser than the picture only
    where much is to be done, then projected at full size onto the pixel's own a F + (1 - a) B = I.
    """
    foreground8 = _opaque_part(rgb8, alpha8)
    edge = grow(alpha8 > 0, _RIM) & (alpha8 < 255)
    box = bounds(edge, _AROUND)
    if edge[box].size > 0:
        _paint_edge(foreground8[box], rgb8[box], alpha8[box], edge[box], mixing)
    return foreground8


def _opaque_part(rgb8: Picture8, alpha8: Picture8) -> Picture8:
    opaque = alpha8 == 255
    part8 = np.empty_like(rgb8)
    for channel in range(3):  # a mask of (H, W, 1) would make numpy walk in steps of three
        np.multiply(rgb8[..., channel], opaque, out=part8[..., channel])
    return part8


def _paint_edge(foreground8: Picture8, rgb8: Picture8, alpha8: Picture8, edge: Mask, mixing: Mixing) -> None:
    """Write the colours of the pixels of ``edge`` into ``foreground8``."""
    share = max(edge.size / _MAX_GRID_PIXELS, np.count_nonzero(edge) / _MAX_EDGE_PIXELS)
    size = max(1, math.ceil(share**0.5))
    blocks = covering(edge, size)
    colours = estimate(_grid(rgb8, alpha8, grow(blocks, 2), size, mixing), blocks)
    for y, x in strips_of_positions(edge, _CHUNK):
        estimated = colours.between(y, x, size)
        seen = mixing.to_amounts(rgb8[y, x].T)
        projected = _project(estimated, seen, alpha8[y, x]).clip(colours.darkest, 1)
        foreground8[y, x] = mixing.to_levels8(projected).T


def _grid(rgb8: Picture8, alpha8: Picture8, near: Mask, size: int, mixing: Mixing) -> NDArray[np.float32]:
    """Amounts of colour and alpha in blocks of ``size`` x ``size``, (4, h, w).

    Means in the blocks of ``near``. The others are only looked at from far, a few hundred at a time: there one
    pixel stands for its block.
    """
    height, width = alpha8.shape
    rows = np.minimum(np.arange(near.shape[0]) * size + size // 2, height - 1)
    columns = np.minimum(np.arange(near.shape[1]) * size + size // 2, width - 1)
    planes = np.empty((4, *near.shape), np.float32)
    planes[3] = alpha8[rows].take(columns, axis=1)
    for channel in range(3):
        planes[channel] = mixing.to_amounts(rgb8[..., channel][rows].take(columns, axis=1))
    y, x = positions(near)
    total = np.zeros((4, y.size), np.float32)
    for down, right in np.ndindex(size, size):
        at = np.minimum(y * size + down, height - 1), np.minimum(x * size + right, width - 1)
        total[:3] += mixing.to_amounts(rgb8[at].T)
        total[3] += alpha8[at]
    planes[:, y, x] = total / np.float32(size**2)
    planes[3] /= 255
    return planes


def _project(
    estimated: NDArray[np.float32], seen: NDArray[np.float32], alpha8: Picture8
) -> NDArray[np.float32]:
    """The F of the nearest pair to the estimated (F, B) that explains what is seen exactly: (6, m) -> (3, m)."""
    f, b = estimated[:3], estimated[3:]
    a = alpha8 * np.float32(1 / 255)
    rest = 1 - a
    unexplained = seen - a * f - rest * b
    projected: NDArray[np.float32] = f + a / (a * a + rest * rest) * unexplained
    return projected
