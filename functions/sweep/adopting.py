"""Uploads whose ingest was killed at every delivery, before it could make a job of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from cutout.errors import NotAffordable, OutOfTime
from cutout.service.ending import Endings
from cutout.service.intake import job_in, sources_of, upload_job
from cutout.service.jobs import Job, timestamp
from cutout.service.keys import announced_job_id
from cutout.service.table import JobTable
from overdue import reason

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

logger = Logger(service="sweep", child=True)


@dataclass(frozen=True, kw_only=True)
class Adopting:
    """What reading dead letters needs. The letters stay where they are, for whoever answers the alarm."""

    sqs: "SQSClient"
    table: JobTable
    endings: Endings
    bucket_account: str
    dead_letters: tuple[str, ...]

    def run(self, now: float) -> int:
        """Make failed jobs of dead uploads; answers of how many."""
        return sum(self.adopt(job, now) for queue in self.dead_letters for job in self.jobs_in(queue, now))

    def jobs_in(self, queue: str, now: float) -> list[Job]:
        """The jobs that some of a queue's dead letters stand for."""
        answer = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
        bodies = [message["Body"] for message in answer.get("Messages", [])]
        return [job for body in bodies for job in dead_jobs(body, self.bucket_account, now)]

    def adopt(self, job: Job, now: float) -> bool:
        """Make a failed job of a dead upload; answers whether there was none yet.

        It is admitted as ingest would have done it, price and all: a crash before its end leaves a job like any other.
        """
        try:
            if not self.table.create(job, int(now), timestamp(now)):
                return False
        except NotAffordable as error:
            return self.endings.refused(job, error, now)
        logger.warning("adopted", correlation_id=job.id)
        return self.endings.failed(job, OutOfTime(reason("queued")), now)


def dead_jobs(body: str, payer: str, now: float) -> list[Job]:
    """The jobs in a dead letter; of S3's notifications those that no API call has made; none that nobody can read."""
    try:
        job = job_in(body)
        if job is not None:
            return [job]
        return [
            upload_job(source, payer, now)
            for source in sources_of(body)
            if announced_job_id(source.key) is None
        ]
    except (ValueError, KeyError, TypeError):
        return []
