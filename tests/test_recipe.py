import json

import pytest

from cutout.errors import BadRecipe
from cutout.recipe import Output, Recipe, parse_recipe


def test_the_default_is_one_transparent_png() -> None:
    [output] = parse_recipe("{}").outputs

    assert (output.file_name, output.colour) == ("cutout.png", None)


@pytest.mark.parametrize(
    ("output", "colour"),
    [
        (Output(), None),
        (Output(background="#12aBff"), (18, 171, 255)),
        (Output(background="black"), (0, 0, 0)),
        (Output(format="jpeg"), (255, 255, 255)),
        (Output(format="webp", background="transparent"), None),
    ],
)
def test_a_background_is_a_colour_or_transparent(output: Output, colour: tuple[int, int, int] | None) -> None:
    assert output.colour == colour


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"output": []}, "recipe.output is not a known field."),
        ({"outputs": []}, "recipe.outputs is []"),
        ({"outputs": [{"format": "gif"}]}, "recipe.outputs[0].format is \"gif\": input should be 'png'"),
        ({"outputs": [{"quality": 101}]}, "recipe.outputs[0].quality is 101: input should be less than or"),
        ({"outputs": [{"name": "../x"}]}, 'recipe.outputs[0].name is "../x"'),
        ({"outputs": [{"background": "red"}]}, 'recipe.outputs[0].background is "red"'),
        ({"outputs": [{"format": "jpeg", "background": "transparent"}]}, "not possible in a jpeg"),
        (
            {"outputs": [{"alpha": "display", "background": "white"}]},
            "recipe.outputs[0]: alpha 'display' is not possible in a png without transparency; allowed: alpha",
        ),
        (
            {"outputs": [{"alpha": "display", "format": "jpeg"}]},
            "not possible in a jpeg without transparency",
        ),
        (
            {"outputs": [{"alpha": "light"}]},
            "recipe.outputs[0].alpha is \"light\": input should be 'coverage'",
        ),
        ({"interiors": "on"}, "recipe.interiors is \"on\": input should be 'off', 'normal' or 'strong'"),
        ({"outputs": [{}, {}]}, "two outputs would both be called 'cutout.png'"),
        ([1], "recipe is [1]"),
        ({"outputs": [{"name": "a" * 500}]}, "recipe.outputs[0].name is"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(document: object, said: str) -> None:
    with pytest.raises(BadRecipe) as refusal:
        parse_recipe(json.dumps(document))

    assert said in str(refusal.value)
    assert len(str(refusal.value)) < 400


def test_interiors_are_decided_unless_turned_off() -> None:
    assert parse_recipe("{}").interiors == "normal"
    assert parse_recipe('{"interiors": "off"}').interiors == "off"


def test_alpha_is_coverage_unless_asked_otherwise() -> None:
    [first, second] = Recipe(outputs=(Output(), Output(format="webp", alpha="display"))).outputs

    assert (first.alpha, second.alpha) == ("coverage", "display")


def test_a_recipe_that_is_no_json_is_refused() -> None:
    with pytest.raises(BadRecipe, match="not valid JSON"):
        parse_recipe("{outputs}")


def test_a_recipe_nested_beyond_reading_is_refused() -> None:
    with pytest.raises(BadRecipe, match="not valid JSON"):
        parse_recipe("[" * 100_000)


def test_the_same_format_twice_needs_two_names() -> None:
    recipe = Recipe(outputs=(Output(), Output(name="white", background="white")))

    assert [output.file_name for output in recipe.outputs] == ["cutout.png", "white.png"]
