"""A photograph on canvases that its frame does not fill."""

import numpy as np
import pytest

from cutout.rendering.own_ground import carried_on
from cutout.rendering.placement import Placement, within

FRAME = (100, 200)  # height and width


def canvas(height: int, width: int, scale: float, top: float, left: float) -> Placement:
    return Placement(height=height, width=width, scale=scale, top=top, left=left)


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (canvas(50, 50, 1.0, -20, -30), canvas(50, 50, 1.0, -20, -30)),  # nothing but photograph as it is
        (canvas(50, 50, 1.0, 5, -160), canvas(50, 50, 1.0, 0, -150)),  # moved to the edges that it left
        (canvas(50, 50, 0.25, 10, 5), canvas(50, 50, 0.5, 0, -15)),  # enlarged about the middle
    ],
)
def test_within_a_photograph_a_canvas_moves_no_further_than_it_must(
    asked: Placement, given: Placement
) -> None:
    assert within(asked, FRAME) == given


def test_beyond_its_frame_a_photograph_goes_on_without_its_subject() -> None:
    """A red head at the upper edge of a grey wall: its mirror image would be a second head."""
    wall8 = np.full((*FRAME, 3), 150, np.uint8)
    alpha8 = np.zeros(FRAME, np.uint8)
    alpha8[:40, 80:120] = 255
    photo8 = np.where(alpha8[..., None] == 255, np.uint8([200, 20, 20]), wall8)

    shown8 = carried_on(photo8, photo8, alpha8, canvas(160, 200, 1.0, 60, 0))

    assert np.array_equal(shown8[60:], photo8)
    assert np.abs(shown8[:60].astype(int) - 150).max() <= 2
