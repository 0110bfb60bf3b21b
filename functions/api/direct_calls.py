"""A job carried through the stages within one call, and through the queues from wherever its time was up."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError, HTTPClientError

from cutout.service.direct import Message, direct_event, onward_in
from cutout.service.jobs import Job
from cutout.service.messages import ComposeMessage, JobMessage, MatteMessage
from cutout.service.onward import Onward

if TYPE_CHECKING:
    from mypy_boto3_lambda.client import LambdaClient

THROTTLED = "TooManyRequestsException"  # the account's or the function's concurrency is used up

logger = Logger(service="api", child=True)


class Unanswered(Exception):
    """A stage that gave no answer in time, or could not be called; the message of its queue does it again."""


class Throttled(Unanswered):
    """A stage that could not be called because too much runs already; nothing of it was done."""


@dataclass(frozen=True, kw_only=True)
class Stages:
    """The names of the three functions. The network's is the one on the CPU, which always exists."""

    ingest: str
    matte: str
    compose: str

    def of(self, message: Message) -> str:
        """The function that takes this message."""
        if isinstance(message, MatteMessage):
            return self.matte
        return self.compose if isinstance(message, ComposeMessage) else self.ingest


@dataclass(frozen=True, kw_only=True)
class DirectCalls:
    """What a synchronous call works with, built once per process."""

    lambdas: "LambdaClient"
    onward: Onward
    stages: Stages

    def carry(self, job: Job, seconds: float) -> bool:
        """Carry an admitted job through its stages. False: the time was up, and the queues carry it on.

        A stage that was called in vain may still be running; done twice, its work is the same and paid once.
        """
        return self.carry_on(JobMessage(job=job), time.monotonic() + seconds)

    def carry_if_room(self, job: Job, seconds: float) -> bool:
        """As ``carry``, for a job that is rather not begun than carried on by the queues.

        Raises
        ------
        Throttled
            There is no room for its first stage; nothing was done, and nothing queued.
        """
        until, first = time.monotonic() + seconds, JobMessage(job=job)
        try:
            onward = self.ask(first, seconds)
        except Throttled:
            raise
        except Unanswered as reason:
            self.leave_to_queue(first, reason)
            return False
        return onward is None or self.carry_on(onward, until)

    def carry_on(self, message: Message, until: float) -> bool:
        """Carry a job on from one of its stages, until a moment of the monotonic clock."""
        try:
            while onward := self.ask(message, until - time.monotonic()):
                message = onward
        except Unanswered as reason:
            self.leave_to_queue(message, reason)
            return False
        return True

    def leave_to_queue(self, message: Message, reason: Unanswered) -> None:
        """Let the queues carry a job on, and note why."""
        stage = self.stages.of(message)
        logger.info("goes on in the queue", correlation_id=message.job.id, stage=stage, why=str(reason))
        self.onward.send(message)

    def ask(self, message: Message, seconds: float) -> MatteMessage | ComposeMessage | None:
        """Call one stage; what it answers for the next one, None when the job has ended.

        Raises
        ------
        Unanswered
            It took longer, was throttled, or failed: its own fault is retried from its queue, and rings there.
        Throttled
            It was not called at all.
        """
        if seconds <= 0:
            raise Unanswered("no time left")
        waiting = ThreadPoolExecutor(max_workers=1)
        try:
            return waiting.submit(self.invoke, message).result(timeout=seconds)
        except TimeoutError as error:
            raise Unanswered("no answer in time") from error
        finally:
            waiting.shutdown(wait=False)

    def invoke(self, message: Message) -> MatteMessage | ComposeMessage | None:
        """One invocation, for as long as it takes."""
        payload = json.dumps(direct_event(message)).encode()
        try:
            answer: Any = self.lambdas.invoke(FunctionName=self.stages.of(message), Payload=payload)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            raise (Throttled if code == THROTTLED else Unanswered)(code) from error
        except HTTPClientError as error:
            raise Unanswered(type(error).__name__) from error
        if "FunctionError" in answer:
            raise Unanswered("it failed")
        return onward_in(json.load(answer["Payload"]))
