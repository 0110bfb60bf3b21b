"""Heads: drawn ones, whose geometry is known, are found within the doubt that is stated; nobody is found in nothing."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.drawn_heads import Portrait, portrait
from cutout.codec import encode_png
from cutout.compliance.delivered import Delivered
from cutout.compliance.inspection import inspect
from cutout.preset import load_preset
from cutout.rendering.face import skin
from cutout.rendering.head import Head, Landmark, find_head
from cutout.rendering.head_crop import HeadTarget, crop_for, reached

HEADS: dict[str, dict[str, Any]] = {
    "short hair": {},
    "bald": {"hair": "none"},
    "long hair hides the neck": {"hair": "long"},
    "hat": {"hat": 0.8},
    "tilted right": {"tilt_degrees": 8},
    "tilted left": {"tilt_degrees": -12},
    "brown skin": {"skin": "middle"},
    "dark skin": {"skin": "dark"},
    "faint features": {"eyes": 0.5},
    "small": {"apart": 14},
    "large": {"apart": 90, "height": 720, "width": 600},
}


def found_in(drawn: Portrait) -> Head:
    head = find_head(drawn.rgb8, drawn.alpha8)
    assert head is not None
    return head


def assert_within(truth: float, landmark: Landmark | None, most: float) -> None:
    assert landmark is not None
    assert abs(landmark.value - truth) <= landmark.plus_minus, (landmark, truth)
    assert landmark.plus_minus <= most, (landmark, most)


@pytest.mark.parametrize("name", HEADS)
def test_a_drawn_head_lies_within_the_stated_doubt(name: str) -> None:
    """And the doubt is a small part of the head: a tenth of its height, 3.5 eye distances, at most."""
    drawn = portrait(**HEADS[name])

    head = found_in(drawn)

    assert_within(drawn.hair_top, head.hair_top, most=2)
    assert_within(drawn.skull_top, head.crown, most=0.35 * drawn.apart)
    assert_within(drawn.chin, head.chin, most=0.35 * drawn.apart)
    assert_within(drawn.eye_line, head.eye_line, most=0.12 * drawn.apart)
    assert_within(drawn.centre, head.centre, most=0.12 * drawn.apart)
    assert_within(drawn.apart, head.eye_distance, most=0.15 * drawn.apart)


@pytest.mark.parametrize("degrees", [-12, 0, 8])
def test_the_tilt_is_that_of_the_eyes(degrees: float) -> None:
    head = found_in(portrait(tilt_degrees=degrees))

    assert head.tilt_degrees == pytest.approx(degrees, abs=1)


def test_a_hat_is_the_matte_s_top_and_not_the_skull_s() -> None:
    drawn = portrait(hat=0.8)

    head = found_in(drawn)

    assert head.crown is not None
    assert head.hair_top is not None
    assert head.crown.value - head.hair_top.value > 0.7 * drawn.apart


def test_a_hidden_face_leaves_the_outline_and_says_what_it_cannot_tell() -> None:
    """Sunglasses and masks hide eyes: the neck still says roughly where the chin is, and nothing of the eyes."""
    drawn = portrait(eyes=0)

    head = found_in(drawn)

    assert (head.eye_line, head.crown, head.eye_distance) == (None, None, None)
    assert_within(drawn.chin, head.chin, most=0.8 * drawn.apart)
    assert_within(drawn.centre, head.centre, most=0.4 * drawn.apart)


def test_a_hidden_face_with_a_hidden_neck_is_not_guessed() -> None:
    drawn = portrait(eyes=0, hair="long")

    assert find_head(drawn.rgb8, drawn.alpha8) is None


def test_hair_at_the_picture_s_edge_has_no_top() -> None:
    drawn = portrait()
    cut = slice(100, None)  # through the hair, above the eyes

    head = find_head(drawn.rgb8[cut], drawn.alpha8[cut])

    assert head is not None
    assert (head.hair_top, head.crown) == (None, None)
    assert_within(drawn.eye_line - 100, head.eye_line, most=8)


def disc(colour: tuple[int, int, int]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    y, x = np.mgrid[:300, :300]
    inside = np.hypot(y - 150, x - 150) < 120
    return np.where(inside[..., None], np.array(colour, np.uint8), np.uint8(255)), np.uint8(255) * inside


def vase() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Blue china with a belly, a neck and a broad foot."""
    y, x = np.mgrid[:300, :300]
    width = np.where(y < 140, 70, np.where(y < 200, 30, 120))
    inside = (abs(x - 150) < width) & (y > 20) & (y < 290)
    return np.where(inside[..., None], np.array((60, 80, 170), np.uint8), np.uint8(255)), np.uint8(
        255
    ) * inside


