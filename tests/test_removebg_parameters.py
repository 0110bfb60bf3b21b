"""Every parameter of remove.bg: what is written, and the recipe that it means or the refusal."""

from base64 import b64encode
from typing import Any

import pytest

import removebg_calls as calls
from css_colours import CSS_COLOURS
from cutout.recipe import Image, Recipe
from removebg_errors import Refused
from removebg_recipe import recipe_of
from removebg_request import RemovebgRequest, read_request


def request(**fields: str) -> RemovebgRequest:
    return read_request(*calls.form(("image_url", "https://a/b"), *fields.items()))


def recipe(**fields: str) -> Recipe:
    return recipe_of(request(**fields).parameters)


def output(**fields: str) -> dict[str, Any]:
    """What differs from the output of a call without any parameter."""
    [made], [usual] = recipe(**fields).outputs, recipe().outputs
    return {name: value for name, value in made.model_dump().items() if value != usual.model_dump()[name]}


def layout(**fields: str) -> dict[str, Any]:
    [made], [usual] = recipe(**fields).outputs, recipe().outputs
    return {
        name: value
        for name, value in made.layout.model_dump().items()
        if value != usual.layout.model_dump()[name]
    }


def test_without_parameters_it_is_a_small_transparent_png() -> None:
    [made] = recipe().outputs

    assert (made.format, made.channels, made.background.kind, made.shadow.kind) == (
        "png",
        "rgba",
        "transparent",
        "none",
    )
    assert made.layout.model_dump(exclude_defaults=True) == {"max_megapixels": 0.25, "glue": False}
    assert recipe().model_dump(exclude={"outputs"}) == Recipe().model_dump(exclude={"outputs"})


@pytest.mark.parametrize(
    ("size", "png", "jpg", "webp", "price"),
    [
        ("preview", 0.25, 0.25, 0.25, "preview"),
        ("small", 0.25, 0.25, 0.25, "preview"),
        ("regular", 0.25, 0.25, 0.25, "preview"),
        ("medium", 1.5, 1.5, 1.5, "picture"),
        ("hd", 4, 4, 4, "picture"),
        ("full", 10, 25, 25, "picture"),
        ("4k", 10, 25, 25, "picture"),
        ("50MP", 10, 50, 45, "picture"),  # our webp ends there
        ("auto", 10, 25, 25, "picture"),
    ],
)
def test_a_size_is_a_limit_and_a_price(size: str, png: float, jpg: float, webp: float, price: str) -> None:
    limits = [
        recipe(size=size, format=f).outputs[0].layout.max_megapixels for f in ("png", "jpg", "webp", "zip")
    ]

    assert limits == [png, jpg, webp, jpg]
    assert request(size=size).kind == price


@pytest.mark.parametrize(
    ("size", "width", "price", "megapixels"),
    [
        ("auto", 500, "preview", 0.25),
        ("auto", 501, "picture", 10),
        ("full", 10, "picture", 10),
        ("small", 2000, "preview", 0.25),
    ],
)
def test_auto_is_a_preview_for_a_small_picture(size: str, width: int, price: str, megapixels: float) -> None:
    """In its price and in what comes out, whatever else the file may hold."""
    asked = read_request(*calls.form(("image_file_b64", png_header(width, 500)), ("size", size)))

    assert asked.kind == price
    assert recipe_of(asked.parameters).outputs[0].layout.max_megapixels == megapixels


def png_header(width: int, height: int) -> str:
    """The beginning of a PNG of that size, in base64."""
    sides = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return b64encode(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + sides + b"\x08\x02\x00\x00\x00").decode()


@pytest.mark.parametrize(
    ("roi", "code"),
    [("0 0 300 500", None), ("0 0 301 500", "roi_exceeds_bounds"), ("0% 0% 0.1% 50%", "roi_region_empty")],
)
def test_a_region_is_held_against_the_picture(roi: str, code: str | None) -> None:
    body = calls.form(("image_file_b64", png_header(300, 500)), ("roi", roi))
    if code is None:
        assert read_request(*body).parameters.roi is not None
        return
    with pytest.raises(Refused) as refused:
        read_request(*body)

    assert refused.value.faults[0].said.code == code


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "png"),
        ({"format": "auto"}, "png"),
        ({"format": "PNG"}, "png"),
        ({"format": "jpg"}, "jpeg"),
        ({"format": "webp"}, "webp"),
        ({"format": "zip"}, "zip"),
        ({"bg_color": "red"}, "jpeg"),
        ({"bg_color": "ff0000ff"}, "jpeg"),
        ({"bg_color": "ff000080"}, "png"),
        ({"bg_color": "red", "format": "png"}, "png"),
        ({"channels": "alpha"}, "png"),
    ],
)
def test_the_format_follows_what_shines_through(fields: dict[str, str], name: str) -> None:
    assert recipe(**fields).outputs[0].format == name


