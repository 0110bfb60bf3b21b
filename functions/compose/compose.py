"""The last stage: refine the matte at full size, decontaminate, render every output, end the job.

Reads: the source bucket, mattes/. Writes: the result bucket. Sends to: the notify queue, when somebody asked.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger

from cutout.codec import Limits, Photo, decode, decode_grey
from cutout.errors import CustomerError, SourceGone
from cutout.pipeline import Cutout, clean, full_matte, render
from cutout.recipe import CONTENT_TYPES, Output
from cutout.service.batch import each_message
from cutout.service.ending import Endings
from cutout.service.jobs import Result, timestamp
from cutout.service.keys import result_key
from cutout.service.messages import ComposeMessage
from cutout.service.objects import open_upload, write_result
from cutout.service.report import Figures, cost_usd, done_report
from cutout.service.settings import ComposeSettings
from cutout.service.stopwatch import Stopwatch
from cutout.service.table import JobTable

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

logger = Logger(service="compose")


@dataclass(frozen=True, kw_only=True)
class Compose:
    """What compose works with, built once per process."""

    s3: "S3Client"
    table: JobTable
    endings: Endings
    settings: ComposeSettings
    memory_mb: int

    def take(self, body: str) -> None:
        """Finish one message's job, or only repeat the news if it has ended before."""
        message = ComposeMessage.model_validate_json(body)
        state = self.table.find(message.job.id)
        if state is not None and state.outcome is not None:
            self.endings.repeat(message.job, time.time())
            return
        try:
            self.finish(message)
        except CustomerError as error:
            if isinstance(error, SourceGone) and state is not None and state.job.source != message.job.source:
                return  # a newer upload to the same form carries this job on
            logger.info("refused", job=message.job.id, code=error.code)
            self.endings.failed(message.job, error, time.time())

    def finish(self, message: ComposeMessage) -> None:
        """From the upload and its matte to results, report and the end of the job."""
        job, watch = message.job, Stopwatch("compose", self.memory_mb)
        photo, coarse8 = self.read(message, watch)
        with watch.step("refine"):
            matte = full_matte(photo, coarse8, job.recipe.interiors)
        with watch.step("decontaminate"):
            cutout = clean(photo, matte)
        results = tuple(self.deliver(message, cutout, output, watch) for output in job.recipe.outputs)
        stages, now = (*message.stages, watch.report()), time.time()
        report = done_report(
            job=job,
            picture=message.picture,
            model=message.model,
            stages=stages,
            figures=Figures(
                soft_share=cutout.soft_share,
                subject_share=cutout.subject_share,
                filled_share=matte.filled_share,
                opened_share=matte.opened_share,
            ),
            results=results,
            ended=timestamp(now),
        )
        self.endings.done(job, results, report, cost_usd(stages), now)
        logger.info("done", job=job.id, total_ms=sum(stage.total_ms for stage in stages))

    def read(self, message: ComposeMessage, watch: Stopwatch) -> tuple[Photo, Any]:
        """The photograph again, from the untouched source, and its coarse matte."""
        settings = self.settings
        with watch.step("read"):
            body = open_upload(self.s3, message.job.source).read(settings.max_bytes)
            matte = self.s3.get_object(Bucket=settings.work_bucket, Key=message.matte_key)["Body"].read()
        with watch.step("decode"):
            limits = Limits(max_bytes=settings.max_bytes, max_pixels=settings.max_pixels)
            return decode(body, limits), decode_grey(matte)

    def deliver(self, message: ComposeMessage, cutout: Cutout, output: Output, watch: Stopwatch) -> Result:
        """Render one output and write it under its predictable key."""
        with watch.step("render"):
            body = render(cutout, output)
        key = result_key(message.job.source.key, output.file_name)
        content_type = CONTENT_TYPES[output.format]
        with watch.step("write"):
            write_result(
                self.s3,
                bucket=self.settings.result_bucket,
                key=key,
                body=body,
                content_type=content_type,
                source=message.job.source,
            )
        height, width = cutout.alpha8.shape
        return Result(
            name=output.name,
            key=key,
            content_type=content_type,
            size_bytes=len(body),
            width=width,
            height=height,
        )


@cache
def service() -> Compose:
    """Open the clients, once per process."""
    settings = ComposeSettings.read(os.environ)
    s3 = boto3.client("s3")
    table = JobTable(client=boto3.client("dynamodb"), name=settings.table)
    endings = Endings(
        s3=s3,
        sqs=boto3.client("sqs"),
        table=table,
        result_bucket=settings.result_bucket,
        notify_queue=settings.notify_queue,
    )
    memory_mb = int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"])
    return Compose(s3=s3, table=table, endings=endings, settings=settings, memory_mb=memory_mb)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry: SQS messages from matte."""
    return each_message(event, context, logger, service().take)
