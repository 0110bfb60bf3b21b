"""The report on a delivered file: figures counted by hand on drawn files, and what is said of them."""

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cutout.codec import encode_jpeg, encode_png
from cutout.compliance.delivered import Delivered, edges_touched
from cutout.compliance.fixes import Done, fixes_of
from cutout.compliance.inspection import figures_of, inspect
from cutout.compliance.judge import Finding, find, limit_in_words, verdict_of
from cutout.compliance.measured import Measured, NotMeasured
from cutout.preset import Preset, Rule, load_preset
from cutout.rendering.placement import Box
from cutout.rendering.subject import solid_box

GREY = (128, 128, 128)


def square(
    size: int = 100, box: tuple[int, int, int, int] = (20, 30, 80, 70), ground: int = 255
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A grey rectangle (top, left, bottom, right) on an even ground, and its matte."""
    rgb8 = np.full((size, size, 3), ground, np.uint8)
    alpha8 = np.zeros((size, size), np.uint8)
    top, left, bottom, right = box
    rgb8[top:bottom, left:right] = GREY
    alpha8[top:bottom, left:right] = 255
    return rgb8, alpha8


def delivered(body: bytes, alpha8: NDArray[np.uint8], **fields: Any) -> Delivered:
    known = {"enlargement": 1.0, "cut_edges": (), "background_unaltered": False}
    return Delivered(body=body, alpha8=alpha8, **(known | fields))


def preset(*rules: dict[str, Any]) -> Preset:
    amazon = load_preset("amazon").model_dump()
    return Preset.model_validate(amazon | {"rules": [{"level": "required", **rule} for rule in rules]})


def value_of(given: Delivered, measure: str, **limits: Any) -> Any:
    figure = figures_of(given, preset({"measure": measure, **limits}))[measure]  # type: ignore[index]
    return figure.value if isinstance(figure, Measured) else None


# ------------------------------------------------------------------ figures


def test_white_is_counted_to_the_level() -> None:
    """Of 7,600 pixels of background one row of 100 has the level 254."""
    rgb8, alpha8 = square()
    rgb8[50:51, :30] = rgb8[50:51, 70:] = 254
    given = delivered(encode_png(rgb8), alpha8)

    assert value_of(given, "white_background", at_least=1) == pytest.approx(1 - 60 / 7600)
    assert value_of(given, "white_border", at_least=1) == pytest.approx(1 - 2 / 396)


def test_background_beside_the_subject_is_not_apart_from_it() -> None:
    """Blocks of 16 that touch the subject, and those beside them, are left out: only the far fault counts."""
    rgb8, alpha8 = square(size=160, box=(64, 64, 80, 80))
    rgb8[60, 60] = 250  # in the block beside the subject's
    near = value_of(delivered(encode_png(rgb8), alpha8), "white_apart", at_least=1)
    rgb8[20, 20] = 250
    far = value_of(delivered(encode_png(rgb8), alpha8), "white_apart", at_least=1)

    assert near == 1.0
    assert far == pytest.approx(1 - 1 / ((100 - 9) * 256))


def test_a_white_jpeg_is_white_apart_from_the_subject() -> None:
    """JPEG disturbs the blocks at the subject's edge and no others."""
    rgb8, alpha8 = square(size=320, box=(90, 95, 231, 230))
    given = delivered(encode_jpeg(rgb8, 75), alpha8)

    assert value_of(given, "white_background", at_least=1) < 1.0
    assert value_of(given, "white_apart", at_least=1) == 1.0


def test_a_transparent_border_is_not_white() -> None:
    rgb8, alpha8 = square()
    given = delivered(encode_png(rgb8, alpha8), alpha8)

    assert value_of(given, "white_border", at_least=1) == 0.0
    assert value_of(given, "opaque", equal=True) is False


def test_the_subject_s_place_follows_from_its_box() -> None:
    """Rows 20 to 80 and columns 30 to 90 of 100: 10 % right of the middle; 10 soft columns do not count."""
    rgb8, alpha8 = square(box=(20, 30, 80, 90))
    alpha8[20:80, 90:] = 127
    given = delivered(encode_png(rgb8), alpha8)

    assert value_of(given, "fill", at_least=0.5) == 0.6
    assert value_of(given, "fill_height", at_least=0.5) == 0.6
    assert value_of(given, "centring", at_most=0.5) == 0.1
    assert value_of(given, "centring_x", at_most=0.5) == 0.1


def test_edges_are_touched_from_half_opacity_on() -> None:
    alpha8 = np.zeros((10, 10), np.uint8)
    alpha8[0, 3], alpha8[4, 9], alpha8[9, 5] = 127, 128, 255

    assert edges_touched(alpha8) == ("right", "bottom")
    assert solid_box(alpha8) == Box(top=4, left=5, bottom=10, right=10)
    assert solid_box(alpha8 // 4) is None


def test_the_background_s_lightness_and_chroma_are_cielab() -> None:
    """(200, 220, 240) is L* 86.88, C* 12.29 by scikit-image's rgb2lab (D65)."""
    rgb8, alpha8 = square()
    rgb8[alpha8 == 0] = (200, 220, 240)
    given = delivered(encode_png(rgb8), alpha8)

    assert value_of(given, "background_lightness", at_least=1) == pytest.approx(86.88, abs=0.03)
    assert value_of(given, "background_chroma", at_most=1) == pytest.approx(12.29, abs=0.05)
    assert value_of(given, "background_evenness", at_most=1) == 0.0


def test_half_a_circle_is_in_the_circle() -> None:
    """A full square has pi / 4 of its area in the circle."""
    alpha8 = np.full((400, 400), 255, np.uint8)
    given = delivered(encode_png(np.zeros((400, 400, 3), np.uint8)), alpha8)

    assert value_of(given, "in_circle", at_least=0.5) == pytest.approx(0.7854, abs=0.001)


def test_the_file_s_own_facts() -> None:
    rgb8, alpha8 = square()
    body = encode_jpeg(rgb8, 90)
    given = delivered(body, alpha8)

    assert value_of(given, "format", one_of=["png"]) == "jpeg"
    assert value_of(given, "bytes", at_most=1) == len(body)
    assert value_of(given, "mode", one_of=["rgb"]) == "rgb"
    assert value_of(given, "compression", at_most=1) == pytest.approx(30_000 / len(body), abs=0.01)


def test_a_matte_of_another_size_is_our_fault() -> None:
    rgb8, alpha8 = square()

    with pytest.raises(ValueError, match=r"the file is \(100, 100\), its matte \(99, 100\)"):
        inspect(delivered(encode_png(rgb8), alpha8[1:]), load_preset("logo"))


def test_an_archive_has_a_format_and_a_length_and_no_pixels() -> None:
    _, alpha8 = square()

    report = inspect(delivered(b"PK\x03\x04" + b"\0" * 96, alpha8), load_preset("flipkart"))

    found = {f.rule: (f.measured, f.status) for f in report.findings}
    assert found["format"] == ("zip", "fail")
    assert found["shortest_side"] == (None, "not measured")


# ------------------------------------------------------------------ judgement

CASES: list[tuple[dict[str, Any], Any, float, str]] = [
    ({"measure": "fill", "at_least": 0.85}, 0.85, 0, "pass"),
    ({"measure": "fill", "at_least": 0.85}, 0.8499, 0, "fail"),
    ({"measure": "fill", "at_least": 0.8, "at_most": 0.85}, 0.86, 0, "fail"),
    ({"measure": "head_height", "at_least": 0.5, "at_most": 0.69}, 0.60, 0.05, "pass"),
    ({"measure": "head_height", "at_least": 0.5, "at_most": 0.69}, 0.66, 0.05, "unsure"),
    ({"measure": "head_height", "at_least": 0.5, "at_most": 0.69}, 0.75, 0.05, "fail"),
    ({"measure": "aspect", "one_of": [1.0, 1.25], "tolerance": 0.01}, 1.255, 0, "pass"),
    ({"measure": "aspect", "one_of": [1.0, 1.25], "tolerance": 0.01}, 1.1, 0, "fail"),
    ({"measure": "opaque", "equal": True}, False, 0, "fail"),
    ({"measure": "format", "one_of": ["jpeg", "png"]}, "png", 0, "pass"),
    ({"measure": "edges_touched", "one_of": ["bottom"]}, ("bottom",), 0, "pass"),
    ({"measure": "edges_touched", "one_of": ["bottom"]}, ("bottom", "left"), 0, "fail"),
    ({"measure": "edges_touched", "one_of": []}, (), 0, "pass"),
]


@pytest.mark.parametrize(("limits", "value", "plus_minus", "status"), CASES)
def test_a_limit_inside_the_doubt_is_unsure(
    limits: dict[str, Any], value: Any, plus_minus: float, status: str
) -> None:
    rule = Rule.model_validate({"level": "required", **limits})

    assert find(rule, Measured(value=value, plus_minus=plus_minus), None).status == status


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"measure": "bytes", "at_most": 240000}, "at most 240,000 bytes"),
        ({"measure": "fill", "at_least": 0.8, "at_most": 0.85}, "at least 80 % and at most 85 %"),
        ({"measure": "width", "at_least": 512, "at_most": 512}, "512 pixels"),
        ({"measure": "aspect", "one_of": [1.0, 1.25], "tolerance": 0.01}, "1 or 1.25, give or take 0.01"),
        ({"measure": "edges_touched", "one_of": []}, "none"),
        ({"measure": "edges_touched", "one_of": ["bottom"]}, "bottom only"),
        ({"measure": "opaque", "equal": False}, "no"),
        ({"measure": "background_lightness", "at_least": 90}, "at least L* 90"),
    ],
)
def test_limits_are_said_in_words(limits: dict[str, Any], words: str) -> None:
    assert limit_in_words(Rule.model_validate({"level": "required", **limits})) == words