@pytest.mark.parametrize(
    ("fields", "background"),
    [
        ({"bg_color": "81d4fa"}, {"kind": "colour", "colour": "#81d4fa"}),
        ({"bg_color": "#FFF"}, {"kind": "colour", "colour": "#ffffff"}),
        ({"bg_color": "81d4fa77"}, {"kind": "colour", "colour": "#81d4fa77"}),
        ({"bg_color": "fff8"}, {"kind": "colour", "colour": "#ffffff88"}),
        ({"bg_color": "ffff"}, {"kind": "colour", "colour": "#ffffff"}),
        ({"bg_color": "Green"}, {"kind": "colour", "colour": "#008000"}),
        ({"bg_color": "rebeccapurple"}, {"kind": "colour", "colour": "#663399"}),
        ({"bg_color": "transparent"}, {"kind": "colour", "colour": "#00000000"}),
        ({"format": "jpg"}, {"kind": "colour", "colour": "#ffffff"}),
        ({"format": "jpg", "bg_color": "ff000080"}, {"kind": "colour", "colour": "#ff7f7f"}),
        ({"format": "jpg", "bg_color": "transparent"}, {"kind": "colour", "colour": "#ffffff"}),
        ({"format": "zip", "bg_color": "red"}, {"kind": "colour", "colour": "#ff0000"}),
        ({"format": "jpg", "channels": "alpha"}, {"kind": "transparent"}),
    ],
)
def test_what_lies_behind(fields: dict[str, str], background: dict[str, str]) -> None:
    assert recipe(**fields).outputs[0].background.model_dump() == background


def test_every_css_colour_is_known() -> None:
    assert len(CSS_COLOURS) == 148
    for name in CSS_COLOURS:
        assert recipe(bg_color=name).outputs[0].background.kind == "colour"


def test_a_background_picture_fills_the_canvas_from_its_middle() -> None:
    made = recipe_of(request().parameters, Image(key="calls/o/j/background"))

    assert made.outputs[0].format == "jpeg"
    assert made.outputs[0].background.model_dump() == {
        "kind": "image",
        "key": "calls/o/j/background",
        "url": "",
        "fit": "fill",
        "focal": "50%",
        "colour": "#ffffff",
    }


@pytest.mark.parametrize(
    ("fields", "changed"),
    [
        ({"crop": "true"}, {"crop": True}),
        ({"crop": "1", "crop_margin": "10%"}, {"crop": True, "margin": "10%"}),
        ({"crop": "True", "crop_margin": "30px 10%"}, {"crop": True, "margin": "30px 10%"}),
        ({"crop": "true", "crop_margin": "1px 2px 3% 4%"}, {"crop": True, "margin": "1px 2px 3% 4%"}),
        ({"crop": "true", "crop_margin": "0"}, {"crop": True, "margin": "0px"}),
        ({"crop": "true", "crop_margin": "500px 50%"}, {"crop": True, "margin": "500px 50%"}),
        ({"crop": "false", "crop_margin": "10%"}, {}),
        ({"crop": "0"}, {}),
        ({"scale": "original"}, {}),
        ({"scale": "80%"}, {"fill": {"side": "longest", "share": 0.8}, "position": "50%"}),
        (
            {"scale": "10%", "position": "original"},
            {"fill": {"side": "longest", "share": 0.1}, "position": "original"},
        ),
        (
            {"scale": "100%", "position": "0% 100%"},
            {"fill": {"side": "longest", "share": 1}, "position": "0% 100%"},
        ),
        ({"position": "original"}, {}),
        ({"position": "center"}, {"position": "50%"}),
        ({"position": "25%"}, {"position": "25%"}),
        ({"position": "12.5% 100%"}, {"position": "12.5% 100%"}),
        (
            {"crop": "true", "scale": "50%", "crop_margin": "10%"},
            {"crop": True, "margin": "10%", "fill": {"side": "longest", "share": 0.5}, "position": "50%"},
        ),
    ],
)
def test_where_the_subject_stands(fields: dict[str, str], changed: dict[str, Any]) -> None:
    assert layout(**fields) == changed


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("0% 0% 100% 100%", None),
        ("10% 20% 90% 80%", "10% 20% 90% 80%"),
        ("10px 20px 300px 400px", "10px 20px 300px 400px"),
        ("10 20 300 400", "10px 20px 300px 400px"),
        ("0px 0% 50% 12.5%", "0px 0% 50% 12.5%"),
    ],
)
def test_the_region_that_is_looked_at(written: str, meant: str | None) -> None:
    assert recipe(roi=written).roi == meant


