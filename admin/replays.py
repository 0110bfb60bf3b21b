"""A job that has ended, made once more: the same picture, recipe, owner, payer and webhook, under a new id."""

import hashlib
import json
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cutout.errors import Cancelled
from cutout.service.jobs import Job, Status, timestamp
from cutout.service.messages import JobMessage
from cutout.service.objects import GONE
from cutout.service.onward import Lanes
from cutout.service.table import JobState, JobTable

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

MOST_ATTEMPTS = 100


class NotReplayed(Exception):
    """The job is not made again; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Replays:
    """Makes ended jobs again. ``deadline_seconds`` is how long a job of each lane may take."""

    s3: "S3Client"
    sqs: "SQSClient"
    table: JobTable
    ingest: Lanes
    deadline_seconds: Lanes

    def replay(self, job_id: str, endings: Collection[Status]) -> Job:
        """Queue a job again that has ended in one of these ways; answers the new one.

        The new id is a digest of the old one and of the attempt's number. While an attempt is under way the command
        only queues that one again, so a repeated command is one job and one charge.

        Raises
        ------
        NotReplayed
            There is no such job, it has not ended so, or its picture is gone.
        NotAffordable
            Its account cannot pay for it.
        """
        state = self.table.find(job_id)
        if state is None:
            raise NotReplayed(f"There is no job {job_id[:40]!r}.")
        self.check(state, endings)
        for attempt in range(1, MOST_ATTEMPTS + 1):
            new = self.attempt(state, attempt)
            known = self.table.find(new.id)
            if known is not None and known.outcome is not None:
                check_ending(known, endings, f"Job {new.id}, this one made again,")
                continue
            self.begin(new)
            return new
        raise NotReplayed(f"Job {job_id} has been made again {MOST_ATTEMPTS} times.")

    def begin(self, job: Job) -> None:
        """Store the job, if it is new, and queue it: a crash between the two is healed by the next command."""
        now = time.time()
        seconds = int(self.deadline_seconds.of(job.lane))
        self.table.create(job, int(now) + seconds, timestamp(now))
        message = JobMessage(job=job).model_dump_json()
        self.sqs.send_message(QueueUrl=self.ingest.of(job.lane), MessageBody=message)

    def attempt(self, state: JobState, number: int) -> Job:
        """The job as it is made this time. One that was delivered has been paid; a batch's report is written."""
        digest = hashlib.sha256(json.dumps(["replay", state.job.id, number]).encode()).hexdigest()
        own = {
            "id": digest[:32],
            "created": timestamp(time.time()),
            "batch": "",
            "price": 0 if state.status == "done" else state.taken.amount or state.job.price,
        }
        return state.job.model_copy(update=own)

    def check(self, state: JobState, endings: Collection[Status]) -> None:
        """Refuse what cannot be made again; raises NotReplayed."""
        name = f"Job {state.job.id}"
        if state.outcome is None:
            raise NotReplayed(f"{name} is still open ({state.status}): it ends by itself.")
        if state.deleted:
            raise NotReplayed(f"{name} was deleted by its owner.")
        if state.outcome.code == Cancelled.code and "done" not in endings:
            raise NotReplayed(f"{name} was cancelled by its owner; FORCE=1 (--force) makes it all the same.")
        check_ending(state, endings, name)
        if not state.job.source.url and not self.is_there(state.job):
            raise NotReplayed(f"The picture of {name.lower()} is not in the source bucket.")

    def is_there(self, job: Job) -> bool:
        """Whether the job's picture can still be read."""
        source = job.source
        which = {"VersionId": source.version_id} if source.version_id else {}
        try:
            self.s3.head_object(Bucket=source.bucket, Key=source.key, **which)  # type: ignore[arg-type]
        except self.s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                return False
            raise
        return True


def check_ending(state: JobState, endings: Collection[Status], name: str) -> None:
    """Refuse a job that has ended otherwise; raises NotReplayed."""
    if state.status not in endings:
        raise NotReplayed(f"{name} is {state.status}; FORCE=1 (--force) makes it all the same, at no charge.")
