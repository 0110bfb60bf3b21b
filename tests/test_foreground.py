import tracemalloc

import numpy as np
import pytest

from cutout.light import CAMERA, GRAPHIC, to_linear, to_srgb8
from cutout.matting import foreground as module
from cutout.matting.foreground import decontaminate
from scenes import assert_close, disc, mesh, moved, strands


def _colour_error(scene, foreground8):
    """Mean error in levels over the mixed pixels, weighted by alpha: what a viewer can see."""
    mixed = (scene.alpha8 > 0) & (scene.alpha8 < 255)
    error = np.abs(foreground8.astype(float) - scene.foreground8)[mixed].mean(1)
    return np.average(error, weights=scene.alpha8[mixed])


@pytest.mark.parametrize(
    ("scene", "plain", "limit"),
    [
        (disc(512, radius=150, softness=6), 38, 3.0),
        (strands(512, count=40, seed=1), 25, 0.7),
        (mesh(512, pitch=12, wire=2.5), 19, 1.3),
    ],
    ids=["disc", "hair", "mesh"],
)
def test_edges_get_the_subjects_own_colour(scene, plain, limit):
    """``plain`` is the error of a cut-out that keeps the old background in its edges."""
    assert _colour_error(scene, scene.rgb8) > plain

    assert _colour_error(scene, decontaminate(scene.rgb8, scene.alpha8, CAMERA)) < limit


def test_one_subject_on_two_backgrounds_has_one_set_of_colours():
    """In front of green and of a bright wall; as photographed the edges differ by 60 levels."""
    green = strands(512, count=40, seed=1)
    bright = moved(green, (0.8, 0.7, 0.6))
    seen = (green.alpha8 > 25) & (green.alpha8 < 255)

    one8, other8 = (decontaminate(scene.rgb8, scene.alpha8, CAMERA) for scene in (green, bright))

    assert np.abs(green.rgb8[seen].astype(int) - bright.rgb8[seen]).mean() > 50
    assert np.abs(one8[seen].astype(int) - other8[seen]).mean() < 1.2


def test_a_coarser_grid_costs_little(monkeypatch):
    scene = strands(512, count=40, seed=1)

    monkeypatch.setattr(module, "_MAX_GRID_PIXELS", 250 * 250)

    assert _colour_error(scene, decontaminate(scene.rgb8, scene.alpha8, CAMERA)) < 1.7


def test_much_edge_makes_the_grid_coarser_too(monkeypatch):
    scene = strands(512, count=40, seed=1)
    fine = decontaminate(scene.rgb8, scene.alpha8, CAMERA)

    monkeypatch.setattr(module, "_MAX_EDGE_PIXELS", 20_000)
    coarse = decontaminate(scene.rgb8, scene.alpha8, CAMERA)

    assert not np.array_equal(fine, coarse)
    assert _colour_error(scene, coarse) < 3.5


def test_a_matte_that_says_too_little_does_not_black_out_dark_hair():
    """Hair of about level 57 in front of a bright wall: at 85 % of its alpha the data alone ask for less than no
    light at all."""
    scene = strands(512, count=40, seed=1)
    a = scene.alpha8[..., None] / 255
    mixed = a * to_linear(scene.foreground8) + (1 - a) * to_linear(np.full_like(scene.rgb8, 235))
    rgb8, alpha8 = to_srgb8(mixed.astype(np.float32)), scene.alpha8.copy()
    alpha8[200:] = alpha8[200:] * 0.85

    foreground8 = decontaminate(rgb8, alpha8, CAMERA)

    hair = scene.alpha8[210:] > 128
    assert np.median(scene.foreground8[210:][hair]) == 57
    assert foreground8[210:][hair].mean(1).min() > 30


def test_a_far_speck_changes_no_colour_here():
    """Pixels in lists must look up none but their own neighbours; the speck comes first in every list."""
    scene = disc(400, radius=80, softness=4)
    alpha8 = scene.alpha8.copy()
    alpha8[2, 2] = 200
    red8, black8 = scene.rgb8.copy(), scene.rgb8.copy()
    red8[2, 2], black8[2, 2] = (255, 120, 60), (0, 0, 0)

    foreground8 = decontaminate(red8, alpha8, CAMERA)

    assert foreground8[2, 2, 0] == 255
    assert_close(decontaminate(black8, alpha8, CAMERA)[100:], foreground8[100:], worst=2, mean=0.001)


def test_light_is_unmixed_in_linear_units():
    """White over black at alpha 128 is level 188, not 128; the white must come back."""
    rgb8 = np.zeros((20, 20, 3), np.uint8)
    alpha8 = np.zeros((20, 20), np.uint8)
    rgb8[:, 11:], alpha8[:, 11:] = 255, 255
    rgb8[:, 10], alpha8[:, 10] = 188, 128

    foreground8 = decontaminate(rgb8, alpha8, CAMERA)

    assert foreground8[:, 10].min() >= 253


def test_a_graphic_is_unmixed_as_encoded():
    """White over black at alpha 128 is level 128 when a drawing program mixes it."""
    rgb8 = np.zeros((20, 20, 3), np.uint8)
    alpha8 = np.zeros((20, 20), np.uint8)
    rgb8[:, 11:], alpha8[:, 11:] = 255, 255
    rgb8[:, 10], alpha8[:, 10] = 128, 128

    assert decontaminate(rgb8, alpha8, GRAPHIC)[:, 10].min() >= 253
    assert decontaminate(rgb8, alpha8, CAMERA)[:, 10].max() < 220


