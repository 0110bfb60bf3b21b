import tracemalloc

import numpy as np
import pytest

from cutout.codec import resize
from cutout.matting import guided
from cutout.matting import upsample as module
from cutout.matting.upsample import clamped, upsample
from scenes import assert_close, coarse, disc, mesh, strands


def _error(expected, actual):
    return np.abs(expected.astype(float) - actual.astype(float)).mean()


def test_an_edge_is_found_inside_a_coarse_pixel():
    """Four full-size pixels to one of the matte: interpolation alone is wrong by 0.34 levels on average."""
    scene = disc(512, radius=150, softness=6)

    alpha8 = upsample(scene.rgb8, scene.rgb8, coarse(scene.alpha8, 128))

    assert_close(scene.alpha8, alpha8, worst=30, mean=0.1)


@pytest.mark.parametrize(
    ("scene", "size", "limit"),
    [
        (strands(512, count=40, seed=1), 128, 0.09),
        (strands(512, count=40, seed=1), 256, 0.16),
        (mesh(512, pitch=12, wire=2.5), 128, 0.08),
        (mesh(512, pitch=12, wire=2.5), 256, 0.14),
    ],
    ids=["hair /4", "hair /2", "mesh /4", "mesh /2"],
)
def test_the_photograph_brings_thin_structures_back(scene, size, limit):
    """Strands and wires thinner than a coarse pixel: interpolation leaves a grey haze where they are."""
    coarse8 = coarse(scene.alpha8, size)
    interpolated = resize(coarse8, 512, 512, "bicubic")

    alpha8 = upsample(scene.rgb8, scene.rgb8, coarse8)

    assert _error(scene.alpha8, alpha8) < limit * _error(scene.alpha8, interpolated)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (7, 5), (90, 40), (40, 1500)])
@pytest.mark.parametrize(("level", "expected"), [(0, 0), (3, 0), (128, 128), (252, 255), (255, 255)])
@pytest.mark.parametrize("size", [2, 64])
def test_a_constant_matte_stays_constant(shape, level, expected, size):
    """Whatever the picture shows; and within .02 of an end, it is the end."""
    rgb8 = np.random.default_rng(3).integers(0, 256, (*shape, 3), np.uint8)

    alpha8 = upsample(rgb8, rgb8, np.full((size, size), level, np.uint8))

    assert_close(np.full(shape, expected, np.uint8), alpha8, worst=0, mean=0)


def test_away_from_the_band_the_matte_is_exactly_what_the_network_said():
    """Neither a noisy photograph nor a network that wavers by three levels leaves a trace there."""
    scene, rng = disc(512, radius=150, softness=6), np.random.default_rng(5)
    rgb8 = (scene.rgb8 + rng.integers(-40, 40, scene.rgb8.shape)).clip(0, 255).astype(np.uint8)
    coarse8 = coarse(scene.alpha8, 128)
    wavering8 = np.abs(coarse8 - rng.integers(0, 4, coarse8.shape)).astype(np.uint8)

    alpha8 = upsample(rgb8, rgb8, wavering8)

    y, x = np.mgrid[:512, :512] + 0.5
    distance = np.hypot(y - 256, x - 256)
    assert set(np.unique(alpha8[distance < 120])) == {255}
    assert set(np.unique(alpha8[distance > 185])) == {0}


def test_a_matte_of_only_0_and_255_still_gets_a_fine_edge():
    """Saturated networks have no soft pixels; the contour is a band all the same."""
    scene = disc(512, radius=150, softness=1)
    hard8 = np.where(coarse(scene.alpha8, 256) > 127, 255, 0).astype(np.uint8)

    alpha8 = upsample(scene.rgb8, scene.rgb8, hard8)

    assert _error(scene.alpha8, alpha8) < 0.6 * _error(scene.alpha8, resize(hard8, 512, 512, "bicubic"))


def test_clamping_makes_the_ends_sure_without_a_step():
    levels = np.array([[0, 5, 10, 15, 128, 240, 245, 250, 255]], np.uint8)

    assert clamped(levels).tolist() == [[0, 0, 8, 15, 128, 240, 248, 255, 255]]


