"""The subject's own colours: what is left when the old background is taken out of the mixed pixels."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cutout.light import Mixing
from cutout.matting.multilevel import covering, estimate
from cutout.matting.region import Mask, bounds, grow, positions

_RIM = 3  # pixels of colour under the transparent rim: what a viewer's resampling can reach
_AROUND = 64  # pixels around the edge that show what subject and background look like
# Colours are estimated on a grid as fine as these allow: the one bounds memory, the other time.
_MAX_GRID_PIXELS = 4_000_000
_MAX_EDGE_PIXELS = 1_000_000
_STRIP = 1 << 16  # pixels of the picture that are made float at a time
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
    colours = estimate(_grid(rgb8, alpha8, size, mixing), covering(edge, size), mixing)
    all_y, all_x = positions(edge)
    for start in range(0, all_y.size, _CHUNK):
        y, x = all_y[start : start + _CHUNK], all_x[start : start + _CHUNK]
        estimated = colours.between(y, x, size)
        seen = mixing.to_amounts(rgb8[y, x].T)
        foreground8[y, x] = mixing.to_levels8(_project(estimated, seen, alpha8[y, x], mixing)).T


def _grid(rgb8: Picture8, alpha8: Picture8, size: int, mixing: Mixing) -> NDArray[np.float32]:
    """Amounts of colour and alpha as (4, h, w) means over blocks of ``size`` x ``size``; made strip by strip."""
    step = size * max(1, _STRIP // (size * rgb8.shape[1]))
    strips = []
    for top in range(0, rgb8.shape[0], step):
        light = _block_sums(rgb8[top : top + step], size, mixing.to_amounts)
        alpha = _block_sums(alpha8[top : top + step], size, _to_alpha)
        strips.append(np.concatenate([np.moveaxis(light, 2, 0), alpha[None]]))
    return np.concatenate(strips, axis=1) * np.float32(1 / size**2)


def _block_sums(
    levels8: Picture8, size: int, curve: Callable[[Picture8], NDArray[np.float32]]
) -> NDArray[np.float32]:
    """(H, W, ...) levels -> (h, w, ...) sums of ``curve``; the last row and column fill the last blocks."""
    missing = [(0, -length % size) for length in levels8.shape[:2]] + [(0, 0)] * (levels8.ndim - 2)
    padded8 = np.pad(levels8, missing, "edge") if any(after for _, after in missing) else levels8
    total = curve(padded8[::size, ::size])
    for down, right in list(np.ndindex(size, size))[1:]:
        total += curve(padded8[down::size, right::size])
    return total


def _to_alpha(alpha8: Picture8) -> NDArray[np.float32]:
    return alpha8.astype(np.float32) / np.float32(255)


def _project(
    estimated: NDArray[np.float32], seen: NDArray[np.float32], alpha8: Picture8, mixing: Mixing
) -> NDArray[np.float32]:
    """The F of the nearest pair to the estimated (F, B) that explains what is seen exactly: (6, m) -> (3, m).

    Near is what looks alike: the darker of the two colours moves less.
    """
    f, b = estimated[:3], estimated[3:]
    a = alpha8 * np.float32(1 / 255)
    rest = 1 - a
    unexplained = seen - a * f - rest * b
    give_f, give_b = a / mixing.visibility(f.mean(0)), rest / mixing.visibility(b.mean(0))
    projected: NDArray[np.float32] = f + give_f / (a * give_f + rest * give_b) * unexplained
    return projected
