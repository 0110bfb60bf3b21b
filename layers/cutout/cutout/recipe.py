"""What to produce: the Recipe that a customer sends, checked before any work is queued."""

import json
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cutout.errors import BadRecipe

Interiors = Literal["off", "normal", "strong"]

NAMED_COLOURS = {"white": "#ffffff", "black": "#000000"}
EXTENSIONS = {"png": "png", "webp": "webp", "jpeg": "jpg"}
CONTENT_TYPES = {"png": "image/png", "webp": "image/webp", "jpeg": "image/jpeg"}


class Strict(BaseModel):
    """Values are fixed once made, and a field that nobody knows is refused rather than ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=200)


class Output(Strict):
    """One file to make from the cutout.

    ``background`` is ``transparent``, ``white``, ``black`` or a colour written ``#rrggbb``; left out, it is
    transparent where the format can carry that, else white.

    ``alpha`` says what a transparent file's alpha is: ``coverage`` is how much of a pixel the subject covers, right
    wherever light is mixed; ``display`` is fitted to viewers that blend as encoded, and right nowhere else.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")] = "cutout"
    format: Literal["png", "webp", "jpeg"] = "png"
    background: Annotated[str, Field(pattern=r"^(transparent|white|black|#[0-9a-fA-F]{6})$")] | None = None
    quality: Annotated[int, Field(ge=1, le=100)] = 90
    alpha: Literal["coverage", "display"] = "coverage"

    @model_validator(mode="after")
    def _jpeg_is_opaque(self) -> Self:
        if self.format == "jpeg" and self.background == "transparent":
            raise ValueError(
                "'transparent' is not possible in a jpeg; allowed: a colour, or format png or webp"
            )
        return self

    @model_validator(mode="after")
    def _only_a_transparent_file_has_alpha(self) -> Self:
        if self.alpha == "display" and self.colour is not None:
            raise ValueError(
                f"alpha 'display' is not possible in a {self.format} without transparency; "
                "allowed: alpha 'coverage', or a png or webp with background 'transparent'"
            )
        return self

    @property
    def colour(self) -> tuple[int, int, int] | None:
        """The background's sRGB colour, 0..255 per channel; None when it stays transparent."""
        chosen = self.background or ("white" if self.format == "jpeg" else "transparent")
        if chosen == "transparent":
            return None
        digits = NAMED_COLOURS.get(chosen, chosen)
        return int(digits[1:3], 16), int(digits[3:5], 16), int(digits[5:7], 16)

    @property
    def file_name(self) -> str:
        """The result's file name, as it stands below the source's key."""
        return f"{self.name}.{EXTENSIONS[self.format]}"


class Recipe(Strict):
    """What one upload becomes: any number of outputs from one inference.

    ``interiors`` says whether solid parts that the network dissolved are made solid and enclosed background is opened:
    ``off`` believes the network, ``strong`` needs less evidence and goes nearer to edges.
    """

    outputs: Annotated[tuple[Output, ...], Field(min_length=1, max_length=20)] = (Output(),)
    interiors: Interiors = "normal"

    @model_validator(mode="after")
    def _file_names_differ(self) -> Self:
        names = [output.file_name for output in self.outputs]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two outputs would both be called {twice[0]!r}; give each a `name` of its own")
        return self


def parse_recipe(text: str) -> Recipe:
    """Read a recipe written as JSON.

    Raises
    ------
    BadRecipe
        Naming the field, the value and what is allowed.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRecipe(f"The recipe is not valid JSON: {error}.") from error
    return recipe_from(document)


def recipe_from(document: Any) -> Recipe:
    """Check a recipe that has been read already; raises BadRecipe as ``parse_recipe`` does."""
    try:
        return Recipe.model_validate(document)
    except ValidationError as error:
        raise BadRecipe(explain(error, "recipe")) from error


def explain(error: ValidationError, subject: str) -> str:
    """Say in one sentence a fault which field has which value, and what is allowed instead."""
    faults = error.errors(include_url=False)
    places = [fault["loc"] for fault in faults]
    # A list whose items are wrong is also reported as too short: the items say it better.
    own = [f for f in faults if not any(p != f["loc"] and p[: len(f["loc"])] == f["loc"] for p in places)]
    return " ".join(_sentence(fault, subject) for fault in own)


def _sentence(fault: Any, subject: str) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in fault["loc"])
    field = f"{subject}{path}"
    match fault["type"]:
        case "extra_forbidden":
            return f"{field} is not a known field."
        case "missing":
            return f"{field} is missing."
        case "value_error":
            return f"{field}: {fault['ctx']['error']}."
        case _:
            value = json.dumps(fault["input"], default=str)
            return f"{field} is {value[:80]}: {fault['msg'][:1].lower()}{fault['msg'][1:]}."
