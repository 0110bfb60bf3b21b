"""How remove.bg writes values: text -> what it means. Every function raises ValueError, saying what is allowed."""

import re
from typing import Literal

from pydantic_core import PydanticCustomError

from css_colours import CSS_COLOURS

Unit = Literal["px", "%"]

MOST_MARGIN: dict[Unit, float] = {"%": 50, "px": 500}
LEAST_SCALE, MOST_SCALE = 10, 100

_LENGTH = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(px|%)?")
_HEX = re.compile(r"#?((?:[0-9a-f]{3}){1,2}|(?:[0-9a-f]{4}){1,2})")
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


def flag(text: str) -> bool:
    """``true`` or ``1``, ``false`` or ``0``, as Python, Ruby and JavaScript clients spell them."""
    if text.lower() not in _FLAGS:
        raise ValueError(f"{_shown(text)} is neither true nor false; allowed: true, false, 1, 0")
    return _FLAGS[text.lower()]


def one_of(text: str, *allowed: str) -> str:
    """One of these words, whatever its case."""
    for word in allowed:
        if text.lower() == word.lower():
            return word
    raise ValueError(f"{_shown(text)} is not possible; allowed: {', '.join(allowed)}")


def region(text: str) -> str | None:
    """``"x1 y1 x2 y2"``, px or %, as a recipe says it; None for the whole picture."""
    corners = _lengths(text)
    if len(corners) != 4:
        raise ValueError(f'{_shown(text)} is not a region; allowed: "x1 y1 x2 y2", each in px or %')
    if any(unit == "%" and value > 100 for value, unit in corners):
        raise PydanticCustomError(
            "roi_exceeds_bounds",
            "it reaches beyond the picture; allowed: 0% to 100%, or pixels of the picture",
        )
    for near, far in ((corners[0], corners[2]), (corners[1], corners[3])):
        if near[1] == far[1] and near[0] >= far[0]:
            raise PydanticCustomError(
                "roi_region_empty", "it is empty; allowed: x1 less than x2, and y1 less than y2"
            )
    if corners == [(0, "%"), (0, "%"), (100, "%"), (100, "%")]:
        return None
    return " ".join(f"{value:g}{unit}" for value, unit in corners)


def margin(text: str) -> str:
    """One, two or four lengths, as a recipe says them."""
    parts = _lengths(text)
    if len(parts) not in (1, 2, 4):
        raise ValueError(
            f"{_shown(text)} has {len(parts)} lengths; allowed: one for all sides, two for top and bottom then left "
            "and right, or four for top, right, bottom, left"
        )
    if any(value > MOST_MARGIN[unit] for value, unit in parts):
        raise ValueError(
            f"{_shown(text)} is too much; allowed: at most 50% of the subject, or 500px, on each side"
        )
    return " ".join(f"{value:g}{unit}" for value, unit in parts)


def scale(text: str) -> float | None:
    """``10%`` to ``100%`` as a share; None for ``original``."""
    if text.lower() == "original":
        return None
    value = _share(text)
    if value is None or not LEAST_SCALE <= value <= MOST_SCALE:
        raise ValueError(f"{_shown(text)} is not a scale; allowed: 10% to 100%, or original")
    return value / 100


def position(text: str) -> str:
    """``original``, ``center``, or one or two of ``0%`` to ``100%``, across then down, as a recipe says it."""
    if text.lower() in {"original", "center"}:
        return text.lower()
    values = [_share(part) for part in text.split()]
    if len(values) not in (1, 2) or any(value is None or value > 100 for value in values):
        raise ValueError(
            f"{_shown(text)} is not a position; allowed: original, center, or one or two of 0% to 100%, "
            "across then down"
        )
    return " ".join(f"{value:g}%" for value in values)


def colour(text: str) -> str:
    """Hexadecimal with or without ``#``, with or without alpha, or a name: as ``#rrggbb`` or ``#rrggbbaa``."""
    plain = text.lower()
    if plain == "transparent":
        return "#00000000"
    match = _HEX.fullmatch(CSS_COLOURS.get(plain, plain))
    if match is None:
        raise ValueError(
            f"{_shown(text)} is not a colour; allowed: rgb, rgba, rrggbb or rrggbbaa in hexadecimal, with or without "
            "#, or the name of a CSS colour"
        )
    digits = match[1]
    long = digits if len(digits) in (6, 8) else "".join(2 * digit for digit in digits)
    return "#" + long.removesuffix("ff") if len(long) == 8 else "#" + long


def opacity(text: str) -> float | None:
    """0 to 100 as a share; None for ``auto``."""
    if text.lower() == "auto":
        return None
    match = re.fullmatch(r"\d{1,3}(?:\.\d{1,6})?", text)
    if match is None or float(text) > 100:
        raise ValueError(f"{_shown(text)} is not an opacity; allowed: 0 to 100, or auto")
    return float(text) / 100


def _lengths(text: str) -> list[tuple[float, Unit]]:
    """Lengths in px or %; a number alone is in pixels."""
    found: list[tuple[float, Unit]] = []
    for part in text.split():
        match = _LENGTH.fullmatch(part)
        if match is None:
            raise ValueError(
                f"{_shown(part)} is not a length; allowed: a number with px or %, such as 30px or 10%"
            )
        found.append((float(match[1]), "%" if match[2] == "%" else "px"))
    return found


def _share(text: str) -> float | None:
    match = _LENGTH.fullmatch(text)
    return float(match[1]) if match is not None and match[2] == "%" else None


def _shown(text: str) -> str:
    return repr(text[:60])
