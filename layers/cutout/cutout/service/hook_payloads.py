"""From the bytes that a sender posts to the pictures that are in them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from cutout.errors import CustomerError
from cutout.service.addresses import MOST_CHARACTERS
from cutout.service.hook_expressions import NotFitting, find, is_true
from cutout.service.hooks import Hook

MOST_PICTURES = 250
MOST_FIELDS = 1000
MOST_ID_CHARACTERS = 500
LATEST = 100_000_000_000  # epoch seconds with eleven digits: whoever counts in milliseconds is told


class BadPayload(CustomerError):
    """A payload that is not what the hook's document expects."""

    code = "bad_payload"


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture of a payload. ``number`` is its place among them, from 1."""

    url: str
    id: str | None
    number: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a payload has. ``moment`` is in epoch seconds; ``without_url`` counts pictures that have none."""

    pictures: tuple[Picture, ...]
    without_url: int
    ids: dict[str, str]
    moment: float | None
    delivery: str | None


def look(hook: Hook, body: bytes) -> Found | None:
    """What the hook finds in a body; None if the payload is nothing for it.

    Raises
    ------
    BadPayload
        It cannot be read, or an expression finds something else than it should.
    """
    payload = _form(body) if hook.body == "form" else _json(body)
    if hook.when is not None and not is_true(_found("when", hook.when, payload)):
        return None
    items = _items(_found("pictures", hook.pictures, payload))
    pictures = [_picture(item, number) for number, item in enumerate(items, start=1)]
    there = tuple(picture for picture in pictures if picture is not None)
    return Found(
        pictures=there,
        without_url=len(pictures) - len(there),
        ids={name: _id_of(f"ids.{name}", path, payload) for name, path in hook.ids.items()} if there else {},
        moment=None if hook.moment is None else _moment(_found("moment", hook.moment, payload)),
        delivery=None if hook.delivery is None else _id_of("delivery", hook.delivery, payload),
    )


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadPayload(
            "The body is not valid JSON."
        ) from error  # its words are not repeated: they may be private


def _form(body: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise BadPayload(
            f"The body is no form (application/x-www-form-urlencoded) of at most {MOST_FIELDS} fields."
        ) from error


def _found(name: str, expression: str, payload: Any) -> Any:
    try:
        return find(expression, payload)
    except NotFitting as error:
        raise BadPayload(f"{name} {expression!r} {error}.") from error


def _items(found: Any) -> list[Any]:
    items = found if isinstance(found, list) else [] if found is None else [found]
    if len(items) > MOST_PICTURES:
        raise BadPayload(f"pictures found {len(items):,}; allowed: at most {MOST_PICTURES}.")
    return items


def _picture(item: Any, number: int) -> Picture | None:
    """One picture; None for an item whose URL is null or empty, as forms have it where nothing was chosen."""
    where = f"pictures[{number - 1}]"
    fields = item if isinstance(item, dict) else {"url": item}
    if "url" not in fields:
        raise BadPayload(f"{where} is an object without url; allowed: a URL, or an object with url and id.")
    url, known = fields["url"], fields.get("id")
    if url is None or url == "":
        return None
    if not isinstance(url, str):
        raise BadPayload(f"{where} is {_kind(url)}; allowed: a URL, as a text.")
    # A URL that is too long to be fetched still becomes a job, which says so; no more of it has to travel for that.
    return Picture(
        url=url[: MOST_CHARACTERS + 1],
        id=None if known is None else _id(f"{where}.id", known),
        number=number,
    )


def _id_of(name: str, expression: str, payload: Any) -> str:
    return _id(name, _found(name, expression, payload))


def _id(name: str, found: Any) -> str:
    is_text = isinstance(found, str) and 0 < len(found) <= MOST_ID_CHARACTERS
    if is_text or (isinstance(found, int) and not isinstance(found, bool)):
        return str(found)
    raise BadPayload(
        f"{name} is {_kind(found)}; allowed: a whole number, or a text of 1 to {MOST_ID_CHARACTERS} characters."
    )


def _moment(found: Any) -> float:
    if isinstance(found, int | float) and not isinstance(found, bool) and 0 <= found < LATEST:
        return float(found)
    if isinstance(found, str):
        try:
            moment = datetime.fromisoformat(found)
        except ValueError:
            moment = None
        if moment is not None and moment.tzinfo is not None:
            return moment.timestamp()
    raise BadPayload(f"moment is {_kind(found)}; allowed: ISO 8601 with a zone, or epoch seconds.")


def _kind(value: Any) -> str:
    """What JSON calls a value: of what is in it nothing is repeated."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text" if value else "an empty text"
        case list():
            return "a list"
        case _:
            return "an object"
