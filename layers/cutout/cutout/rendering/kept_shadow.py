"""The shadow that the subject had in its photograph, on plain ground.

The ground without the shadow is a smooth surface through what is brightest (light falls off towards the edges of a
picture, or from a lamp); what the photograph lacks of it, in linear light and near the subject, is the shadow.
"""

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_uint8
from cutout.light import to_linear
from cutout.rendering.connected import reached
from cutout.rendering.soft import Floats, Mask, filled, gaussian, reduced, smoothstep

_GRID = 640  # cells on the longer side
_DEGREE = 3  # of the surface, in both directions together
_ROUNDS = 12
_NOISE = 0.004  # of the logarithm: less noise than that nobody has, after JPEG
_ROUGHEST = 0.04  # of the logarithm: ground whose lit part varies by more is not plain
_LEAST_LIT = 0.3  # of the ground seen
_STRANGE = 0.04  # of the ground may be dark without belonging to the subject's shadow
_CROSSING = 0.15  # of the picture's border may lie in the shadow: more is a wall, or the horizon
_AROUND = 2.5  # cells: the ground that tells how the shade goes on
_STEEPEST = 3  # times as dark as the ground around them may be the cells at the subject's edge
_COLOURFUL = 0.12  # a shadow takes about as much of every channel
_WEIGHTS = np.array([0.2126, 0.7152, 0.0722], np.float32)


def kept(rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """The original shadow as a shade, at the photograph's size; None when the ground is not plain enough to tell.

    ``rgb8`` (H, W, 3) is the photograph itself, not the cleaned foreground; ``alpha8`` (H, W) its matte. The shade,
    uint8 (H, W), is the share of the ground's light that is missing; 0 where the ground is lit, filled smoothly
    under the subject; lay it out as the matte is laid out, and use it with opacity 1 to get the same shadow.
    """
    height, width = alpha8.shape
    light = to_linear(reduced(rgb8, _GRID)) + np.float32(1e-3)
    matte = (reduced(alpha8, _GRID) > 3).astype(np.float32)
    ground = gaussian(matte, 1.5, 1.5) < 0.02  # not even glow of the subject's edge
    if np.count_nonzero(ground) < 0.1 * ground.size:
        return None
    grey = np.log(light @ _WEIGHTS)
    surface, deviation = _lit_surface(grey, ground)
    beside = gaussian(matte, 0.5, 0.5) < 0.01  # what is known of the ground as close as its cells tell
    seen = np.where(ground, _mean(grey, ground), _mean(grey, beside))
    taken = np.where(beside, 1 - np.exp(np.minimum(seen - surface, 0)), 0).astype(np.float32)
    dark = ground & (taken > 3 * deviation)
    shadow = reached(dark, _grown(matte > 0, 4))
    if not _is_plain(ground, dark, shadow, deviation) or _is_coloured(light, surface, ground, shadow):
        return None
    near = _mean(shadow.astype(np.float32), ground, 3)
    shade = taken * smoothstep(taken, 2 * deviation, 5 * deviation) * np.minimum(2 * near, 1)
    return resize(to_uint8(_beneath(shade, ground, beside)), height, width, "bicubic")


def _beneath(shade: Floats, ground: Mask, beside: Mask) -> Floats:
    """The shade, (h, w), that goes on under the subject as dark as it is where it meets it.

    Cells ``beside`` a subject that are no sure ``ground`` are believed as far as the ground around them is in the
    shade, too: what is dark along the subject and nowhere else is its own edge, which the matte has missed.
    """
    believed = np.minimum(shade, _STEEPEST * _mean(shade, ground, _AROUND))
    shade = np.where(ground, shade, believed).astype(np.float32)
    level = _mean(shade, beside)
    darker = np.minimum(level + np.maximum(level - _mean(shade, beside, _AROUND), 0), 1)
    close = smoothstep(gaussian(beside.astype(np.float32), 1, 1), 0.001, 0.01)
    known = np.where(beside, 1, close).astype(np.float32)
    return filled(np.where(beside, shade, darker).astype(np.float32), known)


def _mean(plane: Floats, known: Mask, radius: float = 1) -> Floats:
    """A Gaussian mean of the ``known`` cells alone; 0 where none is near."""
    weight = known.astype(np.float32)
    most = np.maximum(gaussian(weight, radius, radius), np.float32(1e-6))
    return (gaussian(plane * weight, radius, radius) / most).astype(np.float32)


def _lit_surface(grey: Floats, ground: Mask) -> tuple[Floats, float]:
    """The logarithm of the lit ground's light, (h, w), and the deviation of the lit cells from it.

    A polynomial through the cells, again and again with less weight for those that lie below: shadows do.
    """
    terms = _terms(grey.shape)
    y, x = np.nonzero(ground)
    step = max(1, y.size // 20_000)
    basis, values = terms[y[::step], x[::step]], grey[y[::step], x[::step]]
    weight = np.ones(values.size)
    for _ in range(_ROUNDS):
        weighted = basis * weight[:, None]
        coefficients = np.linalg.solve(
            weighted.T @ basis + 1e-9 * np.eye(basis.shape[1]), weighted.T @ values
        )
        rest = values - basis @ coefficients
        middle, high = np.quantile(rest, (0.5, 0.75))
        deviation = max(_NOISE, 1.48 * float(high - middle))  # of normal noise on ground without a shadow
        below = np.minimum(rest, 0) / deviation
        weight = (
            1 / (1 + np.square(below) + np.square(below) ** 2 / 4) / (1 + np.square(rest / deviation) / 9)
        )
    lean = np.median(rest[np.abs(rest) < 2 * deviation])  # uneven weights pull the surface up a little
    surface: Floats = (terms @ coefficients + lean).astype(np.float32)
    return surface, deviation


def _terms(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """x^i y^j of up to the degree, (h, w, n), over a picture that reaches from -1 to 1."""
    y, x = (np.linspace(-1, 1, size) for size in shape)
    return np.stack(
        [np.outer(y**j, x**i) for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)], axis=-1
    )


def _is_plain(ground: Mask, dark: Mask, shadow: Mask, deviation: float) -> bool:
    """Whether the lit ground is even and large enough, nothing else darkens it, and no horizon crosses it."""
    seen = np.count_nonzero(ground)
    lit, strange = seen - np.count_nonzero(dark), np.count_nonzero(dark & ~shadow)
    even = deviation <= _ROUGHEST and lit >= _LEAST_LIT * seen and strange <= _STRANGE * seen
    return bool(even and _on_frame(shadow) <= _CROSSING * max(1, _on_frame(ground)))


def _on_frame(mask: Mask) -> int:
    """How many cells of the picture's border are set."""
    inner = mask[1:-1, 1:-1]
    return int(np.count_nonzero(mask) - np.count_nonzero(inner))


def _is_coloured(light: Floats, surface: Floats, ground: Mask, shadow: Mask) -> bool:
    """Whether what is dark is of another colour than the lit ground: a thing, and no shadow."""
    lit = ground & ~shadow
    if np.count_nonzero(shadow) < 20 or not lit.any():
        return False
    own = np.exp(surface)[..., None]
    colour = np.median((light / own)[lit], axis=0)
    share = (light[shadow] / own[shadow] / colour).astype(np.float32)
    spread = np.median(share.max(1) - share.min(1))
    return bool(spread > _COLOURFUL)


def _grown(mask: Mask, radius: float) -> Mask:
    return gaussian(mask.astype(np.float32), radius, radius) > np.float32(0.02)