def test_opaque_pixels_are_exactly_the_photograph():
    scene = strands(256, count=20, seed=7)

    foreground8 = decontaminate(scene.rgb8, scene.alpha8, CAMERA)

    opaque = scene.alpha8 == 255
    assert opaque.sum() > 10_000
    assert_close(scene.rgb8[opaque], foreground8[opaque], worst=0, mean=0)


@pytest.mark.parametrize("softness", [0.001, 5], ids=["hard", "soft"])
def test_colour_reaches_three_pixels_under_the_transparent_rim_and_no_further(softness):
    """A viewer that scales the picture mixes these pixels in: they must hold neither background nor black."""
    scene = disc(128, radius=40, softness=softness)

    foreground8 = decontaminate(scene.rgb8, scene.alpha8, CAMERA)

    row, last = 64, int(np.flatnonzero(scene.alpha8[64]).max())
    rim = slice(last + 1, last + 4)
    assert scene.alpha8[row, rim].max() == 0
    assert_close(scene.foreground8[row, rim], foreground8[row, rim], worst=24, mean=12)
    assert foreground8[row, last + 4 :].max() == 0


def _half_on_white(rgb8, alpha8):
    """Half the size the wrong way, as many viewers do it: colours and alpha averaged apart; then laid over white."""
    blocks = [x.reshape(x.shape[0] // 2, 2, x.shape[1] // 2, 2, -1).mean((1, 3)) for x in (rgb8, alpha8)]
    opacity = blocks[1] / 255
    return opacity * blocks[0] + (1 - opacity) * 255


@pytest.mark.parametrize("softness", [0.001, 1.5, 5], ids=["hard", "one pixel", "soft"])
def test_a_viewer_that_averages_straight_colours_shows_no_fringe(softness):
    """Ringed by black, or by the old background, the edge would be darker by 20 levels or bluer by 15."""
    scene = disc(256, radius=80, softness=softness)
    foreground8 = decontaminate(scene.rgb8, scene.alpha8, CAMERA)

    shown = _half_on_white(foreground8, scene.alpha8)

    wanted = _half_on_white(scene.foreground8, scene.alpha8)
    edge = np.abs(shown - wanted).max(2)[np.abs(wanted - 255).max(2) > 8]
    assert edge.mean() < 0.6
    assert edge.max() < 16


@pytest.mark.parametrize("shape", [(1, 1), (1, 200), (200, 1), (2, 3), (65, 33)])
@pytest.mark.parametrize("level", [0, 1, 128, 254, 255])
def test_constant_mattes_of_any_shape(shape, level):
    """Nothing to see is zero; a subject without a background in sight keeps its colours."""
    rgb8 = np.random.default_rng(3).integers(60, 200, (*shape, 3), np.uint8)

    foreground8 = decontaminate(rgb8, np.full(shape, level, np.uint8), CAMERA)

    if level == 0:
        assert foreground8.max() == 0
    elif level >= 254:
        assert_close(rgb8, foreground8, worst=2, mean=1)
    else:
        assert foreground8.shape == rgb8.shape
        assert foreground8.min() > 0


def test_a_mirrored_picture_has_mirrored_colours():
    """But for the chequerboard, whose fields change colour when an even width is mirrored."""
    scene = strands(240, count=20, seed=4)

    mirrored = decontaminate(scene.rgb8[:, ::-1], scene.alpha8[:, ::-1], CAMERA)[:, ::-1]

    seen = scene.alpha8 > 60
    assert_close(decontaminate(scene.rgb8, scene.alpha8, CAMERA)[seen], mirrored[seen], worst=12, mean=0.1)


def test_nothing_is_changed_in_place():
    scene = disc(64, radius=20, softness=4)
    rgb8, alpha8 = scene.rgb8.copy(), scene.alpha8.copy()

    decontaminate(rgb8, alpha8, CAMERA)

    assert_close(scene.rgb8, rgb8, worst=0, mean=0)
    assert_close(scene.alpha8, alpha8, worst=0, mean=0)


def test_memory_follows_the_edge_and_not_the_picture():
    """Six megapixels as float32 colour would be 72 MB; here the answer is 18 MB and masks are 6 MB each."""
    scene = disc(256, radius=60, softness=8)
    rgb8, alpha8 = np.zeros((2000, 3000, 3), np.uint8), np.zeros((2000, 3000), np.uint8)
    rgb8[800:1056, 1200:1456], alpha8[800:1056, 1200:1456] = scene.rgb8, scene.alpha8

    tracemalloc.start()
    decontaminate(rgb8, alpha8, CAMERA)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 45e6


def test_a_picture_that_is_all_edge_costs_no_more_than_its_grid():
    """Six megapixels of nothing but half transparent pixels: their positions alone would be 96 MB."""
    rng = np.random.default_rng(0)
    rgb8, alpha8 = rng.integers(0, 256, (2000, 3000, 3), np.uint8), np.full((2000, 3000), 128, np.uint8)

    tracemalloc.start()
    decontaminate(rgb8, alpha8, CAMERA)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 190e6
