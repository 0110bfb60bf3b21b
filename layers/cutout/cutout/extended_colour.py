"""The subject's colours carried on where nothing of it is seen.

A JPEG smears each block of 8 x 8 pixels, and 16 x 16 in its colours: whatever lies under alpha 0 bleeds into the rim.
"""

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_uint8

CELL = 4
ROWS_AT_A_TIME = 64 * CELL
ENOUGH = 0.25  # of a cell, covered: its own colour is believed


def extended(rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A new (H, W, 3): as it was where alpha8 (H, W) is above 0, smoothly continued from there elsewhere.

    Push-pull (Gortler et al., The Lumigraph, 1996): means weighted by alpha on ever coarser grids, and where a cell has
    little weight, the colour of the coarser grid. It begins at cells of 4 x 4 pixels, and the picture itself is read
    and written in bands. With alpha 0 everywhere there is nothing to continue: the colours stay.
    """
    height, width = alpha8.shape
    out = rgb8.copy()
    sums, weights = _cells(rgb8, alpha8)
    if not weights.any():
        return out
    grid8 = to_uint8(_filled(sums, weights) / np.float32(255))
    for top in range(0, height, ROWS_AT_A_TIME):
        bottom = min(top + ROWS_AT_A_TIME, height)
        box = (top / CELL, 0, bottom / CELL, width / CELL)
        band = resize(grid8, bottom - top, width, "bilinear", box)
        unseen = alpha8[top:bottom] == 0
        out[top:bottom][unseen] = band[unseen]
    return out


def _cells(
    rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Per cell of 4 x 4 pixels the mean of alpha x colour, (h, w, 3), and of alpha, (h, w, 1), alpha in [0, 1]."""
    height, width = (-(-side // CELL) for side in alpha8.shape)
    out = np.empty((height, width, 4), np.float32)
    for top in range(0, height, ROWS_AT_A_TIME // CELL):
        rows = slice(top * CELL, top * CELL + ROWS_AT_A_TIME)
        alpha = alpha8[rows].astype(np.float32)[..., None] / np.float32(255)
        band = np.concatenate([rgb8[rows] * alpha, alpha], axis=2)
        out[top : top + ROWS_AT_A_TIME // CELL] = _pooled(band, CELL)
    return out[..., :3], out[..., 3:]


def _pooled(array: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    """Means of step x step values; what is missing at the far edges counts as 0."""
    height, width = (-(-side // step) for side in array.shape[:2])
    padding = (height * step - array.shape[0], width * step - array.shape[1])
    whole = np.pad(array, ((0, padding[0]), (0, padding[1]), (0, 0)))
    rows: NDArray[np.float32] = np.add.reduce(whole.reshape(height, step, -1), axis=1)
    cells: NDArray[np.float32] = np.add.reduce(rows.reshape(height, width, step, -1), axis=2)
    return cells * np.float32(1 / step**2)


def _filled(sums: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """The colour of every cell; those without weight take theirs from a grid of half the size."""
    colour = np.divide(sums, np.maximum(weights, np.finfo(np.float32).tiny), dtype=np.float32)
    if weights.min() >= ENOUGH or weights.size == 1:
        return colour
    coarse = _filled(_pooled(sums, 2), _pooled(weights, 2))
    height, width = weights.shape[:2]
    box = (0.0, 0.0, height / 2, width / 2)
    beyond = resize(coarse, height, width, "bilinear", box)
    share = np.minimum(weights / np.float32(ENOUGH), np.float32(1))
    filled: NDArray[np.float32] = colour * share + beyond * (np.float32(1) - share)
    return filled
