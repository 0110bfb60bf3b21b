"""The parameters of remove.bg's ``/removebg``, each with its exact syntax and default."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

import removebg_syntax as syntax
from cutout.recipe.base import lengths
from removebg_errors import ROI_EMPTY, ROI_OUTSIDE, UNKNOWN_PARAMETER, Fault, Refused, refused, wrong_value
from removebg_shadows import SHADOWS, TYPES

SIZES = {
    "preview": "preview",
    "small": "preview",
    "regular": "preview",
    "medium": "medium",
    "hd": "hd",
    "full": "full",
    "4k": "full",
    "50MP": "50MP",
    "auto": "auto",
}
"""what is written -> what is meant"""

BY_TYPE = {"shadow_type": "shadow_types", "shadow_opacity": "shadow_opacities"}
"""written with a type in brackets -> the field here that holds all of them"""

Size = Literal["preview", "medium", "hd", "full", "50MP", "auto"]
Kind = Literal["car", "product", "person", "animal", "transportation", "graphic", "other"]
_CUSTOM = {said.code: said for said in (ROI_EMPTY, ROI_OUTSIDE)}


def _word(*allowed: str) -> BeforeValidator:
    return BeforeValidator(lambda text: syntax.one_of(text, *allowed))


def _written(read: Callable[[str], Any]) -> BeforeValidator:
    return BeforeValidator(read)


def _size(text: str) -> str:
    return SIZES[syntax.one_of(text, *SIZES)]


Flag = Annotated[bool, _written(syntax.flag)]
Shadow = Annotated[str, _word(*SHADOWS)]
Opacity = Annotated[float | None, _written(syntax.opacity)]


class Parameters(BaseModel):
    """What was asked for, besides the pictures. Made of texts; an unknown name is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: Annotated[Size, _written(_size)] = "preview"
    type: Annotated[Literal["auto"] | Kind, _word("auto", *TYPES)] = "auto"
    type_level: Annotated[Literal["none", "1", "2", "latest"], _word("none", "1", "2", "latest")] = "1"
    format: Annotated[
        Literal["auto", "png", "jpg", "webp", "zip"], _word("auto", "png", "jpg", "webp", "zip")
    ] = "auto"
    roi: Annotated[str | None, _written(syntax.region)] = None
    crop: Flag = False
    crop_margin: Annotated[str | None, _written(syntax.margin)] = None
    scale: Annotated[float | None, _written(syntax.scale)] = None
    """a share; None: original"""
    position: Annotated[str | None, _written(syntax.position)] = None
    """None: center with ``scale``, else original"""
    channels: Annotated[Literal["rgba", "alpha"], _word("rgba", "alpha")] = "rgba"
    bg_color: Annotated[str | None, _written(syntax.colour)] = None
    """#rrggbb or #rrggbbaa"""
    shadow_type: Shadow | None = None
    shadow_types: dict[Kind, Shadow] = Field(default_factory=dict)
    """written ``shadow_type[car]``"""
    shadow_opacity: Opacity = None
    """a share; None: auto"""
    shadow_opacities: dict[Kind, Opacity] = Field(default_factory=dict)
    add_shadow: Flag = False
    shadow_method: Annotated[str | None, _word("legacy", "latest")] = None
    semitransparency: Flag = True


def read_parameters(fields: dict[str, str]) -> Parameters:
    """The parameters of a form without its pictures; raises Refused with a fault for each that is wrong."""
    try:
        return Parameters.model_validate(_gathered(fields))
    except ValidationError as error:
        raise Refused(*(_fault(fault) for fault in error.errors(include_url=False))) from error


def check_region(asked: Parameters, width: int, height: int) -> None:
    """Refuse a region of interest that is not within a picture of this size, or is nothing of it; raises Refused.

    A recipe cuts such a region to the picture; remove.bg refuses it.
    """
    if asked.roi is None:
        return
    sides = (width, height, width, height)
    left, top, right, bottom = (
        value * side / 100 if unit == "%" else value
        for (value, unit), side in zip(lengths(asked.roi), sides, strict=True)
    )
    size = f"a picture of {width:,} x {height:,} pixels"
    if right > width or bottom > height:
        raise refused(ROI_OUTSIDE, f"roi: {asked.roi!r} reaches beyond {size}; allowed: regions within it.")
    if round(left) >= round(right) or round(top) >= round(bottom):
        raise refused(
            ROI_EMPTY, f"roi: {asked.roi!r} is nothing of {size}; allowed: at least one pixel of it."
        )


def _gathered(fields: dict[str, str]) -> dict[str, Any]:
    """``shadow_type[car]`` and its like put together; their own names here are nobody else's to use."""
    plain: dict[str, Any] = {}
    for name, value in fields.items():
        base, bracket, kind = name.removesuffix("]").partition("[")
        if bracket and base in BY_TYPE and kind in TYPES:
            plain.setdefault(BY_TYPE[base], {})[kind] = value
        else:
            plain[f"{name} " if name in BY_TYPE.values() else name] = value
    return plain


def _fault(fault: Any) -> Fault:
    known = {inner: written for written, inner in BY_TYPE.items()}
    name = str(fault["loc"][0])[:60].strip()
    if fault["type"] == "extra_forbidden":
        allowed = ", ".join(field for field in Parameters.model_fields if field not in known)
        detail = (
            f"{name} is not a known parameter; allowed: image_file, image_file_b64, image_url, bg_image_file, "
            f"bg_image_url, {allowed}."
        )
        return Fault(said=UNKNOWN_PARAMETER, detail=detail)
    shown = f"{known[name]}[{fault['loc'][1]}]" if name in known else name
    said = _CUSTOM.get(fault["type"]) or wrong_value(known.get(name, name))
    reason = fault["ctx"]["error"] if fault["type"] == "value_error" else fault["msg"]
    return Fault(said=said, detail=f"{shown}: {reason}.")