def finding(level: str, status: str) -> Finding:
    rule = Rule.model_validate({"measure": "fill", "level": level, "at_least": 0.5})
    figures = {
        "pass": Measured(value=0.6),
        "fail": Measured(value=0.4),
        "unsure": Measured(value=0.5, plus_minus=0.1),
        "not measured": NotMeasured(why="drawn so"),
    }
    return find(rule, figures[status], None)


@pytest.mark.parametrize(
    ("required", "recommended", "verdict"),
    [
        (("pass", "pass"), "fail", "pass"),
        (("pass", "unsure"), "pass", "unsure"),
        (("pass", "not measured"), "pass", "unsure"),
        (("fail", "not measured"), "pass", "fail"),
    ],
)
def test_the_verdict_is_that_of_the_required_rules(
    required: tuple[str, ...], recommended: str, verdict: str
) -> None:
    findings = (*(finding("required", status) for status in required), finding("recommended", recommended))

    assert verdict_of(findings) == verdict


def test_a_good_amazon_picture_passes_and_the_report_is_json() -> None:
    rgb8, alpha8 = square(size=2000, box=(130, 300, 1870, 1700))
    given = delivered(encode_jpeg(rgb8, 92), alpha8, fixes={"fill": "scaled to 0.87 of the frame"})

    report = inspect(given, load_preset("amazon"))

    assert report.verdict == "pass"
    written = json.loads(json.dumps(report.as_json()))
    assert written["findings"][3]["fix"] == "scaled to 0.87 of the frame"
    assert written["findings"][3]["measured"] == 0.87
    assert written["by_eye"][0] == "no text, logo, border or watermark"


