"""Storage trigger: an upload becomes a job with a model-sized proxy, or a refusal that says why.

Reads: the source bucket. Writes: work/<job>/proxy.bmp. Sends to: the interactive or the bulk matte queue.
"""

import hashlib
import os
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger

from cutout.codec import Limits, decode_small, encode_bmp
from cutout.errors import CustomerError, SourceGone
from cutout.pipeline import make_proxy
from cutout.service import intake, webhooks
from cutout.service.batch import each_message
from cutout.service.ending import Endings
from cutout.service.jobs import Job, Source, timestamp
from cutout.service.keys import announced_job_id, proxy_key
from cutout.service.messages import MatteMessage, Picture
from cutout.service.objects import Upload, open_upload
from cutout.service.settings import IngestSettings
from cutout.service.stopwatch import Stopwatch
from cutout.service.table import JobTable

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

logger = Logger(service="ingest")


@dataclass(frozen=True, kw_only=True)
class Ingest:
    """What ingest works with, built once per process."""

    s3: "S3Client"
    sqs: "SQSClient"
    table: JobTable
    endings: Endings
    settings: IngestSettings
    memory_mb: int

    @property
    def limits(self) -> Limits:
        """What we accept."""
        return Limits(max_bytes=self.settings.max_bytes, max_pixels=self.settings.max_pixels)

    def take(self, body: str) -> None:
        """Work on every upload that one S3 notification announces."""
        for source in intake.sources_of(body):
            self.take_upload(source)

    def take_upload(self, source: Source) -> None:
        """Make the upload a job, once, and carry it to the matte queue, or end it with a reason."""
        try:
            upload = open_upload(self.s3, source)
        except SourceGone as error:
            gone = self.register(source, {})
            if gone is not None:
                self.endings.failed(gone, error, time.time())
            return
        job = self.register(source, upload.metadata)  # before anything that could kill this process
        if job is None:
            return
        try:
            self.carry_on(job, upload)
        except CustomerError as error:
            logger.info("refused", job=job.id, code=error.code)
            self.endings.failed(job, error, time.time())

    def register(self, source: Source, metadata: dict[str, str]) -> Job | None:
        """The job of this upload, stored in the table; None if that job has ended already."""
        now = time.time()
        job = self.announced(source) or intake.upload_job(source, metadata, now)
        logger.info("upload", job=job.id, size_bytes=source.size_bytes)
        deadline = int(now) + self.deadline_seconds(job)
        if self.table.create(job, deadline, timestamp(now)):
            return job
        state = self.table.find(job.id)
        if state is not None and state.outcome is not None:
            self.endings.repeat(state.job, now)
            return None
        if state is not None and state.job.source != source:
            self.table.arrived(job, deadline, timestamp(now))
        return job

    def announced(self, source: Source) -> Job | None:
        """The job that an API call made for this upload, if one did."""
        job_id = announced_job_id(source.key)
        state = self.table.find(job_id) if job_id else None
        return state.job.arrived(source) if state is not None and state.job.source.key == source.key else None

    def deadline_seconds(self, job: Job) -> int:
        """How long the job may take from now."""
        if job.lane == "interactive":
            return self.settings.interactive_deadline_seconds
        return self.settings.bulk_deadline_seconds

    def carry_on(self, job: Job, upload: Upload) -> None:
        """Decode, make the proxy, queue the work: sent first, noted after, so that a crash repeats and never loses."""
        watch, job = Stopwatch("ingest", self.memory_mb), self.checked(job, upload.metadata)
        with watch.step("read"):
            body = upload.read(self.settings.max_bytes)
        with watch.step("decode"):
            photo = decode_small(body, self.limits, self.settings.proxy_side)
        with watch.step("proxy"):
            proxy = make_proxy(photo, self.settings.proxy_side)
            proxy_file = encode_bmp(proxy)
        key = proxy_key(job.id)
        with watch.step("write"):
            self.s3.put_object(
                Bucket=self.settings.work_bucket, Key=key, Body=proxy_file, ContentType="image/bmp"
            )
        header = photo.header
        picture = Picture(width=header.width, height=header.height, format=header.format, notes=photo.notes)
        message = MatteMessage(
            job=job,
            picture=picture,
            proxy_key=key,
            proxy_sha256=hashlib.sha256(proxy.tobytes()).hexdigest(),
            stages=(watch.report(),),
        )
        queue = self.settings.interactive_queue if job.lane == "interactive" else self.settings.bulk_queue
        self.sqs.send_message(QueueUrl=queue, MessageBody=message.model_dump_json())
        self.table.advance(job.id, "ingested", timestamp(time.time()))

    def checked(self, job: Job, metadata: dict[str, str]) -> Job:
        """The job with the recipe and the callback that its upload asked for; raises BadRecipe, BadCallback."""
        if job.callback is not None:
            check = (
                webhooks.check_private_callback
                if self.settings.allow_private_callbacks
                else webhooks.check_callback
            )
            check(job.callback)
        return job.model_copy(update={"recipe": intake.recipe_of(job, metadata)})


@cache
def service() -> Ingest:
    """Open the clients, once per process."""
    settings = IngestSettings.read(os.environ)
    s3, sqs = boto3.client("s3"), boto3.client("sqs")
    table = JobTable(client=boto3.client("dynamodb"), name=settings.table)
    endings = Endings(
        s3=s3,
        sqs=sqs,
        table=table,
        result_bucket=settings.result_bucket,
        notify_queue=settings.notify_queue,
    )
    memory_mb = int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"])
    return Ingest(s3=s3, sqs=sqs, table=table, endings=endings, settings=settings, memory_mb=memory_mb)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry: SQS messages with S3 notifications."""
    return each_message(event, context, logger, service().take)
