"""From the network's coarse matte to an alpha at the photograph's own size.

The photograph guides: on a grid of about a thousand pixels the matte is written as a local linear function of
the colours, and the function's coefficients, which are smooth, are interpolated and applied to the full-size
pixels. Only tiles that the soft band touches are computed; everything else is what the coarse matte says, 0
or 255.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_uint8
from cutout.matting.guided import coefficients, reach
from cutout.matting.region import grow

_GRID = 1024  # longest side of the grid; the network has seen no more
_TILE = 64  # grid pixels: small enough for the cache, large against the windows' reach
_EPS = 1e-4  # variance of colour, in [0, 1], that counts as noise
_MAX_RADIUS = 8  # binds only for mattes smaller than any network's

# Nearly clear is clear and nearly opaque is opaque, by a ramp: a step at .04 would draw a contour into soft
# shadows.
_SURE = 0.02
_LEVELS = np.rint(
    np.interp(
        np.arange(256), 255 * np.array([_SURE, 0.06, 0.94, 1 - _SURE]), [0, 0.06 * 255, 0.94 * 255, 255]
    )
).astype(np.uint8)


@dataclass(frozen=True, kw_only=True)
class _Grid:
    """Guide and matte on the small grid, with a margin of repeated edge pixels for the windows."""

    guide: NDArray[np.float32]  # (3, h + 2 margin, w + 2 margin), levels / 255
    matte: NDArray[np.float32]  # (h + 2 margin, w + 2 margin)
    band: NDArray[np.bool_]  # (h, w): where the answer can be anything but 0 or 1
    radius: int
    margin: int


@dataclass(frozen=True, kw_only=True)
class _Span:
    """A run of grid cells along one axis and the pixels over it."""

    cells: slice
    pixels: slice
    cells_per_pixel: float


def refine(rgb8: NDArray[np.uint8], coarse8: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The alpha8 of the photograph, (H, W), from a coarse matte (S, S) stretched over the whole frame.

    Fast guided filter (He and Sun 2015, arXiv 1505.00996). Away from the matte's soft band the answer is
    exactly 0 or 255. Work and memory follow the band: no float array is larger than the grid or a tile.
    """
    grid = _make_grid(rgb8, coarse8)
    alpha8 = np.zeros(rgb8.shape[:2], np.uint8)
    for rows in _spans(grid.band.shape[0], rgb8.shape[0]):
        for columns in _spans(grid.band.shape[1], rgb8.shape[1]):
            tile8 = rgb8[rows.pixels, columns.pixels]
            alpha8[rows.pixels, columns.pixels] = _tile_alpha(grid, rows, columns, tile8)
    return alpha8


def _make_grid(rgb8: NDArray[np.uint8], coarse8: NDArray[np.uint8]) -> _Grid:
    height, width = rgb8.shape[:2]
    shrink = min(1.0, _GRID / max(height, width))
    rows, columns = max(1, round(height * shrink)), max(1, round(width * shrink))
    radius = round(2 * max(rows, columns) / max(coarse8.shape))  # two coarse pixels
    radius = min(max(radius, 1), _MAX_RADIUS)
    margin = reach(radius) + 1  # one more: bilinear interpolation looks over the tile's edge
    guide8 = np.pad(resize(rgb8, rows, columns, "box"), ((margin, margin), (margin, margin), (0, 0)), "edge")
    matte = resize(coarse8.astype(np.float32) / np.float32(255), rows, columns, "lanczos")
    clear, opaque = matte <= _SURE, matte >= 1 - _SURE  # also what the kernel overshoots
    matte[clear], matte[opaque] = 0, 1
    return _Grid(
        guide=guide8.transpose(2, 0, 1).astype(np.float32, order="C") / np.float32(255),
        matte=np.pad(matte, margin, "edge"),
        band=grow(~clear, margin) & grow(~opaque, margin),
        radius=radius,
        margin=margin,
    )


def _spans(cells: int, pixels: int) -> Iterator[_Span]:
    for start in range(0, cells, _TILE):
        stop = min(start + _TILE, cells)
        yield _Span(
            cells=slice(start, stop),
            pixels=slice(round(start * pixels / cells), round(stop * pixels / cells)),
            cells_per_pixel=cells / pixels,
        )


def _tile_alpha(grid: _Grid, rows: _Span, columns: _Span, tile8: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The alpha8 over one tile of the grid, (h, w); ``tile8`` is the photograph there."""
    ahead = 2 * grid.margin
    around = (
        slice(rows.cells.start, rows.cells.stop + ahead),
        slice(columns.cells.start, columns.cells.stop + ahead),
    )
    if not grid.band[rows.cells, columns.cells].any():
        opaque = grid.matte[around][grid.margin, grid.margin] > 0.5
        return np.full(tile8.shape[:2], 255 if opaque else 0, np.uint8)
    planes = coefficients(grid.guide[:, *around], grid.matte[around], grid.radius, _EPS)
    planes[:3] *= np.float32(1 / 255)  # to be applied to levels
    planes = _interpolate(_interpolate(planes, columns, axis=2), rows, axis=1)
    alpha = planes[3]
    for k, channel in zip(planes[:3], np.moveaxis(tile8, 2, 0), strict=True):
        alpha += k * channel
    return _LEVELS[to_uint8(alpha)]


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
