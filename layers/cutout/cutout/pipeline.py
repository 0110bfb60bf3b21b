"""The product on one screen: a photograph becomes a proxy, a matte, a cutout, a file.

Each step takes values and returns new ones. Ingest, matte and compose call them one after the other.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.codec import Photo, encode_jpeg, encode_png, encode_webp, resize
from cutout.errors import BadRecipe
from cutout.light import CAMERA, GRAPHIC, Mixing
from cutout.matting.despill import despill
from cutout.matting.foreground import decontaminate
from cutout.matting.graphic import mixing_of
from cutout.matting.interior import NORMAL, STRONG, Settled, settle
from cutout.matting.refine import refine
from cutout.recipe import Interiors, Output
from cutout.rendering.backgrounds import flatten
from cutout.rendering.display import for_viewers

WHITE = (255, 255, 255)
MOST_PIXELS_A_SIDE = {"webp": 16_383, "jpeg": 65_500}
STRENGTHS = {"off": None, "normal": NORMAL, "strong": STRONG}


@dataclass(frozen=True, kw_only=True, eq=False)
class Matte:
    """The opacity of every pixel of the photograph, how its edges were mixed, and what was decided of its interiors."""

    alpha8: NDArray[np.uint8]
    mixing: Mixing
    filled_share: float = 0.0
    """of the subject's area, what was made solid: 0 to 1"""
    opened_share: float = 0.0
    """as large as this part of the subject's area is what was opened"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Cutout:
    """A subject without its background: its own colours and its opacity, straight alpha."""

    rgb8: NDArray[np.uint8]
    alpha8: NDArray[np.uint8]
    mixing: Mixing

    @property
    def soft_share(self) -> float:
        """Share of all pixels that are neither subject nor background, 0 to 1."""
        return float(np.count_nonzero((self.alpha8 > 0) & (self.alpha8 < 255)) / self.alpha8.size)

    @property
    def subject_share(self) -> float:
        """Share of all pixels that are fully subject, 0 to 1."""
        return float(np.count_nonzero(self.alpha8 == 255) / self.alpha8.size)


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
    return Matte(
        alpha8=intersect(refine(seen8, settled.coarse8, mixing), photo.alpha8),
        mixing=mixing,
        filled_share=settled.filled_share,
        opened_share=settled.opened_share,
    )


def clean(photo: Photo, matte: Matte) -> Cutout:
    """The cutout with the subject's own colours: the old background is taken out of the soft pixels."""
    seen8, alpha8 = opaque(photo), matte.alpha8
    foreground8 = despill(decontaminate(seen8, alpha8, matte.mixing), seen8, alpha8)
    return Cutout(rgb8=foreground8, alpha8=alpha8, mixing=matte.mixing)


def mixing_in(photo: Photo) -> Mixing:
    """How the edges of the photograph were mixed; those that ``opaque`` mixed, it mixed as encoded."""
    return mixing_of(photo.rgb8) if photo.alpha8 is None else GRAPHIC


def intersect(alpha8: NDArray[np.uint8], given: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """What is both subject and visible in the upload: the product of two alphas, rounded."""
    if given is None:
        return alpha8
    return ((alpha8.astype(np.uint16) * given + 127) // 255).astype(np.uint8)


def render(cutout: Cutout, output: Output) -> bytes:
    """One output file of a cutout.

    Raises
    ------
    BadRecipe
        The picture has more pixels on a side than the format can hold.
    """
    side, most = max(cutout.alpha8.shape), MOST_PIXELS_A_SIDE.get(output.format)
    if most is not None and side > most:
        raise BadRecipe(
            f"Output {output.name!r}: a {output.format} has at most {most:,} pixels a side, "
            f"and the picture has {side:,}; allowed here: png."
        )
    rgb8, alpha8 = _stored(cutout, output)
    match output.format:
        case "png":
            return encode_png(rgb8, alpha8)
        case "webp":
            return encode_webp(rgb8, alpha8, output.quality)
        case "jpeg":
            return encode_jpeg(rgb8, output.quality)


def _stored(cutout: Cutout, output: Output) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """The pixels of a file: colours, and their alpha if it stays transparent."""
    if output.colour is not None:
        return flatten(cutout.rgb8, cutout.alpha8, output.colour, cutout.mixing), None
    if output.alpha == "display" and cutout.mixing is CAMERA:  # a drawing is shown right already
        return for_viewers(cutout.rgb8, cutout.alpha8)
    return cutout.rgb8, cutout.alpha8
