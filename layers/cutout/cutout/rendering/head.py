"""The geometry of a head for identity photos: an estimate, with its doubt, from the matte and the pixels.

What a matte shows is the top of the hair, not of the skull; what pixels show of chin and eyes is shading. So every
value comes with ``plus_minus``, within which we expect the true one in nineteen of twenty ordinary portraits, and with
the way it was found; where there is no honest way, there is no value.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.rendering.face import find_face, is_grey, skin
from cutout.rendering.face_view import USUAL_CHIN, Face
from cutout.rendering.head_outline import Neck, Outline, find_neck, outline_of
from cutout.rendering.subject import HALF8

# Shares of the head's height, chin to crown.
_EYES_TO_CHIN = 0.505  # Farkas (1994): .51 in men, .49 in women
# Eye distances.
_SKULL_ABOVE_EYES = 1.73
_HALF_OF_SKIN = 0.5


@dataclass(frozen=True, kw_only=True)
class Landmark:
    """A position or a length in pixels of the picture, from its upper left corner."""

    value: float
    plus_minus: float
    how: str


@dataclass(frozen=True, kw_only=True)
class Head:
    """What could be told of a head. Lines are rows of the picture; None where it cannot be told."""

    hair_top: Landmark | None
    """the first row of the matte (alpha >= 128) above the face; None when the picture's edge cuts it off"""
    crown: Landmark | None
    """the top of the skull below the hair"""
    chin: Landmark | None
    eye_line: Landmark | None
    centre: Landmark | None
    """the column of the middle between the eyes, or of the outline where there are none"""
    eye_distance: Landmark | None
    tilt_degrees: float | None
    """positive when the eye at the right in the picture is the lower one"""


def find_head(rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8]) -> Head | None:
    """The head in a picture (H, W, 3) whose subject is alpha8 (H, W); None when no face and no head's outline is found.

    Works on a grid of 256 cells, some 0.1 s. Faces seen from the front, upright within about 15 degrees. An animal's
    or a doll's face in the hues of skin may be taken for one.
    """
    outline = outline_of(rgb8, alpha8)
    if outline is None:
        return None
    face = find_face(outline, rgb8)
    if face is not None:
        return _from_face(face, _hair_top(alpha8, face.x, 0.9 * face.apart))
    neck = find_neck(outline)
    if neck is None or is_grey(outline) or not _has_skin(outline, neck):
        return None
    cell = 1 / outline.scale
    middle = outline.origin[1] + cell * (neck.x + 0.5)
    return _from_neck(
        outline.origin[0] + cell * neck.y,
        middle,
        neck.head_width * cell,
        _hair_top(alpha8, middle, 0.5 * neck.head_width * cell),
    )


def _hair_top(alpha8: NDArray[np.uint8], x: float, reach: float) -> Landmark | None:
    """The matte's first row within ``reach`` columns of x."""
    columns = slice(max(0, round(x - reach)), round(x + reach) + 1)
    first = int((alpha8[:, columns].max(1) >= HALF8).argmax())
    if first == 0:
        return None
    return Landmark(
        value=first, plus_minus=1.0, how="the matte's first row above the face: the top of the hair"
    )


def _from_face(face: Face, hair: Landmark | None) -> Head:
    chin = face.y + face.chin * math.cos(face.tilt)
    # The mean of two estimates, so that a wrong chin moves the other end of the head by half as much.
    above = ((1 - _EYES_TO_CHIN) / _EYES_TO_CHIN * (chin - face.y) + _SKULL_ABOVE_EYES * face.apart) / 2
    skull = face.y - above
    seen = (
        "the edge between the chin and its shadow" if face.chin_was_seen else "no edge at the chin was seen"
    )
    eyes = "two dark spots where a face has eyes"
    return Head(
        hair_top=hair,
        crown=None
        if hair is None
        else Landmark(
            value=max(hair.value, skull),
            plus_minus=0.3 * face.apart,
            how="the skull under the hair, from the proportions of heads above the eyes; never above the hair",
        ),
        chin=Landmark(
            value=chin,
            plus_minus=(0.25 if face.chin_was_seen else 0.34) * face.apart,
            how=f"{seen}; chins are about {USUAL_CHIN} eye distances below the eyes",
        ),
        eye_line=Landmark(value=face.y, plus_minus=0.1 * face.apart, how=eyes),
        centre=Landmark(value=face.x, plus_minus=0.1 * face.apart, how="the middle between the eyes"),
        eye_distance=Landmark(value=face.apart, plus_minus=0.12 * face.apart, how=eyes),
        tilt_degrees=math.degrees(face.tilt),
    )


def _from_neck(y: float, x: float, head_width: float, hair: Landmark | None) -> Head:
    """Shoulders hide the neck to where a low chin is: it is seldom above the narrowest row, and often below."""
    tall = y - hair.value if hair else 1.5 * head_width
    return Head(
        hair_top=hair,
        crown=None,
        chin=Landmark(
            value=y + 0.1 * tall,
            plus_minus=0.2 * tall,
            how="a little below the row where the outline is narrowest, between head and shoulders",
        ),
        eye_line=None,
        centre=Landmark(
            value=x, plus_minus=0.1 * head_width, how="the middle of the outline from the hair to the neck"
        ),
        eye_distance=None,
        tilt_degrees=None,
    )


def _has_skin(outline: Outline, neck: Neck) -> bool:
    """Whether the middle of the outline above the neck is of skin's hue: a vase has a neck, too."""
    top = outline.top.min()
    rows = slice(round(top + 0.5 * (neck.y - top)), round(neck.y))
    columns = slice(max(0, round(neck.x - 0.2 * neck.head_width)), round(neck.x + 0.2 * neck.head_width) + 1)
    seen = outline.rgb8[rows, columns]
    return seen.size > 0 and bool(skin(seen).mean() >= _HALF_OF_SKIN)