def noise() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    levels8 = np.random.default_rng(3).integers(0, 256, (300, 300, 3), np.uint8)
    return levels8, np.full((300, 300), 255, np.uint8)


NOBODY = {
    "a disc of skin's colour": disc((224, 172, 140)),
    "a vase": vase(),
    "noise": noise(),
    "nothing": (np.full((300, 300, 3), 255, np.uint8), np.zeros((300, 300), np.uint8)),
    "a speck": (
        np.zeros((300, 300, 3), np.uint8),
        np.pad(np.full((9, 9), 255, np.uint8), ((0, 291), (0, 291))),
    ),
}


@pytest.mark.parametrize("name", NOBODY)
def test_nobody_is_found_where_nobody_is(name: str) -> None:
    assert find_head(*NOBODY[name]) is None


def test_skin_is_told_by_its_hue_from_light_to_dark() -> None:
    colours = np.array(
        [(224, 172, 140), (110, 72, 52), (240, 120, 20), (128, 128, 128), (60, 80, 170)], np.uint8
    )

    assert skin(colours).tolist() == [True, True, False, False, False]


# ------------------------------------------------------------------ from the head to the canvas

EDGES = frozenset({"top", "right", "bottom", "left"})
US = HeadTarget(top="hair", head_height=(0.50, 0.69), eye_line=(0.56, 0.69))
CHINA = HeadTarget(top="skull", head_height=(0.5833, 0.6875), crown_margin=(0.0625, 0.1042))


def head_at(hair: float, crown: float, eyes: float, chin: float, centre: float) -> Head:
    def at(value: float) -> Landmark:
        return Landmark(value=value, plus_minus=1, how="drawn so")

    return Head(
        hair_top=at(hair),
        crown=at(crown),
        chin=at(chin),
        eye_line=at(eyes),
        centre=at(centre),
        eye_distance=at(60),
        tilt_degrees=0,
    )


def test_head_height_and_eye_line_come_to_the_middle_of_their_ranges() -> None:
    """The head of 595 pixels is 0.595 of 1000, the eyes are 0.625 above the lower edge: nothing is scaled."""
    head = head_at(hair=1000, crown=1010, eyes=1300, chin=1595, centre=1500)

    placed = crop_for(head, US, canvas=(1000, 1000), photo=(3000, 3000), covered=EDGES)

    assert placed is not None
    assert placed.scale == pytest.approx(1.0)
    assert placed.top == pytest.approx(375 - 1300)
    assert placed.left == pytest.approx(500 - 1500)
    assert reached(placed, (3000, 3000)) == EDGES


def test_the_margin_above_the_skull_decides_where_the_authority_names_it() -> None:
    """Head 0.6354 and margin 0.08335 of 1000 rows."""
    head = head_at(hair=980, crown=1000, eyes=1300, chin=1635.4, centre=1500)

    placed = crop_for(head, CHINA, canvas=(1000, 750), photo=(3000, 3000), covered=EDGES)

    assert placed is not None
    assert placed.scale == pytest.approx(1.0)
    assert placed.top == pytest.approx(83.35 - 1000)


