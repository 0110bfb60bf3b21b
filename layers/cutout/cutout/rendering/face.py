"""Whether there is a face inside an outline, seen from the front, and which of the likely places it is."""

import math

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_unit
from cutout.rendering.face_pattern import Floats, Sums, scores, sums_of
from cutout.rendering.face_view import LUMA, Face, View, eye_in, face_in, stands_alone, view_of
from cutout.rendering.head_outline import Outline, top_near

Index = NDArray[np.intp]
# Of the pattern's score; faces reach 1.4 and more. Without colour to confirm it, more is asked.
LEAST_SCORE, LEAST_SCORE_GREY = 1.3, 1.6
_CANDIDATES, _LOOKS = 6, 3
# Of the score that is asked for, what the coarse grid must show: it knows fewer tilts and sizes.
_FIRST_LOOK = 0.75
# A face is in the middle of its head and hair: what the score loses one eye distance from there.
_OFF_MIDDLE = 0.3
_COARSE_TILTS = tuple(math.radians(degrees) for degrees in (-12, 0, 12))
# Standard deviation of Cb or Cr on nose and cheeks: 3 on a lit face, 8 and more on flowers and fur.
_MOST_HUES = 6


def find_face(outline: Outline, rgb8: NDArray[np.uint8]) -> Face | None:
    """The face that fits the pattern best and is of one skin; None when nothing does."""
    luma = to_unit(outline.rgb8) @ LUMA
    grey = is_grey(outline)
    least = LEAST_SCORE_GREY if grey else LEAST_SCORE
    places = [
        (y, x, apart)
        for score, y, x, apart in _candidates(outline, sums_of(luma))
        if score >= _FIRST_LOOK * least and (grey or _is_of_skin(outline.rgb8, y, x, apart))
    ]
    views = [_seen_near(rgb8, outline, *place) for place in places[:_LOOKS]]
    for score, view in sorted(views, key=lambda scored: scored[0], reverse=True):
        left, right = (eye_in(view, side) for side in (-0.5, 0.5))
        if score >= least and stands_alone(view, left) and stands_alone(view, right):
            return face_in(view, left, right)
    return None


def _seen_near(rgb8: NDArray[np.uint8], outline: Outline, y: int, x: int, apart: float) -> tuple[float, View]:
    """A place of the outline's grid in the picture itself, and its score there."""
    at_y, at_x = outline.origin[0] + (y + 0.5) / outline.scale, outline.origin[1] + (x + 0.5) / outline.scale
    view = view_of(rgb8, at_y, at_x, apart / outline.scale)
    return view.score - _OFF_MIDDLE * float(_off_middle(outline, y, x) / apart) ** 2, view


def is_grey(outline: Outline) -> bool:
    """Whether the picture has no colour that could tell skin."""
    seen = outline.rgb8[outline.inside].astype(np.int16)
    return bool(np.percentile(np.ptp(seen, axis=1), 90) < 12)


def skin(rgb8: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Pixels (..., 3) whose hue human skin has, from light to dark: bounds on Cb and Cr after Chai and Ngan (1999)."""
    cb, cr = _chroma(rgb8)
    found: NDArray[np.bool_] = (cb >= 77) & (cb <= 127) & (cr >= 133) & (cr <= 176)
    return found


def _chroma(rgb8: NDArray[np.uint8]) -> tuple[Floats, Floats]:
    """Cb and Cr of ITU-R BT.601 as JPEG has them, around 128."""
    red, green, blue = (rgb8[..., i].astype(np.float32) for i in range(3))
    cb = 128 - 0.168736 * red - 0.331264 * green + 0.5 * blue
    return cb, 128 + 0.5 * red - 0.418688 * green - 0.081312 * blue


def _candidates(outline: Outline, sums: Sums) -> list[tuple[float, int, int, float]]:
    """(score, y, x, eye distance) in cells of the best places, best first, none beside a better one."""
    found: list[tuple[float, int, int, float]] = []
    apart = 5.5
    while apart < 0.32 * outline.inside.shape[1]:
        y, x = _places(outline, apart)
        if y.size:
            score = np.maximum.reduce([scores(sums, y, x, apart, tilt) for tilt in _COARSE_TILTS])
            score -= _OFF_MIDDLE * np.square(_off_middle(outline, y, x) / apart)
            best = np.argsort(score)[-50:]
            found += [(float(score[i]), int(y[i]), int(x[i]), apart) for i in best]
        apart *= 1.12
    kept: list[tuple[float, int, int, float]] = []
    for place in sorted(found, reverse=True):
        if all(math.hypot(place[1] - y, place[2] - x) > 0.6 * apart for _, y, x, apart in kept):
            kept.append(place)
        if len(kept) == _CANDIDATES:
            break
    return kept


def _off_middle(outline: Outline, y: Index | int, x: Index | int) -> Floats:
    """How far places are from the middle between the outline's edges in their row, in cells."""
    off: Floats = abs(outline.room_left[y, x] - outline.room_right[y, x]).astype(np.float32) / 2
    return off


def _places(outline: Outline, apart: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where the outline has room for a head around eyes so far apart."""
    height, width = outline.inside.shape
    tops = np.array([top_near(outline, x, 0.7 * apart) for x in range(width)])
    above = np.arange(height)[:, None] - tops
    room = (outline.room_left >= 0.8 * apart) & (outline.room_right >= 0.8 * apart)
    room &= outline.room_left + outline.room_right <= 7 * apart
    room &= abs(outline.room_left - outline.room_right) <= 2 * apart
    room &= (above >= apart) & (above <= 3.4 * apart)
    room[1::2] = False  # every second row and column will do for a first look
    room[:, 1::2] = False
    y, x = np.divmod(np.flatnonzero(outline.inside & room), width)
    deep_enough = y + 1.3 * apart < height
    return y[deep_enough], x[deep_enough]


def _is_of_skin(rgb8: NDArray[np.uint8], y: int, x: int, apart: float) -> bool:
    """Whether nose and cheeks are of skin's hue, and of one; eyes, brows and lips are left out.

    Of a handful of cells, because noise has all hues.
    """
    box = (y + 0.25 * apart, max(0.0, x - 0.6 * apart), y + 0.85 * apart, x + 0.6 * apart)
    height, width = rgb8.shape[:2]
    seen = resize(rgb8, 4, 8, "box", (box[0], box[1], min(box[2], height), min(box[3], width)))
    one_hue = max(float(plane.std()) for plane in _chroma(seen)) <= _MOST_HUES
    return one_hue and bool(skin(seen).mean() >= 0.7)
