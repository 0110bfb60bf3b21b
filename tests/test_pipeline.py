from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from cutout.codec import Header, Photo
from cutout.errors import BadRecipe
from cutout.light import CAMERA, GRAPHIC
from cutout.pipeline import (
    Cutout,
    Matte,
    as_looked_at,
    clean,
    full_matte,
    in_frame,
    make_proxy,
    mixing_in,
    region_of,
    unmixed,
    way_of,
    with_edge,
)
from cutout.recipe import Edge, Recipe
from cutout.rendering.placement import Box

ALPHAS = ("keep", "intersect", "ignore")


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


def test_a_region_is_in_pixels_or_shares_of_the_whole_picture() -> None:
    assert region_of(None, 40, 60) == Box(top=0, left=0, bottom=40, right=60)
    assert region_of("25% 10px 100% 50%", 40, 60) == Box(top=10, left=15, bottom=20, right=60)
    assert region_of("50px 0px 900px 900px", 40, 60) == Box(top=0, left=50, bottom=40, right=60)


def test_a_region_outside_the_picture_is_refused() -> None:
    with pytest.raises(
        BadRecipe, match=r"recipe.roi is '70px 0% 90px 100%', which leaves nothing of a picture of 60 x 40"
    ):
        region_of("70px 0% 90px 100%", 40, 60)


def test_a_region_is_cut_out_of_a_reduced_copy_in_proportion() -> None:
    reduced = replace(photo(scene(40, 60)), header=Header(format="JPEG", width=120, height=80))

    part = as_looked_at(reduced, Recipe(roi="60px 20px 120px 80px"))

    assert part.rgb8.shape == (30, 30, 3)
    assert (part.rgb8 == (10, 40, 220)).all()


def test_outside_the_region_there_is_no_subject() -> None:
    picture, recipe = photo(scene()), Recipe(roi="0% 50% 100% 100%")
    part = as_looked_at(picture, recipe)

    cutout = in_frame(clean(part, full_matte(part, COARSE)), picture, recipe.roi)

    assert cutout.alpha8.shape == (40, 60)
    assert (cutout.alpha8[:20] == 0).all()
    assert cutout.alpha8[30, 5] == 255


def test_the_upload_s_transparency_is_kept_only_if_asked() -> None:
    given = np.full((40, 60), 128, np.uint8)
    picture = photo(scene(), given)

    ways = {
        word: way_of(as_looked_at(picture, Recipe(input_alpha=word)), Recipe(input_alpha=word))
        for word in ALPHAS
    }

    assert {word: way.lane == "given" for word, way in ways.items()} == {
        "keep": True,
        "intersect": False,
        "ignore": False,
    }
    assert as_looked_at(picture, Recipe(input_alpha="ignore")).alpha8 is None
    assert (unmixed(picture, "given", None).alpha8 == given).all()
    assert (unmixed(picture, "given", None).rgb8 == picture.rgb8).all()


def test_without_transparency_there_is_nothing_to_keep() -> None:
    noisy = np.random.default_rng(3).integers(0, 256, (64, 64, 3), np.uint8)

    assert way_of(photo(noisy), Recipe(input_alpha="keep")).lane == "photo"


def test_no_correction_of_the_edge_changes_nothing() -> None:
    cutout = clean(photo(scene()), full_matte(photo(scene()), COARSE))

    same = with_edge(cutout, Edge())

    assert np.array_equal(same.rgb8, cutout.rgb8)
    assert np.array_equal(same.alpha8, cutout.alpha8)


def test_an_edge_moves_and_softens() -> None:
    cutout = clean(photo(scene()), full_matte(photo(scene()), COARSE))

    inward, outward, soft = (
        with_edge(cutout, edge) for edge in (Edge(shift_px=-3), Edge(shift_px=3), Edge(feather_px=4))
    )

    assert inward.alpha8.sum() < cutout.alpha8.sum() < outward.alpha8.sum()
    assert soft.soft_share > 2 * cutout.soft_share
    assert outward.rgb8[20, 31].tolist() == [200, 30, 20]  # the subject's colour, not the old background's


def test_shares_count_pixels() -> None:
    cutout = Cutout(
        mixing=CAMERA, rgb8=np.zeros((1, 3, 3), np.uint8), alpha8=np.array([[255, 128, 0]], np.uint8)
    )

    assert (cutout.soft_share, cutout.subject_share) == (pytest.approx(1 / 3), pytest.approx(1 / 3))
