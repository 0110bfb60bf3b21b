"""Storage trigger: an upload becomes a job with a model-sized proxy, or a refusal that says why.

Reads: the source bucket, and from the web what a job names by URL. Writes: calls/<owner>/<job>/<name>,
work/<job>/<digest>.bmp. Sends to: its own queues, what S3 announces, sorted by lane; the interactive or the bulk matte
queue, or straight to compose. A direct call gets the message as its answer.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger

from cutout.errors import BadCallback, CustomerError, NotAffordable, SourceGone
from cutout.service import intake, webhooks
from cutout.service.batch import each_message
from cutout.service.connections import Deadline
from cutout.service.direct import direct_answer, direct_body
from cutout.service.downloads import Downloads
from cutout.service.ending import Endings
from cutout.service.fetch import Policy
from cutout.service.jobs import Job, Source, timestamp
from cutout.service.keys import announced_job_id
from cutout.service.messages import (
    ComposeMessage,
    JobMessage,
    MatteMessage,
)
from cutout.service.objects import exists, metadata_of, open_upload
from cutout.service.onward import Lanes, Onward
from cutout.service.settings import IngestSettings
from cutout.service.stopwatch import Stopwatch
from cutout.service.table import JobTable
from preparing import Preparing

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

logger = Logger(service="ingest")


@dataclass(frozen=True, kw_only=True)
class Ingest:
    """What ingest works with, built once per process."""

    s3: "S3Client"
    table: JobTable
    onward: Onward
    endings: Endings
    downloads: Downloads
    preparing: Preparing
    settings: IngestSettings
    memory_mb: int

    def take(self, body: str) -> None:
        """Work on the job that a message carries, or make jobs of the uploads that an S3 notification announces."""
        job = intake.job_in(body)
        if job is None:
            self.sort(intake.sources_of(body), time.time())
            return
        message = self.work_on(job)
        if message is not None:
            self.onward.send(message)

    def sort(self, sources: list[Source], now: float) -> None:
        """Queue the uploads' jobs, each in its lane: what somebody waits for never stands behind a flood of others."""
        for source in sources:
            self.onward.send(JobMessage(job=self.job_of(source, now)))

    def take_direct(self, body: str) -> MatteMessage | ComposeMessage | None:
        """Work on one job of the API; answers what the next stage has to know, None if the job has ended."""
        return self.work_on(JobMessage.model_validate_json(body).job)

    def job_of(self, source: Source, now: float) -> Job:
        """The job of an upload: the one that was announced for it, else a new one."""
        uploaded = intake.upload_job(source, self.settings.bucket_account, now)
        return self.announced(source, now) or uploaded

    def work_on(self, job: Job) -> MatteMessage | ComposeMessage | None:
        """Store the job, once, and find out what has to be done next, or end it with a reason."""
        if not self.register(job):  # before anything that could kill this process
            return None
        watch = Stopwatch("ingest", self.memory_mb)
        fetched_by = Deadline.after(self.settings.fetch_timeout_seconds)
        try:
            if job.source.url:
                with watch.step("fetch"):
                    job = self.downloads.picture_of(job, fetched_by)
            with watch.step("read"):
                upload = open_upload(self.s3, job.source)
            job = self.with_callback(job, upload.metadata)  # a failure from here on reaches it, too
            job = job.model_copy(update={"recipe": intake.recipe_of(job, upload.metadata)})
            if intake.background_urls(job.recipe):
                with watch.step("fetch"):
                    job = self.downloads.with_backgrounds(job, fetched_by)
            return self.preparing.message(job, upload, watch)
        except CustomerError as error:
            if isinstance(error, SourceGone) and self.was_replaced(job):
                return None  # the event of what lies there now carries this job on
            logger.info("refused", job=job.id, code=error.code)
            self.endings.failed(job, error, time.time())
            return None

    def register(self, job: Job) -> bool:
        """Store the job in the table and hold its price; whether it is still to be done."""
        now = time.time()
        logger.info("upload", job=job.id, size_bytes=job.source.size_bytes)
        state = self.table.find(job.id) if job.asked else None  # a call has stored its job already
        try:
            if state is None and self.table.create(job, self.deadline(job, now), timestamp(now)):
                return True
        except NotAffordable as error:
            logger.info("refused", job=job.id, code=error.code)
            self.endings.refused(self.as_its_sender_asked(job), error, now)
            return False
        state = state or self.table.find(job.id)
        if state is not None and state.outcome is not None:
            self.endings.repeat(state.job, now)
            return False
        return True

    def as_its_sender_asked(self, job: Job) -> Job:
        """A job that is refused unread, with the webhook address of its upload if that is one we deliver to."""
        noted = metadata_of(self.s3, job.source.bucket, job.source.key) or {}
        callback = intake.callback_of(job, noted)
        try:
            if callback is not None:
                self.check_callback(callback)
        except BadCallback:  # the job says first why it was refused; nobody can be told
            callback = None
        return job.model_copy(update={"callback": callback})

    def announced(self, source: Source, now: float) -> Job | None:
        """The job that an API call made for this upload, if one did; a new one if that has ended with another."""
        job_id = announced_job_id(source.key)
        state = self.table.find(job_id) if job_id else None
        if state is None or state.job.source.key != source.key:
            return None
        if state.is_closed:
            return state.job
        if state.outcome is not None and state.job.source.sequencer != source.sequencer:
            return intake.again(state.job, source, now)
        return state.job.arrived(source)

    def was_replaced(self, job: Job) -> bool:
        """Whether an announced job's upload is gone because another one lies in its place."""
        source = job.source
        return announced_job_id(source.key) == job.id and exists(self.s3, source.bucket, source.key)

    def deadline(self, job: Job, now: float) -> int:
        """Until when the job has to end, in epoch seconds."""
        return int(now) + self.deadline_seconds(job)

    def deadline_seconds(self, job: Job) -> int:
        """How long the job may take from now."""
        if job.lane == "interactive":
            return self.settings.interactive_deadline_seconds
        return self.settings.bulk_deadline_seconds

    def with_callback(self, job: Job, metadata: dict[str, str]) -> Job:
        """The job with the webhook address its upload asks for, noted in the table; raises BadCallback."""
        callback = intake.callback_of(job, metadata)
        if callback is not None:
            self.check_callback(callback)
        now, known = time.time(), job.model_copy(update={"callback": callback})
        self.table.arrived(known, self.deadline(job, now), timestamp(now))
        return known

    def check_callback(self, url: str) -> None:
        """Refuse an address that we would not deliver to; raises BadCallback."""
        if self.settings.allow_private_callbacks:
            webhooks.check_private_callback(url)
        else:
            webhooks.check_callback(url)


