"""Pictures with true mattes: a folder of folders, each with ``image.*`` and ``alpha.png``.

Optional beside them: ``fg.png`` (the subject's own colours), ``bg.*`` (the old background) and ``trimap.png``
(128 where a person saw that nothing is sure).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from bench.metrics import REACH, Mask, Plane, band, enclosed, inside
from bench.reference import unmix_once
from cutout.codec import Limits, decode, resize, to_uint8
from cutout.pipeline import opaque

LIMITS = Limits(max_bytes=200_000_000, max_pixels=100_000_000)
COARSE_SIDE = 320
GAIN = 1.6  # how much steeper than the truth an over-confident matte is
PATCHES = 7  # of a faulty network's mistakes across the frame

Picture8 = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """One picture and what is known of it; colours and ``ground`` in [0, 1], encoded as sRGB.

    ``own_colours`` is False where nobody knows the true ones: then ``colour`` and ``ground`` are estimates from
    the true alpha, and differences to them say something only in comparison.
    """

    name: str
    image: Path
    rgb8: Picture8
    alpha8: Picture8
    colour: Plane
    ground: Plane
    own_colours: bool
    edge: Mask

    @property
    def megapixels(self) -> float:
        """Millions of pixels of the picture."""
        return self.alpha8.size / 1e6


def read_cases(folder: Path, kept: Path) -> list[Case]:
    """All cases of a folder by name; a subfolder without a true alpha is left out. SystemExit if there is none."""
    folders = [path.parent for path in sorted(folder.glob("*/alpha.png"))]
    if not folders:
        raise SystemExit(f"{folder} has no case: a case is a folder with image.* and alpha.png.")
    return [read_case(path, kept) for path in folders]


def read_case(folder: Path, kept: Path) -> Case:
    """One case; colours that had to be estimated are kept in ``kept``.

    SystemExit when its files are missing or do not have the same size.
    """
    image = _only(folder, "image")
    if image is None:
        raise SystemExit(f"{folder} has no image.*")
    rgb8, alpha8 = _picture(image), _picture(folder / "alpha.png")[..., 1].copy()
    colour, ground, trimap = (_only(folder, stem) for stem in ("fg", "bg", "trimap"))
    read = {path.name: _picture(path) for path in (colour, ground, trimap) if path is not None}
    for name, picture in {"alpha.png": alpha8, **read}.items():
        if picture.shape[:2] != rgb8.shape[:2]:
            raise SystemExit(f"{folder / name} is {picture.shape[:2]}, the image is {rgb8.shape[:2]}.")
    estimates = unmix_once(rgb8, alpha8, kept) if colour is None or ground is None else (rgb8, rgb8)
    return Case(
        name=folder.name,
        image=image,
        rgb8=rgb8,
        alpha8=alpha8,
        colour=(estimates[0] if colour is None else read[colour.name]) / 255,
        ground=(estimates[1] if ground is None else read[ground.name]) / 255,
        own_colours=colour is not None,
        edge=band(alpha8 / 255, REACH) if trimap is None else _unknown(read[trimap.name]),
    )


def exact_coarse(alpha8: Picture8, side: int = COARSE_SIDE) -> Picture8:
    """The matte of a perfect network that sees (side, side): block means of the truth."""
    return resize(alpha8, side, side, "box")


def sure_coarse(alpha8: Picture8, side: int = COARSE_SIDE) -> Picture8:
    """The matte of a network that is blurred and too sure of itself: half as fine, and steeper around one half.

    Half as fine is about what a network loses in hair.
    """
    small = resize(alpha8.astype(np.float32) / np.float32(255), side // 2, side // 2, "box")
    blurred = resize(small, side, side, "bilinear")
    return to_uint8((blurred - np.float32(0.5)) * np.float32(GAIN) + np.float32(0.5))


def faulty_coarse(alpha8: Picture8, side: int = COARSE_SIDE) -> Picture8:
    """The matte of a network that is fine enough and wrong about what is solid and what is open.

    Smooth patches of the solid parts, which have the same places in every picture, fall to as little as half;
    enclosed gaps are filled, in patches too, to .4 to .9. No seam is left along the edges that would give it away.
    """
    random, true, coarse = np.random.default_rng(7), alpha8 / 255, exact_coarse(alpha8, side) / 255
    solid, gaps = _reach(inside(true), side, cells=3), _reach(enclosed(true), side, cells=2)
    thin, filled, amount = (_patches(random, side) for _ in range(3))
    coarse *= 1 - solid * 0.5 * np.clip((thin - 0.45) / 0.4, 0, 1)
    coarse += (1 - coarse) * gaps * np.clip((filled - 0.35) / 0.2, 0, 1) * (0.4 + 0.5 * amount)
    return to_uint8(coarse.astype(np.float32))


def _reach(where: Mask, side: int, cells: int) -> Plane:
    """How much of ``where`` a coarse matte's cells see, spread over the edge that follows."""
    seen = resize(where.astype(np.float32), side, side, "box")
    return np.asarray(ndimage.maximum_filter(seen, 2 * cells + 1), np.float64)


def _patches(random: np.random.Generator, side: int) -> Plane:
    grid = random.uniform(0, 1, (PATCHES, PATCHES)).astype(np.float32)
    return np.clip(resize(grid, side, side, "bicubic"), 0, 1).astype(np.float64)


def _only(folder: Path, stem: str) -> Path | None:
    return next(iter(sorted(folder.glob(f"{stem}.*"))), None)


def _picture(path: Path) -> Picture8:
    return opaque(decode(path.read_bytes(), LIMITS))


def _unknown(trimap: Picture8) -> Mask:
    levels = trimap[..., 1]
    return np.asarray((levels > 5) & (levels < 250), np.bool_)
