"""Ink off its paper, against drawn pages whose alpha and colours are exact."""

from functools import cache

import numpy as np
import pytest

from bench.drawn_ink import PAGES, SHADOWED, draw_ink
from cutout.matting.ink import ink_cutout
from cutout.matting.paper import paper_of


@cache
def page(name):
    return draw_ink(name)


@cache
def cut(name):
    return ink_cutout(page(name).rgb8, None)


@pytest.mark.parametrize("name", PAGES)
def test_ink_has_its_true_opacity(name):
    exact, error = page(name), np.abs(cut(name).alpha8.astype(float) - page(name).alpha8) / 255

    assert error[exact.alpha8 == 0].mean() <= 0.002
    assert error[exact.alpha8 > 0].mean() <= (0.15 if name in SHADOWED else 0.06)
    assert error[exact.alpha8 > 127].mean() <= (0.15 if name in SHADOWED else 0.06)
    assert error.mean() <= 0.006


@pytest.mark.parametrize(
    ("name", "colour"),
    [
        ("plain", (20, 33, 128)),
        ("finger", (18, 18, 20)),
        ("vignette", (184, 20, 31)),
        ("pencil", (107, 107, 112)),
        ("squared", (20, 33, 128)),
    ],
)
def test_ink_has_its_own_colour(name, colour):
    """Within what JPEG and a stroke of three pixels leave; the paper is 100 levels away and more."""
    found = cut(name)

    seen = found.rgb8[found.alpha8 > 127].astype(float).mean(0)

    assert np.abs(seen - colour).max() <= 20


def test_two_inks_keep_their_colours():
    exact, found = page("two_inks"), cut("two_inks")
    solid = exact.alpha8 == 255
    red, black = solid & (exact.colour8[..., 0] > 150), solid & (exact.colour8[..., 0] < 30)

    assert np.abs(found.rgb8[red].astype(float).mean(0) - (184, 20, 31)).max() <= 20
    assert np.abs(found.rgb8[black].astype(float).mean(0) - (18, 18, 20)).max() <= 20


@pytest.mark.parametrize("name", ["ruled", "squared"])
def test_lines_of_the_paper_are_no_ink(name):
    """Where a line runs and no ink is near, nothing at all is left."""
    exact, found = page(name), cut(name)
    line = exact.ground8.max(2) < np.median(exact.ground8.max(2)) - 8
    away = line.copy()
    for y, x in np.argwhere(exact.alpha8 > 0):
        away[max(0, y - 6) : y + 7, max(0, x - 6) : x + 7] = False

    assert np.count_nonzero(away) > 1000
    assert np.count_nonzero(found.alpha8[away]) <= 0.002 * np.count_nonzero(away)


def test_nothing_of_the_desk_appears():
    """The sheet's shadow on the desk is as dark and thin as a stroke."""
    exact, found = page("desk"), cut("desk")
    desk = exact.ground8[..., 2].astype(int) < exact.ground8[..., 0] - 20

    assert np.count_nonzero(desk) > 100_000
    assert found.alpha8[desk].max() == 0


def test_dots_of_the_pen_stay_and_dust_goes():
    exact, found = page("dusty"), cut("dusty")
    dust = exact.ground8[..., 0] < 150
    dust &= exact.alpha8 == 0

    assert np.count_nonzero(dust) > 40
    assert found.alpha8[dust].mean() <= 12
    assert found.alpha8[exact.alpha8 == 255].min() > 150


def test_what_the_network_does_not_see_is_dropped():
    """Two strokes on paper; the matte, stretched over the frame, shows the left one."""
    rgb8 = np.full((400, 600, 3), 235, np.uint8)
    rgb8[100:300, 150:156] = rgb8[100:300, 450:456] = 30
    coarse8 = np.zeros((64, 64), np.uint8)
    coarse8[16:48, 15:18] = 230

    alpha8 = ink_cutout(rgb8, coarse8).alpha8

    assert alpha8[100:300, 151:155].min() >= 250
    assert alpha8[:, 400:].max() == 0


