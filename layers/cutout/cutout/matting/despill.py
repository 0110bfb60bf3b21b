"""The screen's colour on the subject's rim, where the picture was taken before a green or a blue screen.

Unmixing removes the screen that shines through. What stays is light that the screen threw on the subject, and what
a wrong alpha left or took too much of. Both lie on one axis: the screen's channel against the mean of the other two
("spill suppression by limiting", a practice older than its literature). Here the limits are the subject's own: no
pixel near the rim may lie farther out on that axis, on either side, than the subject's inside nearby.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.matting.region import Mask, grow, positions, strips_of_positions

_SAMPLES = 512  # a side; what is learnt of the picture is learnt from so many
_CLEAR = 0.02  # share of the samples that must be background before it is judged
_SATURATED = 60  # levels by which the screen's channel leads
_ALIKE = 0.06  # by which a screen's chromaticity may vary, with 8 in 10 of its pixels
_SMOOTH = 14  # levels between neighbouring samples of a screen; leaves and grass have more
_MOST = 0.8
_RIM = 0.015  # share of the longer side: how far in from the edge a screen's light is taken off
_CELLS = 16  # a side; "nearby" is a cell and two around it
_SPREAD = 2.0  # standard deviations that the subject may stray from its mean
_SLACK = 4.0  # levels
_CHUNK = 1 << 17

Picture8 = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class _Sample:
    """Every ``step``-th pixel of the picture, both ways."""

    rgb: Floats  # (h, w, 3), levels
    clear: Mask
    inside: Mask  # farther from the edge than the rim is wide
    step: int


def despill(foreground8: Picture8, rgb8: Picture8, alpha8: Picture8) -> Picture8:
    """The colours ``foreground8`` without the light of a screen; the same array where there was no screen.

    ``rgb8`` (H, W, 3) is the photograph and ``alpha8`` (H, W) its alpha. Only pixels near the edge change, and of
    these only the screen's channel: giving the lost luma back in the other two made colours worse, with every
    alpha that was tried, because the screen's light had brightened the pixel.
    """
    sample = _sample(rgb8, alpha8)
    channel = _screen(sample)
    if channel is None or not sample.inside.any():
        return foreground8
    low, high = _limits(sample, channel)
    cleaned8 = foreground8.copy()
    rim = max(1, round(_RIM * max(alpha8.shape)))
    coloured = (foreground8[..., 0] | foreground8[..., 1] | foreground8[..., 2]) > 0
    for y, x in strips_of_positions(grow(alpha8 < 255, rim) & coloured, _CHUNK):
        cell = y * _CELLS // alpha8.shape[0], x * _CELLS // alpha8.shape[1]
        rgb = foreground8[y, x].astype(np.float32)
        lead = _lead(rgb, channel)
        level = rgb[:, channel] - lead + lead.clip(low[cell], high[cell])
        cleaned8[y, x, channel] = np.rint(level.clip(0, 255)).astype(np.uint8)
    return cleaned8


def _sample(rgb8: Picture8, alpha8: Picture8) -> _Sample:
    step = max(1, math.ceil(max(alpha8.shape) / _SAMPLES))
    alpha = alpha8[::step, ::step]
    rim = max(1, math.ceil(_RIM * max(alpha.shape)))
    return _Sample(
        rgb=rgb8[::step, ::step].astype(np.float32),
        clear=alpha == 0,
        inside=~grow(alpha < 255, rim),
        step=step,
    )


def _screen(sample: _Sample) -> int | None:
    """The channel of the screen behind the subject, 1 or 2; None where the background is none."""
    clear = ~grow(~sample.clear, 2)
    if np.count_nonzero(clear) < max(1, _CLEAR * clear.size):
        return None
    colours = sample.rgb[clear]
    middle = np.median(colours, axis=0)
    channel = int(middle.argmax())
    if channel == 0 or middle[channel] - np.delete(middle, channel).max() < _SATURATED:
        return None
    tints = colours / colours.sum(1, keepdims=True).clip(1)
    alike = (np.abs(tints - middle / middle.sum()) < _ALIKE).all(1)
    beside = np.abs(np.diff(sample.rgb[..., channel], axis=1))[clear[:, 1:] & clear[:, :-1]]
    even = alike.mean() >= _MOST and beside.size > 0 and (beside < _SMOOTH).mean() >= _MOST
    return channel if even else None


def _limits(sample: _Sample, channel: int) -> tuple[Floats, Floats]:
    """Between what the screen's channel may lead the others, in levels, in each of (_CELLS, _CELLS) cells."""
    height, width = sample.inside.shape
    y, x = positions(sample.inside)
    lead = _lead(sample.rgb[y, x], channel)
    cell = y * _CELLS // height * _CELLS + x * _CELLS // width
    parts = (np.ones_like(lead), lead, lead * lead)
    sums = np.array([np.bincount(cell, part, _CELLS**2) for part in parts], np.float64)
    near = _windows(sums.reshape(3, _CELLS, _CELLS))
    everywhere = sums.sum(1)[:, None, None]
    count, total, squares = np.where(near[0] > 0, near, everywhere)
    mean = total / count
    reach = _SPREAD * np.sqrt((squares / count - mean * mean).clip(0)) + _SLACK
    return (mean - reach).astype(np.float32), (mean + reach).astype(np.float32)


def _windows(planes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over 5 x 5 cells, (n, h, w) kept."""
    for axis in (1, 2):
        padded = np.pad(planes, [(2, 2) if i == axis else (0, 0) for i in range(3)])
        planes = np.lib.stride_tricks.sliding_window_view(padded, 5, axis=axis).sum(-1)
    return planes


def _lead(rgb: Floats, channel: int) -> Floats:
    """By how many levels a channel is above the mean of the other two."""
    lead: Floats = rgb[:, channel] * np.float32(1.5) - rgb.sum(1) * np.float32(0.5)
    return lead
