"""The REST API: announce an upload, ask how its job stands.

Owner = digest of the API key; a key sees only its own jobs, everything else is 404.
"""

import os
import re
import time
from base64 import b64decode
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, CORSConfig, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from aws_lambda_powertools.utilities.parameters import get_secret
from botocore.config import Config
from pydantic import Field, ValidationError, field_validator

from cutout.errors import CustomerError
from cutout.recipe import Recipe, Strict, explain
from cutout.service import webhooks
from cutout.service.jobs import Job, Source, Status, owner_of, request_job_id, timestamp
from cutout.service.keys import upload_key
from cutout.service.report import PIPELINE_VERSION
from cutout.service.settings import ApiSettings
from cutout.service.table import JobState, JobTable

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

SECRET_AGE_SECONDS = 300
JOB_ID = re.compile("[0-9a-f]{32}")
# Regional addresses: the global one, boto3's default for links, is refused or redirected in many regions.
SIGNING = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
ALLOWED_HEADERS = ["x-api-key", "idempotency-key", "content-type"]

logger = Logger(service="api")
app = APIGatewayRestResolver(cors=CORSConfig(allow_headers=ALLOWED_HEADERS), strip_prefixes=["/api"])


class JobRequest(Strict):
    """The body of ``POST /v1/jobs``."""

    file_name: Annotated[str, Field(pattern=r"^[^/\\\x00-\x1f]{1,150}$")] = "upload"
    recipe: Recipe = Recipe()
    callback: Annotated[str, Field(max_length=2000)] | None = None

    @field_validator("file_name")
    @classmethod
    def _names_one_file(cls, name: str) -> str:
        # S3's forms replace ${filename}, so that one form would take uploads under any name.
        if name in {".", ".."} or "${" in name:
            raise ValueError(
                f"{name!r} does not name one file; allowed: any name but '.', '..' or one with '${{'"
            )
        return name


class KeyUsedTwice(CustomerError):
    """An Idempotency-Key that stands for another request."""

    code = "idempotency_key_used"


def asked_for(job: Job) -> tuple[str, Recipe, str | None]:
    """What a request asks for, to tell a repetition from another request."""
    return job.source.key, job.recipe, job.callback


@dataclass(frozen=True, kw_only=True)
class Api:
    """What the API works with, built once per process."""

    s3: "S3Client"
    table: JobTable
    settings: ApiSettings

    def announce(self, request: JobRequest, owner: str, idempotency_key: str | None) -> dict[str, Any]:
        """Store a job that waits for its upload, and answer with the form to upload to."""
        settings, now = self.settings, time.time()
        self.check_callback(request.callback)
        job_id = request_job_id(owner, idempotency_key)
        key = upload_key(owner, job_id, request.file_name)
        job = Job(
            id=job_id,
            owner=owner,
            lane="interactive",
            created=timestamp(now),
            source=Source(bucket=settings.source_bucket, key=key),
            recipe=request.recipe,
            callback=request.callback,
        )
        deadline = int(now) + settings.upload_seconds + settings.interactive_deadline_seconds
        status: Status = "queued"
        if not self.table.create(job, deadline, timestamp(now)):
            status = self.known(job).status
        answer = {"id": job_id, "status": status, "upload": self.upload_form(key)}
        if request.callback is not None:
            master = str(get_secret(settings.secret, max_age=SECRET_AGE_SECONDS))
            answer["webhook_secret"] = webhooks.endpoint_secret(master, owner)
        return answer

    def known(self, job: Job) -> JobState:
        """The job that an Idempotency-Key stands for already; raises KeyUsedTwice if it was for something else."""
        state = self.table.find(job.id)
        if state is None or asked_for(state.job) != asked_for(job):
            raise KeyUsedTwice("This Idempotency-Key has been used for another request; use a new one.")
        return state

    def upload_form(self, key: str) -> dict[str, Any]:
        """A form that uploads to this key only, for a while, up to the size limit."""
        return dict(
            self.s3.generate_presigned_post(
                Bucket=self.settings.source_bucket,
                Key=key,
                Conditions=[["content-length-range", 0, self.settings.max_bytes]],
                ExpiresIn=self.settings.upload_seconds,
            )
        )

    def describe(self, job_id: str, owner: str) -> dict[str, Any]:
        """How one of the owner's jobs stands, with links to its results; NotFoundError for any other."""
        state = self.table.find(job_id) if JOB_ID.fullmatch(job_id) else None
        if state is None or state.job.owner != owner:
            raise NotFoundError(f"There is no job {job_id[:40]!r}.")
        return self.view(state)

    def view(self, state: JobState) -> dict[str, Any]:
        """A job as its owner sees it."""
        view: dict[str, Any] = {
            "id": state.job.id,
            "status": state.status,
            "created": state.job.created,
            "updated": state.updated,
        }
        if state.outcome is None:
            return view
        view["report_url"] = self.link(state.outcome.report_key)
        if state.status == "failed":
            return view | {"code": state.outcome.code, "reason": state.outcome.reason}
        results = [result.model_dump() | {"url": self.link(result.key)} for result in state.outcome.results]
        return view | {"results": results}

    def link(self, key: str) -> str:
        """A link to one object of the result bucket, good for a while."""
        return self.s3.generate_presigned_url(
            "get_object",
            Params={"Bucket": self.settings.result_bucket, "Key": key},
            ExpiresIn=self.settings.link_seconds,
        )

    def check_callback(self, url: str | None) -> None:
        """Refuse an address that we would not deliver to, before the job exists; raises BadCallback."""
        if url is None:
            return
        if self.settings.allow_private_callbacks:
            webhooks.check_private_callback(url)
        else:
            webhooks.check_callback(url)


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


@app.exception_handler(ValidationError)  # type: ignore[untyped-decorator]
def invalid(error: ValidationError) -> Response[Any]:
    """A body that does not fit: which field, which value, what is allowed."""
    return _refusal(HTTPStatus.BAD_REQUEST, "invalid_request", explain(error, "body"))


@app.exception_handler(KeyUsedTwice)  # type: ignore[untyped-decorator]
def used_twice(error: KeyUsedTwice) -> Response[Any]:
    """A repeated Idempotency-Key with another request."""
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
def service() -> Api:
    """Open the clients, once per process."""
    settings = ApiSettings.read(os.environ)
    return Api(
        s3=boto3.client("s3", config=SIGNING),
        table=JobTable(client=boto3.client("dynamodb"), name=settings.table),
        settings=settings,
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry: API Gateway proxy events."""
    return app.resolve(event, context)
