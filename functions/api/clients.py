"""The clients of the API, opened once per process, and what works with them."""

import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import boto3
from aws_lambda_powertools.utilities.parameters import get_secret
from botocore.config import Config

from batch_calls import BatchCalls
from cutout.service.batch_table import BatchTable
from cutout.service.delivery_table import DeliveryTable
from cutout.service.ending import Endings
from cutout.service.endpoints import EndpointTable
from cutout.service.fetch import Policy
from cutout.service.hook_shelf import HookShelf
from cutout.service.ledger import Ledger
from cutout.service.limiter import Limiter
from cutout.service.onward import Lanes, Onward
from cutout.service.settings import ApiSettings
from cutout.service.table import JobTable
from cutout.service.user_agent import USER_AGENT
from cutout.service.webhooks import ANYWHERE, PUBLIC, Sender
from direct_calls import DirectCalls, Stages
from hook_calls import HookCalls, secret_called
from job_calls import JobCalls
from job_ends import JobEnds
from job_reads import JobReads
from job_sources import JobSources
from removebg_jobs import RemovebgJobs
from webhook_calls import WebhookCalls

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

SECRET_AGE_SECONDS = 300
CLIENTS = Config(user_agent=USER_AGENT)
# Regional addresses: the global one, boto3's default for links, is refused or redirected in many regions.
SIGNING = Config(user_agent=USER_AGENT, signature_version="s3v4", s3={"addressing_style": "virtual"})
# A stage that is called directly is waited for as long as a call lasts, and never called twice by the client itself.
PATIENT = Config(user_agent=USER_AGENT, read_timeout=60, retries={"total_max_attempts": 1})


@dataclass(frozen=True, kw_only=True)
class Services:
    """What the routes call."""

    calls: JobCalls
    reads: JobReads
    ends: JobEnds
    ledger: Ledger
    limiter: Limiter
    removebg: RemovebgJobs
    webhooks: WebhookCalls
    hooks: HookCalls
    batches: BatchCalls


@cache
def services() -> Services:
    """Open the clients."""
    settings = ApiSettings.read(os.environ)
    s3, sqs = boto3.client("s3", config=SIGNING), boto3.client("sqs", config=CLIENTS)
    dynamodb = boto3.client("dynamodb", config=CLIENTS)
    table = JobTable(
        client=dynamodb,
        name=settings.table,
        keep_days=settings.job_retention_days,
        starting_credits=settings.new_key_credits,
    )
    reads = JobReads(s3=s3, table=table, settings=settings)
    sources = JobSources(s3=s3, settings=settings)
    endings = Endings(
        s3=s3,
        sqs=sqs,
        table=table,
        result_bucket=settings.result_bucket,
        notify_queue=settings.notify_queue,
    )
    ledger = table.ledger
    limiter = Limiter(
        client=dynamodb,
        name=settings.table,
        requests_per_minute=settings.requests_per_minute,
        megapixels_per_minute=settings.megapixels_per_minute,
    )
    calls = JobCalls(
        direct=direct_calls(settings, sqs, table),
        table=table,
        reads=reads,
        sources=sources,
        settings=settings,
    )
    return Services(
        calls=calls,
        reads=reads,
        ends=JobEnds(s3=s3, table=table, reads=reads, endings=endings),
        ledger=ledger,
        limiter=limiter,
        batches=BatchCalls(
            s3=s3,
            sqs=sqs,
            table=BatchTable(client=dynamodb, name=settings.table),
            ledger=ledger,
            jobs=calls,
            settings=settings,
        ),
        removebg=RemovebgJobs(
            calls=calls,
            limiter=limiter,
            ledger=ledger,
            s3=s3,
            policy=Policy(max_bytes=settings.max_bytes, exceptions=settings.fetch_exceptions),
            source_bucket=settings.source_bucket,
            result_bucket=settings.result_bucket,
        ),
        webhooks=webhook_calls(settings, sqs, table),
        hooks=hook_calls(settings, s3, sqs, table),
    )


def hook_calls(settings: ApiSettings, s3: "S3Client", sqs: "SQSClient", table: JobTable) -> HookCalls:
    """What taking the webhooks of others works with."""
    return HookCalls(
        shelf=HookShelf(s3, settings.work_bucket),
        dynamodb=table.client,
        sqs=sqs,
        queues=Lanes(interactive=settings.ingest_queue, bulk=settings.bulk_ingest_queue),
        settings=settings,
        secret_of=secret_called,
    )


def webhook_calls(settings: ApiSettings, sqs: "SQSClient", table: JobTable) -> WebhookCalls:
    """What the routes about webhooks work with."""
    return WebhookCalls(
        endpoints=EndpointTable(client=table.client, name=settings.table),
        deliveries=DeliveryTable(
            client=table.client,
            sqs=sqs,
            name=settings.table,
            queue=settings.delivery_queue,
            grace_seconds=settings.retry_grace_seconds,
        ),
        sender=Sender(
            guard=ANYWHERE if settings.allow_private_callbacks else PUBLIC,
            timeout_seconds=settings.delivery_timeout_seconds,
        ),
        master=lambda: str(get_secret(settings.secret, max_age=SECRET_AGE_SECONDS)),
    )


def direct_calls(settings: ApiSettings, sqs: "SQSClient", table: JobTable) -> DirectCalls:
    """The way through the stages without queues."""
    return DirectCalls(
        lambdas=boto3.client("lambda", config=PATIENT),
        onward=Onward(
            sqs=sqs,
            table=table,
            ingest=Lanes.one(settings.ingest_queue),
            matte=Lanes.one(settings.interactive_queue),
            compose=Lanes.one(settings.compose_queue),
        ),
        stages=Stages(
            ingest=settings.ingest_function, matte=settings.matte_function, compose=settings.compose_function
        ),
    )
