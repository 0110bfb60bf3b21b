"""Discs, hairs and gaps whose edges are moved by known amounts."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from cutout.rendering.edges import feathered, shifted

Picture8 = NDArray[np.uint8]


def disc(radius: float, softness: float) -> tuple[Picture8, Picture8]:
    """Orange, on blue that must not show."""
    y, x = np.mgrid[:300, :300] + 0.5
    alpha8 = np.rint(255 * np.clip((radius - np.hypot(y - 150, x - 150)) / softness + 0.5, 0, 1)).astype(
        np.uint8
    )
    rgb8 = np.where((alpha8 > 0)[..., None], [230, 120, 40], [0, 0, 250]).astype(np.uint8)
    return rgb8, alpha8


def radius_of(alpha8: Picture8) -> float:
    return float(np.sqrt(alpha8.sum() / 255 / np.pi))


@pytest.mark.parametrize("softness", [1.0, 4.0])
@pytest.mark.parametrize("pixels", [-6.0, -3.0, -1.5, -1.0, -0.5, -0.25, 0.25, 0.5, 1.0, 1.5, 3.0, 6.0])
def test_the_edge_of_a_disc_moves_by_the_asked_pixels(pixels: float, softness: float) -> None:
    _, alpha8 = shifted(*disc(80.3, softness), pixels)

    assert radius_of(alpha8) == pytest.approx(80.3 + pixels, abs=0.11 + 0.03 * abs(pixels))


@pytest.mark.parametrize("pixels", [-2.0, 2.0])
def test_a_moved_edge_is_about_as_soft_as_it_was(pixels: float) -> None:
    rgb8, alpha8 = disc(80.3, 4.0)

    _, moved8 = shifted(rgb8, alpha8, pixels)

    before = np.count_nonzero((alpha8 > 12) & (alpha8 < 243)) / 80.3
    after = np.count_nonzero((moved8 > 12) & (moved8 < 243)) / (80.3 + pixels)
    assert after == pytest.approx(before, rel=0.15)


@pytest.mark.parametrize("pixels", [0.5, 2.0, 6.0])
def test_a_grown_rim_has_the_subject_s_colour(pixels: float) -> None:
    rgb8, alpha8 = disc(80.3, 1.0)

    colours8, grown8 = shifted(rgb8, alpha8, pixels)

    assert np.abs(colours8[grown8 > 0].astype(int) - [230, 120, 40]).max() <= 1


def test_hair_thinner_than_the_shift_keeps_half_of_its_opacity() -> None:
    alpha8 = np.zeros((80, 120), np.uint8)
    alpha8[:, :40] = 255
    alpha8[40, 40:100] = 160

    _, shrunk8 = shifted(np.zeros((80, 120, 3), np.uint8), alpha8, -1.0)

    assert shrunk8[20, 36:42].tolist() == [255, 255, 255, 0, 0, 0]
    assert shrunk8[40, 80] == 80


def test_hair_grows_by_half_as_much_as_an_edge_does() -> None:
    alpha8 = np.zeros((80, 120), np.uint8)
    alpha8[:, :40] = 255
    alpha8[40, 40:100] = 160

    _, grown8 = shifted(np.zeros((80, 120, 3), np.uint8), alpha8, 1.0)

    assert grown8[20, 38:43].tolist() == [255, 255, 255, 0, 0]
    assert grown8[37:44, 80].tolist() == [0, 0, 80, 160, 80, 0, 0]


def test_a_gap_thinner_than_the_shift_stays_half_open() -> None:
    alpha8 = np.full((80, 120), 255, np.uint8)
    alpha8[:, 60] = 0

    _, grown8 = shifted(np.zeros((80, 120, 3), np.uint8), alpha8, 1.0)

    assert grown8[40, 60] == 128


def test_an_edge_on_the_picture_s_border_does_not_move() -> None:
    alpha8 = np.zeros((60, 60), np.uint8)
    alpha8[20:, 20:40] = 255

    _, shrunk8 = shifted(np.zeros((60, 60, 3), np.uint8), alpha8, -2.0)

    assert shrunk8[59, 30] == 255
    assert shrunk8[59, 21] == 0


def test_a_feathered_edge_fades_inside() -> None:
    alpha8 = np.zeros((60, 400), np.uint8)
    alpha8[:, :200] = 255

    _, soft8 = feathered(np.zeros((60, 400, 3), np.uint8), alpha8, 10)

    at = 200 - (np.arange(400) + 0.5)
    row = soft8[30].astype(float)
    assert np.interp([0, 8, 10, 20, 30], at[::-1], row[::-1]) == pytest.approx([7, 130, 162, 250, 255], abs=5)
    assert soft8[:, 200:].max() == 0


@pytest.mark.parametrize("pixels", [2.0, 12.0])
def test_feathering_adds_nothing_outside(pixels: float) -> None:
    rgb8, alpha8 = disc(80.3, 4.0)

    colours8, soft8 = feathered(rgb8, alpha8, pixels)

    assert np.all(soft8 <= alpha8)
    assert np.array_equal(colours8, rgb8)


def test_a_hole_does_not_grow_in_what_is_feathered() -> None:
    alpha8 = np.full((200, 200), 255, np.uint8)
    alpha8[98:102, 90:110] = 60

    _, soft8 = feathered(np.zeros((200, 200, 3), np.uint8), alpha8, 12)

    assert soft8[alpha8 == 255].min() > 240


@pytest.mark.parametrize(("wide", "least"), [(40, 250), (16, 240), (6, 200)])
def test_what_is_thinner_than_the_feather_stays_solid_in_its_middle(wide: int, least: int) -> None:
    alpha8 = np.zeros((200, 200), np.uint8)
    alpha8[:, 100 : 100 + wide] = 255

    _, soft8 = feathered(np.zeros((200, 200, 3), np.uint8), alpha8, 12)

    assert soft8[100, 100 + wide // 2] >= least


def test_a_handle_is_not_cut_from_its_body_by_feathering() -> None:
    alpha8 = np.zeros((300, 400), np.uint8)
    alpha8[:, :200] = 255
    alpha8[130:170, 200:350] = 255

    _, soft8 = feathered(np.zeros((300, 400, 3), np.uint8), alpha8, 12)

    assert soft8[150, 100:330].min() > 190


def test_tiles_leave_no_seams() -> None:
    """A vertical edge that crosses two borders of tiles is the same in every row."""
    alpha8 = np.zeros((900, 60), np.uint8)
    alpha8[:, :30] = 255
    rgb8 = np.full((900, 60, 3), 90, np.uint8)

    for _, out8 in (shifted(rgb8, alpha8, 1.3), feathered(rgb8, alpha8, 6)):
        assert np.all(out8 == out8[0])


@pytest.mark.parametrize("step", [shifted, feathered])
def test_nothing_asked_is_nothing_done(
    step: Callable[[Picture8, Picture8, float], tuple[Picture8, Picture8]],
) -> None:
    rgb8, alpha8 = disc(80.3, 4.0)

    colours8, same8 = step(rgb8, alpha8, 0)

    assert np.array_equal(colours8, rgb8)
    assert np.array_equal(same8, alpha8)