@cache
def service() -> Ingest:
    """Open the clients, once per process."""
    settings = IngestSettings.read(os.environ)
    s3, sqs = boto3.client("s3"), boto3.client("sqs")
    table = JobTable(
        client=boto3.client("dynamodb"), name=settings.table, starting_credits=settings.new_key_credits
    )
    endings = Endings(
        s3=s3,
        sqs=sqs,
        table=table,
        result_bucket=settings.result_bucket,
        notify_queue=settings.notify_queue,
    )
    onward = Onward(
        sqs=sqs,
        table=table,
        ingest=Lanes(interactive=settings.ingest_queue, bulk=settings.bulk_ingest_queue),
        matte=Lanes(interactive=settings.interactive_queue, bulk=settings.bulk_queue),
        compose=Lanes(interactive=settings.compose_queue, bulk=settings.bulk_compose_queue),
    )
    memory_mb = int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"])
    policy = Policy(max_bytes=settings.max_bytes, exceptions=settings.fetch_exceptions)
    return Ingest(
        s3=s3,
        table=table,
        onward=onward,
        endings=endings,
        downloads=Downloads(s3=s3, policy=policy),
        preparing=Preparing(s3=s3, table=table, settings=settings),
        settings=settings,
        memory_mb=memory_mb,
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry: SQS messages with S3 notifications or jobs, and the API's direct calls."""
    body = direct_body(event)
    if body is not None:
        return direct_answer(service().take_direct(body))
    return each_message(event, context, logger, service().take)
