"""Interiors and gaps: what becomes solid, what opens, and above all what stays as it is."""

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from cutout.matting.interior import NORMAL, STRONG, Settled, Strength, settle

Picture8 = NDArray[np.uint8]

WALL, SKIN, SHIRT, NAVY = (96, 140, 190), (205, 150, 120), (60, 40, 30), (30, 40, 90)
INTERIOR = slice(130, 190), slice(50, 110)
BODY = slice(96, 200), slice(21, 140)


def doubt(matte8: Picture8, place: tuple[slice, slice], level: int) -> None:
    """Write what a network says that cannot tell: about ``level``, but never evenly."""
    y, x = np.mgrid[place]
    matte8[place] = np.rint(level + 8 * np.sin(y / 3) * np.cos(x / 4)).astype(np.uint8)


def scene(shirt: tuple[int, int, int] = SHIRT) -> tuple[Picture8, Picture8]:
    """200 x 160: a head that the network is sure of, on a shirt of another colour, before a wall; its matte."""
    y, x = np.mgrid[:200, :160]
    rgb8 = np.full((200, 160, 3), WALL, np.uint8)
    head, body = np.hypot(y - 60, x - 80) < 42, (y > 95) & (np.abs(x - 80) < 60)
    rgb8[body], rgb8[head] = shirt, SKIN
    return rgb8, np.where(head | body, 255, 0).astype(np.uint8)


def dissolved(level: int, strength: Strength) -> Settled:
    rgb8, matte8 = scene()
    doubt(matte8, BODY, level)
    return settle(rgb8, matte8, strength)


def test_a_shirt_of_which_the_network_was_three_quarters_sure_becomes_solid() -> None:
    settled = dissolved(190, NORMAL)

    assert settled.coarse8[INTERIOR].min() == 255
    assert settled.coarse8[:, :15].max() == 0


def test_the_edge_of_what_became_solid_follows_it() -> None:
    """Two cells inside its outline the shirt is nearly opaque, though no cell there was decided: it is an edge."""
    settled = dissolved(190, NORMAL)

    assert settled.coarse8[150, 23] >= 225


def test_what_was_decided_is_reported_as_shares_of_the_subject() -> None:
    settled = dissolved(190, NORMAL)

    assert settled.filled_share == pytest.approx(0.61, abs=0.05)
    assert settled.opened_share == 0.0


def test_a_colour_of_neither_side_says_nothing() -> None:
    """A shirt that the network has not seen stays as thin as it was."""
    settled = dissolved(140, NORMAL)

    assert settled.coarse8[INTERIOR].max() <= 148


def test_the_subject_s_own_colour_is_enough_even_there() -> None:
    """A white lamb whose legs are a third opaque."""
    rgb8, matte8 = scene(shirt=SKIN)
    doubt(matte8, (slice(120, 200), slice(21, 140)), 90)

    settled = settle(rgb8, matte8, NORMAL)

    assert settled.coarse8[INTERIOR].min() == 255


def test_what_is_solid_teaches_its_colour() -> None:
    """One side of a shirt is rather solid, and new; then the other side's colour is known."""
    rgb8, matte8 = scene()
    doubt(matte8, BODY, 90)
    doubt(matte8, (slice(96, 200), slice(21, 80)), 190)

    settled = settle(rgb8, matte8, NORMAL)

    assert settled.coarse8[140:190, 90:120].min() == 255


def test_glass_is_not_filled() -> None:
    """Half of the wall comes through a pane in a sure frame: no colour of the subject's."""
    rgb8, matte8 = scene(shirt=SKIN)
    rgb8[120:190, 40:120] = np.mean([WALL, (220, 225, 230)], axis=0)
    matte8[120:190, 40:120] = 128

    settled = settle(rgb8, matte8, NORMAL)

    assert np.array_equal(settled.coarse8[130:180, 50:110], matte8[130:180, 50:110])


