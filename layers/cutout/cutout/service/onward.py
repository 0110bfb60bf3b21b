"""Handing a job to its next stage through the queue that the stage listens on.

Every stage has two queues, and interactive jobs only ever enter theirs: a million pictures of a batch stand before none
of them.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from cutout.service.jobs import Lane, timestamp
from cutout.service.messages import ComposeMessage, JobMessage, MatteMessage, RemovalMessage
from cutout.service.table import JobTable

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient


@dataclass(frozen=True, kw_only=True)
class Lanes:
    """The two queues of one stage."""

    interactive: str
    bulk: str

    @classmethod
    def one(cls, queue: str) -> Self:
        """One queue for both, where every job is interactive: whoever has it needs no right to the other's."""
        return cls(interactive=queue, bulk=queue)

    def of(self, lane: Lane) -> str:
        """The queue of this lane."""
        return self.interactive if lane == "interactive" else self.bulk


@dataclass(frozen=True, kw_only=True)
class Onward:
    """Queues what the next stage has to do."""

    sqs: "SQSClient"
    table: JobTable
    ingest: Lanes
    matte: Lanes
    compose: Lanes

    def send(self, message: JobMessage | MatteMessage | ComposeMessage | RemovalMessage) -> None:
        """Hand the job on, then note how far it is: a crash between the two repeats work and never loses it."""
        self.sqs.send_message(QueueUrl=self.queue_of(message), MessageBody=message.model_dump_json())
        if isinstance(message, JobMessage | RemovalMessage):
            return
        self.table.advance(message.job.id, "ingested", timestamp(time.time()))
        if isinstance(message, ComposeMessage):
            self.table.advance(message.job.id, "matted", timestamp(time.time()))

    def queue_of(self, message: JobMessage | MatteMessage | ComposeMessage | RemovalMessage) -> str:
        """The queue that this message belongs in; nobody waits for what is removed."""
        if isinstance(message, RemovalMessage):
            return self.ingest.bulk
        if isinstance(message, JobMessage):
            return self.ingest.of(message.job.lane)
        stage = self.compose if isinstance(message, ComposeMessage) else self.matte
        return stage.of(message.job.lane)
