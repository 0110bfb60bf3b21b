"""The last stage: refine the matte at full size, decontaminate, render every output, end the job.

Reads: the source bucket, mattes/, cutouts/. Writes: cutouts/, the result bucket. Sends to: the notify queue.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from cutout.errors import CustomerError, SourceGone
from cutout.pipeline import with_edge
from cutout.recipe import Output
from cutout.review import judge
from cutout.service.batch import each_message
from cutout.service.correlation import correlate
from cutout.service.direct import direct_answer, direct_body
from cutout.service.ending import Endings, done_outcome
from cutout.service.intake import background_keys
from cutout.service.jobs import Job, Result, timestamp
from cutout.service.keys import result_key
from cutout.service.messages import ComposeMessage, StageReport
from cutout.service.objects import read_background, write_result
from cutout.service.report import Figures, cost_usd, done_report
from cutout.service.review_marks import note_correction
from cutout.service.settings import ComposeSettings
from cutout.service.stopwatch import Stopwatch
from cutout.service.table import JobState, JobTable
from cutout.service.user_agent import USER_AGENT
from cutout.staging.scene import Rendered, Scene, render, scene_of
from cutting import Cutting

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

CLIENTS = Config(user_agent=USER_AGENT)

logger = Logger(service="compose")


@dataclass(frozen=True, kw_only=True)
class Compose:
    """What compose works with, built once per process."""

    s3: "S3Client"
    table: JobTable
    endings: Endings
    cutting: Cutting
    settings: ComposeSettings
    memory_mb: int

    def take(self, body: str) -> None:
        """Finish one message's job, or only repeat the news if it has ended before."""
        message = ComposeMessage.model_validate_json(body)
        state = self.table.find(message.job.id)
        if state is not None and state.outcome is not None:
            if state.outcome.status == "done":
                note_correction(self.table, message.job)
            self.endings.repeat(message.job, time.time())
            return
        try:
            self.finish(message, state)
        except CustomerError as error:
            if isinstance(error, SourceGone) and state is not None and state.job.source != message.job.source:
                return  # a newer upload to the same form carries this job on
            logger.info("refused", job=message.job.id, code=error.code)
            self.endings.failed(message.job, error, time.time(), kept_by(message))

    def finish(self, message: ComposeMessage, seen: JobState | None) -> None:
        """From the upload and its matte to results, report and the end of the job."""
        job, watch = message.job, Stopwatch("compose", self.memory_mb)
        photo = self.cutting.read(job, watch)
        cutout = self.cutting.cut_out(message, photo, watch)
        with watch.step("edge"):
            edited = with_edge(cutout, job.recipe.edge)
        backgrounds = self.read_backgrounds(job, watch)
        with watch.step("scene"):
            scene = scene_of(photo, edited, backgrounds, self.cutting.limits)
        delivered = tuple(self.deliver(job, scene, output, watch) for output in job.recipe.outputs)
        verdict = judge(cutout.doubts, self.review_threshold(job))
        results = tuple(result for result, _ in delivered)
        lane = message.treatment.lane
        outcome = done_outcome(job, results, lane, kept=kept_by(message), review=verdict.review)
        stages, now = (*message.stages, watch.report()), time.time()
        report = done_report(
            job=job,
            picture=message.picture.model_copy(update={"notes": photo.notes}),
            treatment=message.treatment,
            model=message.model,
            stages=stages,
            figures=Figures(
                soft_share=cutout.soft_share,
                subject_share=cutout.subject_share,
                filled_share=cutout.filled_share,
                opened_share=cutout.opened_share,
                uncertainty=verdict.uncertainty,
            ),
            review=verdict.review,
            results=[
                result.model_dump() | {"notes": rendered.notes, "checks": rendered.checks}
                for result, rendered in delivered
            ],
            ended=timestamp(now),
        )
        if self.endings.done(job, outcome, report, cost_usd(stages), now, seen=seen):
            self.count(message, stages)
            note_correction(self.table, job)
        logger.info("done", job=job.id, total_ms=sum(stage.total_ms for stage in stages))

    def count(self, message: ComposeMessage, stages: tuple[StageReport, ...]) -> None:
        """Write the figures of a delivered picture: how long each stage took, and whether it needed the network."""
        for stage in stages:
            self.endings.measures.note({"StageMilliseconds": stage.total_ms}, stage=stage.stage)
        if message.model is not None:
            self.endings.measures.note({"ReusedMattes": int(message.model.reused)})

    def review_threshold(self, job: Job) -> float:
        """Above which uncertainty the job is marked; 1 marks none."""
        return 1.0 if job.recipe.review == "off" else self.settings.review_threshold

    def read_backgrounds(self, job: Job, watch: Stopwatch) -> dict[str, bytes]:
        """The background pictures that the recipe names, by their keys."""
        with watch.step("read"):
            return {
                key: read_background(self.s3, job.source.bucket, key, self.settings.max_bytes)
                for key in background_keys(job.recipe, job.owner)
            }

    def deliver(self, job: Job, scene: Scene, output: Output, watch: Stopwatch) -> tuple[Result, Rendered]:
        """Render one output and write it under its predictable key."""
        with watch.step("render"):
            rendered = render(scene, output)
        key = result_key(job.folder, output.file_name)
        with watch.step("write"):
            write_result(
                self.s3,
                bucket=self.settings.result_bucket,
                key=key,
                body=rendered.body,
                content_type=output.content_type,
                source=job.source,
                maker=job.id,
            )
        result = Result(
            name=output.name,
            key=key,
            content_type=output.content_type,
            size_bytes=len(rendered.body),
            width=rendered.width,
            height=rendered.height,
            foreground=rendered.foreground,
        )
        return result, rendered


def kept_by(message: ComposeMessage) -> tuple[str, ...]:
    """The keys in the work bucket that hold the picture's pixels, or may: for whoever has to delete them."""
    return tuple(key for key in (message.matte_key, message.cutout_key) if key)


@cache
def service() -> Compose:
    """Open the clients, once per process."""
    settings = ComposeSettings.read(os.environ)
    s3 = boto3.client("s3", config=CLIENTS)
    table = JobTable(client=boto3.client("dynamodb", config=CLIENTS), name=settings.table)
    endings = Endings(
        s3=s3,
        sqs=boto3.client("sqs", config=CLIENTS),
        table=table,
        result_bucket=settings.result_bucket,
        notify_queue=settings.notify_queue,
    )
    memory_mb = int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"])
    return Compose(
        s3=s3,
        table=table,
        endings=endings,
        cutting=Cutting(s3=s3, settings=settings),
        settings=settings,
        memory_mb=memory_mb,
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry: SQS messages from matte, and from ingest where no matte is needed; the API's direct calls."""
    body = direct_body(event)
    if body is not None:
        correlate(logger, body)
        service().take(body)
        return direct_answer(None)
    return each_message(event, context, logger, service().take)
