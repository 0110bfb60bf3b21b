"""The product on one screen: a photograph becomes a proxy, a matte, a cutout; ``scene`` makes files of that.

Each step takes values and returns new ones. Ingest, matte and compose call them one after the other.
"""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cutout.codec import Photo, resize
from cutout.errors import BadRecipe
from cutout.light import GRAPHIC, Mixing
from cutout.matting.despill import despill
from cutout.matting.flat import flat_cutout
from cutout.matting.foreground import decontaminate
from cutout.matting.graphic import mixing_of
from cutout.matting.ink import ink_cutout
from cutout.matting.interior import NORMAL, STRONG, Settled, settle
from cutout.matting.recognise import recognise
from cutout.matting.refine import refine
from cutout.matting.uncertainty import Doubts, doubts_of_drawing, doubts_of_photo
from cutout.recipe import Edge, Interiors, Recipe
from cutout.recipe.base import lengths
from cutout.rendering.backgrounds import flatten
from cutout.rendering.edges import feathered, shifted
from cutout.rendering.placement import Box

Lane = Literal["photo", "ink", "flat", "given", "corrected"]

WHITE = (255, 255, 255)
STRENGTHS = {"off": None, "normal": NORMAL, "strong": STRONG}


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a picture's alpha is found, and why so."""

    lane: Lane
    gated: bool
    """whether the network's matte says where ink may be at all"""
    reason: str
    seen_as: Literal["photo", "ink", "flat"]
    """what the picture looks like, whatever the recipe says"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Matte:
    """The opacity of every pixel of the photograph, how its edges were mixed, and what was decided of its interiors."""

    alpha8: NDArray[np.uint8]
    mixing: Mixing
    filled_share: float = 0.0
    """of the subject's area, what was made solid: 0 to 1"""
    opened_share: float = 0.0
    """as large as this part of the subject's area is what was opened"""
    doubts: Doubts | None = None
    """what speaks against it; None where it is not ours to doubt"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Cutout:
    """A subject without its background: its own colours and its opacity, straight alpha."""

    rgb8: NDArray[np.uint8]
    alpha8: NDArray[np.uint8]
    mixing: Mixing
    filled_share: float = 0.0
    opened_share: float = 0.0
    doubts: Doubts | None = None

    @property
    def soft_share(self) -> float:
        """Share of all pixels that are neither subject nor background, 0 to 1."""
        return float(np.count_nonzero((self.alpha8 > 0) & (self.alpha8 < 255)) / self.alpha8.size)

    @property
    def subject_share(self) -> float:
        """Share of all pixels that are fully subject, 0 to 1."""
        return float(np.count_nonzero(self.alpha8 == 255) / self.alpha8.size)


def region_of(roi: str | None, height: int, width: int) -> Box:
    """The part of a picture of this size that a recipe looks at; all of it if it names none.

    Raises
    ------
    BadRecipe
        Nothing of the region lies in the picture.
    """
    if roi is None:
        return Box(top=0, left=0, bottom=height, right=width)
    sides = (width, height, width, height)
    ends = [
        round(value * side / 100 if unit == "%" else value)
        for (value, unit), side in zip(lengths(roi), sides, strict=True)
    ]
    left, top, right, bottom = (min(end, side) for end, side in zip(ends, sides, strict=True))
    if right <= left or bottom <= top:
        raise BadRecipe(
            f"recipe.roi is {roi!r}, which leaves nothing of a picture of {width:,} x {height:,} pixels."
        )
    return Box(top=top, left=left, bottom=bottom, right=right)


def as_looked_at(photo: Photo, recipe: Recipe) -> Photo:
    """The part of the photograph that the recipe looks at, without transparency that it wants ignored.

    The photograph may be a reduced copy; a region in pixels is of the whole picture, which its header tells.
    """
    alpha8 = None if recipe.input_alpha == "ignore" else photo.alpha8
    region = region_of(recipe.roi, photo.header.height, photo.header.width)
    height, width = photo.rgb8.shape[:2]
    down, across = height / photo.header.height, width / photo.header.width
    rows = slice(math.floor(region.top * down), math.ceil(region.bottom * down))
    columns = slice(math.floor(region.left * across), math.ceil(region.right * across))
    return replace(
        photo, rgb8=photo.rgb8[rows, columns], alpha8=None if alpha8 is None else alpha8[rows, columns]
    )


def way_of(photo: Photo, recipe: Recipe) -> Way:
    """How the alpha of a picture, as it is looked at, is to be found."""
    seen = recognise(opaque(photo), "auto")
    if recipe.input_alpha == "keep" and photo.alpha8 is not None:
        return Way(
            lane="given", gated=False, reason="the upload's own transparency is kept", seen_as=seen.lane
        )
    chosen = seen if recipe.subject == "auto" else recognise(opaque(photo), recipe.subject)
    return Way(lane=chosen.lane, gated=chosen.gated, reason=chosen.reason, seen_as=seen.lane)


def opaque(photo: Photo) -> NDArray[np.uint8]:
    """The photograph as everybody saw it: rgb8, transparency that the file brought laid over white."""
    return photo.rgb8 if photo.alpha8 is None else flatten(photo.rgb8, photo.alpha8, WHITE, GRAPHIC)


def make_proxy(photo: Photo, side: int) -> NDArray[np.uint8]:
    """The picture as the network reads it: rgb8 (side, side, 3), stretched to the square.

    Stretched, not letterboxed: with these weights a letterbox costs 18 % in the soft band.
    """
    return resize(opaque(photo), side, side, "lanczos")


def full_matte(photo: Photo, coarse8: NDArray[np.uint8], interiors: Interiors = "normal") -> Matte:
    """From a coarse matte (alpha8, any size, stretched over the frame) to one of the photograph's size."""
    seen8, strength = opaque(photo), STRENGTHS[interiors]
    if strength is None:
        settled = Settled(coarse8=coarse8, filled_share=0.0, opened_share=0.0)
    else:
        settled = settle(seen8, coarse8, strength)
    mixing = mixing_in(photo)
    alpha8 = intersect(refine(seen8, settled.coarse8, mixing), photo.alpha8)
    return Matte(
        alpha8=alpha8,
        mixing=mixing,
        filled_share=settled.filled_share,
        opened_share=settled.opened_share,
        doubts=doubts_of_photo(seen8, settled.coarse8, alpha8),
    )


