"""A matte's edge moved by fractions of a pixel, or made softer.

Only what lies near an edge is computed, tile by tile, so memory does not follow the picture's size.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_uint8, to_unit
from cutout.rendering.soft import Floats, gaussian, smoothstep

_TILE = 256
_STEP = 2.0  # pixels that the edge moves at once
_HELD = 0.5  # of what is thinner than the shift is held: hair has no inside to which its edge could move
_CELLS = 6.0  # the deviation of a blur, on the grid that is fine enough for it
_WIDER = 1.5  # blur whose inner half, made steeper, is as soft as a whole one
_SOLID = 0.85  # of its surroundings: so far inside there is a body, however soft its edge
_OF_CORE = 0, 0.021, 0.062, 0.15, 0.296, 0.486, 0.679, 0.832, 0.928, 1  # normal quantiles, _SOLID's lower
_AROUND_IT = 0, 0.159, 0.309, 0.5, 0.691, 0.841, 0.933, 0.977, 0.994, 1  # every half a deviation from -1
_DIRECTIONS = (
    8,
    12,
)  # of a whole turn: up to one pixel away, and up to two; less than a tenth of a pixel is lost

Box = tuple[slice, slice]
Picture = tuple[NDArray[np.uint8], NDArray[np.uint8]]


def shifted(rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8], pixels: float) -> Picture:
    """The edge moved outwards by ``pixels``, inwards if negative: rgb8 (H, W, 3), alpha8 (H, W), straight.

    Grey morphology with discs: a soft edge stays as soft as it was. What is thinner than twice the shift goes half of
    the way: hair does not vanish, and does not become string, and gaps stay half open. Where the subject grows, its
    colours go on (never the photograph's: ``rgb8`` are foreground colours). 0 changes nothing. The time grows with
    the length of the edges and with the shift: it is meant for a few pixels.
    """
    if pixels == 0:
        return rgb8, alpha8
    if pixels < 0:
        return rgb8, 255 - _grown(255 - alpha8, -pixels)
    grown8 = _grown(alpha8, pixels)
    return _continued(rgb8, alpha8, grown8, max(1.0, pixels / 1.5)), grown8


def feathered(rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8], pixels: float) -> Picture:
    """The edge made softer inwards, as soft as a Gaussian of standard deviation ``pixels``: rgb8 (H, W, 3), alpha8.

    Nothing is added outside, where it would glow: opacity rises from the edge, to a half 0.8 x ``pixels`` inside
    and all of it 2.5 x as deep. What is too thin for that is feathered by as much less as it takes to stay solid in its
    middle; hair keeps a half. An edge that lies on the picture's border stays hard. 0 changes nothing.
    """
    if pixels == 0:
        return rgb8, alpha8
    soft8 = alpha8.copy()
    for inner, outer, inside in _tiles(alpha8, int(np.ceil(6 * pixels)) + 1, max(_TILE, round(12 * pixels))):
        soft8[inner] = to_uint8(_softened(to_unit(alpha8[outer]), _WIDER * pixels))[inside]
    return rgb8, soft8


def _softened(alpha: Floats, sigma: float) -> Floats:
    """Alpha times how deep inside it lies, on a scale of ``sigma`` pixels, or of less where it is thinner."""
    height, width = alpha.shape
    fewer = max(1.0, sigma / _CELLS)  # what is as smooth as this needs no more cells
    small = resize(alpha, int(np.ceil(height / fewer)), int(np.ceil(width / fewer)), "box")
    deep, thin = (resize(plane, height, width, "bilinear") for plane in _inside(small, sigma / fewer))
    soft = alpha * deep
    if not thin.any():
        return soft
    finer = _softened(alpha, sigma / 3) if sigma > 3 else alpha * np.float32(_HELD)
    out: Floats = soft + thin * np.maximum(finer - soft, 0)
    return out


def _inside(alpha: Floats, sigma: float) -> tuple[Floats, Floats]:
    """How deep inside a body pixels lie, 0..1, and how much they belong to what is thinner: (h, w) both."""
    around = gaussian(alpha, sigma, sigma)
    core = gaussian((around > _SOLID).astype(np.float32), sigma, sigma)
    beyond = 1 - smoothstep(core, 0.02, 0.12)  # the edge of what is thick
    # At a straight edge so much is around where so much of it is core; more must be from what is joined to it there.
    due = np.interp(core, _OF_CORE, _AROUND_IT).astype(np.float32)
    joint = smoothstep(around - due, 0.03, 0.12) * smoothstep(around, 0.5, 0.65)
    thin = gaussian(np.maximum(beyond, joint), sigma / 2, sigma / 2)
    return smoothstep(around, 0.45, 0.95), thin


def _grown(alpha8: NDArray[np.uint8], pixels: float) -> NDArray[np.uint8]:
    """Alpha grown by ``pixels``; what is thin grows by half as much light, gaps that this closes stay half open."""
    grown8, beyond = alpha8.copy(), int(np.ceil(3 * pixels)) + 5
    for inner, outer, inside in _tiles(alpha8, beyond):
        alpha = to_unit(alpha8[outer])
        grown = _moved(alpha, pixels, np.maximum)
        body = _moved(_moved(alpha, pixels, np.minimum), 2 * pixels, np.maximum)
        gap = np.maximum(_moved(grown, pixels, np.minimum) - alpha, 0) * (alpha < 1)
        held = np.maximum(grown - np.maximum(body, alpha), gap)
        grown8[inner] = to_uint8(np.maximum(grown - np.float32(_HELD) * held, alpha))[inside]
    return grown8


def _moved(alpha: Floats, pixels: float, of_two: Callable[..., Floats]) -> Floats:
    """The largest, or smallest, of ``of_two`` of every pixel's surroundings: discs of up to ``_STEP`` pixels."""
    steps = int(np.ceil(pixels / _STEP))
    for _ in range(steps):
        radius = pixels / steps
        best = alpha.copy()
        for ring in (radius, radius / 2) if radius > 1 else (radius,):
            _around(alpha, ring, of_two, best)
        alpha = best
    return alpha


def _around(alpha: Floats, radius: float, of_two: Callable[..., Floats], best: Floats) -> None:
    """Into ``best``, the most extreme of what lies ``radius`` pixels away in any direction."""
    height, width = alpha.shape
    edge = int(np.ceil(radius)) + 1
    padded = np.pad(alpha, edge, "edge")
    for angle in np.linspace(0, 2 * np.pi, _DIRECTIONS[radius > 1], endpoint=False):
        y, x = edge + radius * np.sin(angle), edge + radius * np.cos(angle)
        row, column = int(y), int(x)
        part_y, part_x = np.float32(y - row), np.float32(x - column)
        rows = padded[row : row + height + 1, column : column + width + 1]
        down = rows[:-1] + part_y * (rows[1:] - rows[:-1])
        of_two(best, down[:, :-1] + part_x * (down[:, 1:] - down[:, :-1]), out=best)


def _continued(
    rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8], grown8: NDArray[np.uint8], reach: float
) -> NDArray[np.uint8]:
    """Colours in which what was added has the subject's colours from about ``reach`` pixels away."""
    out8 = rgb8.copy()
    for inner, outer, inside in _tiles(alpha8, int(np.ceil(3 * reach)) + 1):
        more = grown8[inner] > alpha8[inner]
        if not more.any():
            continue
        alpha = to_unit(alpha8[outer])
        weight = alpha * alpha  # solid pixels know their colour better than faint ones
        near = gaussian(weight, reach, reach)[inside][more]
        share = to_unit(alpha8[inner][more]) / to_unit(grown8[inner][more])
        for channel in range(3):
            own = to_unit(rgb8[outer][..., channel])
            beside = gaussian(own * weight, reach, reach)[inside][more] / np.maximum(near, np.float32(1e-6))
            mixed = share * own[inside][more] + (1 - share) * beside
            out8[inner][..., channel][more] = to_uint8(np.where(near > 1e-5, mixed, own[inside][more]))
    return out8


def _tiles(alpha8: NDArray[np.uint8], beyond: int, tile: int = _TILE) -> Iterator[tuple[Box, Box, Box]]:
    """Tiles near which alpha is not the same everywhere: the tile, with ``beyond`` more, and where it lies in that."""
    height, width = alpha8.shape
    for top in range(0, height, tile):
        for left in range(0, width, tile):
            bottom, right = min(height, top + tile), min(width, left + tile)
            y, x = max(0, top - beyond), max(0, left - beyond)
            outer = slice(y, bottom + beyond), slice(x, right + beyond)
            around8 = alpha8[outer]
            if around8.min() != around8.max():
                inside = slice(top - y, bottom - y), slice(left - x, right - x)
                yield (slice(top, bottom), slice(left, right)), outer, inside
