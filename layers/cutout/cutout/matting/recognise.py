"""Is a picture clearly a graphic? Flat inks on a flat ground, or writing on paper, need no network.

Without a hint everything leans towards "photo": a photograph that is taken for a drawing is ruined, while a drawing
that the network cuts out is only a little worse. What is measured is said in the reason.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cutout.matting.flat import GROUND, kinds_of
from cutout.matting.handwriting import Handwriting, handwriting_in
from cutout.matting.palette import Palette, apart, commonest, frame_of, palette_of
from cutout.matting.region import Mask, shrink

Lane = Literal["photo", "ink", "flat"]
Picture8 = NDArray[np.uint8]

_SIDE = 2400  # pixels: larger pictures are looked at in a part of their rows and columns

# What makes a picture clearly flat.
_FRAMED = 0.98  # of the frame's pixels are the ground
_ANY_GROUND = 24  # levels of difference: no need to look closer if the frame has more
_FRAMED_HINTED = 0.9
_INKS, _INKS_HINTED = 5, 7
_GROUND_SHARE = (0.25, 0.998)
_PURE, _PURE_HINTED = 0.5, 0.2  # of the pixels of an ink are of its colour to the level, as noise never is
_EVEN = 0.85  # of the ground's pixels are
_SOLID = 0.5  # of what is not ground
_SOLID_HINTED = 0.15
_BLURRED, _BLURRED_LOSSY = 0.12, 0.3  # of the edges has nothing flat beside it: a lens's edge, or shading
_BLURRED_HINTED = 0.45
_BLURRED_CLIPPED = 0.08  # where ground and ink are black and white: so are silhouettes
_CLIPPED = 8  # levels from black or white


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """Which way a picture goes."""

    lane: Lane
    gated: bool
    """the network's matte is wanted all the same: what is not on the paper has to be told from ink"""
    reason: str
    """for the customer"""


@dataclass(frozen=True, kw_only=True)
class _Flatness:
    palette: Palette
    ground: float
    """share of the picture"""
    solid: float
    """of what is not ground, the share that has an ink's colour"""
    pure: float
    """of that, the share that has it exactly"""
    even: float
    """of the ground, the share that has its colour exactly"""
    blurred: float
    """of the rest, the share that has nothing flat beside it"""


def recognise(rgb8: Picture8, hint: str) -> Recognised:
    """The lane of a picture, (H, W, 3); ``hint`` is what the customer says it is.

    "signature" is always ink, "graphic" is flat where the ground is known, else ink on clear paper, and "auto" is a
    graphic only where there is no doubt. Any other word is a thing that a camera saw.
    """
    match hint:
        case "signature":
            return _signature(rgb8)
        case "graphic":
            return _graphic(rgb8, _flatness(rgb8))
        case "auto":
            return _auto(rgb8)
        case _:
            return Recognised(
                lane="photo", gated=True, reason=f"The recipe says that it is a picture of: {hint}."
            )


def _signature(rgb8: Picture8) -> Recognised:
    if handwriting_in(rgb8).clear:
        reason = "The recipe says that it is a signature, and there is nothing but plain paper around it."
        return Recognised(lane="ink", gated=False, reason=reason)
    reason = (
        "The recipe says that it is a signature. The picture does not show even paper and thin strokes only, "
        "so the network says where to look for it."
    )
    return Recognised(lane="ink", gated=True, reason=reason)


def _graphic(rgb8: Picture8, found: _Flatness) -> Recognised:
    fault = _fault_hinted(found)
    if fault is None:
        return Recognised(lane="flat", gated=False, reason=_flat_reason(found))
    page = handwriting_in(rgb8)
    if page.clear:  # thin type that JPEG has blurred: the network would lose its dots and accents
        return Recognised(lane="ink", gated=False, reason=_ink_reason(page))
    reason = f"The recipe says that it is a graphic, but {fault}: the network cuts it out."
    return Recognised(lane="photo", gated=True, reason=reason)


