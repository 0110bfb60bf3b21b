"""Is a picture nothing but writing on paper? Measured on a small copy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize
from cutout.matting.ink import ink_cutout
from cutout.matting.paper import Paper, paper_of
from cutout.matting.region import grow, shrink

_SIDE = 900  # pixels of the copy's longer side: thinner than one pixel there is no stroke
_LIGHT = 150  # levels of all channels' mean: paper, and not a wall in the evening
_HUE = 0.14  # of the light: white, cream, not a blue sky
_UNEVEN = 0.6  # of its brightest: what is left of the paper's light in its darkest corner
_INK = (0.001, 0.09)  # share of the picture
_THICK = 0.012  # of the longer side: half a stroke's width
_TEXTURE = 6.0  # levels that the paper deviates from its own mean
_LOST = 0.15  # of all that is darker than paper is not ink
_MISSED = 14.0  # levels between the picture and ink laid over paper
_CUT = 0.002  # of the frame is ink: a wire or a branch goes through, writing stays inside
_ONE_LIGHT = 0.9  # of the sheet; what an abrupt edge divides from it may be a grey desk
_DIP, _HOLLOW = (
    40,
    0.08,
)  # levels, and share of the strokes: along a cable's middle light is reflected, ink is solid
_HOT = 0.25  # of the cells differ from their paper, where there is more than paper

Picture8 = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Handwriting:
    """What was found."""

    clear: bool
    """is it beyond doubt nothing else?"""
    paper: float
    """share of the picture without ink"""


def handwriting_in(rgb8: Picture8) -> Handwriting:
    """Look at a picture, (H, W, 3)."""
    height, width = rgb8.shape[:2]
    scale = min(1.0, _SIDE / max(height, width))
    small8 = resize(rgb8, max(1, round(height * scale)), max(1, round(width * scale)), "box")
    paper = paper_of(small8)
    if not _is_plain(paper) or not _is_paper(paper):
        return Handwriting(clear=False, paper=0.0)
    share, clear = _strokes(small8, paper)
    return Handwriting(clear=clear, paper=1 - share)


def _is_plain(paper: Paper) -> bool:
    differs = (paper.rgb8.astype(np.int16) - paper.cells8).max(2) > 24
    return paper.whole and paper.one_light >= _ONE_LIGHT and float(differs.mean()) <= _HOT


def _is_paper(paper: Paper) -> bool:
    colours = paper.rgb8.reshape(-1, 3).astype(np.float32)
    light = colours.mean(1)
    hue = np.abs(colours - light[:, None]).max(1) / light
    low, middle, high = np.quantile(light, (0.02, 0.5, 0.98))
    return bool(middle >= _LIGHT and low >= _UNEVEN * high and np.quantile(hue, 0.95) <= _HUE)


def _strokes(small8: Picture8, paper: Paper) -> tuple[float, bool]:
    """The share of ink, and whether all that is not paper is thin strokes of it."""
    found = ink_cutout(small8, None)
    ink = found.alpha8 > 0
    share = float(ink.mean())
    paper8 = resize(paper.rgb8, small8.shape[0], small8.shape[1], "bilinear").astype(np.float32)
    alpha = (found.alpha8 / np.float32(255))[..., None]
    missed = np.abs(alpha * found.rgb8 + (1 - alpha) * paper8 - small8).max(2)
    darker = (paper8 - small8).max(2) > 24
    frame = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
    clear = (
        _INK[0] <= share <= _INK[1]
        and paper.reach * paper.step / 2 <= max(3, _THICK * max(small8.shape))
        and float(missed[~ink].mean()) <= _TEXTURE
        and float((darker & ~ink).sum()) <= _LOST * float(darker.sum())
        and float(missed[ink].mean()) <= _MISSED
        and float(frame.mean()) <= _CUT
        and _hollow(found.alpha8) <= _HOLLOW
    )
    return share, clear


def _hollow(alpha8: Picture8) -> float:
    """The share of the strokes that is less opaque than what lies on both sides."""
    inside = alpha8 > 100
    if not inside.any():
        return 0.0
    between = shrink(grow(alpha8, 2), 2).astype(np.int16)[inside]
    return float(np.mean(between - alpha8[inside] > _DIP))
