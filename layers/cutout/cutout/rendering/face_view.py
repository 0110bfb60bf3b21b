"""A face seen near and upright: how it is tilted, where its eyes are, where its chin ends."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_unit
from cutout.rendering.face_pattern import Box, Floats, scores, sums_of

Point = tuple[float, float]

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
# The face is looked at again with this many cells between the eyes.
_FINE = 32
_REACH = 3.6
_UP, _DOWN, _ASIDE = 1, 3, 2
_SIZES = (0.9, 1.0, 1.1, 1.2)
_TILTS = tuple(math.radians(degrees) for degrees in (0, -6, 6, -12, 12, -18, 18))
# As in ``face_pattern``: right of the eye's middle, below it, width, height, in eye distances.
_EYE = (0.0, 0.0, 0.2, 0.12)
_AROUND_EYE = (
    (0.0, -0.2, 0.3, 0.06),
    (0.0, 0.22, 0.3, 0.06),
    (-0.36, 0.0, 0.06, 0.2),
    (0.36, 0.0, 0.06, 0.2),
)
# In luma; 0.1 to 0.5 around eyes, below 0.05 at the edge of hair or in fur.
_LEAST_AROUND = 0.05


@dataclass(frozen=True, kw_only=True)
class Face:
    """In pixels of the picture; lengths below the eyes are measured across the line through them."""

    y: float
    """of the middle between the eyes"""
    x: float
    apart: float
    """between the middles of the eyes"""
    tilt: float
    """of the line through the eyes, radians; positive when the right one in the picture is lower"""
    chin: float
    """below the eyes"""
    chin_was_seen: bool
    """an edge in the picture; else from the proportions of faces"""


@dataclass(frozen=True, kw_only=True, eq=False)
class View:
    """A face turned upright, with ``_FINE`` cells between its eyes or nearly so."""

    score: float
    upright: Floats
    down: float
    """of the middle between the eyes, in cells below and right of where it was looked for"""
    aside: float
    wide: float
    """cells between the eyes"""
    tilt: float
    y: float
    """where it was looked for, in pixels"""
    x: float
    cell: float
    """pixels"""


def view_of(rgb8: NDArray[np.uint8], at_y: float, at_x: float, apart: float) -> View:
    """The neighbourhood of a face that may be here, in pixels of the picture (H, W, 3), as it is tilted."""
    cell = apart / _FINE
    reach = _REACH * _FINE * cell
    top, left = max(0.0, at_y - reach), max(0.0, at_x - reach)
    bottom, right = min(float(rgb8.shape[0]), at_y + reach), min(float(rgb8.shape[1]), at_x + reach)
    height, width = max(8, round((bottom - top) / cell)), max(8, round((right - left) / cell))
    luma = to_unit(resize(rgb8, height, width, "box", (top, left, bottom, right))) @ LUMA
    at = (at_y - top) / cell, (at_x - left) / cell
    score, tilt, down, aside, wide = max(_fit(_upright(luma, at, angle), angle) for angle in _TILTS)
    return View(
        score=score,
        upright=_upright(luma, at, tilt),
        down=down,
        aside=aside,
        wide=wide,
        tilt=tilt,
        y=at_y,
        x=at_x,
        cell=cell,
    )


def face_in(view: View, left: Point, right: Point) -> Face:
    """From the eyes, (cells below, cells right) of the view's middle, to the picture; and the chin below them."""
    more = math.atan2(right[0] - left[0], right[1] - left[1])
    fine = math.hypot(right[0] - left[0], right[1] - left[1])
    down, aside = (left[0] + right[0]) / 2, (left[1] + right[1]) / 2
    chin, was_seen = _chin(view.upright, down, aside, fine)
    cos, sin = math.cos(view.tilt), math.sin(view.tilt)
    return Face(
        y=view.y + (down * cos + aside * sin) * view.cell,
        x=view.x + (aside * cos - down * sin) * view.cell,
        apart=fine * view.cell,
        tilt=view.tilt + more,
        chin=chin * fine * view.cell,
        chin_was_seen=was_seen,
    )


