"""What of a matte is the subject: its box, and where the photograph's frame cuts it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize
from cutout.rendering.placement import Box

Side = Literal["top", "left", "bottom", "right"]
Mask = NDArray[np.bool_]

_SEEN = 26  # a tenth of 255: fainter is not seen as part of the subject
HALF8 = 128
_CELLS = 256  # along the longer side
_AROUND = 4  # cells: pieces are weighed within windows of 9 x 9, about 4 % of the longer side
_STRAY = 1e-4  # of all opacity: a piece that nowhere weighs more than this is a speck
_CUT_SHARE = 0.02  # of the box's side that is solid at the frame: less is a hair that leaves the picture
_NEAR_FRAME = 2  # pixels: mattes fall off at the very edge; less in pictures of less than 512


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Where the subject lies in the photograph."""

    box: Box
    cut: frozenset[Side]
    """the sides on which the frame cuts it"""


def find_subject(alpha8: NDArray[np.uint8]) -> Subject | None:
    """The subject's box in alpha8 (H, W); None when there is none.

    What is a tenth opaque or more belongs to it, so hair and thin things are not cut. Left out are specks: pieces
    that no path over visible pixels, with gaps of at most 1/256 of the longer side, joins to a piece with more than
    a ten-thousandth of all opacity in one place. A side is cut where the subject reaches the frame (to within two
    pixels in a picture of 512 or more) and is solid there over at least 2 % of its box's side.
    """
    size = max(1, -(-max(alpha8.shape) // _CELLS))
    down, across = (np.arange(0, side, size) for side in alpha8.shape)
    highest8 = np.maximum.reduceat(np.maximum.reduceat(alpha8, down, axis=0), across, axis=1)
    seen = highest8 >= _SEEN
    if not seen.any():
        return None
    # A single pixel may round to nothing, and still is something.
    opacity8 = np.where(seen, np.maximum(resize(alpha8, down.size, across.size, "box"), 1), 0)
    kept = _joined(seen & (_around(opacity8) > _STRAY * opacity8.sum()), seen)
    box = _exact_box(alpha8, kept, size)
    return Subject(
        box=box, cut=frozenset(side for side in _at_frame(box, alpha8.shape) if _cuts(alpha8, box, side))
    )


def solid_box(alpha8: NDArray[np.uint8]) -> Box | None:
    """The smallest box with every pixel of alpha8 (H, W) that is at least half opaque; None without any."""
    # The maximum of a row says as much as its mask, and needs no frame of booleans.
    rows, columns = (np.flatnonzero(alpha8.max(axis, initial=0) >= HALF8) for axis in (1, 0))
    if rows.size == 0:
        return None
    return Box(top=int(rows[0]), left=int(columns[0]), bottom=int(rows[-1]) + 1, right=int(columns[-1]) + 1)


def _around(opacity8: NDArray[np.integer]) -> NDArray[np.int64]:
    """Sums over windows of cells; outside there is nothing."""
    size = 2 * _AROUND + 1
    padded = np.pad(opacity8.astype(np.int64), ((_AROUND + 1, _AROUND), (_AROUND + 1, _AROUND)))
    total = padded.cumsum(0).cumsum(1)
    sums: NDArray[np.int64] = (
        total[size:, size:] - total[:-size, size:] - total[size:, :-size] + total[:-size, :-size]
    )
    return sums


def _joined(cores: Mask, seen: Mask) -> Mask:
    """Everything of ``seen`` that steps to one of eight neighbours reach from ``cores``."""
    reached = cores
    while True:
        grown = np.pad(reached, 1)
        grown = grown[:-2] | grown[1:-1] | grown[2:]
        grown = (grown[:, :-2] | grown[:, 1:-1] | grown[:, 2:]) & seen
        if np.array_equal(grown, reached):
            return reached
        reached = grown


def _exact_box(alpha8: NDArray[np.uint8], kept: Mask, size: int) -> Box:
    """The bounds in pixels of what is visible in the cells of ``kept``."""
    rows, columns = (np.flatnonzero(kept.any(axis)) for axis in (1, 0))
    first_row, last_row = (_lines(alpha8, kept, int(row), size) for row in rows[[0, -1]])
    first_column, last_column = (_lines(alpha8.T, kept.T, int(column), size) for column in columns[[0, -1]])
    return Box(
        top=int(first_row[0]),
        left=int(first_column[0]),
        bottom=int(last_row[-1]) + 1,
        right=int(last_column[-1]) + 1,
    )


def _lines(alpha8: NDArray[np.uint8], kept: Mask, row: int, size: int) -> NDArray[np.intp]:
    """Which rows of pixels in one row of cells have something visible in a kept cell."""
    strip = alpha8[row * size : (row + 1) * size] >= _SEEN
    within = kept[row].repeat(size)[: alpha8.shape[1]]
    return np.flatnonzero((strip & within).any(1)) + row * size


def _at_frame(box: Box, frame: tuple[int, ...]) -> list[Side]:
    gaps: dict[Side, int] = {
        "top": box.top,
        "left": box.left,
        "bottom": frame[0] - box.bottom,
        "right": frame[1] - box.right,
    }
    near = min(_NEAR_FRAME, max(frame) // 256)
    return [side for side, gap in gaps.items() if gap <= near]


def _cuts(alpha8: NDArray[np.uint8], box: Box, side: Side) -> bool:
    rows, columns = slice(box.top, box.bottom), slice(box.left, box.right)
    depth = _NEAR_FRAME + 1
    match side:
        case "top":
            edge = alpha8[rows, columns][:depth].max(0)
        case "bottom":
            edge = alpha8[rows, columns][-depth:].max(0)
        case "left":
            edge = alpha8[rows, columns][:, :depth].max(1)
        case "right":
            edge = alpha8[rows, columns][:, -depth:].max(1)
    return bool(np.count_nonzero(edge >= HALF8) >= _CUT_SHARE * edge.size)
