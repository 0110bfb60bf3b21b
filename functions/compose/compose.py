"""The last stage: refine the matte at full size, decontaminate, render every output, end the job.

Reads: the source bucket, mattes/, cutouts/. Writes: cutouts/, the result bucket. Sends to: the notify queue, when
somebody asked.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from aws_lambda_powertools import Logger

from cutout.codec import Limits, Photo, decode, decode_grey
from cutout.corrected import cutout_with, read_matte
from cutout.errors import CustomerError, SourceGone
from cutout.kept import pack, unpack
from cutout.pipeline import Cutout, as_looked_at, clean, full_matte, in_frame, unmixed, with_edge
from cutout.recipe import Output
from cutout.service.batch import each_message
from cutout.service.direct import direct_answer, direct_body
from cutout.service.ending import Endings, done_outcome
from cutout.service.intake import background_keys
from cutout.service.jobs import Job, Result, timestamp
from cutout.service.keys import result_key
from cutout.service.messages import ComposeMessage
from cutout.service.objects import open_upload, read_background, read_own_matte, write_result
from cutout.service.report import Figures, cost_usd, done_report
from cutout.service.settings import ComposeSettings
from cutout.service.stopwatch import Stopwatch
from cutout.service.table import JobTable
from cutout.staging.scene import Rendered, Scene, render, scene_of

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
        photo = self.read(job, watch)
        cutout = self.cut_out(message, photo, watch)
        with watch.step("edge"):
            edited = with_edge(cutout, job.recipe.edge)
        backgrounds = self.read_backgrounds(job, watch)
        with watch.step("scene"):
            scene = scene_of(photo, edited, backgrounds, self.limits)
        delivered = tuple(self.deliver(job, scene, output, watch) for output in job.recipe.outputs)
        outcome = done_outcome(job, tuple(result for result, _ in delivered), message.treatment.lane)
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
            ),
            results=[
                result.model_dump() | {"notes": rendered.notes, "checks": rendered.checks}
                for result, rendered in delivered
            ],
            ended=timestamp(now),
        )
        self.endings.done(job, outcome, report, cost_usd(stages), now)
        logger.info("done", job=job.id, total_ms=sum(stage.total_ms for stage in stages))

    @property
    def limits(self) -> Limits:
        """What we accept."""
        return Limits(max_bytes=self.settings.max_bytes, max_pixels=self.settings.max_pixels)

    def read(self, job: Job, watch: Stopwatch) -> Photo:
        """The photograph again, from the untouched source."""
        with watch.step("read"):
            body = open_upload(self.s3, job.source).read(self.settings.max_bytes)
        with watch.step("decode"):
            return decode(body, self.limits)

    def read_work(self, key: str, watch: Stopwatch) -> bytes:
        """One of our own objects."""
        with watch.step("read"):
            return self.s3.get_object(Bucket=self.settings.work_bucket, Key=key)["Body"].read()

    def read_coarse(self, key: str, watch: Stopwatch) -> Any:
        """What the network said."""
        body = self.read_work(key, watch)
        with watch.step("decode"):
            return decode_grey(body)

    def cut_out(self, message: ComposeMessage, photo: Photo, watch: Stopwatch) -> Cutout:
        """The cutout that is kept from an earlier job, else a new one, which is kept if the network was asked."""
        if message.cutout_is_kept:
            body = self.read_work(message.cutout_key, watch)
            with watch.step("unpack"):
                return unpack(body, photo)
        if message.treatment.lane == "corrected":
            cutout = self.cut_out_as_told(message.job, photo, watch)
            self.keep(message, cutout, photo, {"seen_as": "corrected"}, watch)
            return cutout
        coarse8 = self.read_coarse(message.matte_key, watch) if message.matte_key else None
        cutout = self.cut_out_anew(message, photo, coarse8, watch)
        if message.treatment.lane == "photo" and message.cutout_key and message.model:
            noted = {
                "seen_as": message.treatment.seen_as,
                "model": message.model.id,
                "model_sha256": message.model.sha256,
            }
            self.keep(message, cutout, photo, noted, watch)
        return cutout

    def keep(
        self, message: ComposeMessage, cutout: Cutout, photo: Photo, noted: dict[str, str], watch: Stopwatch
    ) -> None:
        """Put the cutout where later jobs find it."""
        with watch.step("keep"):
            self.s3.put_object(
                Bucket=self.settings.work_bucket,
                Key=message.cutout_key,
                Body=pack(cutout, photo),
                Metadata=noted,
            )

    def cut_out_as_told(self, job: Job, photo: Photo, watch: Stopwatch) -> Cutout:
        """The cutout with the matte that the customer has corrected; raises BadMatte."""
        with watch.step("read"):
            body = read_own_matte(self.s3, job.source.bucket, job.matte_key, self.settings.max_bytes)
        with watch.step("decontaminate"):
            return cutout_with(photo, read_matte(body, self.limits), job.recipe)

    def cut_out_anew(self, message: ComposeMessage, photo: Photo, coarse8: Any, watch: Stopwatch) -> Cutout:
        """Find the alpha in the way that ingest has chosen, and the subject's own colours."""
        recipe = message.job.recipe
        looked_at = as_looked_at(photo, recipe)
        if message.treatment.lane != "photo":
            with watch.step("unmix"):
                return in_frame(unmixed(looked_at, message.treatment.lane, coarse8), photo, recipe.roi)
        with watch.step("refine"):
            matte = full_matte(looked_at, coarse8, recipe.interiors)
        with watch.step("decontaminate"):
            return in_frame(clean(looked_at, matte), photo, recipe.roi)

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
    """Lambda's entry: SQS messages from matte, and from ingest where no matte is needed; the API's direct calls."""
    body = direct_body(event)
    if body is not None:
        service().take(body)
        return direct_answer(None)
    return each_message(event, context, logger, service().take)
