"""From the network's matte to the full-size one: what becomes right, what must not become worse, what it costs."""

import tracemalloc

import numpy as np
import pytest

from cutout.codec import resize
from cutout.light import CAMERA
from cutout.matting import sharpen as module
from cutout.matting.refine import refine
from scenes import assert_close, coarse, disc, mesh, strands


def _error(expected, actual):
    return np.abs(expected.astype(float) - actual.astype(float)).mean()


def _too_full(alpha8, size):
    """A network that sees the gaps between hairs as nearly solid: half as fine, a quarter becomes a half."""
    blurred = resize(resize(coarse(alpha8, size), size // 2, size // 2, "box"), size, size, "bilinear")
    return np.rint((blurred / 255) ** 0.5 * 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("scene", "limit"),
    [(disc(512, radius=150, softness=6), 0.46), (strands(512, count=15, seed=3), 0.47)],
    ids=["disc", "hair"],
)
def test_a_matte_that_is_too_full_becomes_right(scene, limit):
    """The guided filter alone keeps .89 of the disc's error and .97 of the hair's: it believes what it is told."""
    coarse8 = _too_full(scene.alpha8, 256)

    alpha8 = refine(scene.rgb8, coarse8, CAMERA)

    assert _error(scene.alpha8, alpha8) < limit * _error(scene.alpha8, resize(coarse8, 512, 512, "lanczos"))


@pytest.mark.parametrize("size", [128, 256])
def test_wires_get_no_worse(size):
    """Two grounds in every window: no line of colours leads from wire to background."""
    scene = mesh(512, pitch=12, wire=2.5)
    coarse8 = coarse(scene.alpha8, size)

    alpha8 = refine(scene.rgb8, coarse8, CAMERA)

    assert _error(scene.alpha8, alpha8) < _error(scene.alpha8, resize(coarse8, 512, 512, "lanczos"))


def test_a_picture_larger_than_the_grid_is_refined_as_well(monkeypatch):
    """Two pixels to a cell, then the guided filter."""
    scene = strands(512, count=40, seed=1)
    coarse8 = coarse(scene.alpha8, 256)
    monkeypatch.setattr("cutout.matting.refine._GRID", 256)

    alpha8 = refine(scene.rgb8, coarse8, CAMERA)

    assert _error(scene.alpha8, alpha8) < 0.2 * _error(scene.alpha8, resize(coarse8, 512, 512, "lanczos"))


@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 300), (300, 1), (2, 2), (7, 5), (90, 40), (3, 4000), (4000, 2)]
)
@pytest.mark.parametrize(("level", "expected"), [(0, 0), (3, 0), (128, 128), (252, 255), (255, 255)])
def test_a_constant_matte_stays_constant(shape, level, expected):
    """Whatever the picture shows; and within .02 of an end, it is the end."""
    rgb8 = np.random.default_rng(3).integers(0, 256, (*shape, 3), np.uint8)

    alpha8 = refine(rgb8, np.full((64, 64), level, np.uint8), CAMERA)

    assert_close(np.full(shape, expected, np.uint8), alpha8, worst=1, mean=0.1)


@pytest.mark.parametrize("side", [1, 2, 3, 64])
@pytest.mark.parametrize("shape", [(1, 1), (2, 3), (5, 200), (200, 5), (64, 64)])
def test_any_matte_gives_an_alpha_for_any_picture(shape, side):
    rng = np.random.default_rng(side)
    rgb8, coarse8 = (rng.integers(0, 256, size, np.uint8) for size in ((*shape, 3), (side, side)))

    alpha8 = refine(rgb8, coarse8, CAMERA)

    assert (alpha8.shape, alpha8.dtype) == (shape, np.uint8)


def test_a_hair_of_one_pixel_survives():
    """One column of subject in front of a plain wall, seen by a network of half the size."""
    alpha8 = np.zeros((200, 200), np.uint8)
    alpha8[20:180, 100] = 255
    rgb8 = np.where(alpha8[..., None] > 0, 30, 200).astype(np.uint8).repeat(3, axis=2)

    refined8 = refine(rgb8, coarse(alpha8, 100), CAMERA)

    assert refined8[30:170, 100].min() > 230
    assert refined8[:, :99].max() < 25


def test_away_from_the_band_the_matte_is_exactly_what_the_network_said():
    """Neither a noisy photograph nor a network that wavers by three levels leaves a trace there."""
    scene, rng = disc(512, radius=150, softness=6), np.random.default_rng(5)
    rgb8 = (scene.rgb8 + rng.integers(0, 9, scene.rgb8.shape)).clip(0, 255).astype(np.uint8)
    wavering8 = np.where(coarse(scene.alpha8, 256) > 127, 252, 3).astype(np.uint8)

    alpha8 = refine(rgb8, wavering8, CAMERA)

    y, x = np.mgrid[:512, :512] + 0.5
    distance = np.hypot(y - 256, x - 256)
    assert (alpha8[distance > 200] == 0).all()
    assert (alpha8[distance < 100] == 255).all()


