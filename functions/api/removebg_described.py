"""remove.bg's calls as the API's description shows them: bodies of three kinds, and answers that are files."""

from typing import Any

from answers import JSON
from bodies import FORM
from removebg_account import ERROR_TYPES
from removebg_form import URLENCODED
from removebg_parameters import SIZES
from removebg_shadows import SHADOWS, TYPES

FILE = {"contentMediaType": "application/octet-stream"}  # bytes have no type (OpenAPI 3.1, 4.8.14.3)
# An empty value counts as not given, everywhere.
URL = {"type": "string", "pattern": r"^(https?://\S+)?$", "maxLength": 2000}
FLAG = {"type": "string", "enum": ["", "true", "false", "1", "0"]}
BASE64 = {"type": "string", "contentEncoding": "base64"}
RESULTS = ("image/png", "image/jpeg", "image/webp", "application/zip")


def words(*allowed: str) -> dict[str, Any]:
    """One of these."""
    return {"type": "string", "enum": ["", *allowed]}


def text(example: str) -> dict[str, Any]:
    """A value with a syntax of its own, which docs/removebg.md describes."""
    return {"type": "string", "examples": [example]}


OPTIONS: dict[str, dict[str, Any]] = {
    "size": words(*SIZES),
    "type": words("auto", *TYPES),
    "type_level": words("none", "1", "2", "latest"),
    "format": words("auto", "png", "jpg", "webp", "zip"),
    "roi": text("0% 0% 100% 100%"),
    "crop": FLAG,
    "crop_margin": text("10%"),
    "scale": text("80%"),
    "position": text("center"),
    "channels": words("rgba", "alpha"),
    "bg_color": text("81d4fa"),
    "bg_image_url": URL,
    "shadow_type": words(*SHADOWS),
    "shadow_opacity": text("50"),
    "add_shadow": FLAG,
    "shadow_method": words("legacy", "latest"),
    "semitransparency": FLAG,
}
COMPLAINT: dict[str, dict[str, Any]] = {
    "image_filename": text("car.jpg"),
    "tag": text("batch 1"),
    "error_type": words(*ERROR_TYPES),
    "error_description": text("The mirror is missing."),
}


def body(options: dict[str, dict[str, Any]], **files: Any) -> dict[str, Any]:
    """A body that comes as a form with files, as a form without, or as JSON."""
    fields = {"image_file_b64": BASE64, "image_url": URL, **options}
    plain = {"type": "object", "properties": fields}
    return {
        "required": True,
        "content": {
            FORM: {"schema": {"type": "object", "properties": {"image_file": FILE, **files, **fields}}},
            URLENCODED: {"schema": plain},
            JSON: {"schema": plain},
        },
    }


BODIES = {
    "removebg": body(OPTIONS, bg_image_file=FILE),
    "removebg_improve": body(COMPLAINT),
}
COUNT = {"type": "integer", "minimum": 0}


def record(**fields: Any) -> dict[str, Any]:
    """An object that always has all of these."""
    return {"type": "object", "properties": fields, "required": list(fields)}


CUTOUT = record(
    result_b64=BASE64,
    **{f"foreground_{side}": COUNT for side in ("top", "left", "width", "height")},
)
CREDITS = record(**{kind: {"type": "number"} for kind in ("total", "subscription", "payg", "enterprise")})
ACCOUNT = record(credits=CREDITS, api=record(free_calls=COUNT, sizes={"type": "string"}))
ANSWERS: dict[str, dict[str, Any]] = {
    "removebg": {
        **{kind: {"schema": {}} for kind in RESULTS},
        JSON: {"schema": record(data=CUTOUT)},
    },
    "removebg_account": {JSON: {"schema": record(data=record(attributes=ACCOUNT))}},
    "removebg_improve": {JSON: {"schema": record(id={"type": "string"})}},
}