@pytest.mark.parametrize(
    ("written", "subject"),
    [
        ("auto", "auto"),
        ("person", "person"),
        ("product", "product"),
        ("car", "car"),
        ("animal", "animal"),
        ("graphic", "graphic"),
        ("transportation", "car"),
        ("other", "product"),
    ],
)
def test_a_type_is_a_hint(written: str, subject: str) -> None:
    assert recipe(type=written).subject == subject


@pytest.mark.parametrize(
    ("fields", "kind", "opacity"),
    [
        ({"shadow_type": "none"}, "none", None),
        ({"shadow_type": "drop"}, "drop", 0.5),
        ({"shadow_type": "3D"}, "cast", 0.5),
        ({"shadow_type": "3d"}, "cast", 0.5),
        ({"shadow_type": "car"}, "contact", 0.5),
        ({"shadow_type": "natural"}, "contact", 0.5),
        ({"shadow_type": "car", "type": "car"}, "contact", 0.9),
        ({"shadow_type": "auto"}, "drop", 0.5),
        ({"shadow_type": "auto", "type": "car"}, "contact", 0.9),
        ({"shadow_type": "auto", "type": "person"}, "cast", 0.5),
        ({"shadow_type": "auto", "type": "product"}, "drop", 0.5),
        ({"shadow_type": "auto", "type": "transportation"}, "cast", 0.5),
        ({"shadow_type": "drop", "shadow_opacity": "0"}, "drop", 0),
        ({"shadow_type": "drop", "shadow_opacity": "100"}, "drop", 1),
        ({"shadow_type": "drop", "shadow_opacity": "auto"}, "drop", 0.5),
        ({"shadow_type[car]": "drop", "type": "car"}, "drop", 0.9),
        ({"shadow_type[car]": "drop", "type": "person"}, "none", None),
        ({"shadow_type[other]": "3D", "shadow_opacity[other]": "25"}, "cast", 0.25),
        ({"shadow_type": "drop", "shadow_opacity[car]": "25"}, "drop", 0.5),
        ({"add_shadow": "true", "type": "car"}, "contact", 0.9),
        ({"add_shadow": "true"}, "none", None),
        ({"add_shadow": "true", "type": "car", "shadow_type": "drop"}, "drop", 0.9),
        ({"add_shadow": "false"}, "none", None),
    ],
)
def test_shadows(fields: dict[str, str], kind: str, opacity: float | None) -> None:
    shadow = recipe(**fields).outputs[0].shadow

    assert (shadow.kind, getattr(shadow, "opacity", None)) == (kind, opacity)


def test_without_semitransparency_interiors_are_made_solid() -> None:
    assert [recipe(semitransparency=f).interiors for f in ("true", "false")] == ["normal", "strong"]


def test_an_alpha_mask_is_the_opacity_alone() -> None:
    assert output(channels="alpha") == {"channels": "alpha"}


@pytest.mark.parametrize(
    ("fields", "notes"),
    [
        ({"size": "auto", "crop": "true", "crop_margin": "5%"}, ()),
        ({"crop_margin": "5%"}, ("crop_margin has an effect with crop=true only",)),
        ({"crop": "true", "position": "center"}, ("position has no effect with crop=true",)),
        ({"shadow_method": "latest"}, ("shadow_method no longer has an effect",)),
        ({"add_shadow": "true"}, ("add_shadow has an effect with type=car only",)),
        ({"add_shadow": "true", "shadow_type": "drop"}, ("add_shadow has no effect beside shadow_type",)),
    ],
)
def test_what_changes_nothing_is_said(fields: dict[str, str], notes: tuple[str, ...]) -> None:
    assert request(**fields).notes == notes