def test_where_colours_say_nothing_the_network_is_believed():
    """Subject and background look the same: what the Laplacian finds there explains nothing better."""
    rgb8 = np.random.default_rng(8).integers(90, 110, (256, 256, 3), np.uint8)
    coarse8 = coarse(disc(256, radius=70, softness=20).alpha8, 128)

    alpha8 = refine(rgb8, coarse8, CAMERA)

    assert _error(resize(coarse8, 256, 256, "lanczos"), alpha8) < 2.5


@pytest.mark.parametrize(("claim", "limit"), [(0.5, 0.6), (1.0, 2.6)])
def test_an_answer_that_explains_the_photograph_worse_is_not_taken(monkeypatch, claim, limit):
    """A solver that says the same of the whole band: believed, it would cost 13 and 18 levels."""
    scene = disc(256, radius=70, softness=10)
    coarse8 = coarse(scene.alpha8, 128)
    monkeypatch.setattr(
        module, "solve", lambda _guide, band, start, *_, steps: np.where(band, np.float32(claim), start)
    )

    alpha8 = refine(scene.rgb8, coarse8, CAMERA)

    assert _error(scene.alpha8, alpha8) < limit


def test_a_wide_place_in_the_background_s_colour_is_not_dissolved():
    """An ear as brown as the wood behind it, of which the network is three quarters sure (184 levels)."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:384, :384]
    rgb = np.full((384, 384, 3), (90, 60, 40)) + rng.integers(-12, 13, (384, 384, 1))
    body = np.hypot(y - 240, x - 192) < 100
    ear = (abs(x - 192) < 60) & (y > 70) & (y < 200) & ~body
    rgb[body] = rgb[body] // 2 + (70, 75, 80)
    rgb[ear & ~((abs(x - 192) < 57) & (y > 73))] = (190, 180, 150)
    matte = np.where(body, 255, np.where(ear, 185 + 15 * np.sin(y / 9) * np.cos(x / 7), 0))
    coarse8 = coarse(matte.astype(np.uint8), 192)

    alpha8 = refine(rgb.clip(0, 255).astype(np.uint8), coarse8, CAMERA)

    assert alpha8[90:125, 160:225].mean() > 165


def test_a_gap_that_the_network_half_saw_is_not_closed():
    """A hole of the subject's own colour: colours say solid, the network says .4, and it is right."""
    alpha8 = np.zeros((256, 256), np.uint8)
    alpha8[40:216, 40:216] = 255
    rgb8 = np.where(alpha8[..., None] > 0, (200, 120, 40), (40, 90, 160)).astype(np.uint8)
    alpha8[120:128, 120:128] = 100
    rgb8 = (rgb8 + np.random.default_rng(0).integers(0, 9, rgb8.shape)).astype(np.uint8)

    refined8 = refine(rgb8, coarse(alpha8, 128), CAMERA)

    assert refined8[121:127, 121:127].max() < 140


def test_a_mirrored_picture_has_a_mirrored_matte():
    scene = strands(240, count=20, seed=4)
    coarse8 = coarse(scene.alpha8, 80)

    mirrored = refine(scene.rgb8[:, ::-1], coarse8[:, ::-1], CAMERA)

    assert_close(refine(scene.rgb8, coarse8, CAMERA), mirrored[:, ::-1], worst=40, mean=0.05)


def test_nothing_is_changed_in_place():
    scene = disc(64, radius=20, softness=4)
    rgb8, coarse8 = scene.rgb8.copy(), coarse(scene.alpha8, 32)
    kept = coarse8.copy()

    refine(rgb8, coarse8, CAMERA)

    assert_close(scene.rgb8, rgb8, worst=0, mean=0)
    assert_close(kept, coarse8, worst=0, mean=0)


def test_memory_follows_the_grid_and_not_the_picture():
    """24 megapixels as float32 colour would be 288 MB; 1024 cells a side are 12."""
    scene = disc(512, radius=120, softness=16)
    rgb8, coarse8 = np.zeros((4000, 6000, 3), np.uint8), np.zeros((1000, 1000), np.uint8)
    rgb8[800:1312, 1200:1712] = scene.rgb8
    coarse8[200:328, 200:285] = resize(scene.alpha8, 128, 85, "box")

    tracemalloc.start()
    refine(rgb8, coarse8, CAMERA)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 120e6
