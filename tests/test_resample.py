"""Cutouts and photographs on a canvas: what stays exact, and what a smaller or larger picture must still be."""

import numpy as np
import pytest

from bench.drawing import halved, photographed
from bench.drawn import scene
from cutout.light import CAMERA, GRAPHIC, Mixing
from cutout.rendering.backgrounds import composite
from cutout.rendering.placement import Placement, unchanged
from cutout.rendering.resample import bands, laid_out, photo_laid_out
from scenes import Scene, assert_close, disc, strands

LOUD = np.array([255, 0, 200], np.uint8)


def placed(height: int, width: int, scale: float, top: float = 0, left: float = 0) -> Placement:
    return Placement(height=height, width=width, scale=scale, top=top, left=left)


def step(level: int) -> tuple[np.ndarray, np.ndarray]:
    """A solid half in one colour, and another colour, which nobody may see, in the clear half."""
    rgb8 = np.full((200, 200, 3), (10, 240, 30), np.uint8)
    rgb8[:, :100] = level
    alpha8 = np.zeros((200, 200), np.uint8)
    alpha8[:, :100] = 255
    return rgb8, alpha8


def test_at_its_own_scale_every_pixel_is_copied():
    random = np.random.default_rng(1)
    rgb8 = random.integers(0, 256, (30, 40, 3), np.uint8)
    alpha8 = random.integers(0, 256, (30, 40), np.uint8)

    colours8, opacity8 = laid_out(rgb8, alpha8, placed(50, 30, 1, top=5, left=-20), CAMERA)

    assert np.array_equal(colours8[5:35, :20], rgb8[:, 20:])
    assert np.array_equal(opacity8[5:35, :20], alpha8[:, 20:])
    assert opacity8[:5].max() == opacity8[35:].max() == opacity8[:, 20:].max() == 0


def test_what_lies_beside_the_canvas_is_not_there():
    rgb8, alpha8 = step(90)

    for top, left in ((-200, 0), (0, 300), (-900, -900), (40, 0)):
        assert laid_out(rgb8, alpha8, placed(40, 40, 1, top, left), CAMERA)[1].max() == 0
        assert laid_out(rgb8, alpha8, placed(40, 40, 0.75, top, left), CAMERA)[1].max() == 0


@pytest.mark.parametrize("scale", [0.03, 0.21, 0.5, 0.77, 1.3, 2.0, 5.5])
@pytest.mark.parametrize("mixing", [CAMERA, GRAPHIC])
@pytest.mark.parametrize("level", [0, 130, 255])
def test_an_even_colour_stays_and_takes_nothing_from_clear_pixels(scale: float, mixing: Mixing, level: int):
    rgb8, alpha8 = step(level)
    side = int(200 * scale)

    colours8, opacity8 = laid_out(rgb8, alpha8, placed(side, side, scale, top=0.25), mixing)

    assert np.unique(colours8[opacity8 > 0]).tolist() == [level]


@pytest.mark.parametrize("scale", [0.1, 0.43, 0.77, 1.9, 4.0])
def test_a_hard_edge_has_no_echo(scale: float):
    """Solid to two source pixels (or canvas pixels, if those are larger) before the edge, clear from two behind."""
    rgb8, alpha8 = step(130)
    side, reach = int(200 * scale), 2 * max(1, scale) + 1

    _, opacity8 = laid_out(rgb8, alpha8, placed(side, side, scale, left=0.3), CAMERA)

    edge = 100 * scale + 0.3
    assert opacity8[1:-1, int(edge + reach) :].max() == 0
    assert opacity8[1:-1, 1 : int(edge - reach)].min() == 255


@pytest.mark.parametrize("scale", [0.31, 0.5, 0.8])
@pytest.mark.parametrize(
    ("made", "worst", "mean"),
    [(disc(400, 120, 3), 18, 0.08), (strands(400, 30, seed=4), 80, 0.8)],
    ids=["disc", "strands"],
)
def test_a_smaller_cutout_looks_like_the_smaller_composite(
    made: Scene, worst: float, mean: float, scale: float
):
    """Laid out and composited, or composited and laid out: the same light.

    Except where the cubic overshoots: the composite then has a ring beside a dark strand on a bright ground, and the
    cutout, whose alpha is clipped, has none.
    """
    size = int(400 * scale)
    whole8 = composite(made.foreground8, made.alpha8, LOUD, CAMERA)
    expected8 = photo_laid_out(whole8, placed(size, size, scale), CAMERA)

    laid8, alpha8 = laid_out(made.foreground8, made.alpha8, placed(size, size, scale), CAMERA)

    assert_close(expected8, composite(laid8, alpha8, LOUD, CAMERA), worst=worst, mean=mean)


@pytest.mark.parametrize(("name", "mixing", "mean"), [("strands", CAMERA, 1.0), ("logo", GRAPHIC, 1.0)])
def test_half_the_size_is_what_a_camera_half_as_fine_would_see(name: str, mixing: Mixing, mean: float):
    """The drawn scene, halved exactly before it was photographed, over a loud ground."""
    drawing = scene(name)
    fine, half = (photographed(drawn, np.random.default_rng(1)) for drawn in (drawing, halved(drawing)))
    height, width = half.alpha8.shape

    laid8, alpha8 = laid_out(fine.colour8, fine.alpha8, placed(height, width, 0.5), mixing)

    expected8 = composite(half.colour8, half.alpha8, LOUD, mixing)
    assert_close(expected8, composite(laid8, alpha8, LOUD, mixing), worst=70, mean=mean)
    assert float(alpha8.mean()) == pytest.approx(float(half.alpha8.mean()), abs=0.15)


