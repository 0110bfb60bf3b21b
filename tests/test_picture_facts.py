"""What a file says of itself, for files of every kind that are delivered."""

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from cutout.errors import NotAnImage
from cutout.picture_facts import read_facts
from picture_bytes import LIMITS, blocks, png_chunk, saved

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
CLEAR = Image.fromarray(np.dstack([blocks(), np.full((24, 40), 9, np.uint8)]))


@pytest.mark.parametrize(
    ("data", "facts"),
    [
        (saved(blocks(), "JPEG"), ("jpeg", "rgb", 8, "untagged", 0.0)),
        (saved(blocks(), "JPEG", dpi=(300, 300), icc_profile=SRGB), ("jpeg", "rgb", 8, "srgb", 300.0)),
        (saved(blocks(), "JPEG", dpi=(300, 72)), ("jpeg", "rgb", 8, "untagged", 72.0)),
        (saved(blocks(), "PNG", dpi=(300, 300)), ("png", "rgb", 8, "untagged", 300.0)),
        (saved(CLEAR, "PNG"), ("png", "rgba", 8, "untagged", 0.0)),
        (saved(CLEAR, "WEBP"), ("webp", "rgba", 8, "untagged", 0.0)),
        (saved(blocks(), "TIFF", dpi=(600, 600)), ("tiff", "rgb", 8, "untagged", 600.0)),
        (saved(blocks(), "TIFF"), ("tiff", "rgb", 8, "untagged", 0.0)),
        (saved(Image.fromarray(blocks()).convert("CMYK"), "JPEG"), ("jpeg", "cmyk", 8, "untagged", 0.0)),
        (saved(Image.fromarray(blocks()).convert("L"), "JPEG"), ("jpeg", "grey", 8, "untagged", 0.0)),
        (saved(Image.fromarray(blocks()).convert("P"), "PNG"), ("png", "palette", 8, "untagged", 0.0)),
        (saved(Image.fromarray(blocks()).convert("1"), "PNG"), ("png", "bilevel", 1, "untagged", 0.0)),
        (saved(np.zeros((4, 4), np.uint16), "PNG"), ("png", "grey", 16, "untagged", 0.0)),
        (saved(blocks(), "PNG", icc_profile=LAB), ("png", "rgb", 8, "other", 0.0)),
    ],
)
def test_a_file_s_facts(data: bytes, facts: tuple[Any, ...]) -> None:
    found = read_facts(data, LIMITS)

    assert (found.format, found.mode, found.bits, found.colour_space, found.dpi) == facts


def test_a_png_may_say_srgb_without_a_profile() -> None:
    plain = saved(blocks(), "PNG")
    tagged = plain[:33] + png_chunk(b"sRGB", b"\0") + plain[33:]

    assert read_facts(tagged, LIMITS).colour_space == "srgb"


def test_a_camera_s_exif_may_say_srgb() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0xA001] = 1

    assert read_facts(saved(blocks(), "JPEG", exif=exif), LIMITS).colour_space == "srgb"


def test_a_broken_profile_is_another_colour_space() -> None:
    assert read_facts(saved(blocks(), "PNG", icc_profile=b"no profile"), LIMITS).colour_space == "other"


def test_what_is_no_picture_is_refused() -> None:
    with pytest.raises(NotAnImage):
        read_facts(b"GIF? no, a text", LIMITS)
