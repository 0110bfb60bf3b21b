"""A cutout or a photograph, resampled onto a canvas.

Every canvas pixel is a weighted mean of the source pixels around it: with Keys' cubic ("Cubic convolution
interpolation for digital image processing", 1981; a = -1/2), which is stretched by the reduction where the picture is
reduced. Not Lanczos: its second lobe draws a faint line of alpha beside every hard edge, where clipping cannot reach
it; the cubic's only lobe is clipped away. What is averaged are amounts (``cutout.light``), weighted by opacity:
a composite of the laid out cutout is what laying out the composite would have given, and the colours of clear pixels
count for nothing.

The canvas is made in tiles, two products with a small matrix each, so that floats exist for one tile at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cutout.codec import to_uint8
from cutout.light import Mixing
from cutout.rendering.placement import Placement

Floats = NDArray[np.float32]

# Small enough that the products stay on one thread: OpenBLAS divides larger ones between two, which gains nothing
# here, and when another process has the second core it waits for it: 2 s instead of 0.1, measured.
_TILE = (32, 96)
_REDUCED_TILE_FROM = 1.5  # a stronger reduction has smaller tiles, so that what they read stays as much
_REACH = 2  # pixels on either side that the cubic looks at
_STRONG = 1 / 8  # below, in two steps: tiles would mostly read each other's surroundings
_FIRST_STEP = 1 / 4


@dataclass(frozen=True, kw_only=True, eq=False)
class Axis:
    """One axis of a tile: canvas pixels ``canvas`` are ``weights`` (n, m) times the m pixels ``source``."""

    canvas: slice
    source: slice
    weights: Floats
    covered: Floats
    """(n,) the share of each canvas pixel's length that lies within the frame"""


def laid_out(
    rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8], placement: Placement, mixing: Mixing
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A cutout on a canvas that is transparent elsewhere: (H, W, 3) and (H, W) become the canvas's, straight alpha.

    Averaged in the units of ``mixing``. Where pixels fall on pixels they are copied. Colours never take from those
    of clear pixels, and are black where nothing was laid.
    """
    if placement.scale < _STRONG:
        first, rest = _in_two_steps(placement, alpha8.shape)
        return laid_out(*laid_out(rgb8, alpha8, first, mixing), rest, mixing)
    colours8 = np.zeros((placement.height, placement.width, 3), np.uint8)
    opacity8 = np.zeros((placement.height, placement.width), np.uint8)
    if placement.copies:
        here, there = _overlap(placement, alpha8.shape)
        colours8[here], opacity8[here] = rgb8[there], alpha8[there]
        return colours8, opacity8
    for down, across in _tiles(placement, alpha8.shape):
        seen8 = alpha8[down.source, across.source]
        if down.covered.any() and across.covered.any() and seen8.any():
            here = down.canvas, across.canvas
            colours8[here], opacity8[here] = _cutout_tile(rgb8, seen8, (down, across), mixing)
    return colours8, opacity8


def photo_laid_out(rgb8: NDArray[np.uint8], placement: Placement, mixing: Mixing) -> NDArray[np.uint8]:
    """A photograph (H, W, 3) on a canvas that it fills: beyond its frame it goes on as its own mirror image.

    Averaged in the units of ``mixing``; where pixels fall on pixels they are copied.
    """
    if placement.copies:
        return _copied(rgb8, placement)
    if placement.scale < _STRONG:
        first, rest = _in_two_steps(placement, rgb8.shape[:2])
        return photo_laid_out(photo_laid_out(rgb8, first, mixing), rest, mixing)
    out8 = np.empty((placement.height, placement.width, 3), np.uint8)
    for down, across in _tiles(placement, rgb8.shape[:2]):
        amounts = resampled(_amounts(rgb8[down.source, across.source], mixing), down, across)
        out8[down.canvas, across.canvas] = mixing.to_levels8(amounts).transpose(1, 2, 0)
    return out8


def bands(placement: Placement, frame: tuple[int, ...]) -> Iterator[tuple[Axis, list[Axis]]]:
    """The canvas in bands of tiles: how the rows of each, and the columns of its tiles, come from a picture of
    ``frame``'s size."""
    shrink = max(1.0, 1 / (_REDUCED_TILE_FROM * placement.scale))
    height, width = (max(1, int(side / shrink)) for side in _TILE)
    columns = list(_axes(placement.width, width, placement.left, placement.scale, frame[1]))
    for down in _axes(placement.height, height, placement.top, placement.scale, frame[0]):
        yield down, columns


def resampled(planes: Floats, down: Axis, across: Axis) -> Floats:
    """The tile's planes (c, n, m) from those of its part of the source."""
    made: Floats = np.matmul(np.matmul(down.weights, planes), across.weights.T)
    return made


