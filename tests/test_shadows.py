"""Shades of bodies whose contacts and shadows are known."""

import numpy as np
import pytest
from numpy.typing import NDArray

from cutout.rendering.shadows import Room, contact, contact_room, drop, drop_room

Alpha8 = NDArray[np.uint8]


def table() -> Alpha8:
    """Far legs end at row 560, near ones at 620; the top is 200 rows above."""
    alpha8 = np.zeros((800, 800), np.uint8)
    alpha8[300:350, 150:650] = 255
    for left, bottom in ((170, 560), (230, 620), (610, 620), (540, 560)):
        alpha8[300:bottom, left : left + 20] = 255
    return alpha8


def car() -> Alpha8:
    """Wheels stand on row 600, 150 to 230 and 570 to 650; the body ends at row 560, its bumpers stick out."""
    alpha8 = np.zeros((800, 800), np.uint8)
    alpha8[400:560, 60:740] = 255
    y, x = np.mgrid[:800, :800] + 0.5
    for centre in (190, 610):
        alpha8[np.hypot(y - 560, x - centre) < 40] = 255
    return alpha8


def ball(radius: float) -> Alpha8:
    y, x = np.mgrid[:800, :800] + 0.5
    return np.rint(255 * np.clip(radius + 0.5 - np.hypot(y - 400, x - 400), 0, 1)).astype(np.uint8)


def test_every_leg_has_its_own_contact() -> None:
    shade8 = contact(table(), softness=8)

    for column, bottom in ((180, 560), (240, 620), (620, 620), (550, 560)):
        assert shade8[bottom + 2, column] > 120, (column, bottom)
    assert shade8[622, 400] < 8  # no band below the whole


def test_a_box_seen_at_its_corner_is_dark_along_both_lower_edges() -> None:
    alpha8 = np.zeros((800, 800), np.uint8)
    bottom = (600 - 0.4 * np.abs(np.arange(800) - 400)).astype(int)
    alpha8[(np.arange(800)[:, None] >= 250) & (np.arange(800)[:, None] < bottom)] = 255
    alpha8[:, :200] = alpha8[:, 600:] = 0

    shade8 = contact(alpha8, softness=8)

    for column in (220, 300, 400, 500, 580):
        assert shade8[bottom[column] + 2, column] > 120, column


def test_a_ball_touches_the_ground_at_its_lowest_point_alone() -> None:
    shade8 = contact(ball(200), softness=8)

    assert shade8[603, 400] > 120
    assert shade8[400, 180:202].max() == 0  # beside the ball
    assert shade8[:480].max() == 0


def test_a_bumper_is_no_foot_and_what_hovers_between_the_wheels_is_softly_shaded() -> None:
    shade8 = contact(car(), softness=8)

    assert shade8[602, 190] > 120
    assert shade8[602, 610] > 120
    assert shade8[563, 64] < 16
    assert 8 < shade8[602, 400] < shade8[602, 190]


def test_a_rail_between_legs_shades_no_ground() -> None:
    with_rail8 = table()
    with_rail8[570:574, 240:620] = 255

    assert contact(with_rail8, softness=8)[610, 400] < 8


def test_a_crumb_of_the_matte_is_no_foot() -> None:
    clean8 = table()
    dirty8 = clean8.copy()
    dirty8[700:706, 400:406] = 255

    assert np.array_equal(contact(dirty8, softness=8), contact(clean8, softness=8))


def test_what_the_lower_border_cuts_stands_on_nothing() -> None:
    portrait8 = np.zeros((400, 400), np.uint8)
    portrait8[100:, 100:300] = 255

    assert contact(portrait8, softness=8).max() == 0


def test_a_hand_beside_a_cut_body_stands_on_nothing() -> None:
    """But the far legs of what is cut at one near leg do."""
    person8, stool8 = np.zeros((400, 400), np.uint8), np.zeros((400, 400), np.uint8)
    person8[40:, 150:260] = 255
    person8[200:380, 110:130] = person8[200:230, 110:200] = 255
    stool8[100:150, 100:300] = stool8[100:, 100:115] = stool8[100:370, 285:300] = 255

    assert contact(person8, softness=8).max() == 0
    assert contact(stool8, softness=8)[370, 290] > 120


@pytest.mark.parametrize("level", [0, 100])
def test_without_a_solid_subject_there_is_no_contact(level: int) -> None:
    assert contact(np.full((50, 60), level, np.uint8), softness=4).max() == 0


def test_there_is_no_light_gap_between_a_soft_edge_and_its_contact() -> None:
    """Wherever the subject's lower edge lets the ground through, the ground is in the shade."""
    alpha8 = ball(200.3)
    column8 = alpha8[:, 400].astype(int)

    shade8 = contact(alpha8, softness=8)[:, 400]

    below = np.flatnonzero(column8 == 255)[-1]
    assert column8[below + 1] in range(1, 255)
    assert shade8[below - 1 : below + 3].min() > 120


def test_contact_stays_inside_its_room() -> None:
    shade8 = contact(table(), softness=8)

    room = contact_room(8)
    rows, columns = np.nonzero(shade8 > 3)
    assert room == Room(top=0, right=44, bottom=28, left=44)
    assert rows.max() < 620 + room.bottom
    assert 150 - room.left <= columns.min() < columns.max() < 650 + room.right


def test_a_drop_shadow_is_the_silhouette_moved() -> None:
    alpha8 = np.zeros((40, 50), np.uint8)
    alpha8[10:20, 10:30] = 200

    shade8 = drop(alpha8, (5, -3), softness=0)

    expected8 = np.zeros((40, 50), np.uint8)
    expected8[15:25, 7:27] = 200
    assert np.array_equal(shade8, expected8)


def test_a_drop_shadow_has_half_of_its_shade_at_the_moved_edge() -> None:
    alpha8 = np.zeros((400, 400), np.uint8)
    alpha8[100:300, 100:300] = 255

    row8 = drop(alpha8, (0, 20), softness=10)[200].astype(float)

    at = np.arange(400) + 0.5
    assert np.interp(320, at, row8) == pytest.approx(127.5, abs=2)
    assert np.interp(330, at, row8) == pytest.approx(40.5, abs=3)  # one deviation further
    assert np.interp(310, at, row8) == pytest.approx(214.5, abs=3)


def test_the_shadow_of_a_cut_subject_does_not_fade_at_the_canvas_edge() -> None:
    alpha8 = np.zeros((200, 200), np.uint8)
    alpha8[50:, 50:150] = 255

    assert drop(alpha8, (10, 0), softness=8)[-20:, 100].min() == 255


def test_drop_stays_inside_its_room() -> None:
    alpha8 = np.zeros((400, 400), np.uint8)
    alpha8[150:250, 150:250] = 255

    shade8 = drop(alpha8, (12, -7), softness=6)

    room = drop_room((12, -7), 6)
    rows, columns = np.nonzero(shade8 > 3)
    assert room == Room(top=3, right=8, bottom=27, left=22)
    assert 150 - room.top <= rows.min() < rows.max() < 250 + room.bottom
    assert 150 - room.left <= columns.min() < columns.max() < 250 + room.right
