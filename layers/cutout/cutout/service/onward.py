"""Handing a job to its next stage through the queue that the stage listens on."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cutout.service.jobs import timestamp
from cutout.service.messages import ComposeMessage, MatteMessage
from cutout.service.table import JobTable

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient


@dataclass(frozen=True, kw_only=True)
class Onward:
    """Queues what ingest has found out; the job's lane chooses the matte queue."""

    sqs: "SQSClient"
    table: JobTable
    interactive_queue: str
    bulk_queue: str
    compose_queue: str

    def send(self, message: MatteMessage | ComposeMessage) -> None:
        """Hand the job on, then note how far it is: a crash between the two repeats work and never loses it."""
        self.sqs.send_message(QueueUrl=self.queue_of(message), MessageBody=message.model_dump_json())
        self.table.advance(message.job.id, "ingested", timestamp(time.time()))
        if isinstance(message, ComposeMessage):
            self.table.advance(message.job.id, "matted", timestamp(time.time()))

    def queue_of(self, message: MatteMessage | ComposeMessage) -> str:
        """The queue that this message belongs in."""
        if isinstance(message, ComposeMessage):
            return self.compose_queue
        return self.interactive_queue if message.job.lane == "interactive" else self.bulk_queue
