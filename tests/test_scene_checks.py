"""Presets through the whole rendering, and what their reports say."""

import re
from dataclasses import replace

import numpy as np
import pytest

from balls import BALL, ball, made, read, scene
from cutout.preset import preset_names
from cutout.staging.scene import render


def test_the_report_names_the_limit_for_which_the_quality_was_raised() -> None:
    made_of = render(BALL, made(preset="myntra", quality=50, min_bytes=60_000, layout={"canvas": [300, 400]}))

    fixes = {f["fix"] for f in made_of.checks["findings"] if f["rule"] == "bytes"}
    assert len(fixes) == 1
    assert re.fullmatch(r"quality raised from 50 to \d+ for the limit of 60,000 bytes", fixes.pop())


def test_a_plain_product_reaches_the_least_size_of_its_market() -> None:
    """A smooth ball on light grey: at 1500 x 2000 quality 100 has two thirds of the 0.5 MB that Myntra asks for."""
    made_of = render(BALL, made(preset="myntra"))

    sizes = [f["status"] for f in made_of.checks["findings"] if f["rule"] == "bytes"]
    assert sizes == ["pass", "pass"]


@pytest.mark.parametrize("name", ["passport-canada", "passport-china", "passport-schengen"])
def test_an_identity_photo_on_its_own_ground_is_a_crop_and_nothing_else(name: str) -> None:
    """Also where nothing looks like a head, and the canvas around the subject is higher than the photograph."""
    made_of = render(ball(side=130), made(preset=name))

    unaltered = [f for f in made_of.checks["findings"] if f["rule"] == "background_unaltered"]
    assert [f["measured"] for f in unaltered] == [True]


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_makes_a_file_and_says_how_it_stands(name: str) -> None:
    output = made(preset=name)

    result = render(BALL, output)

    assert result.checks is not None
    assert result.checks["preset"] == name
    assert {finding["status"] for finding in result.checks["findings"]} <= {
        "pass",
        "fail",
        "unsure",
        "not measured",
    }
    assert read(result.body).shape[:2] == (result.height, result.width)


def test_amazon_gets_its_white_and_its_share() -> None:
    result = render(BALL, made(preset="amazon"))

    picture = read(result.body)
    found = {finding["rule"]: finding for finding in result.checks["findings"]}
    columns = np.flatnonzero((picture.min(2) < 200).any(0))
    assert picture.shape == (2000, 2000, 3)
    assert (picture[[0, -1]] == 255).all()
    assert found["fill"]["measured"] == pytest.approx((columns[-1] - columns[0] + 1) / 2000, abs=0.005)
    assert found["fill"]["status"] == "pass"
    assert result.checks["verdict"] == "pass"


def test_a_veil_that_nobody_sees_does_not_cost_the_exact_white() -> None:
    """Mattes keep traces of 1 to 8 of 255 far from the subject; one level of a white background is too much."""
    veiled8 = np.maximum(BALL.cutout.alpha8, np.uint8(6))
    veiled = scene(
        replace(BALL.cutout, alpha8=veiled8, rgb8=np.full_like(BALL.cutout.rgb8, 40)), BALL.photo.rgb8
    )

    wishes = ({"preset": "amazon"}, {"background": "white"})
    amazon, plain = (read(render(veiled, made(**wish)).body) for wish in wishes)

    assert (amazon[:100] == 255).all()
    assert plain[0].max() < 255


def test_what_a_customer_changes_is_checked_all_the_same() -> None:
    result = render(BALL, made(preset="amazon", background="#eeeeee"))

    found = {finding["rule"]: finding["status"] for finding in result.checks["findings"]}
    assert (found["white_background"], found["fill"], result.checks["verdict"]) == ("fail", "pass", "fail")
