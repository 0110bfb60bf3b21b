"""What a caller sends: the bodies of the routes about jobs."""

import binascii
from base64 import b64decode
from typing import Annotated, Self

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from pydantic import ConfigDict, Field, field_validator, model_validator

from answers import JSON, InvalidRequest
from bodies import FORM, body_of, media_type_of, parts_in
from cutout.recipe import Recipe, Strict

MATTE_KINDS = ("image/png", "image/webp", "image/tiff", "application/octet-stream")
LONGEST_WAIT_SECONDS = 25
MOST_BASE64 = 8_000_000  # what the gateway and Lambda let through is less

Callback = Annotated[
    str,
    Field(
        max_length=2000, description="Where to send a signed webhook when the job has ended: https, port 443"
    ),
]
Wait = Annotated[
    int,
    Field(
        strict=True,
        ge=0,
        le=LONGEST_WAIT_SECONDS,
        description="How long to wait for the end before answering. If it comes in time the answer is 200 with the "
        "ended job, else 202 and the job goes on. Left out: 25 where the picture comes along, else 0.",
    ),
]


class RenderRequest(Strict):
    """The body of ``POST /v1/jobs/{id}/render``."""

    recipe: Recipe
    callback: Callback | None = None
    wait_seconds: Wait | None = None


class FormRequest(Strict):
    """The field ``request`` of a form, beside its file ``image``: what to make of the picture."""

    recipe: Recipe = Recipe()
    callback: Callback | None = None
    wait_seconds: Wait | None = None
    file_name: Annotated[
        str,
        Field(
            pattern=r"^[^/\\\x00-\x1f]{1,150}$",
            description="How the picture is called; the names of the results begin with it",
        ),
    ] = "upload"

    @field_validator("file_name")
    @classmethod
    def _names_one_file(cls, name: str) -> str:
        # S3's forms replace ${filename}, so that one form would take uploads under any name.
        if name in {".", ".."} or "${" in name:
            raise ValueError(
                f"{name!r} does not name one file; allowed: any name but '.', '..' or one with '${{'"
            )
        return name


class JobRequest(FormRequest):
    """The body of ``POST /v1/jobs``: at most one of ``url``, ``key`` and ``image_b64`` says where the picture is.

    Without any, the answer holds a form to upload the picture to.
    """

    model_config = ConfigDict(
        str_max_length=MOST_BASE64
    )  # pydantic applies it to every field without a limit

    url: (
        Annotated[
            str, Field(min_length=1, max_length=2000, description="A public https address of the picture")
        ]
        | None
    ) = None
    key: (
        Annotated[
            str,
            Field(
                min_length=1, max_length=1024, description="A picture that an earlier call of yours brought"
            ),
        ]
        | None
    ) = None
    image_b64: (
        Annotated[
            str, Field(min_length=1, max_length=MOST_BASE64, description="The picture itself, in base64")
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in ("url", "key", "image_b64") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(
                f"{' and '.join(given)} are given; allowed: at most one of url, key and image_b64"
            )
        return self


def read_job_request(event: APIGatewayProxyEvent) -> tuple[JobRequest, bytes | None]:
    """What is asked for, and the picture if it came along.

    Raises
    ------
    ValidationError, InvalidRequest, UnsupportedMedia
        The body does not fit.
    """
    if media_type_of(event, [JSON, FORM]) == FORM:
        return _read_form(event)
    request = JobRequest.model_validate_json(body_of(event) or b"{}")
    if request.image_b64 is None:
        return request, None
    return request.model_copy(update={"image_b64": None}), _from_base64(request.image_b64)


def _read_form(event: APIGatewayProxyEvent) -> tuple[JobRequest, bytes]:
    parts = {part.name: part for part in parts_in(event)}
    unknown = sorted(set(parts) - {"image", "request"})
    if unknown:
        raise InvalidRequest(f"form.{unknown[0][:80]} is not a known field; allowed: image, request.")
    if "image" not in parts:
        raise InvalidRequest("form.image is missing: a file field with the picture.")
    asked = parts["request"].content if "request" in parts else b"{}"
    request = FormRequest.model_validate_json(asked)
    named = {name: getattr(request, name) for name in request.model_fields_set}
    return JobRequest.model_validate(named), parts["image"].content


def _from_base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidRequest(f"body.image_b64 is not base64: {error}.") from error