def test_tiles_leave_no_seams(monkeypatch):
    scene = strands(300, count=25, seed=2)
    coarse8 = coarse(scene.alpha8, 100)
    in_one = upsample(scene.rgb8, scene.rgb8, coarse8)

    monkeypatch.setattr(module, "_TILE", 17)

    assert_close(in_one, upsample(scene.rgb8, scene.rgb8, coarse8), worst=2, mean=0.001)


def test_a_grid_smaller_than_the_picture_leaves_no_seams(monkeypatch):
    """Tiles of 17 cells over 300 pixels on a grid of 110: no edge falls between two pixels."""
    scene = strands(300, count=25, seed=2)
    coarse8 = coarse(scene.alpha8, 100)
    monkeypatch.setattr(module, "_GRID", 110)
    monkeypatch.setattr(module, "_TILE", 1000)
    in_one = upsample(scene.rgb8, scene.rgb8, coarse8)

    monkeypatch.setattr(module, "_TILE", 17)

    assert_close(in_one, upsample(scene.rgb8, scene.rgb8, coarse8), worst=2, mean=0.001)


def test_a_mirrored_picture_has_a_mirrored_matte():
    scene = strands(240, count=20, seed=4)
    coarse8 = coarse(scene.alpha8, 80)

    mirrored8 = scene.rgb8[:, ::-1]
    mirrored = upsample(mirrored8, mirrored8, coarse8[:, ::-1])

    assert_close(upsample(scene.rgb8, scene.rgb8, coarse8), mirrored[:, ::-1], worst=2, mean=0.01)


def test_nothing_is_changed_in_place():
    scene = disc(64, radius=20, softness=4)
    rgb8, coarse8 = scene.rgb8.copy(), coarse(scene.alpha8, 32)
    kept = coarse8.copy()

    upsample(rgb8, rgb8, coarse8)

    assert_close(scene.rgb8, rgb8, worst=0, mean=0)
    assert_close(kept, coarse8, worst=0, mean=0)


def test_memory_follows_the_band_and_not_the_picture():
    """Six megapixels as float32 colour would be 72 MB; a small disc must not cost a third of it."""
    scene = disc(256, radius=60, softness=8)
    rgb8, coarse8 = np.zeros((2000, 3000, 3), np.uint8), np.zeros((1000, 1000), np.uint8)
    rgb8[800:1056, 1200:1456], coarse8[400:528, 400:485] = scene.rgb8, scene.alpha8[::2, ::3][:128, :85]

    tracemalloc.start()
    upsample(rgb8, rgb8, coarse8)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 60e6


def test_coefficients_recover_a_matte_that_is_linear_in_the_colours():
    guide = np.random.default_rng(0).random((3, 30, 30), np.float32)
    matte = 0.1 + 0.5 * guide[0] + 0.3 * guide[2]

    planes = guided.coefficients(guide, matte, radius=2, noise=0)

    assert planes.shape == (5, 22, 22)
    expected = np.broadcast_to(np.array([0.5, 0, 0.3, 0, 0.1])[:, None, None], planes.shape)
    np.testing.assert_allclose(planes, expected, atol=0.03)


def test_where_colour_explains_nothing_the_matte_is_returned_as_it_came():
    rng = np.random.default_rng(1)
    guide, matte = rng.random((3, 60, 60), np.float32), rng.random((60, 60), np.float32)

    planes = guided.coefficients(guide, matte, radius=4, noise=0)

    expected = np.broadcast_to(np.array([0, 0, 0, 1, 0])[:, None, None], planes.shape)
    np.testing.assert_allclose(planes, expected, atol=0.03)


def test_a_noisy_photograph_puts_no_grain_into_the_matte():
    """An edge of little contrast under noise of eight levels: better no guide than that one."""
    scene, rng = disc(512, radius=150, softness=6), np.random.default_rng(9)
    faint = 100 + 0.2 * scene.alpha8[..., None] + rng.normal(0, 8, (512, 512, 3))
    rgb8, coarse8 = faint.clip(0, 255).astype(np.uint8), coarse(scene.alpha8, 256)

    alpha8 = upsample(rgb8, rgb8, coarse8)

    assert _error(scene.alpha8, alpha8) < 1.4 * _error(scene.alpha8, resize(coarse8, 512, 512, "lanczos"))