def test_light_is_averaged_as_it_was_mixed():
    """Black and white lines: half the light is level 188, half the level is 128."""
    rgb8 = np.zeros((64, 64, 3), np.uint8)
    rgb8[:, ::2] = 255
    solid8 = np.full((64, 64), 255, np.uint8)

    for mixing, level in ((CAMERA, 188), (GRAPHIC, 128)):
        laid8, _ = laid_out(rgb8, solid8, placed(16, 16, 0.25), mixing)
        assert np.abs(laid8[:, 3:-3].astype(int) - level).max() <= 1


def test_a_frame_that_ends_within_a_pixel_covers_its_share_of_it():
    rgb8, alpha8 = np.full((10, 10, 3), 200, np.uint8), np.full((10, 10), 255, np.uint8)

    laid8, opacity8 = laid_out(rgb8, alpha8, placed(12, 12, 0.75, top=1.25, left=2), CAMERA)

    assert opacity8[:, 5].tolist() == [0, 191, 255, 255, 255, 255, 255, 255, 191, 0, 0, 0]
    assert opacity8[5].tolist() == [0, 0, 255, 255, 255, 255, 255, 255, 255, 128, 0, 0]
    assert np.unique(laid8[opacity8 > 0]).tolist() == [200]


def test_a_subject_that_is_glued_to_the_canvas_is_solid_to_its_edge():
    rgb8, alpha8 = np.full((333, 100, 3), 200, np.uint8), np.full((333, 100), 255, np.uint8)
    scale = 1000 / 333

    _, opacity8 = laid_out(rgb8, alpha8, placed(1000, 300, scale), CAMERA)

    assert opacity8.min() == 255


def test_tiles_leave_no_seams():
    """The same part of a picture, wherever on the canvas its tiles begin."""
    made = disc(300, 100, 4)
    whole = laid_out(made.foreground8, made.alpha8, placed(200, 200, 0.6), CAMERA)

    part = laid_out(made.foreground8, made.alpha8, placed(120, 130, 0.6, top=-37, left=-41), CAMERA)

    assert np.array_equal(part[1], whole[1][37:157, 41:171])
    assert_close(part[0], whole[0][37:157, 41:171], worst=1, mean=0.001)


def test_a_strong_reduction_in_two_steps_is_the_mean():
    """A picture of 640 pixels on a canvas of 16: every canvas pixel is nearly the mean of its fortieth."""
    made = disc(640, 200, 4)

    _, opacity8 = laid_out(made.foreground8, made.alpha8, placed(16, 16, 0.025), CAMERA)

    means8 = made.alpha8.reshape(16, 40, 16, 40).mean((1, 3))
    assert abs(opacity8.mean() - made.alpha8.mean()) < 0.5
    assert np.abs(opacity8 - means8).max() < 40


def test_beyond_its_frame_a_photograph_is_mirrored():
    rgb8 = np.arange(6, dtype=np.uint8)[None, :, None].repeat(3, 2).repeat(2, 0)

    laid8 = photo_laid_out(rgb8, placed(2, 22, 1, left=8), CAMERA)

    assert laid8[0, :, 0].tolist() == [4, 5, 5, 4, 3, 2, 1, 0, 0, 1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 0, 0, 1]


@pytest.mark.parametrize("shape", [(1, 1), (1, 20), (20, 1), (15, 300)])
@pytest.mark.parametrize("scale", [0.07, 0.5, 3.7])
def test_tiny_and_long_pictures_cover_tiny_and_large_canvases(shape: tuple[int, int], scale: float):
    rgb8 = np.full((*shape, 3), (10, 100, 250), np.uint8)

    for canvas in ((1, 1), (16, 16), (100, 3)):
        laid8 = photo_laid_out(rgb8, placed(*canvas, scale, top=0.5, left=0.5), CAMERA)
        assert laid8.shape == (*canvas, 3)
        assert (laid8 == (10, 100, 250)).all()


@pytest.mark.parametrize("scale", [0.126, 0.25, 0.5, 0.66, 0.67, 1, 1.9, 8])
def test_products_are_too_small_to_be_shared_between_threads(scale: float):
    """OpenBLAS 0.3 divides from 2 x 4 x 65,536 multiplications on, and then waits for the second core."""
    for down, columns in bands(placed(500, 500, scale, top=0.3), (4000, 4000)):
        (height, rows), (width, read) = down.weights.shape, columns[0].weights.shape

        assert height * rows * read < 524_288
        assert height * read * width < 524_288


def test_what_is_laid_out_is_not_changed():
    rgb8, alpha8 = step(77)
    given8 = rgb8.copy(), alpha8.copy()

    for placement in (unchanged(200, 200), placed(90, 90, 0.45)):
        laid_out(rgb8, alpha8, placement, CAMERA)
        photo_laid_out(rgb8, placement, CAMERA)

    assert np.array_equal(rgb8, given8[0])
    assert np.array_equal(alpha8, given8[1])
