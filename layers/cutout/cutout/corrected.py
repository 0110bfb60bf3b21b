"""A matte that a customer has corrected: checked against its picture, and taken as the answer."""

import numpy as np
from numpy.typing import NDArray

from cutout.codec import Limits, Photo, decode_matte, read_header, resize
from cutout.errors import BadMatte, CustomerError
from cutout.pipeline import Cutout, Matte, as_looked_at, clean, mixing_in
from cutout.recipe import Recipe


def check_matte(data: bytes, limits: Limits, width: int, height: int) -> None:
    """Refuse, on its header, a matte that is none of a picture of this size.

    Raises
    ------
    BadMatte
        Unreadable, larger than the picture, or of another shape by more than a pixel.
    """
    try:
        header = read_header(data, limits)
    except CustomerError as error:
        raise _unusable(error) from error
    wide, high = header.width, header.height
    off_by = min(abs(high - height * wide / width), abs(wide - width * high / height))
    if wide > width or high > height or off_by > 1:
        raise BadMatte(
            f"The corrected matte is {wide:,} x {high:,} pixels, its picture {width:,} x {height:,}; "
            "allowed: the picture's size, or smaller in the same proportions."
        )


def read_matte(data: bytes, limits: Limits) -> NDArray[np.uint8]:
    """The customer's matte as alpha8; raises BadMatte when it is damaged, or has colours and no transparency."""
    try:
        return decode_matte(data, limits)
    except BadMatte:
        raise
    except CustomerError as error:
        raise _unusable(error) from error


def cutout_with(photo: Photo, matte8: NDArray[np.uint8], recipe: Recipe) -> Cutout:
    """The cutout with exactly this alpha (any size, stretched over the whole picture) and the subject's own colours.

    A region that the recipe looks at does not count: the customer has looked at the whole picture.
    """
    height, width = photo.rgb8.shape[:2]
    if matte8.shape != (height, width):
        matte8 = resize(matte8, height, width, "bilinear")
    seen = as_looked_at(photo, recipe.model_copy(update={"roi": None}))
    return clean(seen, Matte(alpha8=matte8, mixing=mixing_in(seen)))


def _unusable(error: CustomerError) -> BadMatte:
    return BadMatte(f"The corrected matte cannot be used: {error}")
