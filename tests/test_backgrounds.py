"""Grounds to lay a cutout on, and laying it there."""

import numpy as np
import pytest

from cutout.light import CAMERA, GRAPHIC, Mixing
from cutout.rendering.backgrounds import composite, flatten
from cutout.rendering.dither import dithered
from cutout.rendering.gradients import Stop, linear_gradient, radial_gradient
from cutout.rendering.pictures import filling, fitting, tiling
from scenes import assert_close, disc, mesh

BLACK_TO_WHITE = (Stop(position=0, colour=(0, 0, 0)), Stop(position=1, colour=(255, 255, 255)))


@pytest.mark.parametrize(("mixing", "level"), [(CAMERA, 188), (GRAPHIC, 128)])
def test_half_white_over_a_black_picture(mixing: Mixing, level: int):
    white8, half8 = np.full((3, 5, 3), 255, np.uint8), np.full((3, 5), 128, np.uint8)

    over8 = composite(white8, half8, np.zeros((3, 5, 3), np.uint8), mixing)

    assert (over8 == level).all()


def test_a_scene_put_back_on_its_own_background_is_the_photograph():
    for made in (disc(300, 100, 12), mesh(300, 17, 3)):
        over8 = composite(made.foreground8, made.alpha8, made.background8, CAMERA)

        assert_close(made.rgb8, over8, worst=4, mean=0.15)


def test_opaque_pixels_are_the_subject_and_clear_ones_the_background():
    random = np.random.default_rng(3)
    rgb8, behind8 = random.integers(0, 256, (2, 200, 600, 3), np.uint8)
    alpha8 = random.choice(np.array([0, 255, 90], np.uint8), (200, 600))

    over8 = composite(rgb8, alpha8, behind8, CAMERA)

    assert np.array_equal(over8[alpha8 == 255], rgb8[alpha8 == 255])
    assert np.array_equal(over8[alpha8 == 0], behind8[alpha8 == 0])


def test_a_colour_is_a_background_of_that_colour():
    made = disc(300, 100, 12)
    plain8 = np.full((300, 300, 3), (200, 0, 90), np.uint8)

    over8 = flatten(made.foreground8, made.alpha8, (200, 0, 90), CAMERA)

    assert np.array_equal(over8, composite(made.foreground8, made.alpha8, plain8, CAMERA))


@pytest.mark.parametrize(
    ("degrees", "darkest", "brightest"),
    [
        (0, (99, 50), (0, 50)),  # upwards
        (90, (50, 0), (50, 199)),  # to the right
        (180, (0, 50), (99, 50)),
        (270, (50, 199), (50, 0)),
        (45, (99, 0), (0, 199)),
        (135, (0, 0), (99, 199)),
    ],
)
def test_a_gradient_runs_where_css_says(degrees: float, darkest: tuple[int, int], brightest: tuple[int, int]):
    made8 = linear_gradient(100, 200, degrees, BLACK_TO_WHITE).astype(int)

    assert made8[darkest].max() <= 2
    assert made8[brightest].min() >= 253
    assert made8[50, 100].mean() == pytest.approx(127.5, abs=2)


def test_a_gradient_is_even_in_encoded_levels_and_keeps_its_ends():
    stops = (Stop(position=0.25, colour=(0, 40, 200)), Stop(position=0.75, colour=(100, 40, 0)))

    made8 = linear_gradient(64, 400, 90, stops)

    assert (made8[:, :100] == (0, 40, 200)).all()
    assert (made8[:, 300:] == (100, 40, 0)).all()
    assert made8[:, 150].mean(0) == pytest.approx([25, 40, 150], abs=0.7)


def test_two_stops_at_one_place_are_an_edge():
    stops = (Stop(position=0.5, colour=(9, 9, 9)), Stop(position=0.5, colour=(250, 0, 0)))

    made8 = linear_gradient(4, 100, 90, stops)

    assert (made8[:, :50] == (9, 9, 9)).all()
    assert (made8[:, 50:] == (250, 0, 0)).all()