def test_a_head_near_the_photo_s_edge_is_taken_larger_rather_than_leave_it() -> None:
    """At 0.595 the canvas would begin 20 rows above the photograph; at 0.63 it fits, inside the range."""
    head = head_at(hair=60, crown=70, eyes=355, chin=655, centre=1500)

    placed = crop_for(head, US, canvas=(1000, 1000), photo=(3000, 3000), covered=EDGES)

    assert placed is not None
    assert reached(placed, (3000, 3000)) == EDGES
    assert 0.595 < 595 * placed.scale / 1000 < 0.69


def test_a_head_in_the_corner_is_moved_rather_than_leave_the_photo() -> None:
    """No size within the range lets the photograph reach the canvas's upper and left edges."""
    head = head_at(hair=0, crown=10, eyes=300, chin=595, centre=300)

    placed = crop_for(head, US, canvas=(1000, 1000), photo=(3000, 3000), covered=EDGES)

    assert placed is not None
    assert (placed.top, placed.left) == (0, 0)
    assert placed.scale == pytest.approx(1.0)


def test_a_photograph_too_small_for_its_head_is_enlarged_until_it_covers() -> None:
    """At its right size it would be 900 pixels wide. Its own mirror image beside it would be no background."""
    head = head_at(hair=100, crown=110, eyes=395, chin=695, centre=450)

    placed = crop_for(head, US, canvas=(1000, 1000), photo=(800, 900), covered=EDGES)

    assert placed is not None
    assert reached(placed, (800, 900)) == EDGES
    assert placed.scale == pytest.approx(1.25)


def test_hair_stays_on_the_canvas_where_the_skull_is_measured() -> None:
    head = head_at(hair=760, crown=1000, eyes=1300, chin=1635.4, centre=1500)

    placed = crop_for(head, CHINA, canvas=(1000, 750), photo=(3000, 3000), covered=EDGES)

    assert placed is not None
    assert placed.top + placed.scale * 760 == pytest.approx(15)


def test_edges_that_need_no_photograph_leave_the_head_in_the_middle() -> None:
    """A new background lies behind: only where the frame cuts the subject the photograph has to reach."""
    head = head_at(hair=60, crown=70, eyes=355, chin=655, centre=1500)

    placed = crop_for(head, US, canvas=(1000, 1000), photo=(3000, 3000), covered=frozenset({"bottom"}))

    assert placed is not None
    assert 595 * placed.scale / 1000 == pytest.approx(0.595)


def test_a_head_without_a_chin_cannot_be_placed() -> None:
    drawn = portrait(eyes=0)
    head = found_in(drawn)

    assert crop_for(head, US, canvas=(900, 900), photo=(480, 400), covered=EDGES) is not None
    assert crop_for(replace(head, chin=None), US, canvas=(900, 900), photo=(480, 400), covered=EDGES) is None


# ------------------------------------------------------------------ the report


def test_a_portrait_in_the_middle_of_all_ranges_passes_for_the_head() -> None:
    """A drawn head 0.58 of the height with its eyes 0.58 above the lower edge."""
    drawn = portrait(height=600, width=600, apart=93, hair="none")
    given = Delivered(
        body=encode_png(drawn.rgb8),
        alpha8=drawn.alpha8,
        enlargement=1.0,
        cut_edges=("bottom",),
        background_unaltered=True,
    )

    report = inspect(given, load_preset("passport-us"))

    heads = {f.rule: f for f in report.findings if f.rule in ("head_height", "eye_line", "head_centring")}
    assert heads["head_height"].measured == pytest.approx(0.5425, abs=0.02)
    assert heads["eye_line"].measured == pytest.approx(0.58, abs=0.01)
    assert {name: f.status for name, f in heads.items()} == {
        "head_height": "pass",
        "eye_line": "pass",
        "head_centring": "pass",
    }
