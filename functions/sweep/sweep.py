"""Every minute: a job past its deadline ends as failed, whatever happened to its message.

A function that is killed cannot say so; this one says it for all of them.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger

from cutout.errors import OutOfTime
from cutout.service.ending import Endings
from cutout.service.settings import SweepSettings
from cutout.service.table import JobState, JobTable

MOST_PER_SHARD = 25  # 400 a run: what is left over is found a minute later

logger = Logger(service="sweep")

REASONS = {
    "queued": "The upload did not arrive, or could not be read in time.",
    "ingested": "The subject could not be found in time.",
    "matted": "The results could not be made in time.",
}


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """What sweep works with, built once per process."""

    table: JobTable
    endings: Endings

    def run(self, now: float) -> int:
        """End every overdue job; answers how many."""
        overdue = self.table.overdue(int(now), MOST_PER_SHARD)
        return sum(self.end(state, now) for state in overdue)

    def end(self, state: JobState, now: float) -> bool:
        """End one overdue job as failed, with the stage it was waiting for."""
        logger.warning("out of time", job=state.job.id, status=state.status)
        reason = f"{REASONS[state.status]} Nothing was charged; please upload the picture again."
        return self.endings.failed(state.job, OutOfTime(reason), now)


@cache
def service() -> Sweep:
    """Open the clients, once per process."""
    settings = SweepSettings.read(os.environ)
    table = JobTable(client=boto3.client("dynamodb"), name=settings.table)
    endings = Endings(
        s3=boto3.client("s3"),
        sqs=boto3.client("sqs"),
        table=table,
        result_bucket=settings.result_bucket,
        notify_queue=settings.notify_queue,
    )
    return Sweep(table=table, endings=endings)


def handler(_event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Lambda's entry: the schedule."""
    return {"ended": service().run(time.time())}
