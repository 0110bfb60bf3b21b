"""The head as the matte's outline shows it: the top of the hair, and the neck where it is not hidden."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize
from cutout.rendering.subject import HALF8, solid_box

Mask = NDArray[np.bool_]

GRID = 256
# A neck is at most this part of the head's width, and shoulders are at least this many necks wide.
_NECK, _SHOULDERS = 0.85, 1.4


@dataclass(frozen=True, kw_only=True, eq=False)
class Outline:
    """The subject's box on a grid whose longer side has ``GRID`` cells."""

    rgb8: NDArray[np.uint8]
    inside: Mask
    top: NDArray[np.intp]
    """the first row inside, for every column; the number of rows where there is none"""
    room_left: NDArray[np.int32]
    """cells inside without a gap, to the left of each and with it"""
    room_right: NDArray[np.int32]
    scale: float
    """cells for one pixel of the picture"""
    origin: tuple[float, float]
    """(y, x) of the grid's corner in the picture"""


@dataclass(frozen=True, kw_only=True)
class Neck:
    """Where an outline narrows below a head, in cells."""

    y: float
    x: float
    head_width: float


def outline_of(rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8]) -> Outline | None:
    """The subject's outline; None when it is smaller than 32 pixels a side."""
    solid = solid_box(alpha8)
    if solid is None or min(solid.height, solid.width) < 32:
        return None
    scale = GRID / max(solid.height, solid.width)
    height, width = max(8, round(solid.height * scale)), max(8, round(solid.width * scale))
    box = (solid.top, solid.left, solid.bottom, solid.right)
    inside = resize(alpha8, height, width, "box", box) >= HALF8
    return Outline(
        rgb8=resize(rgb8, height, width, "box", box),
        inside=inside,
        top=np.where(inside.any(0), inside.argmax(0), height),
        room_left=_counted(inside),
        room_right=_counted(inside[:, ::-1])[:, ::-1],
        scale=scale,
        origin=(solid.top, solid.left),
    )


def _counted(inside: Mask) -> NDArray[np.int32]:
    """How many cells in a row are set, from each to the left without a gap."""
    found = np.zeros(inside.shape, np.int32)
    running = np.zeros(inside.shape[0], np.int32)
    for x in range(inside.shape[1]):
        running = np.where(inside[:, x], running + 1, 0)
        found[:, x] = running
    return found


def top_near(outline: Outline, x: float, reach: float) -> int:
    """The first row inside among the columns within ``reach`` cells of x."""
    low, high = max(0, round(x - reach)), round(x + reach) + 1
    return int(outline.top[low:high].min(initial=len(outline.inside)))


def find_neck(outline: Outline) -> Neck | None:
    """The narrowest row between a head and wider shoulders below it; None where hair or a collar hides it.

    Follows the run of cells below the outline's highest column downwards. A head comes first: the widest row so far;
    the neck is at most 0.85 of that, and the rows below it widen to 1.4 necks at least.
    """
    x = int(np.flatnonzero(outline.top == outline.top.min()).mean())
    start = int(outline.top.min())
    widths, middles = _runs_below(outline, start, x)
    if len(widths) < 8:
        return None
    widest = np.maximum.accumulate(widths)
    neck = _first_waist(widths, widest)
    if neck is None:
        return None
    return Neck(
        y=float(start + neck), x=float(middles[neck // 2 : neck].mean()), head_width=float(widest[neck])
    )


def _first_waist(widths: NDArray[np.float64], widest: NDArray[np.float64]) -> int | None:
    narrow = np.flatnonzero(widths <= _NECK * widest)
    # The first rows of a head are its own top: a waist has at least half the head's width of rows above it.
    for y in narrow[narrow >= 0.5 * widest[narrow]]:
        wide = np.flatnonzero(widths[y:] >= _SHOULDERS * widths[y])
        if wide.size and wide[0] <= 1.2 * widest[y]:
            below = widths[y : y + int(wide[0]) + 1]
            return int(y + below.argmin())
    return None


def _runs_below(outline: Outline, start: int, x: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Width and middle of the run that goes on below the one at (start, x), row by row, to its end."""
    widths, middles = [], []
    for y in range(start, len(outline.inside)):
        if not outline.inside[y, x]:
            break
        left, right = x - int(outline.room_left[y, x]) + 1, x + int(outline.room_right[y, x]) - 1
        widths.append(right - left + 1)
        middles.append((left + right) / 2)
        x = (left + right) // 2
    return np.array(widths, np.float64), np.array(middles, np.float64)
