"""Every kind of pixels ends as sRGB with 8 bits."""

import numpy as np
import pytest
from PIL import Image, ImageCms

from cutout import codec
from cutout.errors import DamagedImage, UnsupportedImage
from picture_bytes import (
    LIMITS,
    adobe_rgb,
    blocks,
    linear_grey,
    png,
    png_chunk,
    press_with_grey_cyan,
    saved,
    tiff,
)

CONVERTED = ("converted to sRGB with its ICC profile",)
MISFIT = "its ICC profile does not fit its pixels and was ignored"
BROKEN = ("its ICC profile is broken and was ignored",)
NAIVE = "converted from CMYK without a usable profile: its colours are approximate"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def one_pixel(file):
    """-> [R, G, B] or [R, G, B, A], notes"""
    photo = codec.decode(file, LIMITS)
    pixel = photo.rgb8[0, 0].tolist()
    return pixel if photo.alpha8 is None else [*pixel, int(photo.alpha8[0, 0])], photo.notes


def flat(mode, colour, name="PNG", **options):
    return saved(Image.new(mode, (8, 8), colour), name, **options)


@pytest.mark.parametrize(
    ("mode", "colour", "profile", "expected"),
    [
        # The three primaries of sRGB, as Adobe RGB has to say them.
        ("RGB", (219, 0, 0), adobe_rgb(), [255, 0, 0]),
        ("RGB", (144, 255, 60), adobe_rgb(), [0, 255, 0]),
        ("RGB", (0, 0, 250), adobe_rgb(), [0, 0, 255]),
        ("RGBA", (219, 0, 0, 77), adobe_rgb(), [255, 0, 0, 77]),
        # Grey pixels with an RGB profile are R = G = B: gamma 2.2 is lighter than sRGB here.
        ("L", 128, adobe_rgb(), [129, 129, 129]),
        # 55/255 of the light is half way up sRGB.
        ("L", 55, linear_grey(), [128, 128, 128]),
        ("LA", (55, 9), linear_grey(), [128, 128, 128, 9]),
    ],
)
def test_a_profile_is_applied(mode, colour, profile, expected):
    pixel, notes = one_pixel(flat(mode, colour, icc_profile=profile))

    np.testing.assert_allclose(pixel, expected, atol=1)
    assert notes == CONVERTED


@pytest.mark.parametrize(
    ("ink", "expected"),
    [((0, 0, 0, 0), 255), ((255, 0, 0, 0), 111), ((0, 0, 0, 255), 0)],
    ids=["paper is white", "cyan is what the profile says", "black ink is black"],
)
@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
def test_cmyk_with_a_profile(name, ink, expected):
    """Black point compensation moves the press's Y = 0.0299 to 0, so L* = 50 ends at Y = 0.159: 111."""
    file = flat("CMYK", ink, name, quality=100, icc_profile=press_with_grey_cyan())
    pixel, notes = one_pixel(file)

    np.testing.assert_allclose(pixel, expected, atol=1)
    assert notes == CONVERTED


@pytest.mark.parametrize(
    ("ink", "expected"),
    [((0, 0, 0, 0), [255, 255, 255]), ((0, 128, 255, 0), [255, 127, 0]), ((255, 0, 0, 128), [0, 127, 127])],
)
@pytest.mark.parametrize("name", ["JPEG", "TIFF"])
def test_cmyk_without_a_profile_is_paper_minus_ink(name, ink, expected):
    """Photoshop's JPEGs, which Pillow writes too, say 255 for no ink; TIFF says 0."""
    pixel, notes = one_pixel(flat("CMYK", ink, name, quality=100))

    np.testing.assert_allclose(pixel, expected, atol=1)
    assert notes == (NAIVE,)


def test_an_srgb_profile_changes_nothing_and_says_nothing():
    rgb8 = np.random.default_rng(0).integers(0, 256, (24, 40, 3), np.uint8)

    photo = codec.decode(saved(rgb8, "PNG", icc_profile=SRGB), LIMITS)

    np.testing.assert_array_equal(photo.rgb8, rgb8)
    assert photo.notes == ()


