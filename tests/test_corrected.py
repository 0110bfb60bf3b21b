"""A matte that a customer has corrected: which ones are taken, and that it is the answer."""

import io

import numpy as np
import pytest
from PIL import Image

from cutout.codec import Limits, decode
from cutout.corrected import check_matte, cutout_with, read_matte
from cutout.errors import BadMatte
from cutout.kept import pack, unpack
from cutout.recipe import Recipe

LIMITS = Limits(max_bytes=10_000_000, max_pixels=1_000_000)
RAMP = np.tile(np.arange(0, 240, 4, dtype=np.uint8), (40, 1))  # 40 x 60


def file(levels: np.ndarray, mode: str | None = None, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image = Image.fromarray(levels)
    (image.convert(mode) if mode else image).save(out, kind, **options)
    return out.getvalue()


def with_alpha(alpha8: np.ndarray, kind: str = "PNG") -> bytes:
    rgba = np.dstack([np.full((*alpha8.shape, 3), 90, np.uint8), alpha8])
    return file(rgba, kind=kind, **({"lossless": True} if kind == "WEBP" else {}))


MATTES = {
    "grey": file(RAMP),
    "grey TIFF": file(RAMP, kind="TIFF"),
    "grey as RGB": file(RAMP, "RGB"),
    "grey as opaque RGBA": file(RAMP, "RGBA"),
    "16-bit grey": file(RAMP.astype(np.uint16) * 257),
    "grey with a profile": file(RAMP, icc_profile=b"not even one"),
    "transparency": with_alpha(RAMP),
    "transparency in a WebP": with_alpha(RAMP, "WEBP"),
}


@pytest.mark.parametrize("name", MATTES)
def test_a_matte_is_read_to_the_level(name: str) -> None:
    assert np.array_equal(read_matte(MATTES[name], LIMITS), RAMP)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (file(np.dstack([RAMP, RAMP, RAMP // 2])), "The corrected matte has colours"),
        (MATTES["grey"][:-30], "The corrected matte cannot be used: The PNG file is truncated"),
        (b"no picture", "The corrected matte cannot be used: The file is not a picture"),
    ],
)
def test_what_is_no_matte_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(BadMatte, match=said):
        read_matte(data, LIMITS)


@pytest.mark.parametrize(
    ("picture", "taken"),
    [
        ((60, 40), True),
        ((120, 80), True),
        ((119, 80), True),
        ((600, 401), True),
        ((59, 40), False),
        ((120, 90), False),
    ],
)
def test_a_matte_has_its_picture_s_shape_and_is_no_larger(picture: tuple[int, int], taken: bool) -> None:
    width, height = picture
    if taken:
        check_matte(MATTES["grey"], LIMITS, width, height)
    else:
        with pytest.raises(BadMatte, match=f"is 60 x 40 pixels, its picture {width} x {height}"):
            check_matte(MATTES["grey"], LIMITS, width, height)


def test_a_matte_that_is_no_picture_is_refused_on_its_header() -> None:
    with pytest.raises(BadMatte, match="cannot be used: The file is empty"):
        check_matte(b"", LIMITS, 60, 40)


def picture() -> bytes:
    """Red on blue, mixed by the ramp: what a camera would see through that matte."""
    share = (RAMP / 255)[..., None]
    return file(np.rint(share * (230, 20, 20) + (1 - share) * (20, 20, 200)).astype(np.uint8))


def test_the_corrected_matte_is_the_answer() -> None:
    cutout = cutout_with(decode(picture(), LIMITS), RAMP, Recipe(roi="0px 0px 10px 10px"))

    assert np.array_equal(cutout.alpha8, RAMP)


def test_a_smaller_matte_is_stretched() -> None:
    cutout = cutout_with(decode(picture(), LIMITS), RAMP[::2, ::2].copy(), Recipe())

    assert cutout.alpha8.shape == (40, 60)
    assert np.abs(cutout.alpha8.astype(int) - RAMP).max() <= 4


def test_the_old_background_is_taken_out_of_what_the_matte_leaves_soft() -> None:
    photo = decode(picture(), LIMITS)
    red, _, blue = np.moveaxis(cutout_with(photo, RAMP, Recipe()).rgb8[:, 40:58].astype(int), 2, 0)

    assert np.median(red - blue) > np.median(photo.rgb8[:, 40:58, 0].astype(int) - photo.rgb8[:, 40:58, 2])


def test_a_corrected_cutout_is_kept_to_the_level() -> None:
    photo = decode(picture(), LIMITS)
    cutout = cutout_with(photo, RAMP, Recipe())

    again = unpack(pack(cutout, photo), photo)

    assert np.array_equal(again.rgb8[again.alpha8 > 0], cutout.rgb8[cutout.alpha8 > 0])
