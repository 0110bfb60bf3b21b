"""Which of many jobs there are already, and which of those are worth another attempt."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cutout.errors import CapReached, FetchFailed, NoCredits, OutOfTime
from cutout.service.job_items import JobState, job_key, state_from
from cutout.service.jobs import Job
from cutout.service.keys import call_key, fetched_name

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

MOST_KEYS = 100  # DynamoDB's, for one call
MOST_ATTEMPTS = 5
# What may be otherwise when the sender mentions the picture again: it is there now, or it can be paid for.
WORTH_ANOTHER = {FetchFailed.code, NoCredits.code, CapReached.code, OutOfTime.code}


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A job in its newest attempt."""

    job: Job
    is_new: bool
    """whether it still has to be queued"""


def newest_attempts(client: "DynamoDBClient", table: str, jobs: Sequence[Job]) -> list[Attempt]:
    """Each job in its newest attempt, in the same order.

    A job that has failed for a reason that may be gone is begun once more, under another id, when another call names
    it (``asked`` tells calls apart), four times at most. The call that made it finds it as it is, however often it
    is repeated.
    """
    found: dict[str, Attempt] = {}
    tried = {job.id: job for job in jobs}
    for _ in range(MOST_ATTEMPTS):
        states = known_among(client, table, [job.id for job in tried.values()])
        found |= {first: Attempt(job=job, is_new=job.id not in states) for first, job in tried.items()}
        tried = {
            first: _once_more(job)
            for first, job in tried.items()
            if job.id in states and _is_worth_another(states[job.id], job.asked)
        }
    return [found[job.id] for job in jobs]


def known_among(client: "DynamoDBClient", table: str, job_ids: Sequence[str]) -> dict[str, JobState]:
    """Those of the jobs that are in the table.

    One that is missed (the read is not the newest, or DynamoDB is too busy to answer for all) is queued once more,
    which changes nothing: so nothing is asked twice here.
    """
    found: dict[str, JobState] = {}
    for start in range(0, len(job_ids), MOST_KEYS):
        keys = [job_key(job_id) for job_id in job_ids[start : start + MOST_KEYS]]
        answer = client.batch_get_item(RequestItems={table: {"Keys": keys}})
        states = map(state_from, answer["Responses"].get(table, []))
        found.update((state.job.id, state) for state in states)
    return found


def _is_worth_another(state: JobState, asked: str) -> bool:
    has_failed = state.outcome is not None and state.outcome.code in WORTH_ANOTHER
    return has_failed and not state.deleted and state.job.asked != asked


def _once_more(job: Job) -> Job:
    job_id = hashlib.sha256(f"after {job.id}".encode()).hexdigest()[:32]
    key = call_key(job.owner, job_id, fetched_name(job.source.url))
    return job.model_copy(update={"id": job_id, "source": job.source.model_copy(update={"key": key})})
