"""Arrays out of files, files out of arrays."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from cutout import codec
from picture_bytes import LIMITS, blocks, png_chunk, saved

UPRIGHT = blocks()
STORED = {
    1: UPRIGHT,
    2: UPRIGHT[:, ::-1],
    3: UPRIGHT[::-1, ::-1],
    4: UPRIGHT[::-1],
    5: UPRIGHT.swapaxes(0, 1),
    6: np.rot90(UPRIGHT, 1),
    7: np.rot90(UPRIGHT, 2).swapaxes(0, 1),
    8: np.rot90(UPRIGHT, -1),
}
CORNERS = np.ix_([3, -4], [3, -4])


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x8825] = {1: "N", 2: (51.0, 30.0, 0.0)}
    return tags.tobytes()


def noise(*shape):
    return np.random.default_rng(7).integers(0, 256, shape, np.uint8)


LOSSLESS = {"PNG": {}, "TIFF": {"compression": "tiff_lzw"}, "BMP": {}, "WEBP": {"lossless": True}}


@pytest.mark.parametrize("name", LOSSLESS)
def test_a_lossless_file_keeps_every_value(name):
    rgb8 = noise(24, 40, 3)

    photo = codec.decode(saved(rgb8, name, **LOSSLESS[name]), LIMITS)

    assert photo.header == codec.Header(format=name, width=40, height=24)
    assert photo.alpha8 is None
    assert photo.notes == ()
    np.testing.assert_array_equal(photo.rgb8, rgb8)


@pytest.mark.parametrize("name", ["JPEG", "AVIF", "WEBP", "GIF", "MPO"])
def test_a_lossy_file_keeps_its_colours(name):
    photo = codec.decode(saved(UPRIGHT, name, quality=95), LIMITS)

    assert photo.header == codec.Header(format=name.replace("MPO", "JPEG"), width=40, height=24)
    assert np.abs(photo.rgb8[CORNERS].astype(int) - UPRIGHT[CORNERS]).max() <= 4


def test_of_a_phones_mpo_the_first_picture_is_read():
    file = saved(Image.fromarray(UPRIGHT), "MPO", save_all=True, append_images=[Image.new("RGB", (40, 24))])

    photo = codec.decode(file, LIMITS)

    assert photo.header.format == "JPEG"
    assert photo.rgb8[-1, -1].min() > 200


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_every_orientation_ends_upright(name, orientation):
    file = saved(np.ascontiguousarray(STORED[orientation]), name, exif=exif(orientation), quality=95)

    photo = codec.decode(file, LIMITS)

    assert photo.rgb8.shape == (24, 40, 3)
    assert np.abs(photo.rgb8[CORNERS].astype(int) - UPRIGHT[CORNERS]).max() <= 4
    assert photo.header == codec.read_header(file, LIMITS) == codec.Header(format=name, width=40, height=24)


def test_a_broken_exif_is_ignored_with_a_note():
    photo = codec.decode(saved(UPRIGHT, "PNG", exif=b"Exif\0\0rubbish"), LIMITS)

    assert photo.notes == ("its EXIF data is broken and was ignored",)
    np.testing.assert_array_equal(photo.rgb8, UPRIGHT)


@pytest.mark.parametrize(
    ("name", "note"),
    [
        ("PNG", "first of 3 frames"),
        ("WEBP", "first of 3 frames"),
        ("AVIF", "first of 3 frames"),
        ("GIF", "first of several frames"),
        ("TIFF", "first of several frames"),
    ],
)
def test_of_several_frames_the_first_is_read(name, note):
    others = [Image.new("RGB", (40, 24), colour) for colour in ("black", "white")]

    photo = codec.decode(saved(Image.fromarray(UPRIGHT), name, save_all=True, append_images=others), LIMITS)

    assert photo.notes == (note,)
    assert np.abs(photo.rgb8[CORNERS].astype(int) - UPRIGHT[CORNERS]).max() <= 6


def test_alpha_that_is_opaque_everywhere_is_no_alpha():
    opaque = Image.fromarray(UPRIGHT).convert("RGBA")

    assert codec.decode(saved(opaque, "PNG"), LIMITS).alpha8 is None


def test_png_gives_back_colour_and_opacity_even_where_nothing_is_visible():
    rgb8, alpha8 = noise(24, 40, 3), noise(24, 40)
    alpha8[:12] = 0

    photo = codec.decode(codec.encode_png(rgb8, alpha8), LIMITS)

    np.testing.assert_array_equal(photo.rgb8, rgb8)
    np.testing.assert_array_equal(photo.alpha8, alpha8)


def test_webp_gives_back_opacity_exactly_and_keeps_the_colour_under_it():
    """Unless asked, libwebp levels the colour where nothing is visible."""
    rgb8, alpha8 = codec.resize(noise(6, 10, 3), 24, 40), noise(24, 40)
    alpha8[:, :20] = 0

    photo = codec.decode(codec.encode_webp(rgb8, alpha8), LIMITS)

    np.testing.assert_array_equal(photo.alpha8, alpha8)
    assert np.abs(photo.rgb8[:, :20].astype(int) - rgb8[:, :20]).mean() < 20


def test_without_opacity_a_file_has_none():
    for file in (codec.encode_png(UPRIGHT), codec.encode_webp(UPRIGHT)):
        assert codec.decode(file, LIMITS).alpha8 is None


def test_arrays_may_be_views():
    mirrored = UPRIGHT[:, ::-1]

    assert codec.encode_png(mirrored) == codec.encode_png(mirrored.copy())
    assert codec.encode_grey(mirrored[..., 0]) == codec.encode_grey(mirrored[..., 0].copy())


@pytest.mark.parametrize(("quality", "sampling"), [(95, (1, 1)), (90, (1, 1)), (89, (2, 2))])
def test_jpeg_keeps_full_colour_resolution_from_quality_90(quality, sampling):
    image = Image.open(BytesIO(codec.encode_jpeg(UPRIGHT, quality)))

    assert image.layer[0][1:3] == sampling


@pytest.mark.parametrize("quality", [90, 100])
def test_jpeg_of_pure_noise_is_written(quality):
    """libjpeg's optimiser runs out of the buffer that Pillow gives it."""
    rgb8 = noise(600, 600, 3)

    photo = codec.decode(codec.encode_jpeg(rgb8, quality), LIMITS)

    assert photo.rgb8.shape == (600, 600, 3)


