"""From a small matte to one at the photograph's own size.

The photograph guides: on a small grid the matte is written as a local linear function of the colours, and the
function's coefficients, which are smooth, are interpolated and applied to the full-size pixels. Only tiles
near the soft band are computed; everything else is what the coarse matte says, 0 or 255.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_uint8, to_unit
from cutout.matting.guided import coefficients, reach
from cutout.matting.noise import noise_variance

_GRID = 512  # longest side of the grid, at most: what the networks resolve, whatever size they write
_RADIUS = 2  # of the filter's windows, in cells of the grid
_TILE = 32  # cells: small enough for the cache, large against the windows' reach

# Nearly clear is clear and nearly opaque is opaque, by a ramp: a step would draw a contour into soft shadows.
_CLEAR8, _OPAQUE8 = 5, 250
_CLAMPED = np.rint(np.interp(np.arange(256), [_CLEAR8, 15, 240, _OPAQUE8], [0, 15, 240, 255])).astype(
    np.uint8
)

_MARGIN = reach(_RADIUS) + 1  # cells around a tile; one is for the interpolation over the tile's edge


@dataclass(frozen=True, kw_only=True)
class _Grid:
    """What the filter looks at: the small grid, with a margin of repeated edge cells."""

    guide: NDArray[np.float32]  # (3, rows + 2 _MARGIN, columns + 2 _MARGIN), levels / 255
    matte: NDArray[np.float32]  # (rows + 2 _MARGIN, columns + 2 _MARGIN)
    noise: float  # variance of the full-size pixels' noise


@dataclass(frozen=True, kw_only=True)
class _Span:
    """One axis of a tile: the same stretch in cells of the grid, in pixels and in the coarse matte."""

    cells: slice
    pixels: slice
    cells_per_pixel: float
    coarse: tuple[float, float]
    coarse_near: slice  # with all that the filter and the interpolation can reach


def upsample(
    rgb8: NDArray[np.uint8], small8: NDArray[np.uint8], coarse8: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """The alpha8 of the photograph, (H, W), from a coarse matte (S, T) stretched over the whole frame.

    ``small8`` is the photograph, or the same made smaller by box means: the filter's grid is made from it.
    Fast guided filter (He and Sun 2015, arXiv 1505.00996). Away from the matte's soft band the answer is
    exactly 0 or 255. Work and memory follow the band: no float array is larger than the grid or a tile.
    """
    height, width = rgb8.shape[:2]
    shrink = min(1.0, min(_GRID, *coarse8.shape) / max(height, width))
    rows, columns = max(1, round(height * shrink)), max(1, round(width * shrink))
    grid = _make_grid(small8, coarse8, rows, columns, noise_variance(rgb8))
    alpha8 = np.empty((height, width), np.uint8)
    for down in _spans(rows, height, coarse8.shape[0]):
        for across in _spans(columns, width, coarse8.shape[1]):
            tile = down.pixels, across.pixels
            near8 = coarse8[down.coarse_near, across.coarse_near]
            if near8.max() <= _CLEAR8:
                alpha8[tile] = 0
            elif near8.min() >= _OPAQUE8:
                alpha8[tile] = 255
            else:
                alpha8[tile] = _tile_alpha(grid, down, across, rgb8[tile], coarse8)
    return alpha8


def clamped(alpha8: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Alpha with nearly clear made clear and nearly opaque made opaque; any shape, kept."""
    return _CLAMPED.take(alpha8)


def _make_grid(
    small8: NDArray[np.uint8], coarse8: NDArray[np.uint8], rows: int, columns: int, noise: float
) -> _Grid:
    guide8 = resize(small8, rows, columns, "box")
    matte = resize(to_unit(coarse8), rows, columns, "box")
    margins = (_MARGIN, _MARGIN), (_MARGIN, _MARGIN)
    guide = np.pad(np.moveaxis(guide8, 2, 0), ((0, 0), *margins), "edge")
    return _Grid(
        guide=to_unit(guide),
        matte=np.pad(matte, margins, "edge"),
        noise=noise,
    )


def _spans(cells: int, pixels: int, coarse: int) -> Iterator[_Span]:
    for start in range(0, cells, _TILE):
        stop = min(start + _TILE, cells)
        first, last = round(start * pixels / cells), round(stop * pixels / cells)
        yield _Span(
            cells=slice(start, stop),
            pixels=slice(first, last),
            cells_per_pixel=cells / pixels,
            coarse=(first * coarse / pixels, last * coarse / pixels),
            coarse_near=slice(
                max(0, (start - _MARGIN) * coarse // cells), -(-(stop + _MARGIN) * coarse // cells)
            ),
        )


def _tile_alpha(
    grid: _Grid, down: _Span, across: _Span, rgb8: NDArray[np.uint8], coarse8: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """The alpha8 over one tile of the grid, (h, w); ``rgb8`` is the photograph there."""
    around = tuple(slice(span.cells.start, span.cells.stop + 2 * _MARGIN) for span in (down, across))
    planes = coefficients(grid.guide[:, *around], grid.matte[around], _RADIUS, grid.noise)
    planes[:4] *= np.float32(1 / 255)  # to be applied to levels
    planes = _interpolate(_interpolate(planes, across, axis=2), down, axis=1)
    box = down.coarse[0], across.coarse[0], down.coarse[1], across.coarse[1]
    matte8 = resize(coarse8, rgb8.shape[0], rgb8.shape[1], "lanczos", box)
    alpha = planes[4]
    for weight, levels in zip(planes[:4], (*np.moveaxis(rgb8, 2, 0), matte8), strict=True):
        alpha += weight * levels
    return clamped(to_uint8(alpha))


def _interpolate(planes: NDArray[np.float32], span: _Span, axis: int) -> NDArray[np.float32]:
    """Bilinear, along one axis: from the span's cells, with one more at either end, to its pixels."""
    at = (np.arange(span.pixels.start, span.pixels.stop) + 0.5) * span.cells_per_pixel - 0.5
    at -= span.cells.start - 1
    low = np.floor(at).astype(np.intp)
    part = (at - low).astype(np.float32)
    if axis == 1:
        part = part[:, None]
    before, after = planes.take(low, axis), planes.take(low + 1, axis)
    after -= before
    after *= part
    after += before
    return after
