"""A hook: who may send, what of the payload is a picture, and what is made of it. A document in the work bucket."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from cutout.errors import CustomerError
from cutout.recipe import Recipe, Strict, explain, recipe_from
from cutout.service.hook_expressions import Expression
from cutout.service.hook_signatures import Verify
from cutout.service.jobs import BUCKET_OWNER, Lane

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")
PICTURE_PARTS = ("picture_id", "number", "file", "digest")
MOST_PARTS = 6

_PLACEHOLDER = r"\{([a-z][a-z0-9_]{0,39})\}"
_SEGMENT = rf"(?:[A-Za-z0-9_-]|{_PLACEHOLDER})(?:[A-Za-z0-9._-]|{_PLACEHOLDER})*"
_PATH = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")


class BadHook(Exception):
    """A document that is no hook. Our own fault: nobody who sends a webhook can do anything about it."""


def placeholders(path: str) -> list[str]:
    """The names in braces, in their order."""
    return re.findall(_PLACEHOLDER, path)


def _path(text: str) -> str:
    if not _PATH.fullmatch(text) or len(placeholders(text)) > MOST_PARTS:
        raise ValueError(
            f"{text[:80]!r} is not a path; allowed: parts of A-Z a-z 0-9 . _ - and at most {MOST_PARTS} names in "
            "braces, with / between them, none beginning with a dot"
        )
    return text


PartName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
ResultsPath = Annotated[str, Field(max_length=200), AfterValidator(_path)]


class Hook(Strict):
    """What is done with the deliveries of one sender.

    ``when`` has to find something true, or the payload is nothing for us. ``pictures`` finds the pictures: one URL or
    object, or a list of them; an object has ``url`` and may have ``id``. ``ids`` finds texts and whole numbers by name,
    which ``results`` may have in braces; it may also have ``picture_id``, ``number`` (in the payload, from 1), ``file``
    (the end of the URL's path) and ``digest`` (of the URL).

    ``moment`` finds when the sender's data changed (ISO 8601 with a zone, or epoch seconds): of two deliveries that
    write to the same place the later wins, whichever is finished first. Without it the arrival counts.

    ``once_per``: ``picture`` makes one job of a picture (URL, id and place), however many deliveries name it, and
    another only if that has failed for a reason that may be gone;
    ``delivery`` makes one for each delivery. A delivery is recognised by what ``delivery`` finds, else by its signed
    id, else by its bytes.

    ``owner`` is a digest of an API key, or ``bucket``. ``account`` pays; only the bucket's jobs may be paid by others.
    """

    verify: Verify
    body: Literal["json", "form"] = "json"
    when: Expression | None = None
    pictures: Expression
    ids: Annotated[dict[PartName, Expression], Field(max_length=10, default_factory=dict)]
    results: ResultsPath = "{digest}/{file}"
    moment: Expression | None = None
    once_per: Literal["picture", "delivery"] = "picture"
    delivery: Expression | None = None
    recipe: Recipe | None = None
    preset: str | None = None
    owner: Annotated[str, Field(pattern=rf"^({BUCKET_OWNER}|[0-9a-f]{{32}})$")] = BUCKET_OWNER
    account: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")] | None = None
    lane: Lane = "bulk"
    callback: Annotated[str, Field(min_length=1)] | None = None

    @property
    def what_to_make(self) -> Recipe:
        """The recipe of its jobs."""
        if self.preset is not None:
            return recipe_from({"outputs": [{"preset": self.preset}]})
        return self.recipe or Recipe()

    @model_validator(mode="after")
    def _one_recipe(self) -> Self:
        if self.recipe is not None and self.preset is not None:
            raise ValueError("recipe and preset are given; allowed: one of them")
        try:
            _ = self.what_to_make
        except CustomerError as error:
            raise ValueError(f"preset {self.preset!r}: {error}") from error
        return self

    @model_validator(mode="after")
    def _knows_its_placeholders(self) -> Self:
        taken = sorted(set(self.ids) & set(PICTURE_PARTS))
        if taken:
            raise ValueError(f"ids.{taken[0]} has the name of a part that every picture has; use another")
        known = (*self.ids, *PICTURE_PARTS)
        for name in placeholders(self.results):
            if name not in known:
                raise ValueError(f"results has {{{name}}}; allowed: {', '.join(known)}")
        return self

    @model_validator(mode="after")
    def _key_pays_for_itself(self) -> Self:
        if self.account not in {None, self.owner} and self.owner != BUCKET_OWNER:
            raise ValueError(
                f"account is {self.account!r} and owner {self.owner!r}; allowed: a key's jobs are paid by its own "
                f"account, those of {BUCKET_OWNER!r} by any"
            )
        return self


def hook_from(document: Any) -> Hook:
    """Check a document that has been read; raises BadHook, naming the field, the value and what is allowed."""
    try:
        return Hook.model_validate(document)
    except ValidationError as error:
        raise BadHook(explain(error, "hook")) from error


def read_hook(body: bytes) -> Hook:
    """Read a document; raises BadHook."""
    try:
        return Hook.model_validate_json(body)
    except ValidationError as error:
        raise BadHook(explain(error, "hook")) from error
