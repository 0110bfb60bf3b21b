"""Decoding a copy that may be smaller than the picture."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from cutout.codec import Limits, decode, decode_small, resize
from cutout.errors import DamagedImage

LIMITS = Limits(max_bytes=10_000_000, max_pixels=10_000_000)


def jpeg(width: int, height: int, orientation: int = 1) -> bytes:
    y, x = np.mgrid[:height, :width]
    waves = np.stack([np.sin(x / 31) + np.cos(y / 17), np.sin(y / 23), np.cos(x / 41)], axis=-1)
    rgb8 = np.rint(waves * 60 + 127).clip(0, 255).astype(np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = BytesIO()
    Image.fromarray(rgb8).save(out, "JPEG", quality=95, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize(
    ("size", "enough", "decoded"),
    [
        ((801, 603), 100, (201, 151)),
        ((801, 603), 76, (201, 151)),
        ((801, 603), 75, (101, 76)),
        ((801, 603), 301, (401, 302)),
        ((801, 603), 302, (801, 603)),
        ((801, 603), 2000, (801, 603)),
        ((80, 2000), 64, (80, 2000)),
    ],
)
def test_a_jpeg_comes_smaller_while_both_sides_keep_enough(
    size: tuple[int, int], enough: int, decoded: tuple[int, int]
) -> None:
    photo = decode_small(jpeg(*size), LIMITS, enough)

    assert photo.rgb8.shape == (decoded[1], decoded[0], 3)
    assert (photo.header.width, photo.header.height) == size


def test_the_smaller_copy_is_upright_and_its_header_too() -> None:
    photo = decode_small(jpeg(800, 600, orientation=6), LIMITS, 200)

    assert photo.rgb8.shape == (400, 300, 3)
    assert (photo.header.width, photo.header.height) == (600, 800)


def test_a_proxy_of_the_smaller_copy_is_that_of_the_picture() -> None:
    body = jpeg(1600, 1200)

    whole = resize(decode(body, LIMITS).rgb8, 256, 256)
    small = resize(decode_small(body, LIMITS, 256).rgb8, 256, 256)

    assert np.abs(whole.astype(int) - small).mean() < 0.5


@pytest.mark.parametrize("ending", [b"", b"\xff\xd9"])
def test_a_truncated_jpeg_is_damaged_at_any_size_even_if_it_was_closed(ending: bytes) -> None:
    body = jpeg(1600, 1200)

    with pytest.raises(DamagedImage):
        decode_small(body[: len(body) // 2] + ending, LIMITS, 256)


def test_other_formats_come_whole() -> None:
    out = BytesIO()
    Image.new("RGB", (800, 600), (1, 2, 3)).save(out, "PNG")

    assert decode_small(out.getvalue(), LIMITS, 100).rgb8.shape == (600, 800, 3)
