"""Dead letters, put back into the queue they failed in.

Not by SQS's own move task: that does not say which jobs it moves, and the emulator has none. A letter is sent before it
is deleted, so a crash between the two leaves it twice, which harms nothing: every stage takes a message twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cutout.service.correlation import job_id_in
from cutout.service.intake import sources_of
from cutout.service.jobs import upload_job_id
from cutout.service.keys import announced_job_id

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

HIDDEN_SECONDS = 60  # from others, while a letter is moved
WAIT_SECONDS = 1  # long enough that every one of SQS's servers is asked


class NoSuchQueue(Exception):
    """No queue of the stack is called this; the message lists those that are."""


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A letter that is back in its queue, and the jobs it is about; none, if nobody can read it."""

    queue: str
    jobs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Letters:
    """The queues of a stack by name, each with its dead letters' queue."""

    sqs: "SQSClient"
    queues: Mapping[str, tuple[str, str]]
    """name -> address of the queue, address of its dead letters"""

    def named(self, said: str) -> list[str]:
        """The queues that are meant: all of them if nothing is said; raises NoSuchQueue."""
        if not said:
            return list(self.queues)
        name = said.removesuffix("Queue").removesuffix("DeadLetters")
        if name not in self.queues:
            raise NoSuchQueue(f"{said[:80]!r} is no queue of this stack; allowed: {', '.join(self.queues)}.")
        return [name]

    def redrive(self, name: str, now: float) -> Iterator[Moved]:
        """Move the letters that were sent before ``now`` (epoch seconds), each as it is asked for.

        A letter that fails again at once comes back with the time at which it was moved, and stays.
        """
        queue, dead = self.queues[name]
        while letters := self._received(dead):
            older = [letter for letter in letters if _sent(letter) < now]
            if not older:
                return
            for letter in older:
                self.sqs.send_message(QueueUrl=queue, MessageBody=letter["Body"])
                self.sqs.delete_message(QueueUrl=dead, ReceiptHandle=letter["ReceiptHandle"])
                yield Moved(queue=name, jobs=jobs_in(letter["Body"]))

    def _received(self, dead: str) -> Any:
        answer = self.sqs.receive_message(
            QueueUrl=dead,
            MaxNumberOfMessages=10,
            VisibilityTimeout=HIDDEN_SECONDS,
            WaitTimeSeconds=WAIT_SECONDS,
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        return answer.get("Messages", [])


def queues_of(names: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """The queues among a stack's resources that have dead letters."""
    found = [name.removesuffix("DeadLetters") for name in names if name.endswith("DeadLetters")]
    return {name: (names[f"{name}Queue"], names[f"{name}DeadLetters"]) for name in found}


def jobs_in(body: str) -> tuple[str, ...]:
    """The ids of the jobs that a message is about, S3's notifications too."""
    named = job_id_in(body)
    if named is not None:
        return (named,)
    try:
        sources = sources_of(body)
    except (ValueError, KeyError, TypeError):
        return ()
    return tuple(announced_job_id(source.key) or upload_job_id(source) for source in sources)


def _sent(letter: Any) -> float:
    return int(letter["Attributes"]["SentTimestamp"]) / 1000