def test_a_network_that_sees_nothing_decides_nothing():
    rgb8 = np.full((400, 600, 3), 235, np.uint8)
    rgb8[100:300, 150:156] = 30

    alpha8 = ink_cutout(rgb8, np.zeros((64, 64), np.uint8)).alpha8

    assert alpha8[100:300, 151:155].min() >= 250


@pytest.mark.parametrize("noise", [0.0, 2.0, 4.0, 8.0])
def test_blank_paper_gives_nothing(noise):
    rng = np.random.default_rng(5)
    light = np.linspace(240, 140, 500)[None, :, None] + rng.normal(0, noise, (300, 500, 3))

    alpha8 = ink_cutout(np.rint(light.clip(0, 255)).astype(np.uint8), None).alpha8

    assert np.count_nonzero(alpha8) == 0


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (400, 2), (5, 5), (33, 1000)])
def test_any_size_is_taken(shape):
    rgb8 = np.random.default_rng(6).integers(0, 256, (*shape, 3), np.uint8)

    found = ink_cutout(rgb8, None)

    assert found.alpha8.shape == shape
    assert found.rgb8.shape == (*shape, 3)


def test_the_picture_is_not_changed():
    exact = page("ruled")
    before = exact.rgb8.copy()

    ink_cutout(exact.rgb8, None)

    assert np.array_equal(before, exact.rgb8)


def test_colour_reaches_three_pixels_beyond_the_ink_and_no_farther():
    """A viewer that resamples finds ink under the transparent rim, and the file has nothing else to carry."""
    rgb8 = np.full((200, 300, 3), 240, np.uint8)
    rgb8[50:150, 100:110] = (20, 30, 120)

    found = ink_cutout(rgb8, None)
    columns = np.flatnonzero(found.alpha8.any(0))
    coloured = np.flatnonzero(found.rgb8.any((0, 2)))

    assert coloured[0] == columns[0] - 3
    assert coloured[-1] == columns[-1] + 3


def test_the_paper_keeps_the_edge_of_a_shadow():
    """Within two cells: a blur would leave a dark fringe of 6 cells that looks like ink."""
    rgb8 = np.full((400, 600, 3), 230, np.uint8)
    rgb8[:, 300:] = 120
    rgb8[190:194, 50:550] = 20

    paper = paper_of(rgb8)

    middle = paper.rgb8[100, :, 0].astype(int)
    edge = 300 // paper.step
    assert np.abs(middle[: edge - 1] - 230).max() <= 3
    assert np.abs(middle[edge + 1 :] - 120).max() <= 3


def test_where_strokes_run_together_there_is_no_hole():
    """A blot twice as thick as the strokes that it belongs to, once 3 % of the ink, was taken for dark paper."""
    rgb8 = np.full((500, 900, 3), 240, np.uint8)
    for row in range(60, 440, 60):
        rgb8[row : row + 14, 60:840] = 25
    rgb8[180:212, 600:632] = 25

    assert ink_cutout(rgb8, None).alpha8[182:210, 602:630].min() >= 250


def test_a_stroke_that_the_network_overlooks_stays_if_it_is_close_and_as_dark():
    """The line under a signature; not what is far away, and not what is paler."""
    rgb8 = np.full((600, 900, 3), 240, np.uint8)
    for row in (100, 360, 560):
        rgb8[row : row + 6, 150:700] = 25
    for column in range(100, 800, 70):
        rgb8[100:300, column : column + 6] = 25
    rgb8[340:346, 150:700] = 190
    network8 = np.zeros((600, 900), np.uint8)
    network8[95:305, 95:805] = 255

    alpha8 = ink_cutout(rgb8, network8).alpha8

    assert alpha8[200, 102] == 255
    assert [int(alpha8[row, 400]) for row in (343, 363, 563)] == [0, 255, 0]
