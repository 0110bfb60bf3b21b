"""Refusals in remove.bg's words: one table from what is wrong to status, code and title.

The body is ``{"errors": [{"title", "code", "detail"}]}``. Titles and codes are remove.bg's where it has one for the
case; details are ours and name the value and what is allowed.
"""

from dataclasses import dataclass
from typing import Any

from cutout.errors import CustomerError

BAD_REQUEST = 400
UNAVAILABLE = 503


@dataclass(frozen=True, kw_only=True)
class Said:
    """How remove.bg says what is wrong."""

    code: str
    title: str
    status: int = BAD_REQUEST


NO_IMAGE = Said(code="missing_source", title="No image given")
MANY_IMAGES = Said(
    code="multiple_sources",
    title="Multiple image sources given: Please provide either the image_url, image_file or image_file_b64 parameter.",
)
MANY_BACKGROUNDS = Said(
    code="multiple_bg_sources",
    title="Multiple background sources given: Please provide either the bg_color, the bg_image_url or the "
    "bg_image_file parameter.",
)
BAD_BODY = Said(code="invalid_body", title="The request body could not be read")
BAD_CONTENT_TYPE = Said(code="unsupported_content_type", title="Unsupported content type")
UNKNOWN_PARAMETER = Said(code="unknown_parameter", title="Unknown parameter given")
TOO_LARGE_ANSWER = Said(code="output_too_large", title="Result too large for a JSON answer")
TOO_LARGE_BODY = Said(code="request_too_large", title="Request body too large", status=413)
ROI_OUTSIDE = Said(code="roi_exceeds_bounds", title="ROI exceeds image bounds")
ROI_EMPTY = Said(code="roi_region_empty", title="ROI region is empty")
WRONG_URL = {
    name: Said(code=f"invalid_{name}", title=f"Invalid {name}: Please provide a valid URL.")
    for name in ("image_url", "bg_image_url")
}
NO_KEY = Said(code="auth_failed", title="Missing API Key", status=403)
WRONG_KEY = Said(code="auth_failed", title="API Key invalid", status=403)
NO_CREDITS = Said(code="insufficient_credits", title="Insufficient credits", status=402)
TOO_MANY_CALLS = Said(code="rate_limit_exceeded", title="Rate limit exceeded", status=429)
STILL_WORKING = Said(code="processing_timeout", title="The result is not ready yet", status=UNAVAILABLE)

_UNREADABLE = Said(code="failed_to_read_image", title="There was an error reading the image.")
_WRONG_TYPE = Said(code="invalid_file_type", title="Invalid file type")
_BAD_PARAMETER = Said(code="invalid_parameters", title="Invalid parameters given")

# What can end a job, or refuse one (``CustomerError.code``) -> remove.bg's words.
SAID: dict[str, Said] = {
    "empty_file": _UNREADABLE,
    "damaged_image": _UNREADABLE,
    "source_gone": _UNREADABLE,
    "source_unreadable": _UNREADABLE,
    "not_an_image": _WRONG_TYPE,
    "unsupported_image": _WRONG_TYPE,
    "too_many_bytes": Said(code="file_too_large", title="File too large"),
    "too_many_pixels": Said(code="resolution_too_high", title="Image resolution too high"),
    "unknown_foreground": Said(code="unknown_foreground", title="Could not identify foreground in image."),
    "bad_background": Said(
        code="failed_to_read_bg_image", title="There was an error reading the background image."
    ),
    "invalid_image_url": WRONG_URL["image_url"],
    "image_url_unreachable": Said(
        code="failed_image_download", title="Failed to download image from given image_url"
    ),
    "insufficient_credits": NO_CREDITS,
    "monthly_cap_reached": Said(code="monthly_cap_reached", title="Monthly cap reached", status=402),
    "rate_limit_exceeded": TOO_MANY_CALLS,
    "overloaded": TOO_MANY_CALLS,
    "cancelled": Said(code="cancelled", title="The job was cancelled", status=409),
    "bad_matte": _BAD_PARAMETER,
    "bad_recipe": _BAD_PARAMETER,
    "bad_callback": _BAD_PARAMETER,
    "unknown_preset": _BAD_PARAMETER,
    "size_out_of_reach": _BAD_PARAMETER,
    "superseded": Said(code="superseded", title="A newer version of the image was processed", status=409),
    "out_of_time": Said(
        code="processing_timeout", title="The image was not processed in time", status=UNAVAILABLE
    ),
    "idempotency_key_used": Said(
        code="idempotency_key_used", title="Idempotency-Key used for another request", status=409
    ),
    "refused": _BAD_PARAMETER,
}

SAID_OF_BACKGROUND: dict[str, Said] = {
    "invalid_image_url": WRONG_URL["bg_image_url"],
    "image_url_unreachable": Said(
        code="failed_image_download", title="Failed to download image from given bg_image_url"
    ),
}
"""Of the address of the picture behind, where remove.bg's words name the parameter."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong."""

    said: Said
    detail: str

    def shown(self) -> dict[str, str]:
        """An entry of ``errors``."""
        return {"title": self.said.title, "code": self.said.code, "detail": self.detail}


class Refused(CustomerError):
    """A request that remove.bg's clients sent and that is refused; with at least one fault."""

    code = "refused"

    def __init__(self, *faults: Fault) -> None:
        super().__init__(" ".join(fault.detail for fault in faults))
        self.faults = faults

    @property
    def status(self) -> int:
        """Of the answer: the first fault's."""
        return self.faults[0].said.status


def refused(said: Said, detail: str) -> Refused:
    """A refusal for one reason."""
    return Refused(Fault(said=said, detail=detail))


def wrong(parameter: str, detail: str) -> Refused:
    """A refusal of one parameter's value."""
    return Refused(Fault(said=wrong_value(parameter), detail=detail))


def wrong_value(parameter: str) -> Said:
    """What is said of a parameter whose value is not possible."""
    listed = parameter in {"size", "channels"}
    title = f"Invalid value for parameter '{parameter}'" if listed else f"Invalid {parameter} parameter given"
    return Said(code=f"invalid_{parameter}", title=title)


def of_job(code: str, reason: str) -> Refused:
    """What ended a job, or refused one, as remove.bg says it; a code without an entry keeps its own name."""
    for field in ("background.url", "bg_image_url"):  # as a recipe calls it, and as these callers do
        if reason.startswith(f"{field} is ") and code in SAID_OF_BACKGROUND:
            return refused(SAID_OF_BACKGROUND[code], "bg_image_url" + reason.removeprefix(field))
    said = SAID.get(code) or Said(code=code, title=code.replace("_", " ").capitalize())
    return refused(said, reason)


def body_of(error: Refused) -> dict[str, Any]:
    """The answer's body, ready for JSON."""
    return {"errors": [fault.shown() for fault in error.faults]}
