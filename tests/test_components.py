import numpy as np
import pytest

from cutout.matting.components import connected


def mask(*rows):
    return np.array([[mark == "#" for mark in row] for row in rows])


@pytest.mark.parametrize(
    ("rows", "sizes"),
    [
        (("....", "...."), []),
        (("##..", "..##"), [4]),
        (("#..#", "#..#", ".##."), [6]),
        (("#.#", "...", "#.#"), [1, 1, 1, 1]),
        (("...#", "#..."), [1, 1]),
        (("####", "####"), [8]),
        (("#.#.#", "#.#.#", "#####"), [11]),
    ],
    ids=["none", "corner", "late", "dots", "row's end", "all", "comb"],
)
def test_parts_are_8_connected(rows, sizes):
    """A row's last pixel and the next row's first are neighbours in memory, not in the picture."""
    parts = connected(mask(*rows))

    assert sorted(parts.sizes.tolist()) == sizes


def test_every_pixel_knows_its_part():
    parts = connected(mask("#..#", "#..#", "....", ".##."))

    assert parts.pixels.tolist() == [0, 3, 4, 7, 13, 14]
    assert parts.part.tolist() == [0, 1, 0, 1, 2, 2]
    assert parts.holds(np.array([0, 0, 1, 0, 0, 0], np.bool_)).tolist() == [True, False, False]


def test_a_spiral_is_one_part():
    """Many turns of one line: its runs only meet after many steps."""
    y, x = np.mgrid[:101, :101]
    ring = np.maximum(np.abs(y - 50), np.abs(x - 50))
    spiral = ring % 2 == 0
    for r in range(2, 51, 2):
        spiral[50 - r + 1, 50] = True  # a bridge from each ring to the next one

    parts = connected(spiral)

    assert parts.count == 1
