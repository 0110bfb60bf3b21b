"""Flat inks off a flat ground, against drawn logos whose alpha and colours are exact."""

from functools import cache
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from bench.drawing import photographed
from bench.drawn_logos import LOGOS, ONE_INK
from cutout.matting.flat import flat_cutout


@cache
def logo(name):
    return photographed(LOGOS[name](), np.random.default_rng(0))


def jpeg(rgb8, quality):
    file = BytesIO()
    Image.fromarray(rgb8).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


# Distance of ink and ground 255, 225, 235, 64 and 235 levels: .67 x 255 / distance, and one level.
@pytest.mark.parametrize(
    ("name", "worst"),
    [("black", 1), ("red", 1), ("white on navy", 1), ("grey on white", 3), ("yellow", 2)],
)
def test_one_lossless_ink_is_as_exact_as_rounding_allows(name, worst):
    exact = logo(name)

    error = np.abs(flat_cutout(exact.rgb8).alpha8.astype(int) - exact.alpha8)

    assert error.max() <= worst


def test_the_narrowest_corner_of_a_letter_is_open_too():
    """No pixel near its tip is all ground. They were solid."""
    share = np.ones((80, 80))
    for row in range(36, 80):
        share[row, 40] = (1 - (row - 35) / 10) if row < 45 else 0
    share[42:, 38:43] = np.minimum(share[42:, 38:43], [1, 0.5, 0, 0.5, 1])
    share[[0, -1]] = share[:, [0, -1]] = 0
    ink, ground = np.array([200.0, 20, 120]), np.array([255.0, 255, 255])
    rgb8 = np.rint(share[..., None] * ink + (1 - share[..., None]) * ground).astype(np.uint8)

    error = np.abs(flat_cutout(rgb8).alpha8 - 255 * share)

    assert error.max() <= 1.6  # and half a level, as the truth is not rounded here


def test_the_table_above_has_every_logo_of_one_ink():
    assert sorted(ONE_INK) == ["black", "grey on white", "red", "white on navy", "yellow"]


# Recorded, a tenth above; most of it is where a hairline thins out below what JPEG keeps.
JPEG_BOUNDS = [
    ("black", 92, 0.0014),
    ("black", 60, 0.0047),
    ("red", 80, 0.0050),
    ("grey on white", 80, 0.0068),
    ("yellow", 80, 0.0175),
    ("badge", 60, 0.0009),
    ("outlined", 80, 0.0112),
    ("apart", 80, 0.0128),
]


@pytest.mark.parametrize(("name", "quality", "on_ink"), JPEG_BOUNDS)
def test_jpeg_costs_a_recorded_bound(name, quality, on_ink):
    exact = logo(name)

    error = np.abs(flat_cutout(jpeg(exact.rgb8, quality)).alpha8.astype(float) - exact.alpha8) / 255

    assert error[exact.alpha8 > 0].mean() <= on_ink
    assert error[exact.alpha8 == 0].mean() <= 0.0012


@pytest.mark.parametrize("name", ["black", "badge", "apart"])
def test_every_pixel_has_the_colour_of_an_ink(name):
    """Edges too: nothing of the ground is left in them."""
    exact, found = logo(name), flat_cutout(logo(name).rgb8)
    seen = exact.alpha8 > 8

    off = np.abs(found.rgb8[seen].astype(int) - exact.colour8[seen]).max(1)

    assert np.quantile(off, 0.995) <= 1


def test_inks_that_touch_leave_no_gap():
    """The disc of the badge is opaque from rim to rim, across the edges between its inks."""
    y, x = np.mgrid[:480, :720] + 0.5
    disc = np.hypot(y - 240, x - 360) < 188

    alpha8 = flat_cutout(logo("badge").rgb8).alpha8

    assert alpha8[disc].min() == 255


def test_what_an_ink_encloses_is_open():
    """The middle of the ring in "black"."""
    alpha8 = flat_cutout(logo("black").rgb8).alpha8

    assert alpha8[190:210, 140:160].max() == 0
    assert alpha8[195:205, 215:225].min() == 255


def test_a_row_that_has_another_ink_s_colour_by_chance_is_still_an_edge():
    """Black covers half of a row of pixels, which makes the grey that another ink has."""
    rgb8 = np.full((80, 120, 3), 255, np.uint8)
    rgb8[20:40, 10:50] = 0
    rgb8[40, 10:50] = 128
    rgb8[20:60, 70:110] = 128

    found = flat_cutout(rgb8)

    assert set(found.alpha8[40, 12:48].tolist()) == {127}
    assert found.rgb8[40, 12:48].max() == 0
    assert found.alpha8[20:60, 70:110].min() == 255


def test_a_thin_line_of_a_known_ink_has_its_colour_and_less_opacity():
    rgb8 = np.full((80, 120, 3), 255, np.uint8)
    rgb8[20:40, 10:50] = (200, 0, 0)
    rgb8[60, 10:110] = (233, 153, 153)  # 40 % of it

    found = flat_cutout(rgb8)

    assert set(found.alpha8[60, 20:100].tolist()) == {102}
    assert np.unique(found.rgb8[60, 20:100], axis=0).tolist() == [[200, 0, 0]]


def test_a_ground_alone_gives_nothing():
    found = flat_cutout(np.full((50, 60, 3), 77, np.uint8))

    assert found.alpha8.max() == 0


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 2), (3, 3)])
def test_any_size_is_taken(shape):
    rgb8 = np.random.default_rng(6).integers(0, 256, (*shape, 3), np.uint8)

    assert flat_cutout(rgb8).alpha8.shape == shape
