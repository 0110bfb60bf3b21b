"""The body of a remove.bg call -> fields and files. Multipart, urlencoded and JSON hold the same parameters.

What clients leave empty counts as not given. A field that comes twice is refused: nobody could say which one counts.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from python_multipart.multipart import parse_options_header

from multipart_body import BrokenForm, Part, parts_of
from removebg_errors import BAD_BODY, BAD_CONTENT_TYPE, refused, wrong

FILE_FIELDS = frozenset({"image_file", "bg_image_file"})
BASE64_FIELD = "image_file_b64"
MULTIPART, URLENCODED, JSON = "multipart/form-data", "application/x-www-form-urlencoded", "application/json"
MOST_FIELDS = 100
MOST_TEXT = 4000
"""characters of a parameter; pictures in base64 excepted"""

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Form:
    """What was given."""

    fields: dict[str, str]
    files: dict[str, bytes]


def read_form(content_type: str | None, body: bytes) -> Form:
    """The fields and files of a body.

    Raises
    ------
    Refused
        Another content type, another charset than UTF-8, a broken body, or a field that comes twice.
    """
    kind, options = parse_options_header(content_type or "")
    name = kind.decode("latin-1").lower()
    if name == MULTIPART:
        return _multipart(options.get(b"boundary"), body)
    if name in {URLENCODED, JSON}:
        _check_charset(options.get(b"charset", b"utf-8"))
        text = _utf8(body, "The body")
        pairs = _urlencoded(text) if name == URLENCODED else _from_json(text)
        return Form(fields=_once(pairs), files={})
    if not name and not body:
        return Form(fields={}, files={})
    said = f"Content-Type is {content_type[:100]!r}" if content_type else "There is no Content-Type"
    raise refused(BAD_CONTENT_TYPE, f"{said}; allowed: {MULTIPART}, {URLENCODED} and {JSON}.")


def _multipart(boundary: bytes | None, body: bytes) -> Form:
    files: dict[str, bytes] = {}
    texts: list[tuple[str, str]] = []
    try:
        parts = parts_of(boundary, body, MOST_FIELDS)
    except BrokenForm as error:
        raise refused(BAD_BODY, str(error)) from error
    for part in parts:
        if part.name not in FILE_FIELDS:
            texts.append((part.name, _utf8(part.content, f"The field {part.name[:60]!r}")))
        elif part.content or part.file_name:  # a form's file input that nobody used is empty and has no name
            _check_new(part.name, files)
            files[part.name] = _whole(part)
    return Form(fields=_once(texts), files=files)


def _whole(part: Part) -> bytes:
    if not part.content:
        raise wrong(part.name, f"{part.name}: the file {part.file_name[:100]!r} is empty.")
    return part.content


def _urlencoded(text: str) -> Pairs:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:  # UnicodeDecodeError is one
        raise refused(BAD_BODY, f"The urlencoded body cannot be read: {error}.") from error
    # Base64 that was not percent-encoded: its plus signs arrive as spaces.
    return [(name, value.replace(" ", "+") if name == BASE64_FIELD else value) for name, value in pairs]


def _from_json(text: str) -> Pairs:
    try:
        # Pairs instead of a dictionary, which would silently keep the last of two equal names.
        document = json.loads(text, object_pairs_hook=_Pairs, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise refused(BAD_BODY, f"The body is not valid JSON: {error}.") from error
    if not isinstance(document, _Pairs):
        raise refused(
            BAD_BODY, "The JSON body is not an object; allowed: an object with the parameters as fields."
        )
    if len(document) > MOST_FIELDS:
        raise refused(BAD_BODY, f"The JSON body has {len(document)} fields; allowed: at most {MOST_FIELDS}.")
    return [pair for name, value in document for pair in _flat(name, value)]


class _Pairs(list[tuple[str, Any]]):
    """A JSON object's members, in order."""


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _flat(name: str, value: Any) -> Pairs:
    """As a form would say it: text, and the members of an object as ``name[member]``."""
    match value:
        case None:
            return []
        case bool():
            return [(name, "true" if value else "false")]
        case str() | int() | float():
            return [(name, str(value))]
        case _Pairs() if not any(isinstance(member, list) for _, member in value):
            return [pair for inner, member in value for pair in _flat(f"{name}[{inner}]", member)]
    raise wrong(
        name[:60], f"{name[:60]} is a list or a nested object; allowed: text, a number, true or false."
    )


def _once(pairs: Pairs) -> dict[str, str]:
    fields: dict[str, str] = {}
    for name, value in pairs:
        if not value.strip():
            continue
        _check_new(name, fields)
        if len(value) > MOST_TEXT and name != BASE64_FIELD:
            raise wrong(
                name[:60], f"{name[:60]} has {len(value):,} characters; allowed: at most {MOST_TEXT:,}."
            )
        fields[name] = value.strip()
    return fields


def _check_new(name: str, known: dict[str, str] | dict[str, bytes]) -> None:
    if name in known:
        raise wrong(name[:60], f"{name[:60]} is given more than once; allowed: once.")


def _check_charset(charset: bytes) -> None:
    if charset.strip().lower() not in {b"utf-8", b"utf8", b"us-ascii", b"ascii"}:
        raise refused(BAD_CONTENT_TYPE, f"The charset is {charset.decode('latin-1')[:40]!r}; allowed: utf-8.")


def _utf8(body: bytes, what: str) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(
            BAD_BODY, f"{what} is not UTF-8 text (byte {error.start:,}); allowed: utf-8."
        ) from error
