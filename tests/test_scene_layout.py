"""Where a cutout stands on an output's canvas."""

from dataclasses import replace

import numpy as np
import pytest

from balls import BALL, ball, made, read, scene, shown
from cutout.errors import BadRecipe
from cutout.pipeline import Cutout
from cutout.staging.scene import render


def test_a_crop_is_the_subject_with_its_margin() -> None:
    assert shown(made(layout={"crop": True})).shape == (120, 120, 4)
    assert shown(made(layout={"crop": True, "margin": "10px"})).shape == (140, 140, 4)
    assert shown(made(layout={"crop": True, "margin": "0px 5px 10px 50%"})).shape == (130, 185, 4)


def test_a_canvas_holds_the_frame_a_crop_or_a_share() -> None:
    sizes = {
        name: np.flatnonzero((shown(made(layout=layout))[..., 3] > 127).any(0)).size
        for name, layout in {
            "frame": {"canvas": [640, 640]},
            "crop": {"canvas": [640, 640], "crop": True},
            "margin": {"canvas": [640, 640], "crop": True, "margin": "10%"},
            "fill": {"canvas": [640, 640], "fill": {"share": 0.5}},
            "small": {"canvas": [640, 640], "fill": {"share": 0.5}, "enlarge": False},
            "own": {"fill": {"share": 0.25, "side": "width"}},
        }.items()
    }

    assert sizes == {"frame": 240, "crop": 640, "margin": 512, "fill": 320, "small": 120, "own": 80}


def test_a_position_says_where_the_rest_goes() -> None:
    alpha8 = shown(made(layout={"canvas": [300, 300], "fill": {"share": 0.4}, "position": "100% 0%"}))[..., 3]

    assert (alpha8[:120, 180:].max(), alpha8[121:].max(), alpha8[:, :179].max()) == (255, 0, 0)


def test_a_subject_that_the_frame_cuts_stays_at_the_edge_of_any_canvas() -> None:
    """The whole frame, 320 x 240 in 640 x 240, lies at the right where its right edge cuts the ball."""
    alpha8 = np.zeros_like(BALL.cutout.alpha8)
    alpha8[:, 120:] = BALL.cutout.alpha8[:, :-120]  # its middle is at 280: a third of it is beyond the frame
    cut = scene(replace(BALL.cutout, alpha8=alpha8), BALL.photo.rgb8)
    layout = {"canvas": [640, 240]}

    glued, free = (
        read(render(cut, made(layout=layout | {"glue": glue})).body)[..., 3] for glue in (True, False)
    )

    assert glued[120, -1] == 255
    assert free[120, -1] == 0


def test_a_position_alone_moves_the_subject_within_its_frame() -> None:
    alpha8 = shown(made(layout={"position": "0% 100%"}))[..., 3]

    assert alpha8.shape == (240, 320)
    assert (alpha8[120:, :120].max(), alpha8[:119].max(), alpha8[:, 121:].max()) == (255, 0, 0)


def test_margins_that_leave_nothing_are_refused_with_the_output_s_name() -> None:
    output = made(name="shop", layout={"canvas": [100, 100], "crop": True, "margin": "60px"})

    with pytest.raises(
        BadRecipe, match=r"Output 'shop': The margins take 120 of the canvas's height of 100 pixels"
    ):
        render(BALL, output)


def test_a_crop_leaves_no_room_for_the_shadow_of_what_stands_on_nothing() -> None:
    """A ball that the lower border of the photograph halves."""
    halved = ball(side=240)
    cutout = Cutout(
        rgb8=halved.cutout.rgb8[:120], alpha8=halved.cutout.alpha8[:120], mixing=halved.cutout.mixing
    )
    of_half = scene(cutout, halved.photo.rgb8[:120])

    assert read(render(of_half, made(shadow="cast", layout={"crop": True})).body).shape == (60, 120, 4)
    assert shown(made(shadow="cast", layout={"crop": True})).shape[1] > 160


def test_pixels_of_a_shadow_are_the_canvas_s() -> None:
    """The ball is twice as large, its shadow's 20 pixels are not."""
    shadow = {"kind": "drop", "offset": "20px", "softness": "1px", "opacity": 1, "light_degrees": 0}
    layout = {"canvas": [640, 480], "fill": {"share": 0.5, "side": "height"}}

    dark = (shown(made(background="white", shadow=shadow, layout=layout)).max(2) < 128).any(1)

    assert np.flatnonzero(dark)[-1] == pytest.approx(360 + 20, abs=2)


def test_a_sticker_has_its_border_and_room_for_it() -> None:
    sticker = shown(made(outline={"width": "10px", "colour": "#00ff00"}, layout={"crop": True}))

    middle = sticker.shape[0] // 2
    assert sticker.shape[0] >= 142
    assert sticker[middle, 5].tolist() == [0, 255, 0, 255]
    assert sticker[middle, middle, 3] == 255
