"""Presets are data: every file is complete, and an unknown name is answered with what there is."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cutout.errors import UnknownPreset
from cutout.preset import Preset, Rule, load_preset, preset_names
from cutout.rule_words import MEANINGS, UNITS
from local.presets import details, table

PACKAGE = Path(__file__).resolve().parent.parent / "layers" / "cutout"
OUTPUT_FIELDS = {
    *("format", "channels", "quality", "max_bytes", "min_bytes", "dpi", "icc"),
    *("background", "shadow", "light", "outline", "layout"),
}
LAYOUT_FIELDS = {"crop", "margin", "canvas", "fill", "position", "glue"}


def rule(**fields: Any) -> Rule:
    return Rule.model_validate({"level": "required", **fields})


def test_all_promised_presets_are_there() -> None:
    assert preset_names() == (
        *("ajio", "amazon", "ebay", "etsy", "flipkart", "google-merchant", "logo", "myntra"),
        *("passport-canada", "passport-china", "passport-india", "passport-schengen", "passport-uk"),
        *("passport-us", "profile-round", "profile-square", "shopify", "signature", "social-banner"),
        *("sticker", "walmart"),
    )


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_s_file_has_its_name_and_only_known_output_fields(name: str) -> None:
    preset = load_preset(name)

    assert preset.name == name
    assert preset.checked == "2026-11-22"
    assert set(preset.output) <= OUTPUT_FIELDS
    assert set(preset.output["layout"]) <= LAYOUT_FIELDS


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_s_own_output_meets_its_own_limits(name: str) -> None:
    """Canvas and format that the preset asks for are within what its rules allow."""
    preset = load_preset(name)
    width, height = preset.output["layout"].get("canvas", (1000, 1000))
    asked = {
        "format": preset.output["format"],
        "width": width,
        "height": height,
        "longest_side": max(width, height),
        "shortest_side": min(width, height),
        "megapixels": width * height / 1e6,
        "aspect": width / height,
        "dpi": preset.output.get("dpi", 0),
    }

    for found in preset.rules:
        if found.measure in asked:
            value = asked[found.measure]
            if isinstance(value, str):
                assert value in (found.one_of or ()), found
            elif found.one_of is None:
                assert (found.at_least or 0) - found.tolerance <= value, found
                assert value <= (found.at_most or 1e9) + found.tolerance, found


def test_an_identity_photo_keeps_its_background_and_quotes_the_rule_on_edits() -> None:
    identity = [load_preset(name) for name in preset_names() if name.startswith("passport-")]

    assert [preset.output["background"] for preset in identity] == ["original"] * 6
    assert all(
        "edit" in note or "alter" in note or "replaced" in note for p in identity for note in p.notes[:1]
    )


def test_an_unknown_preset_is_answered_with_all_names() -> None:
    with pytest.raises(UnknownPreset, match="'amazone' is not a preset; allowed: ajio, amazon, ebay"):
        load_preset("amazone")


@pytest.mark.parametrize(
    "name", ["../errors", "amazon.json", "", "Amazon"], ids=["path", "extension", "empty", "capital"]
)
def test_only_a_name_opens_a_file(name: str) -> None:
    with pytest.raises(UnknownPreset):
        load_preset(name)


@pytest.mark.parametrize(
    "fields",
    [
        {"measure": "width"},
        {"measure": "width", "equal": True},
        {"measure": "width", "one_of": ["wide"]},
        {"measure": "opaque", "at_least": 1},
        {"measure": "format", "at_most": 2},
        {"measure": "edges_touched", "one_of": [1.0]},
        {"measure": "width", "at_least": 3, "at_most": 2},
        {"measure": "breadth", "at_least": 3},
        {"measure": "width", "at_least": 3, "color": "red"},
    ],
)
def test_a_rule_that_cannot_be_checked_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        rule(**fields)


def test_an_identity_photo_needs_a_head() -> None:
    document = load_preset("passport-us").model_dump() | {"head": None}

    with pytest.raises(ValidationError, match="an identity photo needs `head`"):
        Preset.model_validate(document)


def test_every_measure_has_a_unit_and_a_definition() -> None:
    assert set(MEANINGS) == set(UNITS)


def test_reading_presets_needs_no_arrays() -> None:
    code = "import sys, cutout.preset as p; p.load_preset('amazon'); sys.exit('numpy' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(PACKAGE)}, check=False)

    assert done.returncode == 0


def test_the_list_shows_every_preset_and_the_details_every_definition() -> None:
    listed, shown = table(), details(load_preset("amazon"))

    assert all(f"\n{name} " in listed for name in preset_names())
    assert "required    fill: at least 85 %" in shown
    assert MEANINGS["white_border"] in shown
