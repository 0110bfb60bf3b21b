"""The background of a delivered file: how white, how light, how even."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.compliance.measured import Figure, Measured, NotMeasured
from cutout.light import to_linear
from cutout.rule_words import Measure

ROWS_AT_A_TIME = 256
# The largest unit of a JPEG: what is coded apart from the subject, and not beside it, has nothing of it.
BLOCK = 16
# Enough for percentiles to a tenth of L*; an even grid of pixels, so that no part of the picture is left out.
SAMPLES = 400_000

# IEC 61966-2-1: linear sRGB to CIE XYZ, divided by the white point D65.
_TO_XYZ = np.array(
    [
        [0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505],
        [0.2126, 0.7152, 0.0722],
        [0.0193 / 1.089, 0.1192 / 1.089, 0.9505 / 1.089],
    ],
    np.float32,
)
_NOTHING = NotMeasured(why="the subject covers it all: there is no background")


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """The pixels that are not subject: rgb8 (H, W, 3) of the file and its mask, bool (H, W)."""

    rgb8: NDArray[np.uint8]
    clear: NDArray[np.bool_]
    """laid-out alpha 0 and opaque in the file"""
    border: NDArray[np.uint8]
    """(n, 4): red, green, blue and the file's alpha of the outermost pixels whose laid-out alpha is 0"""


def ground_of(
    rgb8: NDArray[np.uint8], file_alpha8: NDArray[np.uint8] | None, alpha8: NDArray[np.uint8]
) -> Ground:
    """The background of a decoded file, given the laid-out matte alpha8 of the same size."""
    clear = alpha8 == 0
    if file_alpha8 is not None:
        clear &= file_alpha8 == 255
    opacity8 = np.full(alpha8.shape, 255, np.uint8) if file_alpha8 is None else file_alpha8
    around = np.zeros(alpha8.shape, bool)
    around[[0, -1]] = around[:, [0, -1]] = True
    around &= alpha8 == 0
    border = np.column_stack([rgb8[around], opacity8[around]])
    return Ground(rgb8=rgb8, clear=clear, border=border)


def whiteness(ground: Ground) -> dict[Measure, Figure]:
    """``white_background``, ``white_apart`` and ``white_border``: counts, so there is no doubt."""
    apart = _blocks_apart(ground.clear)
    counted = np.zeros((2, 2), np.int64)  # all background and that apart from the subject: white, any
    for top in range(0, len(ground.clear), ROWS_AT_A_TIME):
        rows = slice(top, top + ROWS_AT_A_TIME)
        clear = ground.clear[rows]
        # A minimum over the last axis takes ten times as long.
        red, green, blue = np.moveaxis(ground.rgb8[rows], 2, 0)
        white = clear & (red == 255) & (green == 255) & (blue == 255)
        blocks = apart[top // BLOCK : (top + ROWS_AT_A_TIME) // BLOCK]
        far = np.repeat(np.repeat(blocks, BLOCK, 0), BLOCK, 1)[: clear.shape[0], : clear.shape[1]]
        counted[0] += np.count_nonzero(white), np.count_nonzero(clear)
        counted[1] += np.count_nonzero(white & far), np.count_nonzero(far)
    around = ground.border.min(1) == 255
    return {
        "white_background": _share(int(counted[0, 0]), int(counted[0, 1])),
        "white_apart": _share(int(counted[1, 0]), int(counted[1, 1])),
        "white_border": _share(int(around.sum()), len(around)),
    }


def evenness(ground: Ground) -> dict[Measure, Figure]:
    """``background_lightness``, ``background_chroma`` and ``background_evenness``.

    Of every pixel of small pictures; of large ones every n-th pixel of every n-th row is looked at.
    """
    names: tuple[Measure, ...] = ("background_lightness", "background_chroma", "background_evenness")
    step = math.ceil(math.sqrt(ground.clear.size / SAMPLES))
    seen = ground.rgb8[::step, ::step][ground.clear[::step, ::step]]
    if len(seen) == 0:
        return dict.fromkeys(names, _NOTHING)
    lightness, chroma = _lightness_and_chroma(seen)
    low, middle, high = np.percentile(lightness, [5, 50, 95])
    values = (float(middle), float(np.median(chroma)), float(high - low))
    return {name: Measured(value=round(value, 2)) for name, value in zip(names, values, strict=True)}


def _blocks_apart(clear: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Of the blocks from the upper left corner: those that are clear throughout, with all eight around them."""
    tall, wide = (np.arange(0, size, BLOCK) for size in clear.shape)
    blocks = np.logical_and.reduceat(np.logical_and.reduceat(clear, tall, 0), wide, 1)
    around = np.pad(blocks, 1, constant_values=True)
    rows, columns = blocks.shape
    found = blocks.copy()
    for y in range(3):
        for x in range(3):
            found &= around[y : y + rows, x : x + columns]
    return found


def _share(part: int, whole: int) -> Figure:
    return Measured(value=float(part / whole)) if whole else _NOTHING


def _lightness_and_chroma(rgb8: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """CIE L* and C*ab of n sRGB pixels (n, 3). CIE 15:2004, white point D65."""
    ratio = to_linear(rgb8) @ _TO_XYZ.T
    cube = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    a, b = 500 * (cube[:, 0] - cube[:, 1]), 200 * (cube[:, 1] - cube[:, 2])
    return 116 * cube[:, 1] - 16, np.hypot(a, b)
