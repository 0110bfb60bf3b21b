"""Every minute: what nobody else can do, because whoever should have done it was killed.

A function that is killed cannot say so; this one says it for all of them. Each chore has a file of its own.
"""

import os
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3

from adopting import Adopting
from cutout.service.ending import Endings
from cutout.service.settings import SweepSettings
from cutout.service.table import JobTable
from overdue import Overdue


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """The chores, built once per process."""

    adopting: Adopting
    overdue: Overdue

    def run(self, now: float) -> dict[str, int]:
        """Do every chore once; answers how much there was to do."""
        return {"ended": self.adopting.run(now) + self.overdue.run(now)}


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
    return Sweep(adopting=adopting, overdue=Overdue(sqs=sqs, table=table, endings=endings, settings=settings))


def handler(_event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Lambda's entry: the schedule."""
    return service().run(time.time())