def _upright(luma: Floats, at: tuple[float, float], tilt: float) -> Floats:
    """The face turned back by its tilt: rows from ``_UP`` eye distances above it to ``_DOWN`` below, ``_ASIDE`` to
    both sides, 1 / ``_FINE`` of one a cell. What lies outside the picture repeats its edge."""
    v = np.arange(-_UP * _FINE, _DOWN * _FINE + 1)[:, None]
    u = np.arange(-_ASIDE * _FINE, _ASIDE * _FINE + 1)[None]
    rows = np.floor(at[0] + v * math.cos(tilt) + u * math.sin(tilt)).astype(np.intp)
    columns = np.floor(at[1] + u * math.cos(tilt) - v * math.sin(tilt)).astype(np.intp)
    turned: Floats = luma[rows.clip(0, luma.shape[0] - 1), columns.clip(0, luma.shape[1] - 1)]
    return turned


def _fit(upright: Floats, tilt: float) -> tuple[float, float, float, float, float]:
    """(score, tilt, cells below and right of the middle, cells between the eyes) of the best place near the middle."""
    y, x = np.mgrid[-10:11:2, -10:11:2].reshape(2, -1)
    sums = sums_of(upright)
    found = []
    for size in _SIZES:
        score = scores(sums, y + _UP * _FINE, x + _ASIDE * _FINE, size * _FINE)
        best = int(score.argmax())
        found.append((float(score[best]), tilt, float(y[best]), float(x[best]), size * _FINE))
    return max(found)


def eye_in(view: View, side: float) -> Point:
    """The middle of what is dark where an eye should be; brows are just out of reach. Looked for, then looked at."""
    first = _darkest(view.upright, (view.down, view.aside + side * view.wide), 0.22, 0.34)
    return _darkest(view.upright, first, 0.2, 0.24)


def _darkest(upright: Floats, at: Point, tall: float, wide: float) -> Point:
    """The centre of darkness within ``tall`` eye distances above and below, ``wide`` left and right."""
    y0, x0 = round((_UP - tall) * _FINE + at[0]), round((_ASIDE - wide) * _FINE + at[1])
    window = upright[y0 : y0 + round(2 * tall * _FINE) + 1, x0 : x0 + round(2 * wide * _FINE) + 1]
    dark = np.maximum(np.median(window) - window, 0)
    total = dark.sum()
    if total <= 0:
        return at
    rows, columns = (np.arange(size, dtype=np.float32) for size in window.shape)
    below = y0 - _UP * _FINE + float((dark.sum(1) * rows).sum() / total)
    return below, x0 - _ASIDE * _FINE + float((dark.sum(0) * columns).sum() / total)


def stands_alone(view: View, eye: Point) -> bool:
    """Whether it is lighter above, below and on both sides of an eye: at the hair's edge it is not."""
    around = min(_light(view, eye, box) for box in _AROUND_EYE)
    return around - _light(view, eye, _EYE) >= _LEAST_AROUND


def _light(view: View, eye: Point, box: Box) -> float:
    """The mean luma of a box beside an eye."""
    right, below, width, height = (value * view.wide for value in box)
    y, x = _UP * _FINE + eye[0] + below, _ASIDE * _FINE + eye[1] + right
    rows, columns = (
        slice(int(at - size / 2), int(at + size / 2) + 1) for at, size in ((y, height), (x, width))
    )
    return float(view.upright[rows, columns].mean())


# The chin is 1.76 eye distances below the eyes (Farkas: 117 of 64 mm in men, 105 of 62 in women), give or take 0.15.
USUAL_CHIN, _SPREAD = 1.76, 0.15
_NEAREST, _FARTHEST, _STEPS = 1.3, 2.3, 41
# Between these drops in luma an edge counts by its strength: a collar's is stronger than a chin's, and lower down.
_LEAST_EDGE, _FULL_EDGE = 0.03, 0.06


def _chin(upright: Floats, down: float, aside: float, apart: float) -> tuple[float, bool]:
    """How far below the eyes, in eye distances, light skin ends above the neck's shadow; whether that was seen."""
    below = np.linspace(_NEAREST - 0.1, _FARTHEST + 0.1, _STEPS + 8)[:, None] * apart
    across = np.linspace(-0.3, 0.3, 13)[None] * apart
    rows = np.rint(_UP * _FINE + down + below).astype(np.intp)
    columns = np.rint(_ASIDE * _FINE + aside + across).astype(np.intp)
    profile = upright[rows.clip(0, upright.shape[0] - 1), columns].mean(1)
    drop = profile[:-8] - profile[8:]
    distance = np.linspace(_NEAREST, _FARTHEST, _STEPS)
    likely = np.minimum(drop, _FULL_EDGE) * np.exp(-np.square((distance - USUAL_CHIN) / _SPREAD) / 2)
    best = int(likely.argmax())
    return (float(distance[best]), True) if drop[best] >= _LEAST_EDGE else (USUAL_CHIN, False)
