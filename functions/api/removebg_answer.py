"""What remove.bg's clients get back: a file, JSON around it, or a refusal, with remove.bg's headers."""

import json
import re
from base64 import b64encode
from dataclasses import dataclass
from http import HTTPStatus

from cutout.service.jobs import Result
from cutout.service.limiter import Allowance
from rates import rate_headers
from removebg_errors import TOO_LARGE_ANSWER, Refused, body_of, refused
from removebg_parameters import Parameters

MOST_INLINE_BYTES = 4_500_000
"""of a file in an answer: in base64 it is 6 million characters, and a function's answer has at most 6 MiB"""

JSON = "application/json"
_FILES = ("*/*", "image/", "application/zip", "application/octet-stream")
_SHARE = re.compile(r"q=(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")
_COARSE = {"person", "product", "animal", "car"}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An HTTP answer; a body of bytes is a file, text is JSON."""

    status: int
    headers: dict[str, str]
    body: bytes | str


@dataclass(frozen=True, kw_only=True, eq=False)
class Delivered:
    """A finished job's one file. ``content`` is empty where it is too large to be sent inside an answer."""

    result: Result
    content: bytes
    link: str
    """to the file, for a while"""
    charged: int
    """in hundredths of a credit"""
    drawn: bool
    """whether it was cut out as a drawing"""
    notes: tuple[str, ...] = ()


def wants_json(accept: str | None) -> bool:
    """Whether JSON is preferred to a file: named, and no file (``image/...``, ``*/*``) is wanted as much.

    axios sends ``application/json, text/plain, */*`` by itself, and remove.bg's own example for it expects a file.
    """
    wanted = [_media(part) for part in (accept or "*/*").split(",")]
    json_share = max((share for name, share in wanted if name == JSON), default=0.0)
    file_share = max((share for name, share in wanted if name.startswith(_FILES)), default=0.0)
    return json_share > file_share


def _media(part: str) -> tuple[str, float]:
    """One media type of an Accept header and how much it is wanted, 0 to 1; a share that is none counts as 1."""
    name, *options = (piece.strip().lower() for piece in part.split(";"))
    shares = [option[2:] for option in options if _SHARE.fullmatch(option)]
    return name, float(shares[0]) if shares else 1.0


def fits(size_bytes: int) -> bool:
    """Whether a file of this size is sent inside the answer."""
    return size_bytes <= MOST_INLINE_BYTES


def delivered(
    found: Delivered, asked: Parameters, accept: str | None, rate: Allowance | None = None
) -> Answer:
    """The answer to a call whose picture is done.

    A file that does not fit is a redirection to its link; as JSON it is refused, with the link in the detail.
    """
    headers = _described(found, asked) | ({} if rate is None else rate_headers(rate))
    inline, as_json = fits(found.result.size_bytes), wants_json(accept)
    if not inline and not as_json:
        return Answer(status=HTTPStatus.SEE_OTHER, headers=headers | {"Location": found.link}, body=b"")
    if not inline:
        too_large = refused(TOO_LARGE_ANSWER, _too_large(found))
        return Answer(
            status=too_large.status,
            headers=headers | {"Content-Type": JSON},
            body=json.dumps(body_of(too_large)),
        )
    if as_json:
        return Answer(status=HTTPStatus.OK, headers=headers | {"Content-Type": JSON}, body=_as_json(found))
    return Answer(
        status=HTTPStatus.OK,
        headers=headers | {"Content-Type": found.result.content_type},
        body=found.content,
    )


def refusal(error: Refused, rate: Allowance | None = None, retry_seconds: int | None = None) -> Answer:
    """The answer to a call that is refused, or whose job failed: nothing is charged for it."""
    headers = {"Content-Type": JSON, "X-Credits-Charged": "0"} | ({} if rate is None else rate_headers(rate))
    if retry_seconds is not None:
        headers["Retry-After"] = str(max(retry_seconds, 1))
    return Answer(status=error.status, headers=headers, body=json.dumps(body_of(error)))


def in_credits(hundredths: int) -> str:
    """``0.25``, ``1``, ``0``: as remove.bg writes credits."""
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")


def type_word(asked: Parameters, drawn: bool) -> str | None:
    """The foreground's type as far as it is known: the hint given, or that it is a drawing; None: nobody asked."""
    if asked.type_level == "none":
        return None
    known = "graphic" if asked.type == "auto" and drawn else asked.type
    if asked.type_level == "1":
        return known if known in _COARSE else "other"
    return {"auto": "other", "graphic": "graphics"}.get(known, known)


def _described(found: Delivered, asked: Parameters) -> dict[str, str]:
    result, word = found.result, type_word(asked, found.drawn)
    headers = {
        "X-Width": str(result.width),
        "X-Height": str(result.height),
        "X-Credits-Charged": in_credits(found.charged),
    }
    if word is not None:
        headers["X-Type"] = word
    if result.foreground is not None:
        for side, value in zip(("Left", "Top", "Width", "Height"), result.foreground, strict=True):
            headers[f"X-Foreground-{side}"] = str(value)
    if found.notes:
        headers["X-Cutout-Notes"] = "; ".join(found.notes)
    return headers


def _as_json(found: Delivered) -> str:
    data: dict[str, str | int] = {"result_b64": b64encode(found.content).decode()}
    if found.result.foreground is not None:
        left, top, width, height = found.result.foreground
        data |= {
            "foreground_top": top,
            "foreground_left": left,
            "foreground_width": width,
            "foreground_height": height,
        }
    return json.dumps({"data": data})


def _too_large(found: Delivered) -> str:
    return (
        f"The result has {found.result.size_bytes:,} bytes; in JSON at most {MOST_INLINE_BYTES:,} are possible. It is "
        f"finished and lies at {found.link} for a while; without Accept: {JSON} the answer leads there."
    )
