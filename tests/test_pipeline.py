from collections.abc import Iterator
from io import BytesIO
from itertools import product

import numpy as np
import pytest
from PIL import Image

from cutout.codec import Header, Photo
from cutout.errors import BadRecipe
from cutout.light import CAMERA, GRAPHIC
from cutout.pipeline import Cutout, Matte, clean, full_matte, make_proxy, mixing_in, render
from cutout.recipe import Output
from cutout.rendering.backgrounds import flatten


def photo(rgb8: np.ndarray, alpha8: np.ndarray | None = None) -> Photo:
    header = Header(format="PNG", width=rgb8.shape[1], height=rgb8.shape[0])
    return Photo(rgb8=rgb8, alpha8=alpha8, header=header, notes=())


def scene(height: int = 40, width: int = 60) -> np.ndarray:
    """Left half subject (red), right half background (blue)."""
    rgb8 = np.zeros((height, width, 3), np.uint8)
    rgb8[:, : width // 2] = (200, 30, 20)
    rgb8[:, width // 2 :] = (10, 40, 220)
    return rgb8


COARSE = np.repeat(np.where(np.arange(64) < 32, 255, 0).astype(np.uint8)[None], 64, axis=0)


def test_a_cutout_has_the_photo_s_size_and_keeps_the_subject_s_pixels() -> None:
    picture = photo(scene())

    cutout = clean(picture, full_matte(picture, COARSE))

    assert cutout.alpha8.shape == (40, 60)
    assert cutout.alpha8[20, 5] == 255
    assert cutout.alpha8[20, 55] == 0
    assert cutout.rgb8[20, 5].tolist() == [200, 30, 20]
    assert cutout.rgb8[20, 55].tolist() == [0, 0, 0]


def _mattes(side: int) -> Iterator[np.ndarray]:
    """Empty, full, half, noise, crumbs, one line of subject, one of background, a slope, one dot."""
    rng = np.random.default_rng(side)
    yield from (np.full((side, side), level, np.uint8) for level in (0, 255, 128))
    yield rng.integers(0, 256, (side, side), np.uint8)
    yield rng.integers(0, 2, (side, side), np.uint8) * np.uint8(255)
    line = np.zeros((side, side), np.uint8)
    line[:, side // 2] = 255
    yield line
    yield ~line
    yield np.repeat(np.linspace(0, 255, side).astype(np.uint8)[None], side, axis=0)
    dot = np.zeros((side, side), np.uint8)
    dot[side // 2, side // 2] = 255
    yield dot


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 700), (700, 1), (3, 3), (2, 5), (17, 900), (64, 64), (3, 5000)]
)
def test_every_matte_of_every_picture_becomes_a_cutout(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(shape[1])
    pictures = [rng.integers(0, 256, (*shape, 3), np.uint8), np.full((*shape, 3), (0, 200, 40), np.uint8)]
    for rgb8, side in product(pictures, (1, 2, 64)):
        for coarse8 in _mattes(side):
            picture = photo(rgb8)

            cutout = clean(picture, full_matte(picture, coarse8))

            assert cutout.alpha8.shape == shape
            if np.ptp(coarse8) == 0:
                assert (cutout.alpha8 == coarse8[0, 0]).all()


def test_a_recipe_can_turn_interiors_off() -> None:
    """A band of the subject's own colour that the network wavers about: .4 to .6."""
    rgb8 = np.repeat(np.repeat(scene(), 6, axis=0), 6, axis=1)
    rows = np.arange(64)[:, None]
    doubtful = (rows >= 24) & (rows < 40) & (np.arange(64) < 24)
    coarse8 = np.where(doubtful, 128 + 25 * np.sin(rows), COARSE).astype(np.uint8)

    normal, off = (full_matte(photo(rgb8), coarse8, interiors) for interiors in ("normal", "off"))

    middle = slice(108, 132), slice(30, 90)
    assert normal.alpha8[middle].min() == 255
    assert off.alpha8[middle].mean() < 200
    assert (0.1 < normal.filled_share < 0.3, normal.opened_share) == (True, 0.0)
    assert (off.filled_share, off.opened_share) == (0.0, 0.0)


def test_what_was_transparent_stays_transparent() -> None:
    given = np.full((40, 60), 255, np.uint8)
    given[:10] = 0
    given[10:20] = 128
    picture = photo(scene(), given)

    alpha8 = full_matte(picture, COARSE).alpha8

    assert (alpha8[:10] == 0).all()
    assert alpha8[15, 5] == 128
    assert alpha8[30, 5] == 255


def test_the_network_sees_a_transparent_picture_over_white() -> None:
    """Hidden colours, often black, are not what people saw."""
    picture = photo(np.zeros((8, 8, 3), np.uint8), np.zeros((8, 8), np.uint8))

    assert (make_proxy(picture, 4) == 255).all()


def test_the_proxy_is_stretched_to_the_square() -> None:
    proxy = make_proxy(photo(scene(40, 60)), 32)

    assert proxy.shape == (32, 32, 3)
    assert proxy[16, 2].tolist() == [200, 30, 20]
    assert proxy[16, 30].tolist() == [10, 40, 220]


CUTOUT = Cutout(
    mixing=CAMERA,
    rgb8=np.array([[[255, 0, 0], [255, 0, 0], [0, 0, 0]]], np.uint8),
    alpha8=np.array([[255, 128, 0]], np.uint8),
)


def read(body: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(body)))


def test_a_transparent_png_is_straight_alpha() -> None:
    assert read(render(CUTOUT, Output())).tolist() == [[[255, 0, 0, 255], [255, 0, 0, 128], [0, 0, 0, 0]]]


def test_display_alpha_is_for_viewers_that_blend_as_encoded() -> None:
    """Half a pixel of dark blue is thinner there; what is opaque or clear stays."""
    dark = Cutout(
        mixing=CAMERA,
        rgb8=np.array([[[0, 0, 90], [0, 0, 90], [0, 0, 0]]], np.uint8),
        alpha8=np.array([[255, 128, 0]], np.uint8),
    )

    [[opaque, half, clear]] = read(render(dark, Output(alpha="display"))).tolist()

    assert opaque == [0, 0, 90, 255]
    assert 67 < half[3] < 110
    assert clear == [0, 0, 0, 0]


def test_half_a_pixel_of_red_on_white_is_mixed_in_linear_light() -> None:
    """0.502 of linear red 1 and 0.498 of linear white 1: green and blue are 0.498 in linear light, 187 in sRGB."""
    mixed = read(render(CUTOUT, Output(background="white")))

    assert mixed.tolist() == [[[255, 0, 0], [255, 187, 187], [255, 255, 255]]]


def test_half_a_pixel_of_a_drawing_is_mixed_as_encoded() -> None:
    drawing = Cutout(rgb8=CUTOUT.rgb8, alpha8=CUTOUT.alpha8, mixing=GRAPHIC)

    mixed = read(render(drawing, Output(background="white")))

    assert mixed.tolist() == [[[255, 0, 0], [255, 127, 127], [255, 255, 255]]]


def test_a_cutout_carries_how_its_picture_was_mixed() -> None:
    """Flat red beside flat blue is a drawing; a little noise makes it a photograph."""
    drawn = np.repeat(np.repeat(scene(), 4, axis=0), 4, axis=1)
    noise = np.random.default_rng(5).integers(-3, 4, drawn.shape)
    shot = np.clip(drawn.astype(int) + noise, 0, 255).astype(np.uint8)

    cutouts = [clean(photo(rgb8), full_matte(photo(rgb8), COARSE)) for rgb8 in (drawn, shot)]

    assert [cutout.mixing for cutout in cutouts] == [GRAPHIC, CAMERA]


def test_an_upload_s_own_soft_edge_comes_back_as_it_was() -> None:
    """Everybody saw it mixed as encoded, so that is how it is laid over white and taken off again."""
    rgb8 = np.full((20, 30, 3), (200, 30, 20), np.uint8)
    given = np.repeat(np.linspace(255, 0, 30).astype(np.uint8)[None], 20, axis=0)
    picture = photo(rgb8, given)

    cutout = clean(picture, Matte(alpha8=given, mixing=mixing_in(picture)))

    assert np.abs(cutout.rgb8[:, :24].astype(int) - (200, 30, 20)).max() <= 8


def test_every_format_is_what_it_says() -> None:
    formats = {Image.open(BytesIO(render(CUTOUT, Output(format=f)))).format for f in ("png", "webp", "jpeg")}

    assert formats == {"PNG", "WEBP", "JPEG"}


def test_a_picture_too_long_for_its_format_is_the_recipe_s_fault() -> None:
    long = Cutout(
        rgb8=np.zeros((1, 16_384, 3), np.uint8), alpha8=np.zeros((1, 16_384), np.uint8), mixing=CAMERA
    )

    with pytest.raises(
        BadRecipe, match="a webp has at most 16,383 pixels a side, and the picture has 16,384"
    ):
        render(long, Output(format="webp"))
    assert read(render(long, Output())).shape == (1, 16_384, 4)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (255, 0, 255), (1, 2, 3)])
def test_a_composite_changes_neither_the_opaque_nor_the_empty(colour: tuple[int, int, int]) -> None:
    levels = np.arange(256, dtype=np.uint8)
    rgb8 = np.stack([levels, levels[::-1], levels], axis=-1)[None].repeat(2, axis=0)
    alpha8 = np.stack([np.full(256, 255, np.uint8), np.zeros(256, np.uint8)])

    flat = flatten(rgb8, alpha8, colour, CAMERA)

    assert (flat[0] == rgb8[0]).all()
    assert (flat[1] == colour).all()


def test_shares_count_pixels() -> None:
    assert (CUTOUT.soft_share, CUTOUT.subject_share) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
