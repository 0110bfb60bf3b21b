"""Truncated, corrupt and hostile files end as an answer to the customer, never as a half picture."""

import re
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from cutout import codec
from cutout.errors import CustomerError, DamagedImage, UnsupportedImage
from picture_bytes import CUTOUT, FILES, LIMITS, NOISE, blocks, png, png_chunk, saved, tiff


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("part", [0.5, 0.8])
def test_a_truncated_file_is_damaged(name, part):
    """Never a picture that is grey or black from the middle on. A GIF's second frame may be missing."""
    file = FILES[name]
    if name == "GIF":
        part *= 0.5

    with pytest.raises(DamagedImage, match=name.rsplit(maxsplit=1)[-1]):
        codec.decode(file[: int(len(file) * part)], LIMITS)


def tall(kind):
    """240 x 320, textured above, mid-grey in the lower half when ``kind`` says so."""
    texture = np.random.default_rng(2).integers(0, 256, (32, 24, 3), np.uint8)
    rgb8 = codec.resize(texture, 320, 240, "bicubic")
    if kind == "grey":
        rgb8[160:] = 128
    return rgb8


@pytest.mark.parametrize(
    "options", [{}, {"subsampling": "4:4:4", "optimize": True}, {"restart_marker_rows": 1}]
)
def test_a_jpeg_that_was_cut_and_closed_is_damaged(options):
    """libjpeg fills the rest with grey, and Pillow drops its warning."""
    file = saved(tall("textured"), "JPEG", **options)

    with pytest.raises(DamagedImage, match="not all pixels"):
        codec.decode(file[: len(file) // 2] + b"\xff\xd9", LIMITS)


@pytest.mark.parametrize("options", [{}, {"subsampling": "4:4:4"}, {"progressive": True}])
def test_a_jpeg_that_is_grey_below_is_no_damaged_one(options):
    photo = codec.decode(saved(tall("grey"), "JPEG", **options), LIMITS)

    assert (photo.rgb8[180:] == 128).all()


def test_a_jpeg_without_an_end_is_damaged():
    file = saved(NOISE, "JPEG", optimize=True)

    with pytest.raises(DamagedImage):
        codec.decode(file[:-2] + bytes(500), LIMITS)


def test_a_jpeg_with_thousands_of_scans_is_refused():
    """At 50 megapixels a scan of 75 bytes costs 30 ms: 20 MB of them would be hours."""
    file = saved(NOISE, "JPEG", progressive=True)
    scan = file[file.rfind(b"\xff\xda") : -2]

    assert codec.decode(file[:-2] + scan * 80 + file[-2:], LIMITS).header.width == 40
    with pytest.raises(UnsupportedImage, match="more than 100 scans"):
        codec.decode(file[:-2] + scan * 200 + file[-2:], LIMITS)


def test_a_png_whose_pixels_fail_their_checksum_is_damaged():
    """Pillow does not compare it, and stops before zlib's own when that is in a chunk by itself."""
    pixels = zlib.compress(b"".join(b"\0" + row.tobytes() for row in NOISE), level=0)
    chunks = bytearray(png_chunk(b"IDAT", pixels[:-4]) + png_chunk(b"IDAT", pixels[-4:]))
    start, end = FILES["PNG"][:33], FILES["PNG"][-12:]

    np.testing.assert_array_equal(codec.decode(start + chunks + end, LIMITS).rgb8, NOISE)
    chunks[1000] ^= 1
    with pytest.raises(DamagedImage):
        codec.decode(start + chunks + end, LIMITS)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("name", FILES)
def test_no_bytes_raise_anything_but_an_answer(name):
    """Each of the first 100 bytes changed, 40 lengths, 60 random changes: a picture or a CustomerError."""
    file, random = FILES[name], np.random.default_rng(4)
    changes = [
        (at, value) for at in range(min(100, len(file))) for value in {0, 255, file[at] ^ 1, file[at] ^ 128}
    ]
    changes += [(int(random.integers(len(file))), int(random.integers(256))) for _ in range(60)]
    variants = [file[:at] + bytes([value]) + file[at + 1 :] for at, value in changes]
    variants += [file[:length] for length in np.linspace(0, len(file) - 1, 40, dtype=int)]
    answers = {CustomerError: 0, codec.Photo: 0}

    for variant in variants:
        try:
            codec.decode(variant, LIMITS)
            answers[codec.Photo] += 1
        except CustomerError:
            answers[CustomerError] += 1

    assert min(answers.values()) > 0


PIXEL_PNG = png(1, 1, 8, 2, bytes(3))
PALETTE_TIFF = saved(Image.fromarray(blocks()).quantize(8), "TIFF")
ANIMATED_AVIF = saved(CUTOUT, "AVIF", save_all=True, append_images=[Image.new("RGBA", (40, 24))])


def ambiguous_gif(side):
    """After an empty extension Pillow skips one more block; here that is the header of a frame of 1 x 1."""
    small, large = (struct.pack("<B4HBB", ord(","), 0, 0, size, size, 0, 8) for size in (1, side))
    return (
        b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0, 0, 0) + b"!\1\0" + small.ljust(45, b"\0") + b"\0" + large
    )


@pytest.mark.parametrize(
    ("cause", "file"),
    [
        (OSError, FILES["JPEG"][:500]),
        (SyntaxError, PIXEL_PNG[:29] + bytes(4) + PIXEL_PNG[33:]),  # a wrong checksum
        (ValueError, png(1, 1, 8, 2, bytes(3), png_chunk(b"tRNS", b"\0"))),
        (TypeError, tiff(1, 1, {258: 8, 700: 7}, b"\0")),  # XMP that is a number
        (IndexError, PIXEL_PNG[:-12] + png_chunk(b"iCCP", b"") + PIXEL_PNG[-12:]),
        (
            OverflowError,
            PALETTE_TIFF.replace(struct.pack("<HH", 320, 3), struct.pack("<HH", 320, 8)),
        ),  # signed
        (RuntimeError, FILES["AVIF"].replace(b"pitm\0\0\0\0\0\1", b"pitm\0\0\0\0\0\x09")),  # no such item
        (UserWarning, png(1, 1, 8, 2, bytes(3), png_chunk(b"acTL", bytes(8)))),
        (Image.DecompressionBombError, ambiguous_gif(60_000)),
        (Image.DecompressionBombWarning, ambiguous_gif(10_000)),
        (ZeroDivisionError, re.sub(rb"(mdhd.{20})....", rb"\1" + bytes(4), ANIMATED_AVIF, flags=re.DOTALL)),
    ],
)
def test_whatever_pillow_raises_the_answer_is_that_the_file_is_damaged(cause, file):
    with pytest.raises(DamagedImage) as caught:
        codec.decode(file, LIMITS)

    assert isinstance(caught.value.__cause__, cause)


@pytest.mark.parametrize("rest", [b"!", b",\0\0\0", b"!\xf9\1\0"])
def test_a_broken_second_frame_of_a_gif_does_not_matter(rest):
    """Pillow raises IndexError and struct.error when it looks for one."""
    file = saved(blocks(), "GIF")

    assert codec.decode(file[:-1] + rest, LIMITS).notes == ()


def test_more_opacities_than_a_palette_has_colours_do_not_matter():
    chunks = png_chunk(b"PLTE", bytes([9, 8, 7])) + png_chunk(b"tRNS", bytes([5]) * 300)

    photo = codec.decode(png(1, 1, 8, 3, b"\0", chunks), LIMITS)

    assert photo.rgb8.tolist() == [[[9, 8, 7]]]
    assert photo.alpha8.tolist() == [[5]]