@pytest.mark.parametrize(
    ("file", "notes"),
    [
        (flat("RGB", (1, 2, 3), icc_profile=press_with_grey_cyan()), (MISFIT,)),
        (flat("RGB", (1, 2, 3), icc_profile=linear_grey()), (MISFIT,)),
        (flat("RGB", (1, 2, 3), icc_profile=b"rubbish"), BROKEN),
        (flat("RGB", (1, 2, 3), icc_profile=SRGB[:200]), BROKEN),
        (flat("RGB", (1, 2, 3), icc_profile=SRGB[:16] + b"R\xd2B " + SRGB[20:]), BROKEN),
        (flat("RGB", (1, 2, 3), icc_profile=adobe_rgb().replace(b"rXYZ", b"none")), BROKEN),
    ],
    ids=["CMYK on RGB", "grey on RGB", "rubbish", "cut", "space is no ASCII", "no red"],
)
def test_a_profile_of_no_use_is_ignored_with_a_note(file, notes):
    assert one_pixel(file) == ([1, 2, 3], notes)


def test_an_rgb_profile_on_cmyk_is_ignored_with_a_note():
    assert one_pixel(flat("CMYK", (0, 0, 0, 0), "TIFF", icc_profile=SRGB)) == ([255] * 3, (MISFIT, NAIVE))


@pytest.mark.parametrize(
    ("lab", "expected"),
    [((128, 0, 0), [119, 119, 119]), ((255, 0, 0), [255, 255, 255]), ((138, 81, 70), [254, 0, 0])],
)
def test_cielab_tiff(lab, expected):
    """L* is stored as 0 to 255, a* and b* as they are. (54, 81, 70) is the red of sRGB under D50."""
    pixel, notes = one_pixel(tiff(1, 1, {258: (8, 8, 8), 262: 8, 277: 3}, bytes(lab)))

    np.testing.assert_allclose(pixel, expected, atol=6)
    assert notes == ("converted from CIELAB",)


def test_cielab_needs_no_profile():
    plain, with_profile = (
        flat("LAB", (90, 30, 40), "TIFF"),
        flat("LAB", (90, 30, 40), "TIFF", icc_profile=adobe_rgb()),
    )

    assert one_pixel(plain) == one_pixel(with_profile)


def test_ycbcr_tiff():
    assert one_pixel(flat("YCbCr", (76, 85, 255), "TIFF")) == ([254, 0, 0], ())


GREY_16 = np.array([0, 128, 129, 257, 32767, 32768, 65406, 65407, 65535], np.uint16)
GREY_8 = [0, 0, 1, 1, 127, 128, 254, 255, 255]  # v / 257, to the nearest


@pytest.mark.parametrize(
    "file",
    [
        png(9, 1, 16, 0, GREY_16.astype(">u2").tobytes()),
        saved(Image.fromarray(GREY_16[None]), "TIFF"),
        saved(Image.fromarray(GREY_16[None].astype(">u2")), "TIFF"),
        saved(Image.fromarray(GREY_16[None].astype(np.int32)), "TIFF"),
        saved(Image.fromarray(GREY_16[None]), "TIFF", compression="tiff_lzw"),
        tiff(9, 1, {258: 16, 262: 0}, (65535 - GREY_16).tobytes()),
    ],
    ids=["PNG", "TIFF", "big-endian TIFF", "32-bit TIFF", "LZW TIFF", "white-is-zero TIFF"],
)
def test_16_bit_grey_is_rounded(file):
    photo = codec.decode(file, LIMITS)

    assert photo.rgb8.tolist() == [[[grey] * 3 for grey in GREY_8]]
    assert photo.notes == ("16 bits reduced to 8",)


def test_12_bit_grey_fills_the_range():
    photo = codec.decode(tiff(2, 1, {258: 12}, bytes([0xFF, 0xF8, 0x00])), LIMITS)

    assert photo.rgb8[0, :, 0].tolist() == [255, 128]


@pytest.mark.parametrize(
    ("colour_type", "sample", "expected"),
    [
        (2, b"\xff\xff\x80\x80\0\0", [255, 128, 0]),
        (6, b"\xff\xff\x80\x80\0\0\x40\x40", [255, 128, 0, 64]),
        (4, b"\x80\x80\x40\x40", [128, 128, 128, 64]),
    ],
    ids=["RGB", "RGBA", "grey and alpha"],
)
def test_16_bit_colour(colour_type, sample, expected):
    assert one_pixel(png(1, 1, 16, colour_type, sample)) == (expected, ("16 bits reduced to 8",))


