"""What every part of a recipe is made of: strict models, lengths, colours, and faults said in words."""

import json
import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

Unit = Literal["px", "%"]

MOST_OF_LENGTHS = {"px": 10_000, "%": 100}
"""of blurs, offsets and borders: beyond it there is nothing more to see, and a blur's kernel takes all memory"""

MOST_FAULTS, LONGEST_NAME, MOST_SHOWN = 10, 200, 80
"""of what is said about a document: a body of millions of faults must not become an answer that is larger still"""

NAMED_COLOURS = {"white": "#ffffff", "black": "#000000"}

_LENGTH = re.compile(r"(\d+(?:\.\d+)?)(px|%)")
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
_SHEER_HEX = re.compile(r"#(?:[0-9a-f]{4}|[0-9a-f]{8})")


class Strict(BaseModel):
    """Values are fixed once made, and a field that nobody knows is refused rather than ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_max_length=1000, allow_inf_nan=False)


def lengths(text: str) -> tuple[tuple[float, Unit], ...]:
    """``"12px 5%"`` as numbers with their units; raises ValueError for anything else."""
    found = []
    for part in text.split():
        match = _LENGTH.fullmatch(part)
        if match is None:
            raise ValueError(
                f"{part[:40]!r} is not a length; allowed: a number with px or %, such as '12px' or '5%'"
            )
        unit: Unit = "px" if match[2] == "px" else "%"
        found.append((float(match[1]), unit))
    if not found:
        raise ValueError("it is empty; allowed: a number with px or %, such as '12px' or '5%'")
    return tuple(found)


def _one_length(text: str) -> str:
    parts = lengths(text)
    if len(parts) != 1:
        raise ValueError(f"{text[:40]!r} is not one length; allowed: one, such as '12px' or '5%'")
    value, unit = parts[0]
    if value > MOST_OF_LENGTHS[unit]:
        raise ValueError(f"{text[:40]!r} is too long; allowed: at most 10000px or 100%")
    return text


def _one_or_two_shares(text: str) -> str:
    if text == "center":
        return "50%"
    parts = lengths(text)
    if len(parts) > 2 or any(unit != "%" or value > 100 for value, unit in parts):
        raise ValueError(
            f"{text[:40]!r} is not a place; allowed: center, or one or two of 0% to 100%, across then down"
        )
    return text


def _position(text: str) -> str:
    return text if text == "original" else _one_or_two_shares(text)


def _colour(text: str) -> str:
    plain = NAMED_COLOURS.get(text, text.lower())
    if not _HEX.fullmatch(plain):
        raise ValueError(f"{text[:40]!r} is not a colour; allowed: white, black, #rgb or #rrggbb")
    return plain if len(plain) == 7 else _doubled(plain)


def _sheer_colour(text: str) -> str:
    """With its opacity behind, where it has one; ``ff`` is none, so that a colour is written in one way only."""
    plain = NAMED_COLOURS.get(text, text.lower())
    if _HEX.fullmatch(plain):
        return _colour(plain)
    if not _SHEER_HEX.fullmatch(plain):
        raise ValueError(
            f"{text[:40]!r} is not a colour; allowed: white, black, #rgb or #rrggbb, with an opacity behind: "
            "#rgba or #rrggbbaa"
        )
    long = plain if len(plain) == 9 else _doubled(plain)
    return long[:7] if long.endswith("ff") else long


def _doubled(short: str) -> str:
    return "#" + "".join(2 * digit for digit in short[1:])


Length = Annotated[str, AfterValidator(_one_length)]
Place = Annotated[str, AfterValidator(_one_or_two_shares)]
Position = Annotated[str, AfterValidator(_position)]
Colour = Annotated[str, AfterValidator(_colour)]
SheerColour = Annotated[str, AfterValidator(_sheer_colour)]
Share = Annotated[float, Field(ge=0, le=1)]


def length(text: str) -> tuple[float, Unit]:
    """A checked ``Length`` as a number with its unit."""
    return lengths(text)[0]


def place(text: str) -> tuple[float, float]:
    """A checked ``Place`` as shares down and across, 0 to 1; one number counts for both."""
    values = [value / 100 for value, _ in lengths(text)]
    return values[-1], values[0]


def rgb(colour: str) -> tuple[int, int, int]:
    """A checked ``Colour`` or ``SheerColour`` as sRGB levels, 0..255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def opacity8(colour: str) -> int:
    """How opaque a checked ``SheerColour`` is, 0..255."""
    return int(colour[7:9], 16) if len(colour) == 9 else 255


def kind_tag(value: Any) -> str:
    """The tag of a part that comes in several kinds, of what was sent or of what was made of it."""
    kind = value.get("kind", "") if isinstance(value, dict) else getattr(value, "kind", "")
    return f"kind:{kind}"


def explain(error: ValidationError, subject: str) -> str:
    """Say in one sentence a fault which field has which value, and what is allowed instead."""
    return explain_faults(error.errors(include_url=False), subject)


def explain_faults(faults: Sequence[Any], subject: str) -> str:
    """As ``explain``, of the faults that a pydantic error lists."""
    # A list whose items are wrong is also reported as too short: the items say it better.
    above = {tuple(fault["loc"][:depth]) for fault in faults for depth in range(len(fault["loc"]))}
    own = [fault for fault in faults if tuple(fault["loc"]) not in above]
    more = f" There are {len(own) - MOST_FAULTS:,} more faults." if len(own) > MOST_FAULTS else ""
    return " ".join(_sentence(fault, subject) for fault in own[:MOST_FAULTS]) + more


def _sentence(fault: Any, subject: str) -> str:
    # A kind's name stands in the path of what belongs to that kind: customers did not write it.
    parts = [part for part in fault["loc"] if isinstance(part, int) or not part.startswith("kind:")]
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part[:LONGEST_NAME]}" for part in parts)
    field = f"{subject}{path}"
    shown = f"{field} is {_shown(fault['input'])}"
    match fault["type"]:
        case "extra_forbidden":
            said = f"{field} is not a known field"
        case "missing":
            said = f"{field} is missing"
        case "model_type":  # pydantic's words for it differ between JSON and objects, and name our classes
            said = f"{shown}: input should be an object"
        case "too_short" | "too_long":
            said = f"{field} has {fault['ctx']['actual_length']}; allowed: {_bound(fault['ctx'])}"
        case "value_error":
            said = f"{field}: {fault['ctx']['error']}"
        case "union_tag_invalid":
            said = f"{shown}; allowed: a kind of {fault['ctx']['expected_tags'].replace('kind:', '')}"
        case _:
            said = f"{shown}: {fault['msg'][:1].lower()}{fault['msg'][1:]}"
    return f"{said.removesuffix('.')}."


def _bound(limits: dict[str, Any]) -> str:
    return f"at least {limits['min_length']}" if "min_length" in limits else f"at most {limits['max_length']}"


def _shown(value: Any) -> str:
    text = json.dumps(value, default=_text)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def _text(value: Any) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
