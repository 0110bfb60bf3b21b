"""Colours to compare with where nobody knows the true ones: estimated once more, from the true alpha.

Deliberately not the product's own code, which changes: what is measured must not move the yardstick. Slow and
simple: the whole frame, double precision, many sweeps.
"""

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cutout.codec import Limits, decode, encode_png, resize
from cutout.light import to_linear, to_srgb8

_EPS, _OMEGA = 5e-3, 0.1  # the paper's
_SWEEPS = 24
_START = 8  # pixels of the coarsest level's longer side

Picture8 = NDArray[np.uint8]
Planes = NDArray[np.float32]
_STEPS = ((0, 1), (0, -1), (1, 1), (1, -1))


def unmix_once(rgb8: Picture8, alpha8: Picture8, folder: Path) -> tuple[Picture8, Picture8]:
    """As ``unmix``; the answer is kept in ``folder`` until the picture or this file changes."""
    parts = (rgb8.tobytes(), alpha8.tobytes(), Path(__file__).read_bytes())
    digest = hashlib.sha256(b"".join(parts)).hexdigest()[:16]
    files = [folder / f"{digest}-{side}.png" for side in ("colour", "ground")]
    if not all(file.is_file() for file in files):
        folder.mkdir(parents=True, exist_ok=True)
        for file, side8 in zip(files, unmix(rgb8, alpha8), strict=True):
            file.write_bytes(encode_png(side8))
    limits = Limits(max_bytes=10**9, max_pixels=10**9)
    colour8, ground8 = (decode(file.read_bytes(), limits).rgb8 for file in files)
    return colour8, ground8


def unmix(rgb8: Picture8, alpha8: Picture8) -> tuple[Picture8, Picture8]:
    """Subject and background of every pixel, two (H, W, 3) of sRGB levels.

    Germer, Uelwer, Conrad, Harmeling: "Fast Multi-Level Foreground Estimation", ICPR 2020, in linear light.
    """
    light, alpha = to_linear(rgb8), alpha8.astype(np.float32) / np.float32(255)
    both = _mean_sides(light, alpha)
    for height, width in _levels(*alpha.shape):
        small, opacity = resize(light, height, width, "box"), resize(alpha, height, width, "box")
        both = _relax(resize(both, height, width, "bilinear"), small, opacity)
    sure_f, sure_b = alpha8[..., None] == 255, alpha8[..., None] == 0
    colour, ground = to_srgb8(both[..., :3]), to_srgb8(both[..., 3:])
    return np.where(sure_f, rgb8, colour), np.where(sure_b, rgb8, ground)


def _levels(height: int, width: int) -> list[tuple[int, int]]:
    longer, sizes = max(height, width), []
    side = _START
    while side < longer:
        sizes.append((max(1, height * side // longer), max(1, width * side // longer)))
        side *= 2
    return [*sizes, (height, width)]


def _mean_sides(light: Planes, alpha: Planes) -> Planes:
    """(1, 1, 6): one colour of the subject, one of the background."""
    sides = [light[mask] if mask.any() else light.reshape(-1, 3) for mask in (alpha > 0.9, alpha < 0.1)]
    return np.concatenate([side.mean(0) for side in sides])[None, None].astype(np.float32)


def _relax(both: Planes, light: Planes, alpha: Planes) -> Planes:
    """Jacobi sweeps, each half damped: every pixel's F and B, given its neighbours'."""
    rest = 1 - alpha
    pulls = [_EPS + _OMEGA * np.abs(alpha - _beside(alpha, *step)) for step in _STEPS]
    pull = sum(pulls[1:], pulls[0])
    ff, fb, bb = alpha**2 + pull, alpha * rest, rest**2 + pull
    scale = (1 / (ff * bb - fb * fb))[..., None]
    ff, fb, bb = ff[..., None], fb[..., None], bb[..., None]
    data = np.concatenate([alpha[..., None] * light, rest[..., None] * light], axis=2)
    for _ in range(_SWEEPS):
        wanted = data + sum(w[..., None] * _beside(both, *s) for w, s in zip(pulls, _STEPS, strict=True))
        f, b = wanted[..., :3], wanted[..., 3:]
        solved = scale * np.concatenate([bb * f - fb * b, ff * b - fb * f], axis=2)
        both = (both + np.clip(solved, 0, 1)) / 2
    return both


def _beside(planes: Planes, axis: int, step: int) -> Planes:
    """Every pixel's neighbour along an axis; at the frame the pixel itself."""
    index = np.clip(np.arange(planes.shape[axis]) + step, 0, planes.shape[axis] - 1)
    return planes.take(index, axis)
