"""Finished pictures as files: every format, its marks, its limits."""

from io import BytesIO
from zipfile import ZIP_STORED, ZipFile

import numpy as np
import pytest
from PIL import Image, ImageCms

from cutout import codec
from cutout.encode import encode
from cutout.errors import BadRecipe, SizeOutOfReach
from cutout.file_options import FileOptions
from picture_bytes import LIMITS
from scenes import disc, strands

SCENE = disc(96, 30, 5)
RGB8, ALPHA8 = SCENE.foreground8, SCENE.alpha8


def noise(*shape):
    return np.random.default_rng(7).integers(0, 256, shape, np.uint8)


def opened(body):
    return Image.open(BytesIO(body))


def over(rgb8, alpha8, grey):
    alpha = alpha8[..., None] / 255
    return alpha * rgb8 + (1 - alpha) * grey


@pytest.mark.parametrize("name", ["png", "tiff"])
def test_a_lossless_format_keeps_colour_and_opacity_even_where_nothing_is_visible(name):
    rgb8, alpha8 = noise(24, 40, 3), noise(24, 40)
    alpha8[:12] = 0

    found = encode(rgb8, alpha8, FileOptions(format=name))

    photo = codec.decode(found.body, LIMITS)
    np.testing.assert_array_equal(photo.rgb8, rgb8)
    np.testing.assert_array_equal(photo.alpha8, alpha8)
    assert (found.quality, found.encodes) == (None, 1)


@pytest.mark.parametrize("name", ["webp", "avif"])
@pytest.mark.parametrize("quality", [20, 75, 95])
def test_a_lossy_format_keeps_opacity_exactly(name, quality):
    """An encoder that treats opacity like colour leaves a veil over what should be clear."""
    alpha8 = noise(96, 96)

    found = encode(RGB8, alpha8, FileOptions(format=name, quality=quality))

    np.testing.assert_array_equal(codec.decode(found.body, LIMITS).alpha8, alpha8)
    assert (found.quality, found.encodes) == (quality, 1)


@pytest.mark.parametrize(("name", "mean"), [("webp", 1.5), ("avif", 1.5), ("jpeg", 1.5)])
def test_a_lossy_format_keeps_colours_nearly(name, mean):
    body = encode(SCENE.rgb8, None, FileOptions(format=name)).body

    error = np.abs(codec.decode(body, LIMITS).rgb8.astype(int) - SCENE.rgb8)

    assert error.mean() <= mean


@pytest.mark.parametrize("name", ["jpeg", "webp", "avif", "tiff", "png"])
def test_an_opaque_picture_has_no_opacity_in_its_file(name):
    assert codec.decode(encode(RGB8, None, FileOptions(format=name)).body, LIMITS).alpha8 is None


def test_opacity_in_a_jpeg_is_our_own_fault():
    with pytest.raises(ValueError, match="background first"):
        encode(RGB8, ALPHA8, FileOptions(format="jpeg"))


def test_a_tiff_says_that_its_alpha_is_straight():
    tags = opened(encode(RGB8, ALPHA8, FileOptions(format="tiff")).body).tag_v2

    extra_samples, compression, predictor, samples = (tags[number] for number in (338, 259, 317, 277))
    assert (extra_samples, compression, predictor, samples) == ((2,), 5, 2, 4)


@pytest.mark.parametrize(
    ("name", "mode", "worst"),
    [("png", "L", 0), ("tiff", "L", 0), ("jpeg", "L", 9), ("avif", "L", 9), ("webp", "RGB", 9)],
)
def test_alpha_alone_is_a_grey_picture_of_the_matte(name, mode, worst):
    body = encode(noise(96, 96, 3), ALPHA8, FileOptions(format=name, channels="alpha", quality=95)).body

    assert opened(body).mode == mode
    assert np.abs(np.asarray(opened(body).convert("L")).astype(int) - ALPHA8).max() <= worst


def test_alpha_alone_of_an_opaque_picture_is_white():
    body = encode(RGB8, None, FileOptions(channels="alpha")).body

    assert np.asarray(opened(body)).min() == 255


@pytest.mark.parametrize("name", ["png", "jpeg", "tiff"])
def test_dpi_stands_where_the_format_has_a_place_for_it(name):
    image = opened(encode(RGB8, None, FileOptions(format=name, dpi=300)).body)

    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.01)


@pytest.mark.parametrize("name", ["webp", "avif"])
def test_dpi_stands_in_exif_where_the_format_has_no_place_for_it(name):
    plain = encode(RGB8, ALPHA8, FileOptions(format=name)).body
    body = encode(RGB8, ALPHA8, FileOptions(format=name, dpi=300)).body

    exif = opened(body).getexif()
    assert (exif[282], exif[283], exif[296]) == (300, 300, 2)
    assert len(body) - len(plain) <= 200


