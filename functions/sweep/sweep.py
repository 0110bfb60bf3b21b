"""Every minute: what nobody else can do, because whoever should have done it was killed.

A function that is killed cannot say so; this one says it for all of them. Each chore has a file of its own.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from adopting import Adopting
from batches import Batches
from cutout.service.batch_table import BatchTable
from cutout.service.delivery_table import DeliveryTable
from cutout.service.ending import Endings
from cutout.service.settings import SweepSettings
from cutout.service.table import JobTable
from cutout.service.user_agent import USER_AGENT
from overdue import Overdue
from retries import Retries

logger = Logger(
    service="sweep"
)  # the chores' loggers are its children: without it nobody formats what they say
CLIENTS = Config(user_agent=USER_AGENT)


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """The chores, built once per process."""

    adopting: Adopting
    overdue: Overdue
    batches: Batches
    retries: Retries

    def run(self, now: float) -> dict[str, int]:
        """Do every chore once; answers how much there was to do."""
        try:
            ended = self.adopting.run(now) + self.overdue.run(now)
        finally:  # a job that cannot be ended must keep neither batches nor webhooks back
            batches = self.batches.run(now)
            queued = self.retries.run(now)
        return {"ended": ended, "batches": batches, "queued": queued}


@cache
def service() -> Sweep:
    """Open the clients, once per process."""
    settings = SweepSettings.read(os.environ)
    s3, sqs = boto3.client("s3", config=CLIENTS), boto3.client("sqs", config=CLIENTS)
    table = JobTable(
        client=boto3.client("dynamodb", config=CLIENTS),
        name=settings.table,
        keep_days=settings.job_retention_days,
        starting_credits=settings.new_key_credits,
    )
    endings = Endings(
        s3=s3,
        sqs=sqs,
        table=table,
        result_bucket=settings.result_bucket,
        notify_queue=settings.notify_queue,
    )
    adopting = Adopting(
        sqs=sqs,
        table=table,
        endings=endings,
        bucket_account=settings.bucket_account,
        dead_letters=(
            settings.upload_dead_letters,
            settings.ingest_dead_letters,
            settings.bulk_ingest_dead_letters,
        ),
    )
    deliveries = DeliveryTable(
        client=table.client,
        sqs=sqs,
        name=settings.table,
        queue=settings.delivery_queue,
        grace_seconds=settings.retry_grace_seconds,
    )
    batches = Batches(
        s3=s3,
        sqs=sqs,
        table=BatchTable(client=table.client, name=table.name),
        result_bucket=settings.result_bucket,
        notify_queue=settings.notify_queue,
    )
    return Sweep(
        adopting=adopting,
        overdue=Overdue(sqs=sqs, table=table, endings=endings, settings=settings),
        batches=batches,
        retries=Retries(deliveries=deliveries),
    )


def handler(_event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Lambda's entry: the schedule."""
    return service().run(time.time())