def test_a_radial_gradient_grows_from_its_centre():
    """Around a quarter of the height and half of the width of 200 x 200; its radius is half of half the diagonal."""
    stops = (Stop(position=0, colour=(255, 255, 255)), Stop(position=1, colour=(55, 55, 55)))

    made8 = radial_gradient(200, 200, (0.25, 0.5), 0.5, stops)

    assert made8[50, 100].min() >= 252
    assert made8[50, 135].mean() == pytest.approx(155, abs=2)
    assert (made8[130:] == 55).all()


def test_dithering_is_right_on_average_and_leaves_whole_levels_alone():
    for level, mean, most in (
        (100.0, 100, 0),
        (100.25, 100.25, 0.02),
        (100.5, 100.5, 0.02),
        (254.9, 254.9, 0.02),
    ):
        made8 = dithered(np.full((3, 64, 64), level, np.float32), 5, 9)

        assert made8.mean((0, 1)) == pytest.approx([mean] * 3, abs=most)
        assert int(made8.max()) - int(made8.min()) <= 1


def test_a_slow_gradient_has_no_bands():
    """8 levels over 800 pixels: undithered, whole blocks of 50 x 50 pixels would be of one level."""
    stops = (Stop(position=0, colour=(100, 100, 100)), Stop(position=1, colour=(108, 108, 108)))

    made8 = linear_gradient(100, 800, 90, stops)[..., 0].astype(float)

    means = made8.mean(0).reshape(80, 10).mean(1)
    assert np.abs(means - (100 + 8 * (np.arange(80) + 0.5) / 80)).max() < 0.06


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1)])
def test_gradients_of_any_shape(shape: tuple[int, int]):
    assert linear_gradient(*shape, 30, BLACK_TO_WHITE).shape == (*shape, 3)
    assert radial_gradient(*shape, (0.5, 0.5), 1, BLACK_TO_WHITE).shape == (*shape, 3)


def quarters() -> np.ndarray:
    """80 x 160: left half in columns of red and green, right half of blue and white."""
    rgb8 = np.zeros((80, 160, 3), np.uint8)
    for start, colour in ((0, (255, 0, 0)), (40, (0, 255, 0)), (80, (0, 0, 255)), (120, (255, 255, 255))):
        rgb8[:, start : start + 40] = colour
    return rgb8


@pytest.mark.parametrize(
    ("focus", "columns"),
    [(0.0, (0, 40)), (0.1, (0, 40)), (0.5, (40, 80)), (0.625, (60, 100)), (1.0, (80, 120))],
)
def test_a_filling_picture_shows_its_focus(focus: float, columns: tuple[int, int]):
    """A canvas of 80 x 80 shows half of the picture: its first column, and the one in its middle."""
    made8 = filling(quarters(), 80, 80, (0.5, focus))

    expected8 = quarters()[0, columns[0] : columns[0] + 80]
    assert np.array_equal(made8[40], expected8)
    assert np.array_equal(made8[40, 40], quarters()[0, columns[1]])


def test_a_filling_picture_leaves_no_gap_at_any_size():
    for height, width in ((16, 16), (97, 31), (31, 97), (300, 300)):
        made8 = filling(np.full((37, 53, 3), 200, np.uint8), height, width, (1, 0))

        assert made8.shape == (height, width, 3)
        assert (made8 == 200).all()


def test_a_fitting_picture_is_whole_and_the_rest_has_its_colour():
    made8 = fitting(quarters(), 100, 80, (9, 8, 7))

    assert (made8[:30] == (9, 8, 7)).all()
    assert (made8[70:] == (9, 8, 7)).all()
    assert made8[50, [5, 30, 50, 75]].tolist() == [[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]


def test_a_tiling_picture_is_repeated():
    made8 = tiling(np.arange(6, dtype=np.uint8).reshape(2, 3, 1).repeat(3, 2), 3, 7)

    assert made8[..., 0].tolist() == [[0, 1, 2, 0, 1, 2, 0], [3, 4, 5, 3, 4, 5, 3], [0, 1, 2, 0, 1, 2, 0]]
