"""The bucket's own rules: what becomes of an upload by its key alone, as one JSON document."""

from typing import Annotated, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from cutout.errors import BadCallback, BadRecipe
from cutout.recipe import Recipe, Strict, explain, recipe_named, recipe_of_folder
from cutout.service import webhooks
from cutout.service.jobs import Job, Lane, OnDelete
from cutout.service.keys import (
    BACKGROUNDS_PREFIX,
    CALLS_PREFIX,
    CORRECTIONS_PREFIX,
    UPLOAD_PREFIX,
)

MOST_RULES = 1000
OWN_WAYS = (UPLOAD_PREFIX, CALLS_PREFIX, BACKGROUNDS_PREFIX, CORRECTIONS_PREFIX)
"""below these no rule counts: they belong to the API, or hold no pictures to cut out"""
NOT_FOR_RESULTS = (UPLOAD_PREFIX, CALLS_PREFIX, "long/", "improve/", "hooks/", "batches/")
"""below these lie results of other kinds"""
LONGEST_PREFIX = 512

Prefix = Annotated[str, Field(max_length=LONGEST_PREFIX)]


class RulesBroken(Exception):
    """The document of rules is none; the message names the field, the value and what is allowed."""


class Rule(Strict):
    """What becomes of the uploads below a prefix.

    ``preset`` names one or several, with commas between; ``recipe`` says it in full. Where neither stands, a first
    folder with a preset's name decides, else the default. ``results`` takes the place of ``prefix`` in the keys of the
    results. ``on_delete`` is what becomes of the results when their source is deleted.
    """

    prefix: Prefix = ""
    """of keys in the source bucket; empty: all"""
    preset: str | None = None
    recipe: Recipe | None = None
    results: Prefix | None = None
    callback: str | None = None
    lane: Lane = "bulk"
    ignore: Annotated[bool, Field(strict=True)] = False
    on_delete: OnDelete = "keep"

    @field_validator("prefix")
    @classmethod
    def _is_nobody_else_s(cls, prefix: str) -> str:
        if prefix.startswith(OWN_WAYS):
            raise ValueError(
                f"{prefix!r} lies below a prefix that has its own way; allowed: not {_listed(OWN_WAYS)}"
            )
        return prefix

    @field_validator("preset")
    @classmethod
    def _is_known(cls, preset: str | None) -> str | None:
        try:
            if preset is not None:
                recipe_named(preset, "preset")
        except BadRecipe as error:
            raise ValueError(str(error).rstrip(".")) from error
        return preset

    @field_validator("callback")
    @classmethod
    def _is_an_address(cls, callback: str | None) -> str | None:
        """Whether this stack delivers to it is judged with each job: a laptop's rules may name this machine."""
        try:
            if callback is not None:
                webhooks.check_private_callback(callback)
        except BadCallback as error:
            raise ValueError(str(error).rstrip(".")) from error
        return callback

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.preset is not None and self.recipe is not None:
            raise ValueError("preset and recipe are both there; allowed: one of them")
        more = sorted(self.model_fields_set - {"prefix", "ignore"})
        if self.ignore and more:
            raise ValueError(f"ignore is true beside {', '.join(more)}; allowed: ignore alone")
        return self

    @model_validator(mode="after")
    def _mirrors_folders(self) -> Self:
        """So that no result can be named into another folder than the one that stands here."""
        if self.results is None:
            return self
        *folders, rest = self.results.split("/")
        if rest or not folders or {"", ".", ".."} & set(folders) or self.results.startswith(NOT_FOR_RESULTS):
            raise ValueError(
                f"results is {self.results!r}; allowed: a folder such as 'published/', not below "
                f"{_listed(NOT_FOR_RESULTS)}"
            )
        if self.prefix and not self.prefix.endswith("/"):
            raise ValueError(
                f"results needs a prefix that is a folder, this one is {self.prefix!r}; "
                "allowed: such as 'incoming/', or none"
            )
        return self

    def recipe_for(self, key: str) -> Recipe:
        """What is made of an upload that says nothing itself."""
        if self.recipe is not None:
            return self.recipe
        if self.preset is not None:
            return recipe_named(self.preset, "preset")
        return recipe_of_folder(key) or Recipe()

    def results_for(self, key: str) -> str:
        """Where the results of a key lie; empty: below the key itself."""
        return "" if self.results is None else self.results + key.removeprefix(self.prefix)

    def applied(self, job: Job) -> Job:
        """An upload's job as this rule wants it."""
        key = job.source.key
        wanted = {
            "recipe": self.recipe_for(key),
            "results_at": self.results_for(key),
            "callback": self.callback,
            "lane": self.lane,
            "on_delete": self.on_delete,
        }
        return job.model_copy(update=wanted)


class Rules(Strict):
    """All rules of a bucket. The longest prefix that fits a key decides everything about it."""

    rules: Annotated[tuple[Rule, ...], Field(max_length=MOST_RULES)] = ()

    @model_validator(mode="after")
    def _every_key_has_one_rule(self) -> Self:
        prefixes = [rule.prefix for rule in self.rules]
        twice = sorted({prefix for prefix in prefixes if prefixes.count(prefix) > 1})
        if twice:
            raise ValueError(f"two rules have the prefix {twice[0]!r}; allowed: one rule for each prefix")
        return self

    @model_validator(mode="after")
    def _no_two_sources_share_their_results(self) -> Self:
        """Of two sources with one place, each would take the other for an older version of itself."""
        made = [rule for rule in self.rules if not rule.ignore and (rule.prefix or rule.results)]
        for one in made:
            for other in made:
                if _meet(one, other):
                    raise ValueError(
                        f"the results of {one.prefix!r} and of {other.prefix!r} would lie in the same places; "
                        "allowed: a folder of its own for each"
                    )
        return self

    def of(self, key: str) -> Rule:
        """The rule that decides about a key; one that says nothing, if none fits."""
        fitting = [rule for rule in self.rules if key.startswith(rule.prefix)]
        return max(fitting, key=lambda rule: len(rule.prefix), default=Rule())


def parse_rules(body: bytes) -> Rules:
    """Read a document of rules; raises RulesBroken."""
    try:
        return Rules.model_validate_json(body)
    except ValidationError as error:
        raise RulesBroken(explain(error, "rules")) from error


def has_rules(key: str) -> bool:
    """Whether the bucket's rules count for this key."""
    return not key.startswith(OWN_WAYS)


def _meet(one: Rule, other: Rule) -> bool:
    """Whether a source of each could have its results in the same place."""
    mine, theirs = (rule.prefix if rule.results is None else rule.results for rule in (one, other))
    return theirs.startswith(mine) and other.prefix != one.prefix + theirs.removeprefix(mine)


def _listed(prefixes: tuple[str, ...]) -> str:
    return ", ".join(prefixes)
