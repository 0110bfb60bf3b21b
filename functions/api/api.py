"""The REST API: announce an upload, ask how its job stands, render its picture once more.

Owner = digest of the API key; a key sees only its own jobs, everything else is 404.
"""

import os
from base64 import b64decode
from functools import cache
from http import HTTPStatus
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, CORSConfig, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from botocore.config import Config
from pydantic import ValidationError

from cutout.errors import CustomerError
from cutout.preset import load_preset, preset_names
from cutout.recipe import explain
from cutout.service.jobs import owner_of
from cutout.service.report import PIPELINE_VERSION
from cutout.service.settings import ApiSettings
from cutout.service.table import JobTable
from job_calls import JobCalls, JobRequest, KeyUsedTwice, NoPictureYet, RenderRequest

# Regional addresses: the global one, boto3's default for links, is refused or redirected in many regions.
SIGNING = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
ALLOWED_HEADERS = ["x-api-key", "idempotency-key", "content-type"]

logger = Logger(service="api")
app = APIGatewayRestResolver(cors=CORSConfig(allow_headers=ALLOWED_HEADERS), strip_prefixes=["/api"])


@app.get("/v1/health")
def health() -> dict[str, str]:
    """Whether the API answers, and which version."""
    return {"status": "ok", "version": PIPELINE_VERSION}


@app.post("/v1/jobs")
def post_job() -> Response[Any]:
    """Announce an upload."""
    event = app.current_event
    request = JobRequest.model_validate_json(_body(event) or b"{}")
    answer = service().announce(request, _owner(), event.headers.get("Idempotency-Key") or None)
    return Response(status_code=HTTPStatus.ACCEPTED, body=answer, content_type="application/json")


@app.get("/v1/jobs/<job_id>")
def get_job(job_id: str) -> dict[str, Any]:
    """Ask for a job."""
    return service().describe(job_id, _owner())


@app.post("/v1/jobs/<job_id>/render")
def post_render(job_id: str) -> Response[Any]:
    """Render a job's picture once more."""
    event = app.current_event
    request = RenderRequest.model_validate_json(_body(event) or b"{}")
    answer = service().render(job_id, request, _owner(), event.headers.get("Idempotency-Key") or None)
    return Response(status_code=HTTPStatus.ACCEPTED, body=answer, content_type="application/json")


@app.get("/v1/presets")
def get_presets() -> dict[str, Any]:
    """What a preset's name stands for."""
    return {"presets": [load_preset(name).model_dump(mode="json") for name in preset_names()]}


@app.exception_handler(ValidationError)  # type: ignore[untyped-decorator]
def invalid(error: ValidationError) -> Response[Any]:
    """A body that does not fit: which field, which value, what is allowed."""
    return _refusal(HTTPStatus.BAD_REQUEST, "invalid_request", explain(error, "body"))


@app.exception_handler(KeyUsedTwice)  # type: ignore[untyped-decorator]
def used_twice(error: KeyUsedTwice) -> Response[Any]:
    """A repeated Idempotency-Key with another request."""
    return _refusal(HTTPStatus.CONFLICT, error.code, str(error))


@app.exception_handler(NoPictureYet)  # type: ignore[untyped-decorator]
def no_picture(error: NoPictureYet) -> Response[Any]:
    """A job that cannot be rendered again yet."""
    return _refusal(HTTPStatus.CONFLICT, error.code, str(error))


@app.exception_handler(CustomerError)  # type: ignore[untyped-decorator]
def refused(error: CustomerError) -> Response[Any]:
    """A request that we understand and refuse."""
    return _refusal(HTTPStatus.BAD_REQUEST, error.code, str(error))


@app.not_found
def not_found(error: NotFoundError) -> Response[Any]:
    """No such route, or no such job for this key."""
    return _refusal(HTTPStatus.NOT_FOUND, "not_found", str(error.msg))


def _refusal(status: HTTPStatus, code: str, detail: str) -> Response[Any]:
    body = {"errors": [{"title": status.phrase, "code": code, "detail": detail}]}
    return Response(status_code=status, body=body, content_type="application/json")


def _body(event: APIGatewayProxyEvent) -> bytes:
    """The body as it was sent: the JSON reader judges its bytes."""
    body = event.body or ""
    return b64decode(body) if event.is_base64_encoded else body.encode()


def _owner() -> str:
    # The gateway has checked the key; it is read from the header because not every gateway repeats it in the event.
    return owner_of(app.current_event.headers["x-api-key"])


@cache
def service() -> JobCalls:
    """Open the clients, once per process."""
    settings = ApiSettings.read(os.environ)
    return JobCalls(
        s3=boto3.client("s3", config=SIGNING),
        sqs=boto3.client("sqs"),
        table=JobTable(client=boto3.client("dynamodb"), name=settings.table),
        settings=settings,
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry: API Gateway proxy events."""
    return app.resolve(event, context)
