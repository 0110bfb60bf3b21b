"""How sharp a picture is at its sharpest, and colours made as soft as that."""

import numpy as np
from numpy.typing import NDArray

from cutout.codec import to_uint8, to_unit
from cutout.rendering.soft import Floats, Mask, bands, gaussian

_TILE = 128
_TILES = 24  # the most contrasty ones are asked
_AGAIN = 1.0  # pixels: the blur that is added to see what it changes
_STEEP = 10.0  # levels a pixel: less is no edge
_ENOUGH = 150  # pixels on edges, or nothing is known
_SHARPEST = 0.8  # quantile: blurred edges are everywhere, sharp ones only in focus


def blur_of(rgb8: NDArray[np.uint8], where: Mask) -> float | None:
    """The standard deviation, in pixels, of the blur on the sharpest edges of (H, W, 3) inside ``where`` (H, W).

    An edge blurred once more loses the more of its steepness the sharper it was (Zhuo and Sim, 2011). None when there
    are too few edges to tell.
    """
    found = [_blurs(rgb8[box][..., 1], where[box]) for box in _busiest(rgb8, where)]
    blurs = np.concatenate(found) if found else np.zeros(0, np.float32)
    return float(np.quantile(blurs, 1 - _SHARPEST)) if blurs.size >= _ENOUGH else None


def softened(rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    """Colours (H, W, 3) blurred by ``sigma`` pixels, each only with what is subject too; alpha8 (H, W) stays."""
    out8, beyond = rgb8.copy(), int(np.ceil(3 * sigma)) + 1
    for rows in bands(alpha8.shape[0]):
        first = max(0, rows.start - beyond)
        outer, inside = slice(first, rows.stop + beyond), slice(rows.start - first, rows.stop - first)
        alpha = to_unit(alpha8[outer])
        around = np.maximum(gaussian(alpha, sigma, sigma)[inside], np.float32(1e-3))
        where = alpha8[rows] > 0
        for channel in range(3):
            blurred = gaussian(to_unit(rgb8[outer][..., channel]) * alpha, sigma, sigma)[inside]
            blurred /= around
            out8[rows][..., channel][where] = to_uint8(blurred[where])
    return out8


def _busiest(rgb8: NDArray[np.uint8], where: Mask) -> list[tuple[slice, slice]]:
    """The tiles with the most contrast among those that lie mostly inside."""
    tiles = []
    for top in range(0, where.shape[0], _TILE):
        for left in range(0, where.shape[1], _TILE):
            box = slice(top, top + _TILE), slice(left, left + _TILE)
            if where[box].mean() > 0.3:
                steps = np.abs(np.diff(rgb8[box][::2, :, 1].astype(np.int16), axis=1))
                tiles.append((float(np.mean(steps > _STEEP)), top, left))
    tiles.sort(reverse=True)
    return [(slice(top, top + _TILE), slice(left, left + _TILE)) for _, top, left in tiles[:_TILES]]


def _blurs(green8: NDArray[np.uint8], where: Mask) -> Floats:
    """The blur at the crests of the edges of a tile: (n,)."""
    level = green8.astype(np.float32)
    sharp, soft = _steepness(level), _steepness(gaussian(level, _AGAIN, _AGAIN))
    inside = gaussian(where.astype(np.float32), 3, 3)[1:-1, 1:-1] > np.float32(0.999)
    crest = np.zeros_like(inside)
    for axis in (0, 1):
        line, on = np.moveaxis(sharp, axis, 0), np.moveaxis(crest, axis, 0)
        on[1:-1] |= (line[1:-1] >= line[:-2]) & (line[1:-1] >= line[2:])
    at = inside & crest & (sharp > _STEEP) & (sharp > soft * np.float32(1.05))
    ratio = sharp[at] / soft[at]
    blurs: Floats = np.float32(_AGAIN) / np.sqrt(ratio * ratio - 1)
    return blurs


def _steepness(level: Floats) -> Floats:
    """Levels a pixel, by central differences: (h, w) to (h - 2, w - 2)."""
    down, right = level[2:, 1:-1] - level[:-2, 1:-1], level[1:-1, 2:] - level[1:-1, :-2]
    steepness: Floats = np.hypot(down, right) / 2
    return steepness
