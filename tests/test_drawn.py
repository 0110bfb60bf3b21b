"""The drawn set and the mattes that are made from the truth: exact, the same each time, and what they claim to be."""

from pathlib import Path

import numpy as np
import pytest

from bench.cases import faulty_coarse, read_cases, sure_coarse
from bench.drawing import Drawing, halved, photographed, write
from bench.drawn import draw, logo, plate
from bench.metrics import band, enclosed
from bench.strokes import Layer


def test_paint_over_paint_keeps_its_exact_straight_colour():
    """Half red under half green: alpha 3/4, two parts of green and one of red."""
    layer = Layer(1, 1)
    layer.cover(np.array([[0.5]]), (1.0, 0.0, 0.0))
    layer.cover(np.array([[0.5]]), (0.0, 1.0, 0.0))

    assert layer.alpha.tolist() == [[0.75]]
    assert layer.colour((0, 0, 1))[0, 0].tolist() == pytest.approx([1 / 3, 2 / 3, 0])


def test_a_straight_stroke_covers_its_own_area():
    """20 long, 4 wide, and half a disc of radius 2 at either end."""
    layer = Layer(40, 40)

    layer.stroke(np.array([[10.0, 20], [20, 20], [30, 20]]), (4.0, 4.0), (0, 0, 0))

    assert layer.alpha.sum() == pytest.approx(20 * 4 + 4 * np.pi, rel=0.01)


def test_a_drawing_mixes_light_and_a_graphic_mixes_levels(tmp_path: Path):
    """Half white over black: 188 as a camera sees it, 128 as a drawing program writes it."""
    half, white, black = np.full((64, 64), 0.5), np.ones((64, 64, 3)), np.zeros((64, 64, 3))
    for name, graphic in (("light", False), ("graphic", True)):
        drawing = Drawing(alpha=half, colour=white, ground=black, graphic=graphic)
        write(photographed(drawing, np.random.default_rng(1)), tmp_path / name)

    cases = {case.name: case for case in read_cases(tmp_path, tmp_path)}

    assert set(np.unique(cases["graphic"].rgb8)) == {128}
    assert cases["light"].rgb8.mean() == pytest.approx(188, abs=0.3)
    assert 1.2 < cases["light"].rgb8.std() < 1.9
    assert set(np.unique(cases["light"].alpha8)) == {128}


@pytest.mark.parametrize(("scene", "soft", "solid"), [(logo, 0.008, 0.16), (plate, 0.02, 0.3)])
def test_a_scene_is_the_same_each_time_and_has_soft_and_solid_parts(scene, soft, solid):
    first, second = scene(np.random.default_rng(3)), scene(np.random.default_rng(3))

    assert np.array_equal(first.alpha, second.alpha)
    assert np.array_equal(first.ground, second.ground)
    assert band(first.alpha, 0).mean() > soft
    assert (first.alpha == 1).mean() > solid


def test_the_sure_matte_is_blurred_and_steeper():
    """A step, seen at half the resolution: softer than the truth, and clipped at both ends."""
    alpha8 = np.zeros((640, 640), np.uint8)
    alpha8[:, 322:] = 255

    row = sure_coarse(alpha8)[160]

    assert row.shape == (320,)
    assert row[150] == 0
    assert row[170] == 255
    assert np.count_nonzero((row > 0) & (row < 255)) == 2


def test_the_faulty_matte_is_wrong_inside_and_in_gaps_only():
    """A ring: solid between 60 and 130 pixels of the middle, a gap within, and the frame far away."""
    y, x = np.mgrid[:320, :320] + 0.5
    far = np.hypot(y - 160, x - 160)
    alpha8 = np.where((far > 60) & (far < 130), 255, 0).astype(np.uint8)

    faulty8 = faulty_coarse(alpha8)

    ring, gap = faulty8[(far > 70) & (far < 120)], faulty8[far < 50]
    assert np.array_equal(faulty8, faulty_coarse(alpha8))
    assert (faulty8[far > 140] == 0).all()
    assert 127 <= ring.min() <= 140
    assert 0.2 < (ring < 250).mean() < 0.8
    assert gap.min() == 0
    assert 150 <= gap.max() <= 230


@pytest.mark.parametrize("name", ["mug", "wheel", "letters", "curls", "doll"])
def test_a_scene_with_gaps_encloses_background(name):
    assert enclosed(draw(name).alpha8 / 255).mean() > 0.005


@pytest.mark.parametrize("name", ["print", "vase", "cloth"])
def test_a_solid_scene_encloses_nothing(name):
    assert not enclosed(draw(name).alpha8 / 255).any()


@pytest.mark.parametrize(("name", "share"), [("print", 0.08), ("doll", 0.01), ("vase", 0.8)])
def test_solid_parts_that_look_like_the_background_do(name, share):
    """Of the solid pixels, so many are within 20 levels of what the background has there."""
    exact = draw(name)
    nearest = np.abs(exact.rgb8.astype(int) - exact.ground8).max(2) < 20

    assert nearest[exact.alpha8 == 255].mean() > share


def test_a_halved_scene_keeps_its_light():
    """One pixel of four fully covered by red: a quarter of alpha, all of it red."""
    alpha, red = np.zeros((2, 2)), np.zeros((2, 2, 3))
    alpha[0, 0], red[0, 0] = 1, (0.8, 0.1, 0.1)
    ground = np.full((2, 2, 3), 0.4)

    half = halved(Drawing(alpha=alpha, colour=red, ground=ground))

    assert half.alpha.tolist() == [[0.25]]
    assert half.colour[0, 0].tolist() == pytest.approx([0.8, 0.1, 0.1])
    assert half.ground[0, 0].tolist() == pytest.approx([0.4, 0.4, 0.4])
