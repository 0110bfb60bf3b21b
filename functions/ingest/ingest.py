"""Storage trigger: an upload becomes a job with a model-sized proxy, or a refusal that says why.

Reads: the source bucket. Writes: work/<job>/<digest>.bmp. Sends to: the interactive or the bulk matte queue.
"""

import hashlib
import math
import os
import time
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger

from cutout.codec import Limits, Photo, decode_small, encode_bmp, read_header
from cutout.errors import CustomerError, SourceGone
from cutout.pipeline import as_looked_at, make_proxy, region_of, way_of
from cutout.recipe import Recipe
from cutout.service import intake, webhooks
from cutout.service.batch import each_message
from cutout.service.ending import Endings
from cutout.service.jobs import Job, Source, timestamp
from cutout.service.keys import announced_job_id, cutout_key, how_cut, proxy_key
from cutout.service.messages import ComposeMessage, MatteMessage, ModelUse, Picture, Treatment
from cutout.service.objects import Upload, exists, metadata_of, open_upload, read_background
from cutout.service.settings import IngestSettings
from cutout.service.stopwatch import Stopwatch
from cutout.service.table import JobTable
from cutout.staging.backgrounds import check_background

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
        """Work on every upload that one S3 notification announces, or on the job that is to be rendered once more."""
        asked = intake.render_of(body)
        if asked is not None:
            self.take_job(asked)
            return
        now = time.time()
        for source in intake.sources_of(body):
            self.take_job(self.announced(source, now) or intake.upload_job(source, now))

    def take_job(self, job: Job) -> None:
        """Store the job, once, and carry it to the queue it needs, or end it with a reason."""
        if not self.register(job):  # before anything that could kill this process
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

    def register(self, job: Job) -> bool:
        """Store the job in the table; whether it is still to be done."""
        now = time.time()
        logger.info("upload", job=job.id, size_bytes=job.source.size_bytes)
        if self.table.create(job, self.deadline(job, now), timestamp(now)):
            return True
        state = self.table.find(job.id)
        if state is not None and state.outcome is not None:
            self.endings.repeat(state.job, now)
            return False
        return True

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
        """Queue what has to be done next: sent first, noted after, so that a crash repeats and never loses."""
        job = job.model_copy(update={"recipe": intake.recipe_of(job, upload.metadata)})
        self.check_backgrounds(job)
        with watch.step("read"):
            body = upload.read(self.settings.max_bytes)
        header = read_header(body, self.limits)
        picture = Picture(width=header.width, height=header.height, format=header.format)
        key = cutout_key(hashlib.sha256(body).hexdigest(), how_cut(job.recipe, self.settings.model))
        made_by = self.kept(key, job.recipe.subject)
        if made_by is None:
            self.send_on(job, self.to_cut_out(job, picture, body, key, watch))
            return
        message = ComposeMessage(
            job=job,
            picture=picture,
            model=made_by,
            treatment=Treatment(reason="the cutout of an earlier job is used again"),
            cutout_key=key,
            cutout_is_kept=True,
            stages=(watch.report(),),
        )
        self.send_on(job, message)

    def to_cut_out(
        self, job: Job, picture: Picture, body: bytes, key: str, watch: Stopwatch
    ) -> MatteMessage | ComposeMessage:
        """The message about a picture that has no kept cutout: to compose, if it needs no network."""
        photo = self.look(body, job.recipe, watch)
        treatment = Treatment(**asdict(way_of(photo, job.recipe)))
        if not treatment.needs_network:
            return ComposeMessage(job=job, picture=picture, treatment=treatment, stages=(watch.report(),))
        digest = self.write_proxy(job.id, photo, watch)
        return MatteMessage(
            job=job,
            picture=picture,
            proxy_key=proxy_key(job.id, digest),
            proxy_sha256=digest,
            treatment=treatment,
            cutout_key=key,
            stages=(watch.report(),),
        )

    def kept(self, key: str, subject: str) -> ModelUse | None:
        """The model of a kept cutout that this job may use; None if there is none.

        Only the network's cutouts are kept. A picture that looks like a drawing has one if its sender called it
        something else, and what is asked of it by itself is still the drawing's own.
        """
        if subject in ("graphic", "signature"):
            return None
        noted = metadata_of(self.s3, self.settings.work_bucket, key)
        if noted is None or (subject == "auto" and noted["seen_as"] != "photo"):
            return None
        return ModelUse(id=noted["model"], sha256=noted["model_sha256"], reused=True)

    def look(self, body: bytes, recipe: Recipe, watch: Stopwatch) -> Photo:
        """The part of the picture that the recipe looks at, no larger than the proxy needs."""
        with watch.step("decode"):
            header = read_header(body, self.limits)
            region = region_of(recipe.roi, header.height, header.width)
            share = min(region.height / header.height, region.width / header.width)
            enough = math.ceil(self.settings.proxy_side / share)
            photo = decode_small(body, self.limits, enough)
            return as_looked_at(photo, recipe)

    def write_proxy(self, job_id: str, photo: Photo, watch: Stopwatch) -> str:
        """Make and write what the network reads; answers the digest of its pixels."""
        with watch.step("proxy"):
            proxy = make_proxy(photo, self.settings.proxy_side)
            file = encode_bmp(proxy)
        digest = hashlib.sha256(proxy.tobytes()).hexdigest()
        with watch.step("write"):
            key = proxy_key(job_id, digest)
            self.s3.put_object(Bucket=self.settings.work_bucket, Key=key, Body=file, ContentType="image/bmp")
        return digest

    def send_on(self, job: Job, message: MatteMessage | ComposeMessage) -> None:
        """Hand the job to the next stage, then note how far it is."""
        settings = self.settings
        lane_queue = settings.interactive_queue if job.lane == "interactive" else settings.bulk_queue
        is_matted = isinstance(message, ComposeMessage)
        queue = settings.compose_queue if is_matted else lane_queue
        self.sqs.send_message(QueueUrl=queue, MessageBody=message.model_dump_json())
        self.table.advance(job.id, "ingested", timestamp(time.time()))
        if is_matted:
            self.table.advance(job.id, "matted", timestamp(time.time()))

    def check_backgrounds(self, job: Job) -> None:
        """Refuse a background picture that compose could not read, before any work is queued; BadBackground."""
        for key in intake.background_keys(job.recipe, job.owner):
            body = read_background(self.s3, job.source.bucket, key, self.settings.max_bytes)
            check_background(key, body, self.limits)

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
