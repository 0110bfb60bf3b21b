"""Storage trigger: an upload becomes a job with a model-sized proxy, or a refusal that says why.

Reads: the source bucket, the rules, and from the web what a job names by URL. Writes: calls/<owner>/<job>/<name>,
work/<job>/<digest>.bmp. Sends to: its own queues, what S3 announces, sorted by lane and by the bucket's rules; the
interactive or the bulk matte queue, or straight to compose. A direct call gets the message as its answer.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from cutout.errors import BadCallback, Cancelled, CustomerError, NotAffordable, SourceGone
from cutout.service import corrections, deletions, intake, webhooks
from cutout.service.batch import each_message
from cutout.service.batch_table import BatchTable
from cutout.service.connections import Deadline
from cutout.service.correlation import correlate
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
from cutout.service.objects import Upload, exists, metadata_of, open_upload, tags_of
from cutout.service.onward import Lanes, Onward
from cutout.service.rules_file import RulesFile
from cutout.service.settings import IngestSettings
from cutout.service.stopwatch import Stopwatch
from cutout.service.table import JobTable
from cutout.service.user_agent import USER_AGENT
from preparing import Preparing
from sorting import Sorting

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

Registered = Literal["new", "known", "ended"]

CLIENTS = Config(user_agent=USER_AGENT)

logger = Logger(service="ingest")


@dataclass(frozen=True, kw_only=True)
class Ingest:
    """What ingest works with, built once per process."""

    s3: "S3Client"
    table: JobTable
    sorting: Sorting
    batches: BatchTable
    onward: Onward
    endings: Endings
    downloads: Downloads
    preparing: Preparing
    settings: IngestSettings
    memory_mb: int

    def take(self, body: str) -> None:
        """Work on the job or the removal that a message carries, or sort what an S3 notification announces."""
        job, removal = intake.job_in(body), deletions.removal_in(body)
        if job is not None:
            message = self.work_on(job)
            if message is not None:
                self.onward.send(message)
        elif removal is not None:
            deletions.settle(
                self.s3,
                source=(removal.bucket, removal.key),
                result_bucket=self.settings.result_bucket,
                folder=removal.removed_from,
            )
        else:
            self.sorting.take(body)

    def take_direct(self, body: str) -> MatteMessage | ComposeMessage | None:
        """Work on one job of the API; answers what the next stage has to know, None if the job has ended."""
        return self.work_on(JobMessage.model_validate_json(body).job)

    def work_on(self, job: Job) -> MatteMessage | ComposeMessage | None:
        """Store the job, once, and find out what has to be done next, or end it with a reason."""
        registered = self.register(job)  # before anything that could kill this process
        if registered == "ended":
            return None
        stored = job if registered == "new" else None
        watch = Stopwatch("ingest", self.memory_mb)
        fetched_by = Deadline.after(self.settings.fetch_timeout_seconds)
        try:
            corrections.check(job)
            if job.source.url:
                with watch.step("fetch"):
                    job = self.downloads.picture_of(job, fetched_by)
            with watch.step("read"):
                upload = open_upload(self.s3, job.source)
            job = job.arrived(seen(job.source, upload))
            job = self.with_callback(job, upload.metadata)  # a failure from here on reaches it, too
            job = self.with_recipe(job, upload, stored)
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

    def register(self, job: Job) -> Registered:
        """Store the job in the table and hold its price; whether it was new, and whether it is still to be done."""
        now = time.time()
        logger.info("upload", job=job.id, size_bytes=job.source.size_bytes)
        if job.batch and self.batches.is_cancelled(job.batch):
            self.end_with_its_batch(job, now)
            return "ended"
        state = self.table.find(job.id) if job.asked else None  # a call has stored its job already
        try:
            if state is None and self.table.create(job, self.deadline(job, now), timestamp(now)):
                return "new"
        except NotAffordable as error:
            logger.info("refused", job=job.id, code=error.code)
            self.endings.refused(self.as_its_sender_asked(job), error, now)
            return "ended"
        state = state or self.table.find(job.id)
        if state is not None and state.outcome is not None:
            self.endings.repeat(state.job, now)
            return "ended"
        return "known"

    def end_with_its_batch(self, job: Job, now: float) -> None:
        """End a job, stored already or not, whose batch was cancelled before it was begun."""
        error = Cancelled("Its batch was cancelled.")
        if self.table.find(job.id) is None and self.endings.refused(job, error, now):
            return
        self.endings.failed(job, error, now)

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
        """The job with the webhook address its upload asks for; raises BadCallback."""
        callback = intake.callback_of(job, metadata)
        if callback is not None:
            self.check_callback(callback)
        return job.model_copy(update={"callback": callback})

    def with_recipe(self, job: Job, upload: Upload, stored: Job | None) -> Job:
        """The job with the recipe its upload asks for, noted in the table, also where that is refused: BadRecipe.

        What was ``stored`` a moment ago and is still the same need not be noted again.
        """
        try:
            tags = tags_of(self.s3, job.source) if upload.tag_count else {}
            job = job.model_copy(update={"recipe": intake.recipe_of(job, upload.metadata, tags)})
        finally:
            if job != stored:
                now = time.time()
                self.table.arrived(job, self.deadline(job, now), timestamp(now))
        return job

    def check_callback(self, url: str) -> None:
        """Refuse an address that we would not deliver to; raises BadCallback."""
        if self.settings.allow_private_callbacks:
            webhooks.check_private_callback(url)
        else:
            webhooks.check_callback(url)


def seen(source: Source, upload: Upload) -> Source:
    """The source, pinned to what was opened if nobody has seen its object before: later stages read the same."""
    if source.has_arrived:
        return source
    return source.model_copy(update={"etag": upload.etag, "size_bytes": upload.size_bytes})


@cache
def service() -> Ingest:
    """Open the clients, once per process."""
    settings = IngestSettings.read(os.environ)
    s3, sqs = boto3.client("s3", config=CLIENTS), boto3.client("sqs", config=CLIENTS)
    table = JobTable(
        client=boto3.client("dynamodb", config=CLIENTS),
        name=settings.table,
        keep_days=settings.job_retention_days,
        starting_credits=settings.new_key_credits,
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
        sorting=Sorting(
            s3=s3,
            table=table,
            onward=onward,
            rules=RulesFile(s3, settings.work_bucket, settings.rules_seconds),
            settings=settings,
        ),
        batches=BatchTable(client=table.client, name=table.name),
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
        correlate(logger, body)
        return direct_answer(service().take_direct(body))
    return each_message(event, context, logger, service().take)
