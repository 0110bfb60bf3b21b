"""Shadows thrown by rods, discs and boxes: where they must fall is geometry."""

import numpy as np
import pytest
from numpy.typing import NDArray

from cutout.codec import to_uint8
from cutout.rendering.cast_shadow import Light, cast, cast_room

Alpha8 = NDArray[np.uint8]


def rod(top: int, bottom: int, column: int) -> Alpha8:
    alpha8 = np.zeros((700, 700), np.uint8)
    alpha8[top:bottom, column - 5 : column + 5] = 255
    return alpha8


def extent(shade8: Alpha8) -> tuple[int, int, int, int]:
    """First and last row, first and last column of what is in the shade."""
    rows, columns = np.nonzero(shade8 > 12)
    return int(rows.min()), int(rows.max()), int(columns.min()), int(columns.max())


# A rod 200 rows high with its foot at row 400, column 350; the camera shortens what comes towards it to 0.4.
@pytest.mark.parametrize(
    ("azimuth", "elevation", "tip"),
    [
        (0, 45, (480, 350)),  # from behind: towards the viewer
        (180, 45, (320, 350)),  # from the camera: behind the subject
        (315, 45, (457, 491)),  # from behind on the left: 200 sin 45 to the right, 0.4 x 200 cos 45 down
        (45, 45, (457, 209)),
        (315, 63.435, (428, 421)),  # twice as steep, half as long
        (270, 45, (420, 550)),  # from the left; a body is not as thin as a card, so it comes 0.1 x 200 down
    ],
)
def test_the_tip_of_a_rod_s_shadow_is_where_the_light_throws_it(
    azimuth: float, elevation: float, tip: tuple[int, int]
) -> None:
    shade8 = cast(rod(200, 400, 350), Light(azimuth_degrees=azimuth, elevation_degrees=elevation), softness=1)

    first_row, last_row, first_column, last_column = extent(shade8)
    row = last_row if tip[0] > 400 else first_row
    column = last_column if tip[1] >= 350 else first_column
    assert row == pytest.approx(tip[0], abs=4)
    assert column == pytest.approx(tip[1], abs=9)  # half of the rod's width more, and the blur


def test_the_shadow_is_full_at_the_foot_and_weaker_and_softer_at_the_tip() -> None:
    light = Light(azimuth_degrees=0, elevation_degrees=20)  # 0.4 / tan 20 = 1.1 rows a row

    shade8 = cast(rod(200, 400, 350), light, softness=12)

    assert shade8[404, 350] > 220
    assert shade8[600, 350] < 100
    assert np.count_nonzero(shade8[590] > 8) > 2 * np.count_nonzero(shade8[410] > 8)


def test_feet_at_different_depths_each_keep_their_shadow() -> None:
    alpha8 = np.zeros((800, 800), np.uint8)
    alpha8[200:300, 200:600] = 255
    for left, bottom in ((210, 560), (280, 620), (570, 620)):
        alpha8[200:bottom, left : left + 20] = 255

    shade8 = cast(alpha8, Light(azimuth_degrees=330, elevation_degrees=50), softness=6)

    for left, bottom in ((210, 560), (280, 620), (570, 620)):
        assert shade8[bottom - 1 : bottom + 4, left + 10].min() > 150, (left, bottom)


def test_a_box_seen_at_its_corner_throws_one_shadow_without_gaps() -> None:
    alpha8 = np.zeros((800, 800), np.uint8)
    bottom = (600 - 0.5 * np.abs(np.arange(800) - 350)).astype(int)
    alpha8[(np.arange(800)[:, None] >= 300) & (np.arange(800)[:, None] < bottom)] = 255
    alpha8[:, :200] = alpha8[:, 500:] = 0

    shade8 = cast(alpha8, Light(azimuth_degrees=310, elevation_degrees=45), softness=2)

    for row in (570, 590, 610):
        dark = np.flatnonzero(shade8[row] > 60)
        assert np.all(np.diff(dark) == 1), row


def test_light_from_the_right_is_light_from_the_left_mirrored() -> None:
    y, x = np.mgrid[:600, :600] + 0.5
    ball8 = np.where(np.hypot(y - 250, x - 300) < 90, 255, 0).astype(np.uint8)

    left8 = cast(ball8, Light(azimuth_degrees=300, elevation_degrees=40), softness=5)
    right8 = cast(ball8, Light(azimuth_degrees=60, elevation_degrees=40), softness=5)

    assert left8.max() > 200
    assert np.mean(np.abs(left8[:, ::-1].astype(int) - right8) > 12) < 0.001


