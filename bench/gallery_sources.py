"""The pictures that hang in the gallery: what was photographed, its cutout, and what the network said of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.drawing import Exact, photographed
from bench.drawn import draw
from bench.drawn_heads import portrait
from bench.drawn_ink import draw_ink
from bench.drawn_logos import LOGOS
from bench.drawn_products import PRODUCTS, draw_product
from cutout.codec import Header, Limits, Photo, decode, resize
from cutout.light import CAMERA
from cutout.pipeline import Cutout, Matte, as_looked_at, clean, full_matte, in_frame, unmixed, way_of
from cutout.recipe import recipe_from
from local.run import example_photo

Picture8 = NDArray[np.uint8]
Ask = Callable[[Photo], Picture8]
"""What the network says: a photograph to a coarse matte, alpha8 of the network's size, stretched over the frame."""

LIMITS = Limits(max_bytes=200_000_000, max_pixels=100_000_000)
LONGEST = 1200  # pixels of a side: what comes from a folder is shown reduced
SUFFIXES = {".avif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
SCENES = ("strands", "fur", "glass")
PAGES = ("plain", "ruled", "hard_shadow", "two_inks")
FLAT = ("white on navy", "badge", "outlined")


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """A picture with its cutout. ``naive8`` (H, W) is the network's matte, enlarged, and nothing more."""

    name: str
    photo: Photo
    cutout: Cutout
    naive8: Picture8
    how: str
    """the lane, and why it was taken"""


def everything(ask: Ask) -> Iterator[Shown]:
    """All that is drawn, and the astronaut."""
    astronaut = decode(example_photo().read_bytes(), LIMITS)
    yield cut_out("astronaut", astronaut, {}, ask)
    yield cut_out("astronaut, region", astronaut, {"roi": "0% 0% 75% 60%"}, ask)
    for name in PRODUCTS:
        yield with_truth(name, draw_product(name).exact, ask)
    yield cut_out("mug, by the network", photo_of(draw_product("mug").exact.rgb8), {}, ask)
    for name in SCENES:
        yield with_truth(name, draw(name), ask)
    yield _head(ask)
    for name in PAGES:
        yield cut_out(f"ink: {name}", photo_of(draw_ink(name).rgb8), {"subject": "signature"}, ask)
    for name in FLAT:
        yield cut_out(f"flat: {name}", photo_of(_logo(name).rgb8), {"subject": "graphic"}, ask)
    badge = photo_of(_logo("badge").colour8, _logo("badge").alpha8)
    yield cut_out("given: keep", badge, {"input_alpha": "keep"}, ask)
    yield cut_out("given: intersect", badge, {"input_alpha": "intersect", "subject": "graphic"}, ask)


def photographs(folder: Path, ask: Ask) -> Iterator[Shown]:
    """Every photograph of a folder, through the network."""
    for path in sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES):
        yield cut_out(path.stem, _reduced(decode(path.read_bytes(), LIMITS)), {}, ask)


def cut_out(name: str, photo: Photo, fields: dict[str, Any], ask: Ask) -> Shown:
    """As a job with these fields in its recipe would be cut out."""
    recipe = recipe_from(fields)
    looked_at = as_looked_at(photo, recipe)
    way, whole8 = way_of(looked_at, recipe), ask(photo)
    coarse8 = ask(looked_at) if recipe.roi else whole8
    if way.lane == "photo":
        part = clean(looked_at, full_matte(looked_at, coarse8, recipe.interiors))
    else:
        part = unmixed(looked_at, way.lane, coarse8 if way.gated else None)
    return Shown(
        name=name,
        photo=photo,
        cutout=in_frame(part, photo, recipe.roi),
        naive8=_enlarged(whole8, photo),
        how=f"{way.lane}{', gated' if way.gated else ''}: {way.reason}; looks like {way.seen_as}",
    )


def with_truth(name: str, exact: Exact, ask: Ask) -> Shown:
    """What is left to do with the true alpha: the subject's colours, and all that is rendered."""
    photo = photo_of(exact.rgb8)
    cutout = clean(photo, Matte(alpha8=exact.alpha8, mixing=CAMERA))
    return Shown(
        name=name, photo=photo, cutout=cutout, naive8=_enlarged(ask(photo), photo), how="the true alpha"
    )


def photo_of(rgb8: Picture8, alpha8: Picture8 | None = None) -> Photo:
    """Pixels as a file of them would be decoded."""
    header = Header(format="PNG", width=rgb8.shape[1], height=rgb8.shape[0])
    return Photo(rgb8=rgb8, alpha8=alpha8, header=header, notes=())


def _head(ask: Ask) -> Shown:
    drawn = portrait(height=960, width=800, apart=100)
    exact = Exact(rgb8=drawn.rgb8, alpha8=drawn.alpha8, colour8=drawn.rgb8, ground8=drawn.rgb8)
    return with_truth("head", exact, ask)


def _logo(name: str) -> Exact:
    return photographed(LOGOS[name](), np.random.default_rng(0))


def _enlarged(coarse8: Picture8, photo: Photo) -> Picture8:
    height, width = photo.rgb8.shape[:2]
    return resize(coarse8, height, width, "bilinear")


def _reduced(photo: Photo) -> Photo:
    height, width = photo.rgb8.shape[:2]
    share = min(1.0, LONGEST / max(height, width))
    rows, columns = round(height * share), round(width * share)
    alpha8 = None if photo.alpha8 is None else resize(photo.alpha8, rows, columns)
    small = photo_of(resize(photo.rgb8, rows, columns), alpha8)
    return replace(small, notes=photo.notes)
