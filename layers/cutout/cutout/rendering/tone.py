"""The subject's exposure, haze, grain and sharpness brought nearer to those of its new background, when asked for.

No statistical transfer of colours (Reinhard et al., 2001, and what followed): subject and scene differ in content and
not only in light, and on 39 trials it made things worse in all but one.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.codec import to_uint8, to_unit
from cutout.light import to_linear, to_srgb8
from cutout.rendering.sharpness import blur_of, softened
from cutout.rendering.soft import Floats, bands, reduced

_GRID = 400  # cells on the longer side, for everything but grain
_STOPS = 0.5  # the exposure changes by no more
_HAZE = 0.02  # of white, the most that blacks are lifted
_RANGE = 4.0  # a background with less between its darkest and its brightest says nothing of blacks
_GRAIN = 6.0  # levels, the most that is added
_PATCH = 8  # pixels: grain is measured on squares of this size
_CALMEST = 1.2  # measured: the calmest fifth of squares with nothing but noise has 1 / 1.2 of its deviation
_CLEARLY = 0.35  # pixels of blur: a smaller difference is none
_OUT_OF_FOCUS = 1.4
_WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)


@dataclass(frozen=True, kw_only=True)
class Tone:
    """What is done to the subject."""

    gain: float
    """of linear light, 1 = none"""
    haze: tuple[float, float, float]
    """linear light that is added to black, less and less towards white"""
    grain: float
    """standard deviation of noise to add, in levels"""
    blur: float = 0.0
    """standard deviation, in pixels, of the blur of colours"""


def matched(
    rgb8: NDArray[np.uint8],
    alpha8: NDArray[np.uint8],
    background8: NDArray[np.uint8],
    strength: float,
    seed: int = 0,
) -> NDArray[np.uint8]:
    """The subject's colours in the tone of ``background8``: rgb8 (H, W, 3), alpha8 (H, W), all of the canvas's size.

    ``strength`` is 0 to 1; 0 changes nothing. The same ``seed`` gives the same grain.
    """
    if strength == 0 or alpha8.max() == 0:
        return rgb8
    return toned(rgb8, alpha8, tone_towards(rgb8, alpha8, background8, strength), seed)


def tone_towards(
    rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8], background8: NDArray[np.uint8], strength: float
) -> Tone:
    """What ``matched`` would do: means of the logarithm, darkest fiftieths, grain and blur of both, compared.

    Nothing is known of a subject with less than a cell of solid pixels, or of a background without range.
    """
    solid = reduced(alpha8, _GRID) >= 250
    if not solid.any():
        return Tone(gain=1.0, haze=(0.0, 0.0, 0.0), grain=0.0)
    subject = to_linear(reduced(rgb8, _GRID))[solid]
    ground = to_linear(reduced(background8, _GRID)).reshape(-1, 3)
    stops = float(np.mean(np.log2(_grey(ground))) - np.mean(np.log2(_grey(subject))))
    low, high = np.quantile(ground, 0.02, axis=0), np.quantile(ground, 0.98, axis=0)
    shows_black = float(high.mean()) > _RANGE * float(low.mean())
    haze = np.clip(low - np.quantile(subject, 0.02, axis=0), 0, _HAZE) * (strength if shows_black else 0.0)
    everywhere = np.ones(alpha8.shape, np.bool_)
    here, there = grain_of(rgb8, alpha8 >= 250), grain_of(background8, everywhere)
    return Tone(
        gain=2.0 ** (strength * min(max(stops, -_STOPS), _STOPS)),
        haze=(float(haze[0]), float(haze[1]), float(haze[2])),
        grain=strength * min(max(there * there - here * here, 0.0) ** 0.5, _GRAIN),
        blur=strength * _blur_towards(blur_of(rgb8, alpha8 >= 250), blur_of(background8, everywhere)),
    )


def _blur_towards(here: float | None, there: float | None) -> float:
    """What softens the subject to the sharpest edges of its background; 0 unless it is clear that they are softer.

    A background without any sharp edge is out of focus because somebody wanted it so.
    """
    if here is None or there is None or not here + _CLEARLY < there < _OUT_OF_FOCUS:
        return 0.0
    return float((there * there - here * here) ** 0.5)


def toned(rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8], tone: Tone, seed: int) -> NDArray[np.uint8]:
    """``tone`` applied where there is subject: rgb8 (H, W, 3) to rgb8. White stays white when it gets brighter."""
    rgb8 = softened(rgb8, alpha8, tone.blur) if tone.blur > 0 else rgb8
    out8, random = rgb8.copy(), np.random.default_rng(seed)
    haze, gain = np.array(tone.haze, np.float32), np.float32(tone.gain)
    for rows in bands(alpha8.shape[0]):
        where = alpha8[rows] > 0
        light = to_linear(rgb8[rows][where])
        light = gain * light / (1 + max(gain - 1, np.float32(0)) * light)
        level8 = to_srgb8(haze + (1 - haze) * light)
        if tone.grain > 0:
            noise = random.standard_normal((level8.shape[0], 1), np.float32) * np.float32(tone.grain / 255)
            level8 = to_uint8(to_unit(level8) + noise)
        out8[rows][where] = level8
    return out8


def grain_of(rgb8: NDArray[np.uint8], where: NDArray[np.bool_]) -> float:
    """The standard deviation of the noise, in levels: of a (H, W, 3) picture, where ``where`` (H, W) is set.

    Second differences of the green channel (Immerkaer, 1996), which see no slopes, in the calmest fifth of the
    squares: anything else there is texture. Clipped levels have no noise and are left out. 0 without such squares.
    """
    height, width = (size // _PATCH * _PATCH for size in where.shape)
    found = [
        _rough(rgb8[y : y + _PATCH, :width, 1], where[y : y + _PATCH, :width])
        for y in range(0, height, 3 * _PATCH)
    ]
    rough = np.concatenate(found) if found else np.zeros(0, np.float32)
    return float(np.quantile(rough, 0.2)) if rough.size >= 8 else 0.0


def _rough(green8: NDArray[np.uint8], where: NDArray[np.bool_]) -> Floats:
    """Of one row of squares, the deviations of those that are wholly inside and not clipped."""
    level = green8.astype(np.float32)
    cross = level[1:-1, 1:-1] * 4 - 2 * (
        level[1:-1, 2:] + level[1:-1, :-2] + level[2:, 1:-1] + level[:-2, 1:-1]
    )
    cross += level[2:, 2:] + level[2:, :-2] + level[:-2, 2:] + level[:-2, :-2]
    sound = where & (green8 > 8) & (green8 < 247)
    squares = sound.reshape(_PATCH, -1, _PATCH).all((0, 2))
    spread = np.abs(np.pad(cross, ((0, 0), (1, 1)))).reshape(_PATCH - 2, -1, _PATCH).mean((0, 2))
    # The mask's weights have a square sum of 36, and a normal value's mean size is sqrt(2 / pi) of its deviation.
    deviation: Floats = (spread * np.float32(_CALMEST * np.sqrt(np.pi / 2) / 6))[squares]
    return deviation


def _grey(light: Floats) -> Floats:
    grey: Floats = light @ _WEIGHTS + np.float32(0.002)
    return grey
