from typing import Any

import pytest

from cutout.errors import BadRecipe
from cutout.preset import preset_names
from cutout.recipe import (
    Blur,
    Contact,
    Image,
    Original,
    Output,
    Plain,
    Recipe,
    Transparent,
    parse_recipe,
    recipe_from,
)

STOPS = [{"at": 0, "colour": "white"}, {"at": 1, "colour": "black"}]


def outputs(*documents: dict[str, Any]) -> tuple[Output, ...]:
    return recipe_from({"outputs": documents}).outputs


def test_the_default_is_one_transparent_png() -> None:
    [output] = parse_recipe("{}").outputs

    assert (output.file_name, output.transparent) == ("cutout.png", True)


@pytest.mark.parametrize(
    ("document", "background"),
    [
        ({}, Transparent()),
        ({"background": "#12aBff"}, Plain(colour="#12abff")),
        ({"background": "#1Af"}, Plain(colour="#11aaff")),
        ({"background": "black"}, Plain(colour="#000000")),
        ({"background": {"kind": "colour", "colour": "white"}}, Plain(colour="#ffffff")),
        ({"format": "jpeg"}, Plain(colour="#ffffff")),
        ({"format": "jpeg", "background": None}, Plain(colour="#ffffff")),
        ({"format": "webp", "background": "transparent"}, Transparent()),
        ({"background": "original"}, Original()),
        ({"background": "blur"}, Blur(radius="2%")),
    ],
)
def test_a_word_stands_for_a_background(document: dict[str, Any], background: object) -> None:
    [output] = outputs(document)

    assert output.background == background


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ({}, "it has neither key nor url; allowed: exactly one of them"),
        ({"key": "backgrounds/a.jpg", "url": "https://example.com/a"}, "it has both key and url"),
        ({"url": "https://example.com/" + "a" * 2000}, "background.url"),
    ],
)
def test_a_picture_behind_lies_in_one_place(places: dict[str, str], words: str) -> None:
    with pytest.raises(BadRecipe, match=words):
        outputs({"background": {"kind": "image", **places}})


def test_a_picture_behind_may_have_a_long_url() -> None:
    url = "https://example.com/" + "a" * 1900
    [output] = outputs({"background": {"kind": "image", "url": url}})

    assert output.background == Image(url=url)
    assert Output.model_validate_json(output.model_dump_json()) == output


def test_the_usual_quality_is_as_good_in_every_format() -> None:
    assert [
        o.quality for o in outputs({}, {"format": "avif"}, {"format": "avif", "quality": 90, "name": "b"})
    ] == [
        90,
        75,
        90,
    ]


def test_a_word_stands_for_a_shadow() -> None:
    [output] = outputs({"shadow": "contact"})

    assert output.shadow == Contact(opacity=0.6, softness="2%")


def test_interiors_are_decided_unless_turned_off() -> None:
    assert parse_recipe("{}").interiors == "normal"
    assert parse_recipe('{"interiors": "off"}').interiors == "off"


def test_a_doubtful_result_is_marked_unless_turned_off() -> None:
    assert parse_recipe("{}").review == "auto"
    assert parse_recipe('{"review": "off"}').review == "off"


def test_alpha_is_coverage_unless_asked_otherwise() -> None:
    [first, second] = Recipe(outputs=(Output(), Output(format="webp", alpha="display"))).outputs

    assert (first.alpha, second.alpha) == ("coverage", "display")


def test_the_same_format_twice_needs_two_names() -> None:
    recipe = Recipe(outputs=(Output(), Output(name="white", background="white")))

    assert [output.file_name for output in recipe.outputs] == ["cutout.png", "white.png"]


def test_a_preset_gives_what_is_left_out() -> None:
    [output] = outputs({"preset": "amazon", "layout": {"margin": "4%"}, "quality": 80})

    assert (output.file_name, output.format, output.background) == (
        "amazon.jpg",
        "jpeg",
        Plain(colour="#ffffff"),
    )
    assert output.layout.canvas == (2000, 2000)
    assert (output.layout.margin, output.quality) == ("4%", 80)


def test_a_preset_as_a_lossless_file_has_no_byte_limit_left() -> None:
    [output] = outputs({"preset": "amazon", "format": "png"})

    assert (output.format, output.max_bytes, output.layout.canvas) == ("png", None, (2000, 2000))


def test_a_presets_shadow_is_not_for_the_photographs_own_background() -> None:
    [own, new] = outputs(
        {"preset": "myntra", "background": "original"},
        {"preset": "myntra", "name": "new", "background": "white"},
    )

    assert (own.shadow.kind, new.shadow.kind) == ("none", "contact")


def test_a_recipe_written_out_is_the_same_recipe() -> None:
    """Jobs travel with their recipe: what a preset said is in it, and is not asked for again."""
    recipe = recipe_from({"outputs": [{"preset": name} for name in preset_names()]})

    assert parse_recipe(recipe.model_dump_json()) == recipe


def test_the_presets_say_what_the_subject_is_if_they_agree() -> None:
    presets = ({"preset": "amazon"}, {"preset": "shopify"}, {"preset": "signature"})

    assert recipe_from({"outputs": presets[:2]}).subject == "product"
    assert recipe_from({"outputs": presets}).subject == "auto"
    assert recipe_from({"subject": "animal", "outputs": presets[:1]}).subject == "animal"


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_one_name(name: str) -> None:
    [output] = outputs({"preset": name})

    assert output.name == output.preset == name


@pytest.mark.parametrize(
    ("written", "kept", "sheer"),
    [
        ("#F80", "#ff8800", False),
        ("#f80f", "#ff8800", False),
        ("#ff8800FF", "#ff8800", False),
        ("#f808", "#ff880088", True),
        ("#ff880000", "#ff880000", True),
    ],
)
def test_a_background_s_colour_may_have_an_opacity(written: str, kept: str, sheer: bool) -> None:
    output = Output(background=written)

    assert (output.background.colour, output.sheer) == (kept, sheer)