@pytest.mark.parametrize("level", [100, 128, 190])
def test_glass_of_the_colour_of_its_frame_is_not_filled_either(level: int) -> None:
    """Its colour speaks for the subject, but it lets the same through everywhere: networks in doubt waver."""
    rgb8, matte8 = scene(shirt=SKIN)
    matte8[110:195, 40:120] = level

    settled = settle(rgb8, matte8, NORMAL)

    assert np.array_equal(settled.coarse8[125:180, 55:105], matte8[125:180, 55:105])


def test_a_small_gap_is_not_closed_though_its_colour_is_the_subject_s() -> None:
    """A shadow between arm and body, a third opaque for the network."""
    rgb8, matte8 = scene()
    matte8[150:160, 75:85] = 84

    settled = settle(rgb8, matte8, NORMAL)

    assert settled.coarse8[152:158, 77:83].max() <= 84


def test_a_thin_place_beside_something_filled_is_not_raised_with_it() -> None:
    """Cloth of the subject's colour becomes solid; the wall that shows through beside it stays half clear."""
    rgb8, matte8 = scene(shirt=SKIN)
    doubt(matte8, BODY, 170)
    rgb8[130:190, 100:140], matte8[130:190, 100:140] = np.mean([WALL, (220, 225, 230)], axis=0), 122

    settled = settle(rgb8, matte8, NORMAL)

    assert settled.coarse8[140:180, 40:90].min() == 255
    assert settled.coarse8[140:180, 104:115].max() <= 127


def test_a_gap_finer_than_a_cell_stays() -> None:
    """The grid has three pixels of this matte in a cell, and the gap is one wide."""
    rgb8, matte8 = scene()
    rgb8, matte8 = (np.repeat(np.repeat(plane, 5, 0), 5, 1) for plane in (rgb8, matte8))
    rgb8[600:900, 400], matte8[600:900, 400] = WALL, 0

    settled = settle(rgb8, matte8, NORMAL)

    assert settled.coarse8[620:880, 400].max() == 0


def test_a_print_and_an_eye_in_the_background_s_colour_are_not_opened() -> None:
    rgb8, matte8 = scene()
    rgb8[130:180, 60:100] = rgb8[50:58, 70:78] = WALL

    settled = settle(rgb8, matte8, NORMAL)

    assert np.array_equal(settled.coarse8, matte8)


def test_white_squares_of_a_shirt_before_a_white_wall_become_solid() -> None:
    """Their colour is the wall's, but solid blue is all around, and the network leans to solid."""
    rgb8, matte8 = scene(shirt=NAVY)
    rgb8[130:150, 70:90], matte8[130:150, 70:90] = WALL, 215

    settled = settle(rgb8, matte8, NORMAL)

    assert settled.coarse8[132:148, 72:88].min() == 255


def test_an_enclosed_window_on_the_background_is_opened_with_its_edge() -> None:
    rgb8, matte8 = scene()
    rgb8[130:170, 60:100], matte8[130:170, 60:100] = WALL, 60

    settled = settle(rgb8, matte8, NORMAL)

    assert settled.coarse8[133:167, 63:97].max() <= 2
    assert settled.coarse8[126, 80] == 255


def test_a_veil_into_which_the_wall_runs_on_is_opened() -> None:
    """The wall darkens from left to right, as walls do, and one side of it is thought a little opaque."""
    rgb8, matte8 = scene()
    shade = np.linspace(1.05, 0.95, 160)[:, None]
    rgb8 = np.where((matte8 == 0)[..., None], rgb8 * shade, rgb8).astype(np.uint8)
    matte8[20:95, 128:160] = 70

    settled = settle(rgb8, matte8, NORMAL)

    assert settled.coarse8[35:80, 142:160].max() <= 5


def test_a_loose_thin_part_is_not_filled_though_its_colour_is_the_subject_s() -> None:
    """Behind the subject something of skin colour is a third opaque, and no way over opaque cells leads there."""
    rgb8, matte8 = scene()
    rgb8[20:60, 125:155], matte8[20:60, 125:155] = SKIN, 90

    settled = settle(rgb8, matte8, NORMAL)

    assert settled.coarse8[30:50, 132:148].max() <= 90


