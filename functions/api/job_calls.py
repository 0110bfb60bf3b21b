"""What the API does with jobs: announce, describe, render once more."""

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.utilities.parameters import get_secret
from pydantic import Field, field_validator

from cutout.errors import CustomerError
from cutout.recipe import Recipe, Strict
from cutout.service import intake, webhooks
from cutout.service.jobs import Job, Source, Status, request_job_id, timestamp
from cutout.service.keys import upload_key
from cutout.service.messages import RenderMessage
from cutout.service.settings import ApiSettings
from cutout.service.table import JobState, JobTable

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

SECRET_AGE_SECONDS = 300
JOB_ID = re.compile("[0-9a-f]{32}")


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


class RenderRequest(Strict):
    """The body of ``POST /v1/jobs/{id}/render``."""

    recipe: Recipe
    callback: Annotated[str, Field(max_length=2000)] | None = None


class NoPictureYet(CustomerError):
    """A job whose upload has not arrived."""

    code = "no_picture_yet"


class KeyUsedTwice(CustomerError):
    """An Idempotency-Key that stands for another request."""

    code = "idempotency_key_used"


def asked_for(job: Job) -> tuple[str, Recipe, str | None, str | None]:
    """What a request asks for, to tell a repetition from another request."""
    return job.source.key, job.recipe, job.callback, job.rendering_of


@dataclass(frozen=True, kw_only=True)
class JobCalls:
    """What the API works with, built once per process."""

    s3: "S3Client"
    sqs: "SQSClient"
    table: JobTable
    settings: ApiSettings

    def announce(self, request: JobRequest, owner: str, idempotency_key: str | None) -> dict[str, Any]:
        """Store a job that waits for its upload, and answer with the form to upload to."""
        settings, now = self.settings, time.time()
        self.check_callback(request.callback)
        intake.background_keys(request.recipe, owner)
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
        return answer | self.secret_for(job)

    def render(
        self, job_id: str, request: RenderRequest, owner: str, idempotency_key: str | None
    ) -> dict[str, Any]:
        """Queue a new job for the picture of one of the owner's jobs, with another recipe.

        A repeated Idempotency-Key queues it again, in case the first message was lost: for ingest it is one job.
        """
        settings, now = self.settings, time.time()
        first = self.state_of(job_id, owner).job
        self.check_callback(request.callback)
        intake.background_keys(request.recipe, owner)
        if not first.source.sequencer:
            raise NoPictureYet(f"The picture of job {job_id!r} has not been uploaded yet.")
        job = Job(
            id=request_job_id(owner, idempotency_key),
            owner=owner,
            lane="interactive",
            created=timestamp(now),
            source=first.source,
            recipe=request.recipe,
            callback=request.callback,
            rendering_of=first.id,
        )
        status: Status = "queued"
        if not self.table.create(job, int(now) + settings.interactive_deadline_seconds, timestamp(now)):
            known = self.known(job)
            job, status = known.job, known.status
        self.sqs.send_message(
            QueueUrl=settings.ingest_queue, MessageBody=RenderMessage(job=job).model_dump_json()
        )
        return {"id": job.id, "status": status, "rendering_of": first.id} | self.secret_for(job)

    def secret_for(self, job: Job) -> dict[str, str]:
        """What the receiver of the job's webhook verifies it with, if there is one."""
        if job.callback is None:
            return {}
        master = str(get_secret(self.settings.secret, max_age=SECRET_AGE_SECONDS))
        return {"webhook_secret": webhooks.endpoint_secret(master, job.owner)}

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
        return self.view(self.state_of(job_id, owner))

    def state_of(self, job_id: str, owner: str) -> JobState:
        """One of the owner's jobs; NotFoundError for any other."""
        state = self.table.find(job_id) if JOB_ID.fullmatch(job_id) else None
        if state is None or state.job.owner != owner:
            raise NotFoundError(f"There is no job {job_id[:40]!r}.")
        return state

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