def _auto(rgb8: Picture8) -> Recognised:
    frame = frame_of(rgb8)
    if np.mean(apart(frame, commonest(frame)) <= _ANY_GROUND) >= _FRAMED:
        found = _flatness(rgb8)
        if _is_flat(found):
            return Recognised(lane="flat", gated=False, reason=_flat_reason(found))
    page = handwriting_in(rgb8)
    if page.clear:
        return Recognised(lane="ink", gated=False, reason=_ink_reason(page))
    return Recognised(
        lane="photo", gated=True, reason="It is not clearly a flat graphic or writing on paper."
    )


def _fault_hinted(found: _Flatness) -> str | None:
    """Why a picture that is said to be a graphic cannot be taken apart into inks; None if it can."""
    if found.palette.framed < _FRAMED_HINTED:
        return f"only {_percent(found.palette.framed)} of its frame has one colour"
    if not 1 <= len(found.palette.inks) <= _INKS_HINTED or found.solid < _SOLID_HINTED:
        return "it does not consist of a few flat colours"
    if found.pure < _PURE_HINTED or found.blurred > _BLURRED_HINTED:
        return "it has gradients, textures or soft edges"
    return None


def _is_flat(found: _Flatness) -> bool:
    return (
        found.palette.framed >= _FRAMED
        and _GROUND_SHARE[0] <= found.ground <= _GROUND_SHARE[1]
        and 1 <= len(found.palette.inks) <= _INKS
        and found.solid >= _SOLID
        and found.pure >= _PURE
        and found.even >= _EVEN
        and found.blurred <= _most_blurred(found.palette)
    )


def _most_blurred(palette: Palette) -> float:
    colours = np.concatenate([palette.ground[None], palette.inks])
    if ((colours <= _CLIPPED) | (colours >= 255 - _CLIPPED)).all() and np.ptp(
        colours, axis=1
    ).max() <= _CLIPPED:
        return _BLURRED_CLIPPED
    return _BLURRED_LOSSY if palette.tolerance else _BLURRED


def _flatness(rgb8: Picture8) -> _Flatness:
    part8 = _middle(rgb8)
    palette, away8 = palette_of(part8, frame_of(rgb8))
    kinds8 = kinds_of(part8, away8, palette)
    ground, edges = kinds8 == GROUND, kinds8 == 0
    solid = ~ground & ~edges
    return _Flatness(
        palette=palette,
        ground=float(ground.mean()),
        solid=_part(solid, ~ground),
        pure=_pure(part8, kinds8, palette),
        even=_part(away8 == 0, ground),
        blurred=_part(shrink(edges, 1), edges),
    )


def _part(part: Mask, whole: Mask) -> float:
    """How much of what is set in ``whole`` is set in ``part``, which lies inside it."""
    return int(np.count_nonzero(part)) / max(1, int(np.count_nonzero(whole)))


def _middle(rgb8: Picture8) -> Picture8:
    """At most ``_SIDE`` rows and columns of a large picture, from its middle, in its own resolution."""
    top, left = (max(0, (size - _SIDE) // 2) for size in rgb8.shape[:2])
    return np.ascontiguousarray(rgb8[top : top + _SIDE, left : left + _SIDE])


def _pure(rgb8: Picture8, kinds8: Picture8, palette: Palette) -> float:
    near = 1 if palette.tolerance else 0
    count, pure = 0, 0
    for i, ink in enumerate(palette.inks):
        of_ink = rgb8[kinds8 == 2 << i]
        count += len(of_ink)
        pure += int(np.count_nonzero(apart(of_ink, ink) <= near))
    return pure / max(1, count)


def _flat_reason(found: _Flatness) -> str:
    count = len(found.palette.inks)
    inks = "one ink" if count == 1 else f"{count} inks"
    return f"{_percent(found.ground)} of the picture is one flat colour, and the rest {inks}."


def _ink_reason(page: Handwriting) -> str:
    return f"{_percent(page.paper)} of the picture is even paper, and the rest thin strokes of ink."


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share > 0.98 else f"{100 * share:.0f} %"