def test_the_shadow_of_a_slanted_leg_has_no_beads() -> None:
    y, x = np.mgrid[:1000, :1000] + 0.5
    leg = np.clip(9.5 - np.abs(x - 600 - 0.12 * (y - 800)), 0, 1) * (y > 300) * (y < 800)

    shade8 = cast(
        to_uint8(leg.astype(np.float32)), Light(azimuth_degrees=90, elevation_degrees=30), softness=1
    )

    along = shade8[:, 300:560].max(0).astype(int)
    assert along.min() > 150
    assert np.abs(np.diff(along)).max() < 10


def test_what_juts_out_from_between_legs_throws_a_straight_shadow() -> None:
    """A bar 50 rows over the ground of the far legs; nearer legs do not bend the ends that reach towards them."""
    alpha8 = np.zeros((800, 800), np.uint8)
    alpha8[200:300, 200:600] = 255
    for left, bottom in ((200, 720), (580, 720), (280, 650), (500, 650)):
        alpha8[200:bottom, left : left + 16] = 255
    alpha8[600:608, 235:560] = 255

    shade8 = cast(alpha8, Light(azimuth_degrees=0, elevation_degrees=45), softness=4)

    middles = [int(shade8[615:715, column].argmax()) + 615 for column in (240, 260, 400, 530, 550)]
    assert middles == pytest.approx([668] * 5, abs=2)  # 650 + 0.4 x 46
    assert shade8[680:712, 236:262].max() < 12


def cylinder() -> Alpha8:
    """400 rows high; its base is a circle, seen as 240 columns and 48 rows around row 600, column 500."""
    y, x = np.mgrid[:700, :700] + 0.5
    foot = 600 + 24 * np.sqrt(np.clip(1 - ((x - 500) / 120) ** 2, 0, 1))
    inside = np.clip(foot - y + 0.5, 0, 1) * (np.abs(x - 500) < 120) * (y > 200)
    return np.rint(255 * inside).astype(np.uint8)


def test_tufts_on_the_ground_leave_no_streaks_in_the_shadow_of_a_body() -> None:
    """Tufts of 6 columns that end at rows 580 to 594, below one body."""
    y, x = np.mgrid[:700, :700]
    ends = (580 + 14 * np.random.default_rng(3).random(120)).astype(int)[x // 6]
    alpha8 = np.where((y > 200) & (y < ends) & (np.abs(x - 350) < 150), 255, 0).astype(np.uint8)

    shade8 = cast(alpha8, Light(azimuth_degrees=315, elevation_degrees=45), softness=4)

    across = shade8[610, 340:480].astype(int)
    assert np.abs(np.diff(across, 2)).max() < 6


def test_the_edge_of_a_shadow_from_the_side_has_no_stairs() -> None:
    shade8 = cast(cylinder(), Light(azimuth_degrees=90, elevation_degrees=30), softness=4)

    upper = [np.interp(100, shade8[500:625, column], np.arange(500, 625)) for column in range(300, 370)]
    line = np.polyval(np.polyfit(np.arange(70), upper, 2), np.arange(70))
    assert np.abs(upper - line).max() < 0.15


def test_a_round_body_throws_a_shadow_as_deep_as_its_base() -> None:
    """Its far and near sides, rows 576 and 624, throw along lines that come down by 0.1 rows a column."""
    shade8 = cast(cylinder(), Light(azimuth_degrees=90, elevation_degrees=30), softness=4)

    rows = np.flatnonzero(shade8[:, 360] > 60)
    assert rows.min() == pytest.approx(590, abs=10)
    assert rows.max() == pytest.approx(638, abs=6)


def test_a_shadow_without_a_contact_is_none() -> None:
    light = Light(azimuth_degrees=0, elevation_degrees=45)

    assert cast(np.zeros((60, 60), np.uint8), light, softness=2).max() == 0


@pytest.mark.parametrize("azimuth", [0, 100, 200, 310])
def test_a_cast_shadow_stays_inside_its_room(azimuth: float) -> None:
    light = Light(azimuth_degrees=azimuth, elevation_degrees=50)

    shade8 = cast(rod(250, 400, 350), light, softness=6)

    room = cast_room(light, 150, 6)
    rows, columns = np.nonzero(shade8 > 3)
    assert 250 - room.top <= rows.min() < rows.max() <= 400 + room.bottom
    assert 345 - room.left <= columns.min() < columns.max() <= 355 + room.right


@pytest.mark.parametrize("elevation", [4.9, 0, -10, 91])
def test_a_light_stands_above_the_horizon(elevation: float) -> None:
    with pytest.raises(ValueError, match="5 to 90 degrees"):
        Light(azimuth_degrees=0, elevation_degrees=elevation)
