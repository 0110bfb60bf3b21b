"""Jobs past their deadline: they end as failed, or get more time while others wait in the queue that they wait in."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from cutout.errors import OutOfTime
from cutout.service.ending import Endings
from cutout.service.jobs import Status, timestamp
from cutout.service.settings import SweepSettings
from cutout.service.table import JobState, JobTable
from cutout.service.transactions import ConditionFailed, TooBusy

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

MOST_PER_SHARD = 25  # 400 a run: what is left over is found a minute later

logger = Logger(service="sweep", child=True)

REASONS: dict[Status, str] = {
    "queued": "The upload did not arrive, or could not be read in time.",
    "ingested": "The subject could not be found in time.",
    "matted": "The results could not be made in time.",
}


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """What ending overdue jobs needs."""

    sqs: "SQSClient"
    table: JobTable
    endings: Endings
    settings: SweepSettings

    def run(self, now: float) -> int:
        """End every job that is overdue without an excuse; answers how many."""
        overdue = self.table.overdue(int(now), MOST_PER_SHARD)
        queues = {queue for state in overdue for queue in self.queues_of(state)}
        backed_up = {queue for queue in queues if self.waiting_in(queue)}
        ended = 0
        faults: list[Exception] = []
        for state in overdue:
            try:
                ended += self.judge(state, not backed_up.isdisjoint(self.queues_of(state)), now)
            except (ClientError, ConditionFailed, TooBusy) as error:  # the others shall not wait for this one
                logger.exception("cannot be ended", correlation_id=state.job.id)
                faults.append(error)
        if faults:
            raise faults[0]
        return ended

    def judge(self, state: JobState, is_backed_up: bool, now: float) -> bool:
        """End an overdue job, or postpone it while its queue is backed up; answers whether it was ended.

        One that has failed already is here because whoever ended it was killed before it had told everybody.
        """
        if state.outcome is not None:
            self.endings.repeat(state.job, now)
            return False
        if is_backed_up and not self.is_too_old(state, now):
            self.table.postpone(state.job.id, int(now) + self.settings.postpone_seconds, timestamp(now))
            return False
        return self.end(state, now)

    def queues_of(self, state: JobState) -> tuple[str, ...]:
        """The queues that a job's next message may lie in."""
        settings, is_interactive = self.settings, state.job.lane == "interactive"
        if state.status == "queued":
            return settings.upload_queue, (
                settings.ingest_queue if is_interactive else settings.bulk_ingest_queue
            )
        if state.status == "matted":
            return ((settings.compose_queue if is_interactive else settings.bulk_compose_queue),)
        return ((settings.interactive_queue if is_interactive else settings.bulk_queue),)

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
        logger.warning("out of time", correlation_id=state.job.id, status=state.status)
        return self.endings.failed(state.job, OutOfTime(reason(state.status)), now)


def reason(status: Status) -> str:
    """What the customer is told of a job that waited for too long in this state."""
    return f"{REASONS[status]} Nothing was charged; please upload the picture again."
