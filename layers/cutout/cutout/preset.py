"""Presets: what a marketplace, a network or an authority wants, as data files, and the rules they are checked by.

One JSON file a preset in ``presets/``; a new market is a new file. This module knows no arrays, so that the API can
list presets without numpy; ``cutout.compliance`` does the measuring.
"""

from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cutout.errors import UnknownPreset
from cutout.rule_words import MEANINGS, UNITS, Measure, Unit

Share = Annotated[float, Field(ge=0, le=1)]
Range = tuple[Share, Share]
Line = Annotated[str, Field(min_length=1, max_length=400)]


class Strict(BaseModel):
    """A data file with a field that nobody reads is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(Strict):
    """One limit on one measure: bounds for numbers, ``equal`` for yes or no, ``one_of`` for words and lists.

    For ``cut_edges`` and ``edges_touched`` ``one_of`` lists the edges that are allowed. For a number ``one_of`` lists
    the allowed values, each met within ``tolerance``; the bounds are met within ``tolerance``, too.
    """

    measure: Measure
    level: Literal["required", "recommended"]
    at_least: float | None = None
    at_most: float | None = None
    equal: bool | None = None
    one_of: tuple[str, ...] | tuple[float, ...] | None = None
    tolerance: Annotated[float, Field(ge=0)] = 0
    note: Line | None = None
    """the authority's own words, or how we read them"""

    @property
    def unit(self) -> Unit:
        """What the limits are counted in."""
        return UNITS[self.measure]

    @property
    def meaning(self) -> str:
        """The exact definition of what is measured."""
        return MEANINGS[self.measure]

    @model_validator(mode="after")
    def _limits_fit_the_measure(self) -> Self:
        numeric = self.at_least is not None or self.at_most is not None
        listed = self.one_of is not None
        of_words = listed and all(isinstance(value, str) for value in self.one_of or ())
        match self.unit:
            case "yes or no":
                fits = self.equal is not None and not numeric and not listed
            case "word" | "edges":
                fits = of_words and not numeric and self.equal is None
            case _:
                fits = numeric != listed and not (listed and of_words) and self.equal is None
        if not fits:
            raise ValueError(f"the limits of the rule on {self.measure!r} do not fit its unit {self.unit!r}")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(f"the rule on {self.measure!r} wants at least more than at most")
        return self


class HeadRules(Strict):
    """Where an authority wants the head; shares of the picture's height, None where it says nothing."""

    top: Literal["hair", "skull"]
    """what the authority calls the top of the head: with the hair, or the crown of the head beneath it"""
    head_height: Range
    crown_margin: Range | None = None
    eye_line: Range | None = None
    """above the lower edge"""


class Preset(Strict):
    """What one destination wants. ``output`` holds defaults of a recipe's output: the customer's own fields win."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
    version: Annotated[int, Field(ge=1)]
    title: Line
    family: Literal["marketplace", "social", "identity", "graphics"]
    source: Annotated[tuple[Line, ...], Field(min_length=1)]
    """the pages the rules were read on; "secondary" before one that only quotes the authority"""
    checked: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
    subject: Literal["auto", "person", "product", "animal", "car", "graphic", "signature"]
    output: dict[str, Any]
    """shared by all callers: merge it into a new dict, do not change it"""
    head: HeadRules | None = None
    rules: tuple[Rule, ...]
    by_eye: tuple[Line, ...] = ()
    """rules that nothing here measures; the report repeats them"""
    notes: tuple[Line, ...] = ()

    @model_validator(mode="after")
    def _an_identity_photo_has_a_head(self) -> Self:
        if self.family == "identity" and self.head is None:
            raise ValueError(f"preset {self.name!r}: an identity photo needs `head`")
        return self


@cache
def preset_names() -> tuple[str, ...]:
    """Every preset's name, in alphabetical order."""
    names = (entry.name for entry in (files("cutout") / "presets").iterdir())
    return tuple(sorted(name.removesuffix(".json") for name in names if name.endswith(".json")))


@cache
def load_preset(name: str) -> Preset:
    """The preset of that name; its file is read once.

    Raises
    ------
    UnknownPreset
        Naming all that there are.
    """
    if name not in preset_names():
        raise UnknownPreset(f"{name[:40]!r} is not a preset; allowed: {', '.join(preset_names())}.")
    return Preset.model_validate_json((files("cutout") / "presets" / f"{name}.json").read_bytes())
