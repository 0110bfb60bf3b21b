"""The colours of a flat graphic: the ground that reaches the frame, and the inks on it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cutout.matting.region import Mask, grow

MOST_INKS = 7
_SAMPLE = 120_000  # pixels
_FAINT = 24  # levels that JPEG moves a flat colour at most, nearly everywhere
_TAIL = 0.8  # of the faint pixels lie beside an edge, if nothing but antialiasing made them
_NEAR = 12  # levels between two inks, or an ink and itself after JPEG
_FEWEST = 9  # pixels in the middle of an ink
_RARE, _RARE_LOSSY = 5e-4, 4e-3  # of all flat pixels

Picture8 = NDArray[np.uint8]
Levels = NDArray[np.int16]


@dataclass(frozen=True, kw_only=True, eq=False)
class Palette:
    """Levels, encoded."""

    ground: Levels
    """(3,): the commonest colour along the frame"""
    framed: float
    """of the frame's pixels, what share is the ground: 0 to 1"""
    tolerance: int
    """levels by which the ground deviates from its colour: 0 in a lossless file"""
    inks: Levels
    """(n, 3), n at most ``MOST_INKS``, the commonest first"""

    @property
    def ink_tolerance(self) -> int:
        """Levels by which a solid ink deviates from its colour."""
        return _near(self.tolerance)


def frame_of(rgb8: Picture8) -> Picture8:
    """The outermost pixels of a picture, (n, 3)."""
    return np.concatenate([rgb8[0], rgb8[-1], rgb8[:, 0], rgb8[:, -1]])


def palette_of(rgb8: Picture8, frame: Picture8) -> tuple[Palette, Picture8]:
    """The colours of a graphic, or of a part of it, and the difference of every pixel to its ground, (H, W).

    ``frame``, (n, 3): the outermost pixels of the whole picture.
    """
    ground = commonest(frame)
    away8 = difference(rgb8, ground)
    tolerance = _tolerance(away8)
    near = apart(frame, ground) <= tolerance
    palette = Palette(
        ground=ground,
        framed=float(near.mean()),
        tolerance=tolerance,
        inks=_inks(rgb8, away8, tolerance),
    )
    return palette, away8


def difference(rgb8: Picture8, colour: Levels) -> Picture8:
    """The largest difference of any channel to one colour, (H, W), in levels."""
    away8 = np.zeros(rgb8.shape[:2], np.uint8)
    for channel in range(3):
        levels8, level = rgb8[..., channel], np.uint8(colour[channel])
        np.maximum(away8, np.maximum(levels8, level) - np.minimum(levels8, level), out=away8)
    return away8


def apart(colours8: NDArray[Any], others: NDArray[Any]) -> Levels:
    """The largest difference of any channel between colours, (n, 3), and others or one, (n,)."""
    away = np.abs(colours8.astype(np.int16) - others)
    return np.asarray(np.maximum(np.maximum(away[..., 0], away[..., 1]), away[..., 2]), np.int16)


def commonest(colours8: Picture8) -> Levels:
    """The colour that most of ``colours8``, (n, 3), have."""
    keys, counts = np.unique(packed(colours8), return_counts=True)
    return _unpacked(int(keys[counts.argmax()]))


def packed(colours8: Picture8) -> NDArray[np.int32]:
    """One number for every colour."""
    wide = colours8.astype(np.int32)
    return np.asarray(wide[:, 0] << 16 | wide[:, 1] << 8 | wide[:, 2], np.int32)


def _unpacked(key: int) -> Levels:
    return np.array([key >> 16, key >> 8 & 255, key & 255], np.int16)


def _tolerance(away8: Picture8) -> int:
    """How far JPEG moved the ground. Antialiasing leaves faint pixels beside edges only, ringing farther away."""
    step = max(1, round((away8.size / _SAMPLE / 4) ** 0.5))
    rows = (
        away8[: away8.shape[0] // step * step].reshape(-1, step, away8.shape[1])[:, 0] if step > 1 else away8
    )
    plane = np.ascontiguousarray(rows)
    faint = (plane > 0) & (plane <= _FAINT)
    faint[:, 1:] &= plane[:, 1:] != plane[:, :-1]  # a pale ink is flat
    if np.count_nonzero(faint) < 32:
        return 0
    loose = faint & ~grow(away8 > _FAINT, 1)[::step][: len(plane)]
    if np.count_nonzero(loose) <= (1 - _TAIL) * np.count_nonzero(faint):
        return 0
    return int(np.clip(np.quantile(plane[loose], 0.95), 4, _FAINT))


def _near(tolerance: int) -> int:
    return max(_NEAR, 2 * tolerance) if tolerance else 0


def _inks(rgb8: Picture8, away8: Picture8, tolerance: int) -> Levels:
    """Colours of pixels that look like their neighbours, from the commonest on, none near another."""
    flat = _flat(rgb8, away8, tolerance)
    found: list[Levels] = []
    colours, total = flat, len(flat)
    fewest = max(_FEWEST, (_RARE_LOSSY if tolerance else _RARE) * total)
    while len(colours) >= fewest and len(found) < MOST_INKS:
        ink = commonest(colours.astype(np.uint8))
        like = apart(colours, ink) <= _near(tolerance)
        if np.count_nonzero(like) < fewest:
            break
        found.append(np.rint(np.median(colours[like], axis=0)).astype(np.int16))
        colours = colours[~like]
    return np.array(found, np.int16).reshape(-1, 3)


def _flat(rgb8: Picture8, away8: Picture8, tolerance: int) -> Levels:
    """The colours, (n, 3), of a sample of pixels off the ground that are as the next ones down and to the right."""
    at = np.flatnonzero(away8[1:-1, 1:-1] > tolerance)
    at = at[:: max(1, at.size // _SAMPLE)]
    y, x = np.divmod(at, max(1, away8.shape[1] - 2))
    y, x = y + 1, x + 1
    here = rgb8[y, x].astype(np.int16)
    even: Mask = np.ones(at.size, np.bool_)
    for down, right in ((0, 1), (1, 0), (1, 1), (0, -1), (-1, 0), (-1, -1)):
        even &= apart(here, rgb8[y + down, x + right]) <= (3 if tolerance else 0)
    flat: Levels = here[even]
    return flat
