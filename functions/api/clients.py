"""The clients of the API, opened once per process, and what works with them."""

import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from cutout.service.ending import Endings
from cutout.service.fetch import Policy
from cutout.service.ledger import Ledger
from cutout.service.limiter import Limiter
from cutout.service.onward import Lanes, Onward
from cutout.service.settings import ApiSettings
from cutout.service.table import JobTable
from direct_calls import DirectCalls, Stages
from job_calls import JobCalls
from job_ends import JobEnds
from job_reads import JobReads
from job_sources import JobSources
from removebg_jobs import RemovebgJobs

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

# Regional addresses: the global one, boto3's default for links, is refused or redirected in many regions.
SIGNING = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
# A stage that is called directly is waited for as long as a call lasts, and never called twice by the client itself.
PATIENT = Config(read_timeout=60, retries={"total_max_attempts": 1})


@dataclass(frozen=True, kw_only=True)
class Services:
    """What the routes call."""

    calls: JobCalls
    reads: JobReads
    ends: JobEnds
    ledger: Ledger
    limiter: Limiter
    removebg: RemovebgJobs


@cache
def services() -> Services:
    """Open the clients."""
    settings = ApiSettings.read(os.environ)
    s3, sqs = boto3.client("s3", config=SIGNING), boto3.client("sqs")
    dynamodb = boto3.client("dynamodb")
    table = JobTable(client=dynamodb, name=settings.table, starting_credits=settings.new_key_credits)
    reads = JobReads(s3=s3, table=table, settings=settings)
    sources = JobSources(s3=s3, settings=settings)
    endings = Endings(
        s3=s3,
        sqs=sqs,
        table=table,
        result_bucket=settings.result_bucket,
        notify_queue=settings.notify_queue,
    )
    ledger = Ledger(client=dynamodb, name=settings.table, starting_credits=settings.new_key_credits)
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
        removebg=RemovebgJobs(
            calls=calls,
            limiter=limiter,
            ledger=ledger,
            s3=s3,
            policy=Policy(max_bytes=settings.max_bytes, exceptions=settings.fetch_exceptions),
            source_bucket=settings.source_bucket,
            result_bucket=settings.result_bucket,
        ),
    )


def direct_calls(settings: ApiSettings, sqs: "SQSClient", table: JobTable) -> DirectCalls:
    """The way through the stages without queues."""
    return DirectCalls(
        lambdas=boto3.client("lambda", config=PATIENT),
        onward=Onward(
            sqs=sqs,
            table=table,
            ingest=Lanes(interactive=settings.ingest_queue, bulk=settings.bulk_ingest_queue),
            matte=Lanes(interactive=settings.interactive_queue, bulk=settings.bulk_queue),
            compose=Lanes(interactive=settings.compose_queue, bulk=settings.bulk_compose_queue),
        ),
        stages=Stages(
            ingest=settings.ingest_function, matte=settings.matte_function, compose=settings.compose_function
        ),
    )