@pytest.mark.parametrize("name", ["png", "jpeg", "tiff", "webp", "avif"])
def test_a_profile_is_embedded_on_request_and_changes_nothing(name):
    body = encode(RGB8, None, FileOptions(format=name, icc="srgb")).body

    profile = ImageCms.ImageCmsProfile(BytesIO(opened(body).info["icc_profile"])).profile
    assert profile.xcolor_space == "RGB "
    assert "sRGB" in profile.profile_description
    assert str(profile.creation_date) == "2000-01-01 00:00:00"
    assert codec.decode(body, LIMITS).notes == ()


@pytest.mark.parametrize("name", ["png", "jpeg", "tiff", "webp", "avif"])
def test_nothing_is_said_that_was_not_asked_for(name):
    image = opened(encode(RGB8, None, FileOptions(format=name)).body)

    assert "icc_profile" not in image.info
    assert dict(image.getexif()).keys() <= (set(range(254, 318)) if name == "tiff" else set())
    assert image.info.get("dpi") == ((1, 1) if name == "tiff" else None)  # its unit is "none"


@pytest.mark.parametrize("name", ["png", "webp", "avif", "tiff", "zip"])
def test_the_same_picture_gives_the_same_bytes(name):
    options = FileOptions(format=name, dpi=72, icc="srgb")

    assert encode(RGB8, ALPHA8, options).body == encode(RGB8.copy(), ALPHA8.copy(), options).body


def archive(body):
    with ZipFile(BytesIO(body)) as found:
        return {entry.filename: (entry, found.read(entry)) for entry in found.infolist()}


def test_a_zip_holds_colours_and_opacity_stored_without_a_date():
    found = archive(encode(RGB8, ALPHA8, FileOptions(format="zip")).body)

    assert list(found) == ["color.jpg", "alpha.png"]
    assert {entry.compress_type for entry, _ in found.values()} == {ZIP_STORED}
    assert {entry.date_time for entry, _ in found.values()} == {(1980, 1, 1, 0, 0, 0)}
    np.testing.assert_array_equal(codec.decode_grey(found["alpha.png"][1]), ALPHA8)


def test_a_zip_of_the_opacity_alone_put_together_again_is_the_opacity():
    found = archive(encode(RGB8, ALPHA8, FileOptions(format="zip", channels="alpha", quality=100)).body)

    assert (codec.decode_grey(found["alpha.png"][1]) == 255).all()
    error = codec.decode(found["color.jpg"][1], LIMITS).rgb8[..., 1].astype(int) - ALPHA8
    assert np.abs(error).max() <= 3


@pytest.mark.parametrize("scene", [disc(200, 60, 5), strands(200, 30, 3)], ids=["disc", "strands"])
@pytest.mark.parametrize("grey", [0, 255])
def test_a_zip_put_together_again_is_the_png_s_composite(scene, grey):
    """Also at the soft rim, though under alpha 0 the colours that came in are another picture's."""
    rgb8 = np.where(scene.alpha8[..., None] > 0, scene.foreground8, noise(200, 200, 3))

    found = archive(encode(rgb8, scene.alpha8, FileOptions(format="zip")).body)

    colour8 = codec.decode(found["color.jpg"][1], LIMITS).rgb8
    error = np.abs(over(colour8, scene.alpha8, grey) - over(rgb8, scene.alpha8, grey))
    soft = (scene.alpha8 > 0) & (scene.alpha8 < 255)
    assert error.mean() <= 1
    assert error[soft].mean() <= 2
    assert error.max() <= 20


@pytest.mark.parametrize("name", ["jpeg", "webp", "avif", "zip"])
def test_a_byte_limit_is_met_by_lowering_the_quality(name):
    rgb8, alpha8 = np.kron(noise(48, 48, 3), np.ones((4, 4, 1), np.uint8)), None
    free = encode(rgb8, alpha8, FileOptions(format=name))

    found = encode(rgb8, alpha8, FileOptions(format=name, at_most_bytes=len(free.body) // 2))

    assert len(free.body) * 0.4 <= len(found.body) <= len(free.body) // 2
    assert found.quality < 90
    assert 2 <= found.encodes <= 6


def test_a_lossless_file_has_one_size():
    with pytest.raises(SizeOutOfReach, match="a png keeps every value"):
        encode(RGB8, ALPHA8, FileOptions(format="png", at_most_bytes=100))


def test_a_lossless_file_within_the_limits_is_written():
    assert len(encode(RGB8, ALPHA8, FileOptions(at_least_bytes=100, at_most_bytes=10**6)).body) > 100


def test_a_side_too_long_is_refused_before_it_is_encoded():
    with pytest.raises(BadRecipe, match="16,383"):
        encode(np.zeros((1, 16_384, 3), np.uint8), None, FileOptions(format="webp"))