@pytest.mark.parametrize(
    ("depth", "colour_type", "rows", "key", "expected"),
    [
        (8, 2, bytes([9, 8, 7, 9, 8, 6]), (9, 8, 7), [0, 255]),
        (8, 0, bytes([9, 8]), (9,), [0, 255]),
        (1, 0, bytes([0b01000000]), (0,), [0, 255]),
        (16, 0, b"\x03\xe8\x03\xe9", (1000,), [0, 255]),
        (
            16,
            2,
            b"\x12\xff\x34\x80\x56\x01" + b"\x12\xff\x34\x80\x58\x01",
            (0x12FF, 0x3480, 0x5601),
            [0, 255],
        ),
    ],
    ids=["RGB", "grey", "1 bit", "16-bit grey", "16-bit RGB"],
)
def test_a_transparent_colour_in_a_png(depth, colour_type, rows, key, expected):
    chunk = png_chunk(b"tRNS", b"".join(value.to_bytes(2) for value in key))

    photo = codec.decode(png(2, 1, depth, colour_type, rows, chunk), LIMITS)

    assert photo.alpha8.tolist() == [expected]


@pytest.mark.parametrize("opacities", [bytes([0, 255, 255, 255]), bytes([0, 100, 200])])
def test_a_palette_with_opacities(opacities):
    indices = np.array([[0, 1, 2, 3]], np.uint8)
    image = Image.fromarray(indices).convert("L")
    image.putpalette([10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120])

    photo = codec.decode(saved(image, "PNG", transparency=opacities), LIMITS)

    assert photo.rgb8.tolist() == [[[10, 20, 30], [40, 50, 60], [70, 80, 90], [100, 110, 120]]]
    assert photo.alpha8.tolist() == [list(opacities.ljust(4, b"\xff"))]


def test_a_gif_with_a_transparent_index():
    image = Image.fromarray(np.array([[0, 1]], np.uint8))
    image.putpalette([10, 20, 30, 40, 50, 60])

    photo = codec.decode(saved(image, "GIF", transparency=1), LIMITS)

    assert photo.rgb8[0, 0].tolist() == [10, 20, 30]
    assert photo.alpha8.tolist() == [[255, 0]]


@pytest.mark.parametrize("name", ["PNG", "TIFF", "BMP", "GIF"])
def test_1_bit(name):
    image = Image.fromarray(np.array([[255, 0], [0, 255]], np.uint8)).convert("1")

    assert codec.decode(saved(image, name), LIMITS).rgb8[..., 1].tolist() == [[255, 0], [0, 255]]


@pytest.mark.parametrize("name", ["PNG", "TIFF", "BMP", "JPEG", "WEBP"])
def test_grey(name):
    assert one_pixel(flat("L", 90, name, quality=100))[0] == [90, 90, 90]


@pytest.mark.parametrize("name", ["PNG", "TIFF", "WEBP"])
def test_grey_with_opacity(name):
    assert one_pixel(flat("LA", (90, 40), name, lossless=True))[0] == [90, 90, 90, 40]


def test_premultiplied_opacity_in_a_tiff_becomes_straight():
    file = tiff(1, 1, {258: (8, 8, 8, 8), 262: 2, 277: 4, 338: (1,)}, bytes([50, 25, 0, 128]))

    assert one_pixel(file) == ([99, 49, 0, 128], ())


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (saved(Image.fromarray(np.zeros((2, 2), np.float32)), "TIFF"), "floating-point"),
        (saved(Image.fromarray(np.full((2, 2), 70_000, np.int32)), "TIFF"), "32-bit whole numbers"),
        (saved(Image.fromarray(np.full((2, 2), -1, np.int32)), "TIFF"), "32-bit whole numbers"),
    ],
)
def test_numbers_without_a_meaning_as_a_photograph_are_refused(file, message):
    with pytest.raises(UnsupportedImage, match=message):
        codec.decode(file, LIMITS)


def test_a_palette_picture_without_a_palette_is_damaged():
    with pytest.raises(DamagedImage, match="palette is missing"):
        codec.decode(png(2, 1, 8, 3, bytes(2)), LIMITS)


def test_an_opaque_palette_picture():
    photo = codec.decode(saved(Image.fromarray(blocks()).quantize(4), "PNG"), LIMITS)

    np.testing.assert_array_equal(photo.rgb8, blocks())
