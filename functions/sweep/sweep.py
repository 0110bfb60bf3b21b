"""Every minute: what nobody else can do, because whoever should have done it was killed.

A function that is killed cannot say so; this one says it for all of them. Each chore has a file of its own.
"""

import os
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

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

logger = Logger(service="sweep")  # parent of the chores' loggers: without it nobody formats what they say
CLIENTS = Config(user_agent=USER_AGENT)


class Chore(Protocol):
    """Something to be done every minute."""

    def run(self, now: float) -> int:
        """Do it; answers how much there was to do."""
        ...


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """The chores, built once per process."""

    adopting: Adopting
    overdue: Overdue
    batches: Batches
    retries: Retries

    def run(self, now: float) -> dict[str, int]:
        """Do every chore once, each whatever becomes of the others; answers how much there was to do."""
        done = {"ended": 0, "batches": 0, "queued": 0}

        def do(what: str, chore: Chore) -> None:
            done[what] += chore.run(now)

        with (
            ExitStack() as chores
        ):  # it calls all of them, the last one first, and raises a fault when all are done
            chores.callback(do, "queued", self.retries)
            chores.callback(do, "batches", self.batches)
            chores.callback(do, "ended", self.overdue)
            chores.callback(do, "ended", self.adopting)
        return done


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
