"""From a head in a photograph to its place on an identity photo's canvas."""

from dataclasses import dataclass, replace
from typing import Literal

from cutout.rendering.head import Head
from cutout.rendering.placement import Placement
from cutout.rendering.subject import Side

# Where an authority says nothing of the space above the head, that much of what the head leaves is above it.
_ABOVE = 0.4
_STEPS = 20
_HAIR = 0.015  # of the canvas is left above the hair, whatever is measured to the skull
_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True)
class HeadTarget:
    """What the authority allows; shares of the canvas's height, None where it says nothing."""

    top: Literal["hair", "skull"]
    head_height: tuple[float, float]
    crown_margin: tuple[float, float] | None = None
    eye_line: tuple[float, float] | None = None
    """above the lower edge"""


def crop_for(
    head: Head, target: HeadTarget, canvas: tuple[int, int], photo: tuple[int, int], covered: frozenset[Side]
) -> Placement | None:
    """Put the head into the middle of what is allowed; canvas and photo are (height, width) in pixels.

    Up and down the eyes decide, else the crown's margin, else 0.4 of the free height is above; the hair stays on the
    canvas. Where the photograph would not reach an edge of the canvas that shall be ``covered``, the head is taken
    larger, within its range; if that does not help, it is moved, and if the photograph is too small for that, too, it
    is enlarged until it covers the canvas: what is made up beyond its frame would be worse than a rule that is not
    met. Where the skull's top cannot be told the hair's stands in; None when chin or centre cannot be told.
    """
    crown = head.hair_top if target.top == "hair" else head.crown or head.hair_top
    if crown is None or head.chin is None or head.centre is None:
        return None
    low, high = target.head_height
    tall = head.chin.value - crown.value
    # Not to the upper limit itself: the estimate's own doubt would cross it.
    shares = [(low + high) / 2 + step / _STEPS * 0.35 * (high - low) for step in range(_STEPS + 1)]
    scales = [share * canvas[0] / tall for share in shares]
    wanted = [
        Placement(
            height=canvas[0],
            width=canvas[1],
            scale=scale,
            top=_top(head, crown.value, target, scale, canvas[0]),
            left=canvas[1] / 2 - head.centre.value * scale,
        )
        for scale in (*scales, max(scales[0], canvas[0] / photo[0], canvas[1] / photo[1]))
    ]
    moved = [placed for placed in (_moved(one, photo, covered) for one in wanted) if placed is not None]
    return next((one for one in wanted[:-1] if covered <= reached(one, photo)), moved[0] if moved else None)


def _moved(placement: Placement, photo: tuple[int, int], covered: frozenset[Side]) -> Placement | None:
    """As little as makes the photograph reach the edges that shall be covered; None where it is too small."""
    top = _within(placement.top, placement.height - placement.scale * photo[0], covered, ("top", "bottom"))
    left = _within(placement.left, placement.width - placement.scale * photo[1], covered, ("left", "right"))
    return None if top is None or left is None else replace(placement, top=top, left=left)


def _within(origin: float, least: float, covered: frozenset[Side], ends: tuple[Side, Side]) -> float | None:
    """The origin of one axis: at most 0 where the first end is covered, at least ``least`` where the second is."""
    if ends[0] in covered and ends[1] in covered and least > _ROUNDING:
        return None
    if ends[1] in covered:
        origin = max(origin, least)
    return min(origin, 0.0) if ends[0] in covered else origin


def reached(placement: Placement, photo: tuple[int, int]) -> frozenset[Side]:
    """The canvas's edges up to which, or beyond, a photograph of (height, width) reaches."""
    bottom, right = placement.top + placement.scale * photo[0], placement.left + placement.scale * photo[1]
    sides: dict[Side, bool] = {
        "top": placement.top <= _ROUNDING,
        "left": placement.left <= _ROUNDING,
        "bottom": bottom >= placement.height - _ROUNDING,
        "right": right >= placement.width - _ROUNDING,
    }
    return frozenset(side for side, reaches in sides.items() if reaches)


def _top(head: Head, crown: float, target: HeadTarget, scale: float, height: int) -> float:
    """The canvas's row of the photograph's first row."""
    tall = head.chin.value - crown if head.chin else 0.0
    top = _ABOVE * (height - tall * scale) - crown * scale
    if target.eye_line is not None and head.eye_line is not None:
        top = height * (1 - sum(target.eye_line) / 2) - head.eye_line.value * scale
    elif target.crown_margin is not None:
        top = height * sum(target.crown_margin) / 2 - crown * scale
    hair = crown if head.hair_top is None else head.hair_top.value
    return max(top, _HAIR * height - hair * scale)