@pytest.mark.parametrize(("encode", "side"), [(codec.encode_jpeg, 65_501), (codec.encode_webp, 16_384)])
def test_a_side_that_the_format_cannot_say_is_our_own_fault(encode, side):
    with pytest.raises(ValueError, match=r"65,500|16383"):
        encode(np.zeros((1, side, 3), np.uint8))


def test_written_files_carry_no_metadata():
    """What the customer's camera said about place and time stays out of the result."""
    photo = codec.decode(saved(UPRIGHT, "JPEG", exif=exif(1), comment=b"at home"), LIMITS)

    png, jpeg = codec.encode_png(photo.rgb8, photo.rgb8[..., 0]), codec.encode_jpeg(photo.rgb8)
    webp = codec.encode_webp(photo.rgb8)
    said = {file: set(Image.open(BytesIO(file)).info) for file in (png, jpeg, webp)}

    assert said[png] == set()
    assert said[jpeg] == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert said[webp] == {"loop", "background"}


def test_a_matte_comes_back_as_it_was_written():
    alpha8 = noise(24, 40)

    np.testing.assert_array_equal(codec.decode_grey(codec.encode_grey(alpha8)), alpha8)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "empty"),
        (b"rubbish", "not a picture"),
        (saved(UPRIGHT, "PNG"), "PNG in mode RGB"),
        (saved(UPRIGHT[..., 0], "JPEG"), "JPEG in mode L"),
        (saved(UPRIGHT[..., 0], "PNG")[:60], "truncated or damaged"),
    ],
    ids=["empty", "rubbish", "colour", "JPEG", "cut"],
)
def test_what_is_no_matte_of_ours_is_our_own_fault(data, message):
    with pytest.raises(ValueError, match=message):
        codec.decode_grey(data)


def test_a_text_chunk_cannot_pose_as_something_else():
    """PNG texts land in the same dictionary as the transparent colour and the profile."""
    file = saved(UPRIGHT, "PNG")
    texts = b"".join(png_chunk(b"tEXt", key + b"\0zz") for key in (b"transparency", b"icc_profile", b"xmp"))

    photo = codec.decode(file[:33] + texts + file[33:], LIMITS)

    np.testing.assert_array_equal(photo.rgb8, UPRIGHT)
    assert photo.alpha8 is None