def mirrored(index: NDArray[np.intp], length: int) -> NDArray[np.intp]:
    """Where a picture of ``length`` pixels that is continued by its mirror images has pixel ``index``."""
    within = index % (2 * length)
    return np.minimum(within, 2 * length - 1 - within)


def _copied(rgb8: NDArray[np.uint8], placement: Placement) -> NDArray[np.uint8]:
    rows = mirrored(np.arange(placement.height) - int(placement.top), rgb8.shape[0])
    columns = mirrored(np.arange(placement.width) - int(placement.left), rgb8.shape[1])
    kept8: NDArray[np.uint8] = rgb8[rows]
    if placement.width == rgb8.shape[1] and placement.left == 0:
        return kept8
    return kept8.take(columns, axis=1)


def _tiles(placement: Placement, frame: tuple[int, ...]) -> Iterator[tuple[Axis, Axis]]:
    for down, columns in bands(placement, frame):
        for across in columns:
            yield down, across


def _cutout_tile(
    rgb8: NDArray[np.uint8], seen8: NDArray[np.uint8], axes: tuple[Axis, Axis], mixing: Mixing
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    down, across = axes
    covered = down.covered[:, None] * across.covered
    planes = _amounts(rgb8[down.source, across.source], mixing)
    if seen8.min() == 255:
        return mixing.to_levels8(resampled(planes, down, across)).transpose(1, 2, 0), to_uint8(covered)
    share = seen8.astype(np.float32) / np.float32(255)
    planes *= share
    light, opacity = resampled(planes, down, across), resampled(share[None], down, across)[0]
    opacity8 = to_uint8(opacity * covered)
    # Light is divided by the unclipped opacity: both overshoot alike, and an even colour stays what it is.
    shown = np.where(opacity8 > 0, light / np.maximum(opacity, np.float32(1e-3)), 0)
    return mixing.to_levels8(shown).transpose(1, 2, 0), opacity8


def _amounts(rgb8: NDArray[np.uint8], mixing: Mixing) -> Floats:
    return mixing.to_amounts(np.ascontiguousarray(rgb8.transpose(2, 0, 1)))


def _axes(size: int, tile: int, origin: float, scale: float, length: int) -> Iterator[Axis]:
    for first in range(0, size, tile):
        yield _axis(slice(first, min(first + tile, size)), origin, scale, length)


def _axis(canvas: slice, origin: float, scale: float, length: int) -> Axis:
    starts = np.arange(canvas.start, canvas.stop, dtype=np.float64)
    centres = (starts + 0.5 - origin) / scale
    stretch = max(1.0, 1 / scale)
    taps = np.arange(
        int(np.floor(centres[0] - _REACH * stretch)), int(np.ceil(centres[-1] + _REACH * stretch)) + 1
    )
    weights = _cubic((taps + 0.5 - centres[:, None]) / stretch)
    weights /= weights.sum(1, keepdims=True)
    index = mirrored(taps, length)
    low, high = int(index.min()), int(index.max()) + 1
    if high - low < taps.size or index[0] > index[-1]:
        folded = np.zeros((high - low, starts.size))
        np.add.at(folded, index - low, weights.T)
        weights = folded.T
    edges = np.minimum(starts + 1, origin + scale * length) - np.maximum(starts, origin)
    return Axis(
        canvas=canvas,
        source=slice(low, high),
        weights=weights.astype(np.float32),
        covered=np.clip(edges, 0, 1).astype(np.float32),
    )


def _cubic(distance: NDArray[np.float64]) -> NDArray[np.float64]:
    d = np.abs(distance)
    near = (1.5 * d - 2.5) * d * d + 1
    far = ((-0.5 * d + 2.5) * d - 4) * d + 2
    return np.where(d < 1, near, np.where(d < 2, far, 0))


def _in_two_steps(placement: Placement, frame: tuple[int, ...]) -> tuple[Placement, Placement]:
    height, width = (int(np.ceil(side * _FIRST_STEP)) for side in frame)
    first = Placement(height=height, width=width, scale=_FIRST_STEP, top=0, left=0)
    rest = replace(placement, scale=placement.scale / _FIRST_STEP)
    return first, rest


def _overlap(placement: Placement, frame: tuple[int, ...]) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """Which part of the canvas is which part of the photograph, when pixels fall on pixels."""
    here, there = [], []
    sides = ((placement.top, placement.height, frame[0]), (placement.left, placement.width, frame[1]))
    for origin, canvas, length in sides:
        low, high = max(0, int(origin)), min(canvas, int(origin) + length)
        here.append(slice(low, max(low, high)))
        there.append(slice(low - int(origin), max(low, high) - int(origin)))
    return (here[0], here[1]), (there[0], there[1])