def test_an_off_white_amazon_picture_fails_by_name() -> None:
    rgb8, alpha8 = square(size=2000, box=(130, 300, 1870, 1700), ground=254)

    report = inspect(delivered(encode_jpeg(rgb8, 92), alpha8), load_preset("amazon"))

    failed = [f.rule for f in report.findings if f.level == "required" and f.status == "fail"]
    assert failed == ["white_border", "white_apart", "white_background"]


def test_what_cannot_be_told_of_a_head_is_not_measured() -> None:
    """A grey square is nobody."""
    rgb8, alpha8 = square(size=900, box=(100, 200, 900, 700))
    given = delivered(encode_jpeg(rgb8, 92), alpha8, background_unaltered=True)

    report = inspect(given, load_preset("passport-us"))

    heads = [f for f in report.findings if f.rule in ("head_height", "eye_line", "head_centring")]
    assert [f.status for f in heads] == ["not measured"] * 3
    assert heads[0].why == "no face seen from the front and no outline of a head and shoulders was found"


def test_fixes_are_said_for_the_measures_that_they_concern() -> None:
    done = Done(
        canvas=(900, 1200),
        fill=0.87,
        background="white",
        quality_asked=92,
        quality_used=83,
        limit_bytes=240_000,
    )

    fixes = fixes_of(done)

    assert fixes["bytes"] == "quality lowered from 92 to 83 for the limit of 240,000 bytes"
    assert fixes["fill"] == "scaled to 0.87 of the frame"
    assert fixes["width"] == "laid out on 1,200 x 900 pixels"
    assert fixes["white_border"] == "the background was replaced by white"
    assert "format" not in fixes


def test_a_quality_that_stayed_is_no_fix() -> None:
    assert fixes_of(Done(quality_asked=92, quality_used=92, limit_bytes=240_000)) == {}
