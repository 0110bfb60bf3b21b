"""The photograph's own frame: made smaller, with the subject moved and scaled in it, cut; and where the subject is."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest

from balls import BALL, made, read, scene, shown
from cutout.light import CAMERA, GRAPHIC
from cutout.pipeline import Cutout
from cutout.rendering.backgrounds import flatten, on_sheer
from cutout.rendering.placement import Box, Placement, reduced
from cutout.staging.scene import render
from scenes import disc

QUARTER = {"max_megapixels": 0.0192}  # 19,200 of the ball's 76,800 pixels: half of each side


@pytest.mark.parametrize(
    ("picture", "megapixels", "size"),
    [
        ((4000, 3000), 0.25, (577, 433)),
        ((6000, 4000), 0.25, (612, 408)),
        ((1920, 1080), 0.25, (666, 375)),
        ((1250, 800), 0.25, (625, 400)),
        ((500, 333), 0.25, (500, 333)),
        ((6250, 4000), 25, (6250, 4000)),
        ((8000, 6250), 25, (5656, 4419)),
        ((50_000, 1), 0.000_1, (100, 1)),
    ],
)
def test_a_limit_makes_the_frame_smaller_and_never_larger(
    picture: tuple[int, int], megapixels: float, size: tuple[int, int]
) -> None:
    frame = reduced(picture[1], picture[0], megapixels * 1e6)

    assert (frame.width, frame.height) == size


def test_a_reduced_photograph_reaches_all_edges_of_its_frame() -> None:
    frame = reduced(3000, 4000, 250_000)

    assert frame.left <= 0
    assert frame.top <= 0
    assert frame.left + 4000 * frame.scale >= 577
    assert frame.top + 3000 * frame.scale >= 433


@pytest.mark.parametrize(
    ("layout", "size", "box"),
    [
        ({}, (320, 240), (100, 60, 120, 120)),
        (QUARTER, (160, 120), (50, 30, 60, 60)),
        ({"max_megapixels": 50}, (320, 240), (100, 60, 120, 120)),
        ({"crop": True}, (120, 120), (0, 0, 120, 120)),
        ({"crop": True} | QUARTER, (60, 60), (0, 0, 60, 60)),
        ({"crop": True, "margin": "10px 50%"} | QUARTER, (120, 80), (30, 10, 60, 60)),
        ({"fill": {"share": 1}}, (320, 240), (40, 0, 240, 240)),
        ({"fill": {"share": 0.5}}, (320, 240), (100, 60, 120, 120)),
        ({"fill": {"share": 0.25}, "position": "0% 100%"}, (320, 240), (0, 180, 60, 60)),
        ({"fill": {"share": 0.25}} | QUARTER, (160, 120), (65, 45, 30, 30)),
        ({"position": "100% 0%"} | QUARTER, (160, 120), (100, 0, 60, 60)),
        ({"fill": {"share": 0.25}, "crop": True, "margin": "5px"}, (70, 70), (5, 5, 60, 60)),
        ({"fill": {"share": 1}, "crop": True} | QUARTER, (120, 120), (0, 0, 120, 120)),
        ({"crop": True, "position": "100%"}, (120, 120), (0, 0, 120, 120)),
    ],
)
def test_the_file_says_where_its_subject_is(
    layout: dict[str, Any], size: tuple[int, int], box: tuple[int, int, int, int]
) -> None:
    result = render(BALL, made(layout=layout))

    assert (result.width, result.height) == size
    assert result.foreground == pytest.approx(box, abs=1)
    assert box_of(read(result.body)[..., 3]) == pytest.approx(box, abs=2)


def box_of(alpha8: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = (np.flatnonzero(alpha8.max(axis) >= 26) for axis in (1, 0))
    return int(columns[0]), int(rows[0]), int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1


@pytest.mark.parametrize(("share", "box"), [(0.25, (25, 135, 60, 60)), (1, (0, 0, 240, 240))])
def test_the_original_position_shares_out_what_is_left_as_it_was(
    share: float, box: tuple[int, int, int, int]
) -> None:
    """A ball with 30 of 200 pixels beside it on the left and 90 of 120 above it."""
    alpha8 = np.roll(BALL.cutout.alpha8, (30, -80), axis=(0, 1))  # from (100, 60) to (20, 90)
    aside = scene(Cutout(rgb8=np.roll(BALL.cutout.rgb8, (30, -80), (0, 1)), alpha8=alpha8, mixing=CAMERA))
    layout = {"fill": {"share": share}, "position": "original"}

    left, top, width, height = render(aside, made(layout=layout)).foreground

    # of 200 free columns 20 are at the left; of 120 free rows 90 are above
    assert (left, top, width, height) == pytest.approx(
        (round((320 - box[2]) * 0.1), round((240 - box[3]) * 0.75), box[2], box[3]), abs=1
    )


def test_a_subject_that_the_frame_cuts_goes_where_it_is_told_without_glue() -> None:
    alpha8 = np.zeros_like(BALL.cutout.alpha8)
    alpha8[:, 120:] = BALL.cutout.alpha8[:, :-120]
    cut = scene(Cutout(rgb8=BALL.cutout.rgb8, alpha8=alpha8, mixing=CAMERA))

    free, glued = (
        render(cut, made(layout={"position": "0% 50%", "glue": glue})).foreground[0] for glue in (False, True)
    )

    assert (free, glued) == (0, 220)


def test_a_box_beyond_the_canvas_is_the_part_that_is_seen() -> None:
    placement = Placement(height=100, width=50, scale=2, top=-10, left=0)

    assert placement.seen(Box(top=0, left=10, bottom=20, right=40)) == Box(
        top=0, left=20, bottom=30, right=50
    )
    assert placement.seen(Box(top=0, left=30, bottom=20, right=40)).width == 0


def test_one_placement_after_another_is_one_placement() -> None:
    first = Placement(height=100, width=100, scale=0.5, top=2, left=4)
    second = Placement(height=50, width=60, scale=3, top=-1, left=7)

    assert first.then(second) == Placement(height=50, width=60, scale=1.5, top=5, left=19)


# ------------------------------------------------------------------ a colour that lets light through


def test_a_half_transparent_background_stays_half_transparent() -> None:
    behind8 = shown(made(background="#0000ff80"))

    assert behind8[0, 0].tolist() == [0, 0, 255, 128]
    assert behind8[120, 160, 3] == 255
    assert behind8[120, 160, 0] > 200


@pytest.mark.parametrize("mixing", [CAMERA, GRAPHIC])
def test_a_sheer_colour_at_full_opacity_is_a_plain_background(mixing: Any) -> None:
    drawn = disc(200, 60, 12)

    over8, alpha8 = on_sheer(drawn.foreground8, drawn.alpha8, (20, 200, 90), 255, mixing)

    assert (alpha8 == 255).all()
    assert np.array_equal(over8, flatten(drawn.foreground8, drawn.alpha8, (20, 200, 90), mixing))


def test_half_a_pixel_on_half_a_colour_covers_three_quarters() -> None:
    """Of 0.75, 0.5 is the subject's white and 0.25 the colour's black: two thirds of white."""
    over8, alpha8 = on_sheer(
        np.full((1, 1, 3), 255, np.uint8), np.full((1, 1), 128, np.uint8), (0, 0, 0), 128, GRAPHIC
    )

    assert alpha8.tolist() == [[192]]
    assert over8.tolist() == [[[170, 170, 170]]]


def test_no_opacity_at_all_leaves_the_cutout_s_alpha() -> None:
    assert np.array_equal(shown(made(background="#ff000000"))[..., 3], shown(made())[..., 3])


def test_a_shadow_falls_on_a_sheer_background() -> None:
    with_shadow = shown(made(background="#ffffff80", shadow={"kind": "drop", "opacity": 1, "offset": "20%"}))
    plain = shown(made(background="#ffffff80"))

    assert (with_shadow[..., 3] > plain[..., 3]).sum() > 1000
    assert with_shadow[..., :3].min() < 30


def test_a_zip_with_a_background_holds_the_finished_picture() -> None:
    files = ZipFile(BytesIO(render(BALL, made(format="zip", background="#00ff00")).body))

    colour8, alpha8 = read(files.read("color.jpg")), read(files.read("alpha.png"))

    assert (alpha8 == 255).all()
    assert colour8[0, 0].tolist() == pytest.approx([0, 255, 0], abs=6)
