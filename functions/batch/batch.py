"""Make the jobs of batches, a page a message; take what S3 Batch Operations hands over.

Reads: manifests and listings of the source bucket, its rules, and which version of a source has been answered. Sends
to: the bulk ingest queue, and its own.
"""

import os
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from botocore.config import Config

from back_fill import BackFill, is_back_fill
from cutout.service.batch import each_message
from cutout.service.batch_table import BatchTable
from cutout.service.ledger import Ledger
from cutout.service.rules_file import RulesFile
from cutout.service.settings import BatchSettings
from cutout.service.user_agent import USER_AGENT
from making import Making
from pages import Pages

logger = Logger(service="batch")
CLIENTS = Config(user_agent=USER_AGENT)


@dataclass(frozen=True, kw_only=True)
class Services:
    """What batch works with, built once per process."""

    making: Making
    back_fill: BackFill


@cache
def services() -> Services:
    """Open the clients, once per process."""
    settings = BatchSettings.read(os.environ)
    s3, sqs, dynamodb = (
        boto3.client("s3", config=CLIENTS),
        boto3.client("sqs", config=CLIENTS),
        boto3.client("dynamodb", config=CLIENTS),
    )
    making = Making(
        sqs=sqs,
        table=BatchTable(client=dynamodb, name=settings.table),
        ledger=Ledger(client=dynamodb, name=settings.table),
        pages=Pages(s3=s3),
        own_queue=settings.batch_queue,
        jobs_queue=settings.bulk_ingest_queue,
        page_seconds=settings.bulk_deadline_seconds,
        longest_seconds=settings.batch_longest_seconds,
        fetch_exceptions=settings.fetch_exceptions,
    )
    back_fill = BackFill(
        s3=s3,
        sqs=sqs,
        source_bucket=settings.source_bucket,
        result_bucket=settings.result_bucket,
        jobs_queue=settings.bulk_ingest_queue,
        payer=settings.bucket_account,
        rules=RulesFile(s3, settings.work_bucket, settings.rules_seconds),
    )
    return Services(making=making, back_fill=back_fill)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry: SQS messages with batches, and tasks of S3 Batch Operations."""
    if is_back_fill(event):
        return services().back_fill.answer(event)
    return each_message(event, context, logger, services().making.take)
