"""Storage trigger: an upload becomes a job with a model-sized proxy, or a refusal that says why.

Reads: the source bucket. Writes: work/<job>/<digest>.bmp. Sends to: the interactive or the bulk matte queue.
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
from cutout.service.objects import Upload, exists, open_upload
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
        job = self.register(source)  # before anything that could kill this process
        if job is None:
            return
        watch = Stopwatch("ingest", self.memory_mb)
        try:
            with watch.step("read"):
                upload = open_upload(self.s3, job.source)
            job = self.with_callback(job, upload.metadata)  # a failure from here on reaches it, too
            self.carry_on(job, upload, watch)
        except CustomerError as error:
            if isinstance(error, SourceGone) and self.was_replaced(job):
                return  # the event of what lies there now carries this job on
            logger.info("refused", job=job.id, code=error.code)
            self.endings.failed(job, error, time.time())

    def register(self, source: Source) -> Job | None:
        """The job of this upload, stored in the table; None if that job has ended already."""
        now = time.time()
        job = self.announced(source, now) or intake.upload_job(source, now)
        logger.info("upload", job=job.id, size_bytes=source.size_bytes)
        if self.table.create(job, self.deadline(job, now), timestamp(now)):
            return job
        state = self.table.find(job.id)
        if state is not None and state.outcome is not None:
            self.endings.repeat(state.job, now)
            return None
        return job

    def announced(self, source: Source, now: float) -> Job | None:
        """The job that an API call made for this upload, if one did; a new one if that has ended with another."""
        job_id = announced_job_id(source.key)
        state = self.table.find(job_id) if job_id else None
        if state is None or state.job.source.key != source.key:
            return None
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

    def carry_on(self, job: Job, upload: Upload, watch: Stopwatch) -> None:
        """Decode, make the proxy, queue the work: sent first, noted after, so that a crash repeats and never loses."""
        job = job.model_copy(update={"recipe": intake.recipe_of(job, upload.metadata)})
        with watch.step("read"):
            body = upload.read(self.settings.max_bytes)
        with watch.step("decode"):
            photo = decode_small(body, self.limits, self.settings.proxy_side)
        with watch.step("proxy"):
            proxy = make_proxy(photo, self.settings.proxy_side)
            proxy_file = encode_bmp(proxy)
        digest = hashlib.sha256(proxy.tobytes()).hexdigest()
        key = proxy_key(job.id, digest)
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
            proxy_sha256=digest,
            stages=(watch.report(),),
        )
        queue = self.settings.interactive_queue if job.lane == "interactive" else self.settings.bulk_queue
        self.sqs.send_message(QueueUrl=queue, MessageBody=message.model_dump_json())
        self.table.advance(job.id, "ingested", timestamp(time.time()))

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
