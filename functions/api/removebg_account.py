"""``GET /v1.0/account``, and ``POST /v1.0/improve``: a bad case that its sender keeps for later."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

import removebg_syntax as syntax
from cutout.service.limiter import Allowance
from rates import rate_headers
from removebg_answer import JSON, Answer
from removebg_errors import UNKNOWN_PARAMETER, Fault, Refused, wrong_value
from removebg_form import read_form
from removebg_request import IMAGES, Picture, read_picture

ERROR_TYPES = (
    "other",
    "kind",
    "result-type",
    "foreground-edges",
    "foreground-parts-missing",
    "background-not-fully-removed",
    "foreground-inside-cutout",
    "foreground-cut-off",
)


def account(left: int, rate: Allowance | None = None) -> Answer:
    """How many credits are left, given in hundredths.

    They are bought one by one, so all of them are ``payg``. There are no free calls.
    """
    free = _number(left)
    credits_left = {"total": free, "subscription": 0, "payg": free, "enterprise": 0}
    body = {"data": {"attributes": {"credits": credits_left, "api": {"free_calls": 0, "sizes": "all"}}}}
    headers = {"Content-Type": JSON} | ({} if rate is None else rate_headers(rate))
    return Answer(status=200, headers=headers, body=json.dumps(body))


def _number(hundredths: int) -> int | float:
    return hundredths // 100 if hundredths % 100 == 0 else hundredths / 100


class Complaint(BaseModel):
    """What is said about a bad case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    image_filename: Annotated[str, Field(max_length=255)] = ""
    tag: Annotated[str, Field(max_length=255)] = ""
    error_type: Annotated[str, BeforeValidator(lambda text: syntax.one_of(text, *ERROR_TYPES))] = "other"
    error_description: Annotated[str, Field(max_length=4000)] = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class ImproveRequest:
    """A picture, and what went wrong with it."""

    picture: Picture
    complaint: Complaint


def read_improve(content_type: str | None, body: bytes) -> ImproveRequest:
    """The call of ``POST /v1.0/improve``; raises Refused, naming the parameter, its value and what is allowed."""
    form = read_form(content_type, body)
    picture = read_picture(form)
    fields = {name: value for name, value in form.fields.items() if name not in IMAGES}
    try:
        return ImproveRequest(picture=picture, complaint=Complaint.model_validate(fields))
    except ValidationError as error:
        raise Refused(*(_fault(fault) for fault in error.errors(include_url=False))) from error


def improved(id_: str, rate: Allowance | None = None) -> Answer:
    """The answer once the case is kept; ``id_`` is 32 hexadecimal digits and is written as a UUID, as theirs are."""
    name = "-".join((id_[:8], id_[8:12], id_[12:16], id_[16:20], id_[20:]))
    headers = {"Content-Type": JSON} | ({} if rate is None else rate_headers(rate))
    return Answer(status=200, headers=headers, body=json.dumps({"id": name}))


def _fault(fault: Any) -> Fault:
    name = str(fault["loc"][0])[:60]
    if fault["type"] == "extra_forbidden":
        allowed = ", ".join((*IMAGES, *Complaint.model_fields))
        return Fault(said=UNKNOWN_PARAMETER, detail=f"{name} is not a known parameter; allowed: {allowed}.")
    reason = fault["ctx"]["error"] if fault["type"] == "value_error" else fault["msg"]
    return Fault(said=wrong_value(name), detail=f"{name}: {reason}.")
