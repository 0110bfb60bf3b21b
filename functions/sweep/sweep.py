"""Every minute: a job past its deadline ends as failed, whatever happened to its message.

A function that is killed cannot say so; this one says it for all of them. A job is given more time only while others
wait in the queue that it waits in: then it is late because there is much to do, not because something broke.
"""

import os
import time
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import boto3
from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from cutout.errors import NotAffordable, OutOfTime
from cutout.service.ending import Endings
from cutout.service.intake import sources_of, upload_job
from cutout.service.jobs import Job, Source, Status, timestamp
from cutout.service.keys import announced_job_id
from cutout.service.settings import SweepSettings
from cutout.service.table import JobState, JobTable
from cutout.service.transactions import ConditionFailed, TooBusy

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

MOST_PER_SHARD = 25  # 400 a run: what is left over is found a minute later

logger = Logger(service="sweep")

REASONS: dict[Status, str] = {
    "queued": "The upload did not arrive, or could not be read in time.",
    "ingested": "The subject could not be found in time.",
    "matted": "The results could not be made in time.",
}


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What sweep works with, built once per process."""

    sqs: "SQSClient"
    table: JobTable
    endings: Endings
    settings: SweepSettings

    def run(self, now: float) -> int:
        """End what nobody else can end: dead uploads and overdue jobs; answers how many."""
        return self.adopt(now) + self.end_overdue(now)

    def adopt(self, now: float) -> int:
        """Uploads whose ingest was killed every time, before it could make a job of them: failed jobs.

        Their messages stay among the dead letters, for whoever answers the alarm.
        """
        queue = self.settings.ingest_dead_letters
        answer = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=0)
        ended = 0
        for message in answer.get("Messages", []):
            for source in dead_uploads(message["Body"]):
                ended += self.adopt_job(upload_job(source, self.settings.bucket_account, now), now)
        return ended

    def adopt_job(self, job: Job, now: float) -> bool:
        """Make a failed job of a dead upload; answers whether there was none yet.

        It is admitted as ingest would have done it, price and all: a crash before its end leaves a job like any other.
        """
        try:
            if not self.table.create(job, int(now), timestamp(now)):
                return False
        except NotAffordable as error:
            return self.endings.refused(job, error, now)
        logger.warning("adopted", job=job.id)
        return self.endings.failed(job, OutOfTime(reason("queued")), now)

    def end_overdue(self, now: float) -> int:
        """End every job that is overdue without an excuse; answers how many."""
        overdue = self.table.overdue(int(now), MOST_PER_SHARD)
        backed_up = {queue for queue in {self.queue_of(state) for state in overdue} if self.waiting_in(queue)}
        ended = 0
        faults: list[Exception] = []
        for state in overdue:
            try:
                ended += self.judge(state, self.queue_of(state) in backed_up, now)
            except (ClientError, ConditionFailed, TooBusy) as error:  # the others shall not wait for this one
                logger.exception("cannot be ended", job=state.job.id)
                faults.append(error)
        if faults:
            raise faults[0]
        return ended

    def judge(self, state: JobState, is_backed_up: bool, now: float) -> bool:
        """End an overdue job, or postpone it while its queue is backed up; answers whether it was ended."""
        if is_backed_up and not self.is_too_old(state, now):
            self.table.postpone(state.job.id, int(now) + self.settings.postpone_seconds, timestamp(now))
            return False
        return self.end(state, now)

    def queue_of(self, state: JobState) -> str:
        """The queue that a job's next message lies in."""
        settings = self.settings
        if state.status == "queued":
            return settings.ingest_queue
        if state.status == "matted":
            return settings.compose_queue
        return settings.interactive_queue if state.job.lane == "interactive" else settings.bulk_queue

    def waiting_in(self, queue: str) -> int:
        """About how many messages wait for a worker; those that one holds do not count."""
        name: Literal["ApproximateNumberOfMessages"] = "ApproximateNumberOfMessages"
        return int(self.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])["Attributes"][name])

    def is_too_old(self, state: JobState, now: float) -> bool:
        """Whether a job has been postponed long enough."""
        age = now - datetime.fromisoformat(state.job.created).timestamp()
        return age > self.settings.longest_seconds

    def end(self, state: JobState, now: float) -> bool:
        """End one overdue job as failed, with the stage it was waiting for."""
        logger.warning("out of time", job=state.job.id, status=state.status)
        return self.endings.failed(state.job, OutOfTime(reason(state.status)), now)


def reason(status: Status) -> str:
    """What the customer is told of a job that waited for too long in this state."""
    return f"{REASONS[status]} Nothing was charged; please upload the picture again."


def dead_uploads(body: str) -> list[Source]:
    """The uploads in a dead letter that no API job stands for already; none in a letter nobody can read."""
    try:
        sources = sources_of(body)
    except (ValueError, KeyError, TypeError):
        return []
    return [source for source in sources if announced_job_id(source.key) is None]


@cache
def service() -> Sweep:
    """Open the clients, once per process."""
    settings = SweepSettings.read(os.environ)
    sqs = boto3.client("sqs")
    table = JobTable(
        client=boto3.client("dynamodb"), name=settings.table, starting_credits=settings.new_key_credits
    )
    endings = Endings(
        s3=boto3.client("s3"),
        sqs=sqs,
        table=table,
        result_bucket=settings.result_bucket,
        notify_queue=settings.notify_queue,
    )
    return Sweep(sqs=sqs, table=table, endings=endings, settings=settings)


def handler(_event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Lambda's entry: the schedule."""
    return {"ended": service().run(time.time())}
