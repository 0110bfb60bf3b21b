"""What a run has left behind: jobs, results, books, dead letters, deliveries."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from admin.audit import Findings, audit
from admin.records import Books
from chaos.orders import Order
from cutout.service import deliveries
from cutout.service.batch_items import batch_from
from cutout.service.batches import BatchState
from cutout.service.deliveries import DeliveryState
from cutout.service.job_items import JobState, state_from
from local.stack import LocalStack

LOOK_SECONDS = 0.5
QUIET_LOOKS = 2
COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
FORGOTTEN = ("job", "milliseconds", "memory", "cost_usd", "created", "ended")
"""of a report: what two runs never share"""


@dataclass(frozen=True, kw_only=True)
class DeadLetter:
    """A message that nobody could work on."""

    queue: str
    id: str
    body: str


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything that is judged."""

    jobs: tuple[JobState, ...]
    results: Mapping[str, bytes]
    """every object of the result bucket, by key"""
    findings: Findings
    dead_letters: tuple[DeadLetter, ...]
    batches: tuple[BatchState, ...] = ()
    webhooks: tuple[DeliveryState, ...] = ()
    """every event that was to be brought to somebody"""


@dataclass(frozen=True, kw_only=True)
class Investigator:
    """Looks at a running stack."""

    stack: LocalStack

    @property
    def queues(self) -> list[str]:
        """Every queue that has dead letters, without the word."""
        names = self.stack.deployed.names
        return [name.removesuffix("DeadLetters") for name in names if name.endswith("DeadLetters")]

    def waiting(self, name: str) -> int:
        """Messages of a queue, those that are hidden included."""
        sqs = self.stack.client("sqs")
        counts = sqs.get_queue_attributes(QueueUrl=self.stack.name(name), AttributeNames=list(COUNTS))
        return sum(int(counts["Attributes"][count]) for count in COUNTS)

    def items(self, kind: str) -> list[dict[str, Any]]:
        """Every item of the table with this sort key."""
        pages = (
            self.stack.client("dynamodb")
            .get_paginator("scan")
            .paginate(TableName=self.stack.name("JobTable"), ConsistentRead=True)
        )
        return [item for page in pages for item in page["Items"] if item["sk"]["S"] == kind]

    def jobs(self) -> list[JobState]:
        """Every job."""
        return [state_from(item) for item in self.items("job")]

    def batches(self) -> list[BatchState]:
        """Every batch."""
        return [batch_from(item) for item in self.items("batch")]

    def webhooks(self) -> list[DeliveryState]:
        """Every event for every listener."""
        return [deliveries.state_from(item) for item in self.items("delivery")]

    def is_at_rest(self) -> bool:
        """Whether nothing waits any more: no message, no job, no batch and no webhook."""
        return (
            not any(self.waiting(f"{queue}Queue") for queue in self.queues)
            and all(state.outcome is not None for state in self.jobs())
            and all(state.counts is not None for state in self.batches())
            and all(state.status != "pending" for state in self.webhooks())
        )

    def settle(self, longest_seconds: float) -> bool:
        """Let sweep run until everything is at rest; False: it never came to that."""
        until, quiet = time.monotonic() + longest_seconds, 0
        while quiet < QUIET_LOOKS:
            if time.monotonic() > until:
                return False
            self.stack.host.invoke("SweepFunction", b"{}")
            is_quiet = self.is_at_rest()
            quiet = quiet + 1 if is_quiet else 0
            time.sleep(LOOK_SECONDS if not is_quiet else 0.1)
        return True

    def look(self) -> Evidence:
        """Read everything."""
        books = Books(client=self.stack.client("dynamodb"), table=self.stack.name("JobTable"))
        return Evidence(
            jobs=tuple(self.jobs()),
            results=self.objects("ResultBucket"),
            findings=audit(books),
            dead_letters=tuple(letter for queue in self.queues for letter in self.dead_letters(queue)),
            batches=tuple(self.batches()),
            webhooks=tuple(self.webhooks()),
        )

    def objects(self, bucket: str) -> dict[str, bytes]:
        """Everything in a bucket."""
        s3, name = self.stack.client("s3"), self.stack.name(bucket)
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=name)
        keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
        return {key: s3.get_object(Bucket=name, Key=key)["Body"].read() for key in keys}

    def dead_letters(self, queue: str) -> list[DeadLetter]:
        """The dead letters of a queue; they stay there."""
        sqs, url = self.stack.client("sqs"), self.stack.name(f"{queue}DeadLetters")
        found: dict[str, DeadLetter] = {}
        while len(found) < self.waiting(f"{queue}DeadLetters"):
            answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=5)
            for message in answer.get("Messages", []):
                letter = DeadLetter(queue=queue, id=message["MessageId"], body=message["Body"])
                found[letter.id] = letter
        return list(found.values())


def number_of(state: JobState) -> int:
    """The order that a job belongs to: its file is called so."""
    return int(state.job.source.key.rpartition("/")[2].partition(".")[0])


def version_of(state: JobState, order: Order) -> int:
    """Which version of its order's pictures a job has; the first where no picture has come."""
    etags = [hashlib.md5(body, usedforsecurity=False).hexdigest() for body in order.versions]
    return etags.index(state.job.source.etag) if state.job.source.etag in etags else 0


def without_times(report: bytes) -> dict[str, Any]:
    """A report as any other run of the same orders has it."""
    document: dict[str, Any] = json.loads(report)
    kept = {name: value for name, value in document.items() if name not in FORGOTTEN}
    kept["source"] = {name: kept["source"][name] for name in ("size_bytes",) if name in kept["source"]}
    if kept["status"] == "done":
        kept["model"] = kept["model"] and {name: v for name, v in kept["model"].items() if name != "reused"}
        kept["treatment"] = {"lane": kept["treatment"]["lane"]}
        kept["results"] = [{n: v for n, v in result.items() if n != "key"} for result in kept["results"]]
    return kept
