"""Lists of pictures: JSON lines, or CSV with a first line that names the columns; read a slice at a time.

JSON lines: one item a line, as in the body of ``POST /v1/batches``. CSV: the columns ``key`` or ``url``, and if wanted
``name`` and ``preset``; no field has a line break in it.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import Field, ValidationError, WithJsonSchema, model_validator

from cutout.errors import BadRecipe, CustomerError
from cutout.recipe import Recipe, Strict, explain, recipe_from

COLUMNS = ("key", "url", "name", "preset")
MOST_LINES = 100_000
MOST_BYTES = 50_000_000
SLICE_BYTES = 262_144  # at least one line lies in it whole


# In the API's description a recipe is written out where one picture is asked for; whoever tries every call that the
# description allows need not try every recipe once more for each place in which one may stand.
DescribedElsewhere = Annotated[
    Recipe,
    WithJsonSchema({"type": "object", "description": "A recipe, as in the body of `POST /v1/jobs`"}),
]


class BadManifest(CustomerError):
    """A list that cannot be read any further."""

    code = "bad_manifest"


class BatchItem(Strict):
    """One picture of a batch: ``key`` or ``url`` says where it is."""

    key: (
        Annotated[str, Field(min_length=1, max_length=1024, description="An object of the source bucket")]
        | None
    ) = None
    url: (
        Annotated[
            str, Field(min_length=1, max_length=2000, description="A public https address of the picture")
        ]
        | None
    ) = None
    name: (
        Annotated[
            str,
            Field(
                pattern=r"^[^/\x00-\x1f]([^\x00-\x1f]{0,298}[^/\x00-\x1f])?$",
                description="Below what its results lie within the batch; left out: the key",
            ),
        ]
        | None
    ) = None
    preset: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    recipe: DescribedElsewhere | None = None

    @model_validator(mode="after")
    def _one_picture_one_recipe(self) -> Self:
        given = [field for field in ("key", "url") if getattr(self, field) is not None]
        if len(given) != 1:
            raise ValueError(f"{' and '.join(given) or 'neither'} is given; allowed: one of key and url")
        if self.preset is not None and self.recipe is not None:
            raise ValueError("preset and recipe are given; allowed: at most one of them")
        if self.name is not None and {".", "..", ""} & set(self.name.split("/")):
            raise ValueError(f"name is {self.name!r}; allowed: no part '.', '..' or without a letter")
        if self.preset is not None:
            _recipe_of(self.preset)
        return self

    @property
    def own_recipe(self) -> Recipe | None:
        """The recipe of this item alone; None: the batch's."""
        return _recipe_of(self.preset) if self.preset is not None else self.recipe


def _recipe_of(preset: str) -> Recipe:
    try:
        return recipe_from({"outputs": [{"preset": preset}]})
    except BadRecipe as error:
        raise ValueError(str(error).rstrip(".")) from error  # explain ends the sentence


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a list: an item, or what is wrong with it."""

    where: str
    """such as ``line 17``"""
    item: BatchItem | None = None
    fault: str = ""


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Some lines of a manifest, and where the next ones begin."""

    lines: tuple[Line, ...]
    offset: int
    line: int
    columns: tuple[str, ...]


def slice_of(
    body: bytes, *, offset: int, line: int, columns: tuple[str, ...], whole: bool, most: int
) -> Slice:
    """The lines that begin ``body``, at most ``most``.

    ``offset`` and ``line`` say where in the manifest it begins, ``columns`` is as the slice before left it, and
    ``whole`` says that the manifest ends with it, also without a line break.

    Raises
    ------
    BadManifest
        A line that is too long, columns that nobody knows, more than 100,000 lines, or a first one that is not UTF-8.
    """
    lines: list[Line] = []
    for raw in _raw_lines(body, whole, line + 1):
        if len(lines) == most:
            break
        offset, line = offset + len(raw), line + 1
        if line > MOST_LINES + 1:  # the first may name the columns
            raise BadManifest(f"The manifest has more lines than {MOST_LINES:,}, which are the most.")
        text = _text(raw, line)
        if text is None:
            lines.append(Line(where=f"line {line}", fault=f"line {line} is not UTF-8."))
        elif line == 1 and not text.startswith("{"):
            columns = _columns(text)
        elif text:
            lines.append(_line(text, columns, f"line {line}"))
    return Slice(lines=tuple(lines), offset=offset, line=line, columns=columns)


def items_as_lines(items: tuple[BatchItem, ...]) -> bytes:
    """Items as a manifest."""
    return b"".join(item.model_dump_json(exclude_none=True).encode() + b"\n" for item in items)


def _raw_lines(body: bytes, whole: bool, first: int) -> Iterator[bytes]:
    *complete, rest = body.split(b"\n")
    if not complete and not whole:
        raise BadManifest(f"Line {first} of the manifest is longer than {SLICE_BYTES:,} bytes.")
    yield from (line + b"\n" for line in complete)
    if rest and whole:
        yield rest


def _text(raw: bytes, line: int) -> str | None:
    """The line's text; None if it is not UTF-8, which the first line of a list has to be."""
    try:
        return raw.decode("utf-8-sig" if line == 1 else "utf-8").strip()
    except UnicodeDecodeError as error:
        if line == 1:
            raise BadManifest("Line 1 of the manifest is not UTF-8.") from error
        return None


def _columns(text: str) -> tuple[str, ...]:
    columns = tuple(column.strip().lower() for column in next(csv.reader([text]), []))
    known = set(columns) <= set(COLUMNS) and len(set(columns)) == len(columns)
    if not known or not {"key", "url"} & set(columns):
        raise BadManifest(
            f"The manifest begins with {text[:80]!r}; allowed: a line of JSON, or the names of columns: "
            f"key or url, then {', '.join(COLUMNS[2:])} if wanted."
        )
    return columns


def _line(text: str, columns: tuple[str, ...], where: str) -> Line:
    try:
        item = _from_csv(text, columns) if columns else BatchItem.model_validate_json(text)
    except ValidationError as error:
        return Line(where=where, fault=explain(error, where))
    except csv.Error as error:
        return Line(where=where, fault=f"{where} is no CSV: {error}.")
    return Line(where=where, item=item)


def _from_csv(text: str, columns: tuple[str, ...]) -> BatchItem:
    fields = next(csv.reader([text], strict=True))
    if len(fields) > len(columns):
        raise csv.Error(f"it has {len(fields)} fields; allowed: at most {len(columns)}")
    named = dict(zip(columns, fields, strict=False))
    return BatchItem.model_validate({name: value for name, value in named.items() if value})