@pytest.mark.parametrize(("end", "at", "most"), [(80, 76, 18), (70, 68, 32)])
def test_fur_that_the_network_saw_too_wide_is_cut_back_to_its_colour(end: int, at: int, most: int) -> None:
    """The matte falls to nothing slowly or fast, but behind the first two pixels there is only wall."""
    row8 = np.interp(np.arange(160), [60, end], [255, 0]).astype(np.uint8)
    rgb8, matte8 = np.full((200, 160, 3), WALL, np.uint8), np.broadcast_to(row8, (200, 160))
    rgb8[:, :62] = SHIRT

    settled = settle(rgb8, matte8, NORMAL)

    assert matte8[100, at] == 51
    assert settled.coarse8[100, at] <= most
    assert settled.coarse8[100, 60] == 255


def test_hair_keeps_its_slope() -> None:
    """A soft edge 12 pixels wide whose colours are mixtures: nothing on it is decided."""
    x = np.arange(160)
    alpha = np.interp(x, [60, 72], [0, 1])
    mixed = alpha[:, None] * SHIRT + (1 - alpha[:, None]) * WALL
    rgb8 = np.broadcast_to(mixed.astype(np.uint8), (200, 160, 3))
    matte8 = np.broadcast_to(np.rint(alpha * 255).astype(np.uint8), (200, 160))

    settled = settle(rgb8, matte8, NORMAL)

    assert np.abs(settled.coarse8[:, :68].astype(int) - matte8[:, :68]).max() <= 6


def test_strong_fills_what_normal_leaves() -> None:
    """A novel colour only a little more opaque than clear."""
    normal8, strong8 = (dissolved(155, strength).coarse8[INTERIOR] for strength in (NORMAL, STRONG))

    assert normal8.max() <= 163
    assert strong8.min() == 255


def test_without_anything_sure_the_matte_comes_back_as_it_was() -> None:
    rgb8, matte8 = scene()
    matte8 = matte8 // 2

    settled = settle(rgb8, matte8, STRONG)

    assert np.array_equal(settled.coarse8, matte8)
    assert (settled.filled_share, settled.opened_share) == (0.0, 0.0)


def test_a_mirrored_picture_gives_the_mirrored_matte() -> None:
    rgb8, matte8 = scene()
    matte8[96:, 21:60] = 190

    straight = settle(rgb8, matte8, NORMAL).coarse8
    mirrored = settle(rgb8[:, ::-1], matte8[:, ::-1], NORMAL).coarse8

    assert np.abs(straight.astype(int) - mirrored[:, ::-1]).max() <= 3


def test_the_inputs_are_not_touched() -> None:
    rgb8, matte8 = scene()
    matte8[96:, 21:140] = 190
    kept = rgb8.copy(), matte8.copy()

    settle(rgb8, matte8, NORMAL)

    assert np.array_equal(rgb8, kept[0])
    assert np.array_equal(matte8, kept[1])


SHAPES = [(1, 1), (1, 70), (70, 1), (2, 3), (33, 7), (700, 3)]


@pytest.mark.parametrize(("shape", "side"), list(product(SHAPES, [1, 5, 64])))
def test_any_shape_gives_a_matte_of_the_same_size(shape: tuple[int, int], side: int) -> None:
    random = np.random.default_rng(5)
    rgb8 = random.integers(0, 256, (*shape, 3)).astype(np.uint8)

    for matte8 in (
        random.integers(0, 256, (side, side)).astype(np.uint8),
        np.full((side, side), 128, np.uint8),
    ):
        for strength in (NORMAL, STRONG):
            coarse8 = settle(rgb8, matte8, strength).coarse8

            assert (coarse8.shape, coarse8.dtype) == ((side, side), np.uint8)


@pytest.mark.parametrize("level", [0, 255])
def test_an_empty_and_a_full_matte_stay(level: int) -> None:
    rgb8, _ = scene()
    matte8 = np.full((64, 64), level, np.uint8)

    assert np.array_equal(settle(rgb8, matte8, NORMAL).coarse8, matte8)
