"""What S3 announces, sorted: uploads into jobs as the bucket's rules want them, corrected mattes, deletions."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from cutout.service import deletions, intake
from cutout.service.corrections import Corrections, is_correction
from cutout.service.jobs import Job, Source
from cutout.service.keys import announced_job_id
from cutout.service.messages import JobMessage, RemovalMessage
from cutout.service.onward import Onward
from cutout.service.rules import has_rules
from cutout.service.rules_file import RulesFile
from cutout.service.settings import IngestSettings
from cutout.service.table import JobTable

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

logger = Logger(service="ingest", child=True)


@dataclass(frozen=True, kw_only=True)
class Sorting:
    """Reads no picture: whatever it takes, it has taken before the next message waits for it."""

    s3: "S3Client"
    table: JobTable
    onward: Onward
    rules: RulesFile
    settings: IngestSettings

    def take(self, body: str) -> None:
        """Queue the jobs of all that a notification announces, each in its lane, and what follows from deletions."""
        now = time.time()
        for source in intake.sources_of(body):
            job = self.job_of(source, now)
            if job is None:
                logger.info("ignored")
            else:
                logger.info("sorted", correlation_id=job.id, lane=job.lane)
                self.onward.send(JobMessage(job=job))
        for bucket, key in deletions.removed_keys(body):
            self.removed(bucket, key)

    def job_of(self, source: Source, now: float) -> Job | None:
        """The job of an upload: the one that was announced for it, else a new one; None if a rule ignores it."""
        if is_correction(source.key):
            return self.corrections.job_of(source, self.rules.current(), now)
        job = intake.upload_job(source, self.settings.bucket_account, now)
        if not has_rules(source.key):
            return self.announced(source, now) or job
        rule = self.rules.current().of(source.key)
        return None if rule.ignore else rule.applied(job)

    @property
    def corrections(self) -> Corrections:
        """Who makes jobs of corrected mattes."""
        settings = self.settings
        return Corrections(
            s3=self.s3,
            table=self.table,
            result_bucket=settings.result_bucket,
            payer=settings.bucket_account,
        )

    def removed(self, bucket: str, key: str) -> None:
        """Let the results of a deleted upload expire, if its rule says so; or keep them, if it is there again."""
        if not has_rules(key):
            return
        rule = self.rules.current().of(key)
        if rule.on_delete == "expire":
            folder = rule.results_for(key) or key
            self.onward.send(RemovalMessage(bucket=bucket, key=key, removed_from=folder))

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
