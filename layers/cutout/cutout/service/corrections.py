"""Corrected mattes that are dropped into the bucket, beside the pictures whose results they correct."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cutout.errors import BadMatte
from cutout.service.intake import upload_job
from cutout.service.job_items import JobState
from cutout.service.jobs import BUCKET_OWNER, Job, Source
from cutout.service.keys import CORRECTIONS_PREFIX, corrected_source_key, report_key
from cutout.service.rules import Rules, has_rules
from cutout.service.table import JobTable

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

WIDTH_OF_RANK = 32  # S3's sequencers have 18 digits


@dataclass(frozen=True, kw_only=True)
class Corrections:
    """Makes jobs of corrected mattes. ``payer`` is the account that pays for the bucket's uploads."""

    s3: "S3Client"
    table: JobTable
    result_bucket: str
    payer: str

    def job_of(self, matte: Source, rules: Rules, now: float) -> Job:
        """The job that renders everything of the corrected picture anew: its recipe, its places, with this matte.

        One whose picture has no results is the matte's own, free, and ``check`` refuses it.
        """
        own = upload_job(matte, self.payer, now)
        state = self._corrected(matte, rules)
        if state is None:
            return own.model_copy(update={"price": 0})
        first = state.job
        source = first.source.model_copy(update={"order": order_of(first.source, matte)})
        return own.model_copy(
            update={
                "source": source,
                "recipe": first.recipe,
                "callback": first.callback,
                "results_at": first.folder,
                "on_delete": first.on_delete,
                "matte_key": matte.key,
                "corrects": first.id,
                "price": state.rendering_price,
            }
        )

    def _corrected(self, matte: Source, rules: Rules) -> JobState | None:
        """The job that has made what lies at the picture's place now."""
        key = corrected_source_key(matte.key)
        if key is None or not has_rules(key):
            return None
        report = self._report(rules.of(key).results_for(key) or key)
        state = self.table.find(report) if report else None
        is_its = state is not None and state.job.source.key == key and state.job.owner == BUCKET_OWNER
        return state if is_its else None

    def _report(self, folder: str) -> str | None:
        """The id of the job whose report lies in a folder."""
        try:
            answer = self.s3.get_object(Bucket=self.result_bucket, Key=report_key(folder))
        except self.s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise
        job_id: str = json.loads(answer["Body"].read())["job"]
        return job_id


def is_correction(key: str) -> bool:
    """Whether this object corrects a matte."""
    return key.startswith(CORRECTIONS_PREFIX)


def check(job: Job) -> None:
    """Refuse a corrected matte that belongs to no picture; raises BadMatte."""
    if not is_correction(job.source.key):
        return
    key = corrected_source_key(job.source.key)
    if key is None:
        raise BadMatte(
            f"The corrected matte {job.source.key!r} names no picture; allowed: {CORRECTIONS_PREFIX}, the picture's "
            f"whole key and one extension more, such as {CORRECTIONS_PREFIX}shoes/a.jpg.png."
        )
    raise BadMatte(
        f"The corrected matte {job.source.key!r} is for {key!r}, which has no results to correct; allowed: pictures of "
        "this bucket that have been cut out. Upload the matte again when its picture has."
    )


def order_of(source: Source, matte: Source) -> str:
    """The rank of what is made of a source with a corrected matte: after the source's own, before any newer upload's.

    S3's sequencers can be compared for one key only. So the source's decides, and of one source the correction's.
    """
    return source.sequencer.ljust(WIDTH_OF_RANK, "0") + matte.sequencer
