"""What remove.bg's parameters mean as a recipe."""

from typing import Any

from cutout.file_options import FORMATS
from cutout.recipe import Image, Recipe
from removebg_parameters import Parameters
from removebg_shadows import of_type, shadow

MEGAPIXELS = {"preview": 0.25, "medium": 1.5, "hd": 4.0, "full": 25.0, "auto": 25.0, "50MP": 50.0}
PNG_MEGAPIXELS = 10.0
"""whatever the size: larger ones are never made"""

SUBJECTS = {"transportation": "car", "other": "product"}
"""hints that are called something else here; they change nothing in the network's answer"""


def recipe_of(asked: Parameters, background: Image | None = None) -> Recipe:
    """The recipe of a call; ``background`` is its background picture, once it lies in the source bucket.

    Raises pydantic's ValidationError for what should have been refused before: our own fault.
    """
    name = _format(asked, background)
    output: dict[str, Any] = {
        "format": name,
        "channels": asked.channels,
        "background": _behind(asked, background, name),
        "layout": _layout(asked, name),
    }
    shade = _shadow(asked)
    return Recipe.model_validate(
        {
            "subject": SUBJECTS.get(asked.type, asked.type),
            "roi": asked.roi,
            "interiors": "normal" if asked.semitransparency else "strong",
            "outputs": [output if shade is None else output | {"shadow": shade}],
        }
    )


def _format(asked: Parameters, background: Image | None) -> str:
    """``auto`` is a jpg where nothing shines through, else a png."""
    if asked.format != "auto":
        return "jpeg" if asked.format == "jpg" else asked.format
    opaque = background is not None or (asked.bg_color is not None and len(asked.bg_color) == 7)
    return "jpeg" if opaque else "png"


def _behind(asked: Parameters, background: Image | None, name: str) -> Any:
    if background is not None:
        return background
    if asked.channels == "alpha":
        return "transparent"
    if FORMATS[name].transparent:  # type: ignore[index]
        return asked.bg_color or "transparent"
    return _on_white(asked.bg_color) if asked.bg_color else "white"


def _on_white(colour: str) -> str:
    """A colour with alpha as a viewer shows it on white, since the file can hold no alpha."""
    levels = bytes.fromhex(colour[1:])
    share = levels[3] / 255 if len(levels) == 4 else 1.0
    return "#" + "".join(f"{round(255 + share * (level - 255)):02x}" for level in levels[:3])


def _layout(asked: Parameters, name: str) -> dict[str, Any]:
    """A subject that the frame cuts is placed like any other: nothing keeps it at the edge."""
    limit = min(MEGAPIXELS[asked.size], FORMATS[name].most_pixels / 1e6)  # type: ignore[index]
    layout: dict[str, Any] = {
        "max_megapixels": min(limit, PNG_MEGAPIXELS) if name == "png" else limit,
        "crop": asked.crop,
        "glue": False,
    }
    if asked.crop and asked.crop_margin is not None:
        layout["margin"] = asked.crop_margin
    if asked.scale is not None:
        layout |= {"fill": {"share": asked.scale}, "position": asked.position or "center"}
    elif asked.position not in {None, "original"}:
        layout["position"] = asked.position
    return layout


def _shadow(asked: Parameters) -> dict[str, Any] | None:
    type_ = "other" if asked.type == "auto" else asked.type
    by_type = {str(name): value for name, value in asked.shadow_types.items()}
    if asked.add_shadow and asked.shadow_type is None and not by_type:
        by_type = {"car": "car"}
    kind = of_type(asked.shadow_type, by_type, type_)
    if kind is None:
        return None
    opacity = asked.shadow_opacities.get(type_, asked.shadow_opacity)
    return shadow(kind, opacity, type_)
