"""What of a matte is doubtful: softness where no edge is, in either pass; edges and ink are not."""

import tracemalloc
from dataclasses import astuple

import numpy as np
import pytest

from cutout.codec import resize
from cutout.matting.uncertainty import Doubts, doubts_of_drawing, doubts_of_photo

GREY = np.full((600, 800, 3), 128, np.uint8)


def disc8(softness: float = 2.0, level: float = 255.0) -> np.ndarray:
    """A disc of a third of the picture's height, whose edge takes ``softness`` pixels."""
    y, x = np.mgrid[:600, :800]
    inside = np.clip((200 - np.hypot(y - 300, x - 400)) / softness + 0.5, 0, 1)
    return np.rint(level * inside).astype(np.uint8)


def lines8(pitch: int) -> np.ndarray:
    """Lines two pixels wide."""
    alpha8 = np.zeros((600, 800), np.uint8)
    alpha8[:, 100:700:pitch] = alpha8[:, 101:700:pitch] = 255
    return alpha8


def doubts(alpha8: np.ndarray, settled8: np.ndarray | None = None) -> Doubts:
    settled8 = alpha8 if settled8 is None else settled8
    return doubts_of_photo(GREY, resize(settled8, 512, 512, "box"), alpha8)


def test_an_edge_is_no_doubt() -> None:
    found = doubts(disc8())

    assert (found.undecided, found.wide) == (pytest.approx(0, abs=0.002), 0.0)
    assert found.subject_share == pytest.approx(np.pi * 200**2 / (600 * 800), abs=0.001)


def test_what_is_half_transparent_all_over_is() -> None:
    found = doubts(disc8(level=127.5))

    # 4 a (1 - a) is 1 and a is 1/2 inside; a little is lost along the edge, more of it to the wider window
    assert (found.undecided, found.wide) == (pytest.approx(1.95, abs=0.02), pytest.approx(1.82, abs=0.02))


def test_a_blurred_edge_is_more_doubtful_than_a_sharp_one() -> None:
    assert doubts(disc8(softness=40)).undecided > 0.1


def test_what_either_pass_doubts_is_doubted() -> None:
    sure, unsure = disc8(), disc8(level=127.5)

    found, other = doubts(sure, settled8=unsure), doubts(unsure, settled8=sure)

    assert found.undecided == pytest.approx(0.98, abs=0.02)
    assert other.undecided == pytest.approx(1.95, abs=0.02)


def test_thin_things_are_all_edge() -> None:
    found = doubts(lines8(pitch=12))

    assert found.undecided == pytest.approx(0, abs=0.01)
    assert found.thin > 0.5 > 0.1 > doubts(disc8()).thin


def test_ink_is_thin_and_that_is_no_doubt() -> None:
    assert astuple(doubts_of_drawing(lines8(pitch=12)))[:4] == (0.0, 0.0, 0.0, 0.0)
    assert doubts_of_drawing(disc8(level=127.5)).undecided == pytest.approx(1.82, abs=0.02)


def test_a_picture_of_any_size_has_the_same_doubts() -> None:
    large8 = disc8(softness=12, level=200.0)
    small8 = resize(large8, 300, 400, "box")
    settled8 = resize(large8, 256, 256, "box")

    found = doubts_of_photo(GREY[:300, :400], settled8, small8), doubts_of_photo(GREY, settled8, large8)

    assert astuple(found[0]) == pytest.approx(astuple(found[1]), rel=0.05, abs=0.003)


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (5, 3)])
def test_small_pictures_have_an_answer(shape: tuple[int, int]) -> None:
    rgb8, alpha8 = np.zeros((*shape, 3), np.uint8), np.full(shape, 255, np.uint8)

    found = doubts_of_photo(rgb8, np.full((64, 64), 255, np.uint8), alpha8)

    assert astuple(found) == (0.0, 0.0, 0.0, 0.0, 1.0, 1.0)


def test_nothing_found_is_nothing_undecided() -> None:
    assert astuple(doubts(np.zeros((600, 800), np.uint8))) == (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def test_the_frame_counts_where_the_subject_meets_it() -> None:
    alpha8 = np.zeros((100, 100), np.uint8)
    alpha8[:, :50] = 255

    assert doubts_of_drawing(alpha8).frame_share == 0.5


def test_of_a_large_picture_only_reduced_copies_are_made() -> None:
    rgb8, alpha8 = np.zeros((3000, 4000, 3), np.uint8), np.zeros((3000, 4000), np.uint8)
    alpha8[1000:2000, 1000:3000] = 255
    settled8 = resize(alpha8, 1024, 1024, "box")
    tracemalloc.start()

    doubts_of_photo(rgb8, settled8, alpha8)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 10e6  # a plane of the picture has 12 MB as bytes, 48 as float32
