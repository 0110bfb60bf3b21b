"""What a recipe may not say, and how that is told."""

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest

from cutout.errors import BadRecipe
from cutout.recipe import (
    parse_recipe,
    recipe_from,
)

STOPS = [{"at": 0, "colour": "white"}, {"at": 1, "colour": "black"}]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"output": []}, "recipe.output is not a known field."),
        ({"outputs": []}, "recipe.outputs has 0; allowed: at least 1."),
        ({"outputs": [{}] * 31}, "recipe.outputs has 31; allowed: at most 30."),
        (None, "recipe is null: input should be an object."),
        ({"outputs": [{"format": "gif"}]}, "recipe.outputs[0].format is \"gif\": input should be 'png'"),
        ({"outputs": [{"quality": 101}]}, "recipe.outputs[0].quality is 101: input should be less than or"),
        ({"outputs": [{"name": "../x"}]}, 'recipe.outputs[0].name is "../x"'),
        (
            {"outputs": [{"background": "red"}]},
            "recipe.outputs[0].background: 'red' is not a background; allowed: tr",
        ),
        (
            {"outputs": [{"background": "#12"}]},
            "recipe.outputs[0].background.colour: '#12' is not a colour; allowed",
        ),
        (
            {"outputs": [{"background": {"kind": "sky"}}]},
            'background is {"kind": "sky"}; allowed: a kind of \'transp',
        ),
        ({"outputs": [{"background": {"kind": "blur", "by": 1}}]}, "background.by is not a known field."),
        (
            {"outputs": [{"background": {"kind": "linear", "stops": [{"at": 1, "colour": "white"}]}}]},
            "recipe.outputs[0].background.stops has 1; allowed: at least 2.",
        ),
        (
            {"outputs": [{"background": {"kind": "linear", "stops": STOPS[::-1]}}]},
            "background.stops: they stand at 1.0, 0.0; allowed: in rising order.",
        ),
        (
            {"outputs": [{"shadow": "soft"}]},
            'recipe.outputs[0].shadow is {"kind": "soft"}; allowed: a kind of \'none\'',
        ),
        (
            {"outputs": [{"shadow": {"kind": "contact", "offset": "1%"}}]},
            "shadow.offset is not a known field.",
        ),
        (
            {"outputs": [{"shadow": {"kind": "drop", "offset": "1"}}]},
            "shadow.offset: '1' is not a length; allowed: a",
        ),
        (
            {"outputs": [{"shadow": {"kind": "drop", "softness": "999999px"}}]},
            "shadow.softness: '999999px' is too long; allowed: at most 10000px or 100%.",
        ),
        ({"outputs": [{"outline": {"width": "101%"}}]}, "outline.width: '101%' is too long"),
        (
            {"outputs": [{"background": "original", "shadow": "drop"}]},
            "shadow 'drop' is not possible on background 'original', which is left as it is; allowed: shadow 'none'",
        ),
        (
            {"outputs": [{"quality": True}]},
            "recipe.outputs[0].quality is true: input should be a valid integer",
        ),
        (
            {"outputs": [{"light": {"wrap": 2}}]},
            "recipe.outputs[0].light.wrap is 2: input should be less than",
        ),
        ({"outputs": [{"light": {"wrap": 1}}]}, "light needs a new background that it comes from; allowed:"),
        ({"outputs": [{"background": "original", "light": {"tone": 1}}]}, "light needs a new background"),
        (
            {"outputs": [{"format": "png", "max_bytes": 9999}]},
            "max_bytes is not possible in a png, which keeps every",
        ),
        (
            {"outputs": [{"format": "webp", "min_bytes": 9, "max_bytes": 9}]},
            "max_bytes is 9: input should be greater",
        ),
        (
            {"outputs": [{"format": "webp", "min_bytes": 900, "max_bytes": 800}]},
            "min_bytes is 900 and max_bytes 800; allowed: min_bytes below max_bytes",
        ),
        (
            {"outputs": [{"channels": "alpha", "background": "white"}]},
            "channels 'alpha' is of the subject alone",
        ),
        (
            {"outputs": [{"format": "jpeg", "background": "#ff000080"}]},
            "background '#ff000080' lets light through, which a jpeg cannot; allowed: a colour without opacity",
        ),
        (
            {"outputs": [{"background": "#ff000080", "light": {"wrap": 0.5}}]},
            "light needs a new background that it comes from; allowed: light with an opaque background",
        ),
        (
            {"outputs": [{"background": "#12345"}]},
            "'#12345' is not a colour; allowed: white, black, #rgb or #rrggbb, with an opacity behind: #rgba or",
        ),
        (
            {"outputs": [{"layout": {"canvas": [100, 100], "max_megapixels": 1}}]},
            "canvas says how many pixels the result has, and max_megapixels too; allowed: one of the two",
        ),
        (
            {"outputs": [{"layout": {"max_megapixels": 0}}]},
            "layout.max_megapixels is 0: input should be greater than 0",
        ),
        ({"outputs": [{"channels": "alpha", "icc": "srgb"}]}, "channels 'alpha' has no colours"),
        (
            {"outputs": [{"layout": {"margin": "5%"}}]},
            "layout: margin is '5%' but nothing is cropped; allowed: margin",
        ),
        (
            {"outputs": [{"layout": {"crop": True, "margin": "1px 2px 3px"}}]},
            "layout.margin: '1px 2px 3px' has 3 le",
        ),
        (
            {"outputs": [{"layout": {"canvas": [10000, 9000]}}]},
            "canvas is 10,000 x 9,000 pixels; allowed: at most 25",
        ),
        (
            {"outputs": [{"layout": {"canvas": [8, 100]}}]},
            "layout.canvas[0] is 8: input should be greater than or eq",
        ),
        (
            {"outputs": [{"layout": {"position": "120%"}}]},
            "layout.position: '120%' is not a place; allowed: center",
        ),
        (
            {"outputs": [{"preset": "amazing"}]},
            "recipe.outputs[0]: 'amazing' is not a preset; allowed: ajio, amazon",
        ),
        ({"outputs": [{"preset": 7}]}, "recipe.outputs[0].preset is 7: input should be a valid string"),
        (
            {"roi": "10% 0% 10% 100%"},
            "recipe.roi: '10% 0% 10% 100%' leaves nothing; allowed: left before right",
        ),
        (
            {"roi": "0% 0% 120% 100%"},
            "recipe.roi: '0% 0% 120% 100%' goes beyond the picture; allowed: 0% to 100%",
        ),
        ({"roi": "1px 2px"}, "recipe.roi: '1px 2px' is no rectangle; allowed: four lengths"),
        ({"subject": "dog"}, "recipe.subject is \"dog\": input should be 'auto', 'person'"),
        ({"input_alpha": "drop"}, "recipe.input_alpha is \"drop\": input should be 'keep'"),
        ({"edge": {"shift_px": 99}}, "recipe.edge.shift_px is 99: input should be less than or equal to 10"),
        ({"outputs": [{"format": "jpeg", "background": "transparent"}]}, "not possible in a jpeg"),
        (
            {"outputs": [{"alpha": "display", "background": "white"}]},
            "recipe.outputs[0]: alpha 'display' is not possible in a png with a background; allowed: alpha",
        ),
        (
            {"outputs": [{"alpha": "display", "format": "jpeg"}]},
            "not possible in a jpeg with a background",
        ),
        (
            {"outputs": [{"alpha": "light"}]},
            "recipe.outputs[0].alpha is \"light\": input should be 'coverage'",
        ),
        ({"interiors": "on"}, "recipe.interiors is \"on\": input should be 'off', 'normal' or 'strong'"),
        ({"review": "on"}, "recipe.review is \"on\": input should be 'auto' or 'off'"),
        ({"outputs": [{}, {}]}, "two outputs would both be called 'cutout.png'"),
        ([1], "recipe is [1]"),
        ({"outputs": [{"name": "a" * 500}]}, "recipe.outputs[0].name is"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(document: object, said: str) -> None:
    with pytest.raises(BadRecipe) as refusal:
        parse_recipe(json.dumps(document))

    assert said in str(refusal.value)
    assert len(str(refusal.value)) < 500


def test_of_very_many_faults_ten_are_said_and_the_rest_counted_at_once() -> None:
    document = json.dumps({f"field-{n:06}": n for n in range(30_000)})
    started = time.monotonic()

    with pytest.raises(BadRecipe) as said:
        parse_recipe(document)

    assert str(said.value).endswith("recipe.field-000009 is not a known field. There are 29,990 more faults.")
    assert time.monotonic() - started < 3  # one by one against each other: minutes


def test_a_very_long_name_is_cut_short_where_it_is_refused() -> None:
    with pytest.raises(BadRecipe) as said:
        parse_recipe(json.dumps({"n" * 100_000: 1}))

    assert str(said.value) == f"recipe.{'n' * 200} is not a known field."


def test_a_recipe_that_is_no_json_is_refused() -> None:
    with pytest.raises(BadRecipe, match="not valid JSON"):
        parse_recipe("{outputs}")


def test_a_recipe_nested_beyond_reading_is_refused() -> None:
    with pytest.raises(BadRecipe, match="not valid JSON"):
        parse_recipe("[" * 100_000)


FULL: dict[str, Any] = {
    "subject": "auto",
    "roi": "0% 0% 100% 100%",
    "edge": {"shift_px": 1, "feather_px": 1},
    "outputs": [
        {
            "preset": "amazon",
            "format": "jpeg",
            "background": {"kind": "linear", "stops": STOPS, "angle_degrees": 3},
            "shadow": {"kind": "drop", "softness": "2%"},
            "light": {"wrap": 0.1},
            "outline": {"width": "2%", "colour": "#123"},
            "layout": {"canvas": [100, 100], "fill": {"side": "width", "share": 0.5}, "position": "center"},
            "max_bytes": 600,
        }
    ],
}
STRANGE = [
    None,
    True,
    -1,
    1e308,
    10**400,
    "",
    "\x00",
    "x" * 3000,
    [],
    ["png"],
    [[[]]],
    {},
    {"kind": ["x"]},
    {"a": 1},
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every part of a document."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


@pytest.mark.parametrize("path", list(places(FULL)), ids=str)
def test_whatever_stands_anywhere_is_taken_or_refused(path: tuple[Any, ...]) -> None:
    for strange in STRANGE:
        document: Any = {"recipe": deepcopy(FULL)}
        part = document
        for key in ("recipe", *path)[:-1]:
            part = part[key]
        part[("recipe", *path)[-1]] = strange

        with suppress(BadRecipe):  # any other exception would be a fault of ours
            recipe_from(document["recipe"])
