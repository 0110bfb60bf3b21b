"""What one upload becomes."""

import json
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from cutout.errors import BadRecipe, UnknownPreset
from cutout.preset import load_preset
from cutout.recipe.base import Strict, explain
from cutout.recipe.layout import Edge, Roi
from cutout.recipe.output import Output

Interiors = Literal["off", "normal", "strong"]
Subject = Literal["auto", "person", "product", "animal", "car", "graphic", "signature"]
InputAlpha = Literal["keep", "intersect", "ignore"]
ReviewWish = Literal["auto", "off"]


class Recipe(Strict):
    """What one upload becomes: any number of outputs from one inference.

    ``subject`` is a hint. ``graphic`` and ``signature`` choose a way of their own to find the alpha, without the
    network where that is possible; the other words change nothing in the network's answer and stand in the report.

    ``roi`` is the part of the photograph that is looked at: "left top right bottom", px or %. It is cut out before
    inference; outside of it there is no subject.

    ``input_alpha`` says what becomes of transparency that the upload brings: ``intersect`` takes what is less, that
    or what is found, ``keep`` takes it as the answer, ``ignore`` drops it.

    ``interiors`` says whether solid parts that the network dissolved are made solid and enclosed background is opened:
    ``off`` believes the network, ``strong`` needs less evidence and goes nearer to edges.

    ``review`` says whether a result whose matte is too uncertain is marked for somebody to look at: ``auto`` marks
    it, ``off`` does not.
    """

    subject: Subject = "auto"
    roi: Roi | None = None
    input_alpha: InputAlpha = "intersect"
    interiors: Interiors = "normal"
    edge: Edge = Edge()
    review: ReviewWish = "auto"
    outputs: Annotated[tuple[Output, ...], Field(min_length=1, max_length=30)] = (Output(),)

    @model_validator(mode="before")
    @classmethod
    def _subject_of_the_presets(cls, fields: Any) -> Any:
        """A preset's subject counts where the customer says none, and all presets mean the same."""
        if not isinstance(fields, dict) or fields.get("subject", "auto") != "auto":
            return fields
        outputs = fields.get("outputs", ())
        names = (
            [output.get("preset") for output in outputs if isinstance(output, dict)] if _many(outputs) else []
        )
        known = {load_preset(name).subject for name in names if isinstance(name, str) and _exists(name)}
        return fields | {"subject": known.pop()} if len(known) == 1 else fields

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


def _many(outputs: Any) -> bool:
    return isinstance(outputs, list | tuple)


def _exists(name: str) -> bool:
    try:
        load_preset(name)
    except UnknownPreset:
        return False
    return True
