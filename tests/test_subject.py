"""Where the subject is in a matte, and where the frame cuts it."""

import numpy as np
import pytest

from cutout.rendering.placement import Box
from cutout.rendering.subject import find_subject


def square(size: int = 1000) -> np.ndarray:
    """A solid square, rows and columns 300 to 699."""
    alpha8 = np.zeros((size, size), np.uint8)
    alpha8[300:700, 300:700] = 255
    return alpha8


def test_the_box_is_exact_to_the_pixel():
    alpha8 = np.zeros((777, 1234), np.uint8)
    alpha8[123:456, 77:1000] = 255

    found = find_subject(alpha8)

    assert found is not None
    assert found.box == Box(top=123, left=77, bottom=456, right=1000)
    assert found.cut == frozenset()


@pytest.mark.parametrize(
    ("level", "rows", "columns"),
    [
        (25, slice(0, 1000), slice(0, 1000)),  # a veil over everything, fainter than a tenth
        (255, slice(50, 52), slice(900, 902)),  # four solid pixels of dust
        (80, slice(20, 25), slice(20, 22)),  # a smear
    ],
)
def test_strays_do_not_enlarge_the_box(level: int, rows: slice, columns: slice):
    alpha8 = square()
    alpha8[rows, columns] = np.maximum(alpha8[rows, columns], level)

    found = find_subject(alpha8)

    assert found is not None
    assert found.box == Box(top=300, left=300, bottom=700, right=700)


@pytest.mark.parametrize(
    ("rows", "columns", "level", "box"),
    [
        (
            slice(100, 300),
            slice(500, 501),
            64,
            (100, 300, 700, 700),
        ),  # one hair, one pixel wide, a quarter opaque
        (
            slice(100, 297),
            slice(500, 502),
            255,
            (100, 300, 700, 700),
        ),  # torn off by the matte: a gap of three pixels
        (slice(400, 404), slice(700, 960), 255, (300, 300, 700, 960)),  # a handle
        (slice(20, 40), slice(880, 900), 255, (20, 300, 700, 900)),  # a second thing of its own
    ],
)
def test_thin_and_loose_parts_are_not_cut(rows: slice, columns: slice, level: int, box: tuple[int, ...]):
    alpha8 = square()
    alpha8[rows, columns] = level

    found = find_subject(alpha8)

    assert found is not None
    assert found.box == Box(top=box[0], left=box[1], bottom=box[2], right=box[3])


def test_a_hair_that_turns_corners_is_followed():
    """A spiral of one pixel's width, whose arms lie 20 pixels apart, far from the square."""
    alpha8 = square(2000)
    alpha8[300:1500, 690] = 255
    alpha8[1500, 690:1700] = 255
    alpha8[200:1501, 1700] = 255

    found = find_subject(alpha8)

    assert found is not None
    assert found.box == Box(top=200, left=300, bottom=1501, right=1701)


@pytest.mark.parametrize("shape", [(1, 1), (20, 20), (40, 800), (800, 40), (6000, 30)])
@pytest.mark.parametrize("level", [26, 255])
def test_a_single_pixel_is_a_subject(shape: tuple[int, int], level: int):
    alpha8 = np.zeros(shape, np.uint8)
    alpha8[shape[0] // 2, shape[1] // 2] = level

    found = find_subject(alpha8)

    assert found is not None
    assert found.box == Box(
        top=shape[0] // 2, left=shape[1] // 2, bottom=shape[0] // 2 + 1, right=shape[1] // 2 + 1
    )


@pytest.mark.parametrize("level", [0, 25])
def test_where_nothing_is_visible_there_is_no_subject(level: int):
    assert find_subject(np.full((300, 200), level, np.uint8)) is None


@pytest.mark.parametrize(
    ("rows", "columns", "cut"),
    [
        (slice(200, 1000), slice(300, 700), {"bottom"}),
        (slice(200, 998), slice(300, 700), {"bottom"}),  # a matte that falls off in the last two rows
        (slice(200, 997), slice(300, 700), set()),
        (slice(0, 500), slice(0, 500), {"top", "left"}),
        (slice(400, 600), slice(0, 1000), {"left", "right"}),
        (slice(0, 1000), slice(0, 1000), {"top", "left", "bottom", "right"}),
    ],
)
def test_the_frame_cuts_what_is_solid_at_its_edge(rows: slice, columns: slice, cut: set[str]):
    alpha8 = np.zeros((1000, 1000), np.uint8)
    alpha8[rows, columns] = 255

    found = find_subject(alpha8)

    assert found is not None
    assert found.cut == cut


def test_in_a_tiny_picture_one_pixel_is_a_distance():
    alpha8 = np.zeros((40, 40), np.uint8)
    alpha8[10:39, 10:30] = 255

    found = find_subject(alpha8)

    assert found is not None
    assert found.cut == frozenset()


def test_hair_that_leaves_the_picture_does_not_make_it_cut():
    alpha8 = square()
    alpha8[:300, 500:503] = 255

    found = find_subject(alpha8)

    assert found is not None
    assert found.box.top == 0
    assert found.cut == frozenset()