def clean(photo: Photo, matte: Matte) -> Cutout:
    """The cutout with the subject's own colours: the old background is taken out of the soft pixels."""
    seen8, alpha8 = opaque(photo), matte.alpha8
    foreground8 = despill(decontaminate(seen8, alpha8, matte.mixing), seen8, alpha8)
    return Cutout(
        rgb8=foreground8,
        alpha8=alpha8,
        mixing=matte.mixing,
        filled_share=matte.filled_share,
        opened_share=matte.opened_share,
        doubts=matte.doubts,
    )


def unmixed(photo: Photo, lane: Lane, coarse8: NDArray[np.uint8] | None) -> Cutout:
    """The cutout of a picture whose alpha needs no network, or a network's matte (``coarse8``) as a gate only."""
    match lane:
        case "ink":
            drawn = ink_cutout(opaque(photo), coarse8)
        case "flat":
            drawn = flat_cutout(opaque(photo))
        case "given" if photo.alpha8 is not None:
            return Cutout(rgb8=photo.rgb8, alpha8=photo.alpha8, mixing=GRAPHIC)
        case _:
            raise ValueError(f"lane {lane!r} is not one that unmixes")
    alpha8 = intersect(drawn.alpha8, photo.alpha8)
    return Cutout(rgb8=drawn.rgb8, alpha8=alpha8, mixing=GRAPHIC, doubts=doubts_of_drawing(alpha8))


def in_frame(part: Cutout, photo: Photo, roi: str | None) -> Cutout:
    """The cutout of the part that was looked at, in the whole photograph's frame."""
    if roi is None:
        return part
    height, width = photo.rgb8.shape[:2]
    here = region_of(roi, height, width).slices
    rgb8, alpha8 = np.zeros((height, width, 3), np.uint8), np.zeros((height, width), np.uint8)
    rgb8[here], alpha8[here] = part.rgb8, part.alpha8
    return replace(part, rgb8=rgb8, alpha8=alpha8)


def with_edge(cutout: Cutout, edge: Edge) -> Cutout:
    """The cutout with its edges moved and softened as the recipe asks."""
    rgb8, alpha8 = cutout.rgb8, cutout.alpha8
    if edge.shift_px:
        rgb8, alpha8 = shifted(rgb8, alpha8, edge.shift_px)
    if edge.feather_px:
        rgb8, alpha8 = feathered(rgb8, alpha8, edge.feather_px)
    return replace(cutout, rgb8=rgb8, alpha8=alpha8)


def mixing_in(photo: Photo) -> Mixing:
    """How the edges of the photograph were mixed; those that ``opaque`` mixed, it mixed as encoded."""
    return mixing_of(photo.rgb8) if photo.alpha8 is None else GRAPHIC


def intersect(alpha8: NDArray[np.uint8], given: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """What is both subject and visible in the upload: the lesser of two alphas.

    Not their product: where an upload was cut out before, both have the same edge, and it would be squared.
    """
    return alpha8 if given is None else np.minimum(alpha8, given)
