"""Where the head stands on an identity photo: estimates, and what could not be told."""

import math

import numpy as np
from numpy.typing import NDArray

from cutout.compliance.measured import Figure, Measured, NotMeasured
from cutout.preset import HeadRules
from cutout.rendering.head import Head, Landmark, find_head
from cutout.rule_words import Measure

OF_HEAD: tuple[Measure, ...] = (
    "head_height",
    "crown_margin",
    "eye_line",
    "head_centring",
    "head_tilt",
    "eye_distance",
)
_NO_HEAD = NotMeasured(why="no face seen from the front and no outline of a head and shoulders was found")
_CUT_OFF = NotMeasured(why="the picture's upper edge cuts the head off, or its matte reaches there")
_NO_FACE = NotMeasured(why="no pair of eyes was found, and without them this cannot be told")


def head_place(rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8], rules: HeadRules) -> dict[Measure, Figure]:
    """The head's figures on the delivered picture (H, W, 3), given its laid-out matte (H, W)."""
    head = find_head(rgb8, alpha8)
    if head is None:
        return dict.fromkeys(OF_HEAD, _NO_HEAD)
    height, width = alpha8.shape
    # The hair's top is a fact of the matte; where the authority means the skull, it is only an upper bound.
    top = head.hair_top if rules.top == "hair" else head.crown
    return {
        "head_height": _CUT_OFF
        if head.hair_top is None
        else _head_height(top, head.chin, height, _SHARES_OF_CHIN[rules.top]),
        "crown_margin": _CUT_OFF if head.hair_top is None else _share(top, height),
        "eye_line": _eye_line(head, height),
        "head_centring": _centring(head.centre, width),
        "head_tilt": _tilt(head.tilt_degrees),
        "eye_distance": _pixels(head.eye_distance),
    }


# The skull's top is estimated with the chin's help: where the chin is wrong, both ends of the head are.
_SHARES_OF_CHIN = {"hair": 1.0, "skull": 1.5}


def _head_height(top: Landmark | None, chin: Landmark | None, height: int, share_of_chin: float) -> Figure:
    if top is None or chin is None:
        return _NO_FACE
    return Measured(
        value=round((chin.value - top.value) / height, 4),
        plus_minus=round(math.hypot(top.plus_minus, share_of_chin * chin.plus_minus) / height, 4),
        how=f"top: {top.how}; chin: {chin.how}",
    )


def _share(top: Landmark | None, height: int) -> Figure:
    if top is None:
        return _NO_FACE
    return Measured(
        value=round(top.value / height, 4), plus_minus=round(top.plus_minus / height, 4), how=top.how
    )


def _eye_line(head: Head, height: int) -> Figure:
    if head.eye_line is None:
        return _NO_FACE
    return Measured(
        value=round(1 - head.eye_line.value / height, 4),
        plus_minus=round(head.eye_line.plus_minus / height, 4),
        how=head.eye_line.how,
    )


def _centring(centre: Landmark | None, width: int) -> Figure:
    if centre is None:
        return _NO_FACE
    return Measured(
        value=round(abs(centre.value / width - 0.5), 4),
        plus_minus=round(centre.plus_minus / width, 4),
        how=centre.how,
    )


# Each eye's middle is found within about a twentieth of their distance.
_TILT_DOUBT = 3.0


def _tilt(degrees: float | None) -> Figure:
    if degrees is None:
        return _NO_FACE
    return Measured(
        value=round(abs(degrees), 1), plus_minus=_TILT_DOUBT, how="two dark spots where a face has eyes"
    )


def _pixels(length: Landmark | None) -> Figure:
    if length is None:
        return _NO_FACE
    return Measured(value=round(length.value, 1), plus_minus=round(length.plus_minus, 1), how=length.how)
