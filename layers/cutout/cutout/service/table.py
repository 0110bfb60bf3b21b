"""The job table: one item a job, conditional at every step, so that no order of events can undo an ending.

A job and its account change together: admitted and held, delivered and charged, failed and released are one
transaction each, on condition that the job is new, or still open. So whoever ends a job, and however often it is
tried, its hold is turned into a charge or given back exactly once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cutout.errors import NotAffordable
from cutout.service.accounts import month_of
from cutout.service.batch_items import counted
from cutout.service.boundless import Boundless
from cutout.service.holds import Hold, charge, check_means, released, settled, taken
from cutout.service.job_items import (
    DAY_SECONDS,
    OPEN,
    OPEN_VALUES,
    JobState,
    ending,
    job_key,
    new_item,
    state_from,
)
from cutout.service.jobs import Job, Outcome, Status
from cutout.service.ledger import Ledger
from cutout.service.owner_index import page_in, place_of
from cutout.service.transactions import ConditionFailed, commit, patiently

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

__all__ = ["JobState", "JobTable"]

SHARDS = "0123456789abcdef"  # the deadline index is written to on every upload: 16 partitions share that
MOST_LOOKS = 10
JOB = 0  # the first write is the job's: by the order a refused transaction says whose condition did not hold


@dataclass(frozen=True, kw_only=True)
class JobTable:
    """Reads and writes jobs. ``client`` is a DynamoDB client, ``name`` the table's name.

    ``starting_credits`` is what an account has that is made at its first use, in hundredths; None: it is unlimited.
    """

    client: "DynamoDBClient"
    name: str
    keep_days: int = 90
    starting_credits: int | None = None
    boundless: Boundless = field(default_factory=Boundless, compare=False)

    @property
    def ledger(self) -> Ledger:
        """The accounts, which lie in the same table."""
        return Ledger(client=self.client, name=self.name, starting_credits=self.starting_credits)

    def create(self, job: Job, deadline: int, now: str) -> bool:
        """Store a new job as ``queued``, to be ended by ``deadline`` (epoch seconds), and hold its price.

        False: it exists, and nothing was held once more. The account is the job's payer, else its owner; one that
        there is not yet is made. A job that is free needs no balance.

        Raises
        ------
        NoCredits, CapReached
            The account cannot pay for it; no job was stored.
        """
        hold = Hold(account=job.payer or job.owner, amount=job.price, month=month_of(now))
        put = self._put_new(self._queued(job, hold, deadline, now))
        known = self.boundless.find(hold.account) if hold.amount else None
        for _ in range(MOST_LOOKS):
            account, known = known or self.ledger.account_of(hold.account, now), None
            try:
                check_means(account, hold)
                commit(self.client, [put, *taken(self.name, account, hold)])
            except NotAffordable:
                if self.find(job.id) is None:
                    raise
                return False  # a request that is repeated is no new expense, whatever is left by now
            except ConditionFailed as failed:
                if failed.at(JOB):
                    return False
            else:
                self.boundless.note(account)
                return True
        raise RuntimeError(f"account {hold.account!r} changed {MOST_LOOKS} times while a job was admitted")

    def refuse(self, job: Job, outcome: Outcome, now: str) -> bool:
        """Store a new job that has failed before it began; nothing is held. False: it exists."""
        ttl = self._ttl_from(now)
        item = new_item(job, Hold(account=job.payer or job.owner, amount=0, month=month_of(now)), now) | {
            "status": {"S": outcome.status},
            "outcome": {"S": outcome.model_dump_json()},
            "ttl": {"N": str(ttl)},
        }
        try:
            commit(self.client, [self._put_new(item), *counted(self.name, job, outcome, 0, ttl)])
        except ConditionFailed:
            return False
        return True

    def find(self, job_id: str) -> JobState | None:
        """The job and its state as last written, or None."""
        answer = self.client.get_item(TableName=self.name, Key=job_key(job_id), ConsistentRead=True)
        return state_from(answer["Item"]) if "Item" in answer else None

    def arrived(self, job: Job, deadline: int, now: str) -> None:
        """Note the upload of a job that an API call announced, and give it a new deadline."""
        self._update_open(
            job.id,
            "SET job = :job, deadline = :deadline, updated = :now",
            {":job": {"S": job.model_dump_json()}, ":deadline": {"N": str(deadline)}, ":now": {"S": now}},
        )

    def advance(self, job_id: str, status: Status, now: str) -> None:
        """Note a finished stage. A job that has ended, or that is further already, stays as it is."""
        earlier = {"ingested": "queued", "matted": "ingested"}[status]
        self._update_if(
            job_id,
            "#status = :earlier",
            "SET #status = :next, updated = :now",
            {":next": {"S": status}, ":earlier": {"S": earlier}, ":now": {"S": now}},
        )

    def finish(
        self, job: Job, outcome: Outcome, cost_usd: float, now: str, *, seen: JobState | None = None
    ) -> bool:
        """End an open job as done and turn its hold into a charge, both or neither. False: it had ended before.

        ``seen`` is the job as it was read some time ago; None: it is read now. What is taken from it, the hold and the
        batch, never changes, and whether the job is still open is the transaction's own condition.
        """
        state = seen or self.find(job.id)
        if state is None or state.outcome is not None:
            return False
        hold = state.taken
        paid = [settled(self.name, hold), charge(self.name, job.id, hold, cost_usd, now)]
        return self._end(
            job.id,
            outcome,
            [*paid, *counted(self.name, state.job, outcome, hold.amount, self._ttl_from(now))],
            now,
        )

    def fail(self, job_id: str, outcome: Outcome, now: str) -> bool:
        """End an open job as failed and give its hold back; nothing is charged. False: it had ended before."""
        state = self.find(job_id)
        if state is None or state.outcome is not None:
            return False
        given_back = released(self.name, state.taken)
        in_batch = counted(self.name, state.job, outcome, 0, self._ttl_from(now))
        return self._end(job_id, outcome, [*given_back, *in_batch], now)

    def postpone(self, job_id: str, deadline: int, now: str) -> None:
        """Give an open job until ``deadline`` (epoch seconds)."""
        self._update_open(
            job_id,
            "SET deadline = :deadline, updated = :now",
            {":deadline": {"N": str(deadline)}, ":now": {"S": now}},
        )

    def settle(self, job_id: str) -> None:
        """Take a failed job out of the deadline index: everybody has been told."""
        failed = {":failed": {"S": "failed"}}
        self._update_if(job_id, "#status = :failed", "REMOVE deadline, deadline_shard", failed)

    def overdue(self, now_seconds: int, most: int) -> list[JobState]:
        """Jobs whose deadline has passed, open or failed and not told of yet, at most ``most`` of each shard."""
        return [state for shard in SHARDS for state in self._overdue_in(shard, now_seconds, most)]

    def newest_of(self, owner: str, most: int) -> list[JobState]:
        """An owner's jobs, newest first."""
        return self.page_of(owner, most, None)[0]

    def page_of(self, owner: str, most: int, after: Job | None) -> tuple[list[JobState], bool]:
        """An owner's jobs, newest first, at most ``most``, from the one after ``after`` on; whether there are more."""
        start = None if after is None else place_of(job_key(after.id), after.created)
        items, has_more = page_in(self.client, self.name, owner, most, start)
        return list(map(state_from, items)), has_more

    def forget(self, job_id: str, now: str) -> None:
        """Note that an ended job was deleted by its owner, and take it out of the owner's list."""
        try:
            self.client.update_item(
                TableName=self.name,
                Key=job_key(job_id),
                UpdateExpression="SET deleted = :now, updated = :now REMOVE #owner, deadline, deadline_shard",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":now": {"S": now}},
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return  # its time was up in this moment: nothing is left to note

    def _overdue_in(self, shard: str, now_seconds: int, most: int) -> Iterator[JobState]:
        answer = self.client.query(
            TableName=self.name,
            IndexName="deadline",
            KeyConditionExpression="deadline_shard = :shard AND deadline <= :now",
            ExpressionAttributeValues={":shard": {"S": shard}, ":now": {"N": str(now_seconds)}},
            Limit=most,
        )
        return (state_from(item) for item in answer["Items"])

    def _ttl_from(self, now: str) -> int:
        return int(datetime.fromisoformat(now).timestamp()) + self.keep_days * DAY_SECONDS

    def _put_new(self, item: dict[str, Any]) -> dict[str, Any]:
        condition = "attribute_not_exists(pk)"
        return {"Put": {"TableName": self.name, "Item": item, "ConditionExpression": condition}}

    def _queued(self, job: Job, hold: Hold, deadline: int, now: str) -> dict[str, Any]:
        return new_item(job, hold, now) | {
            "status": {"S": "queued"},
            "deadline": {"N": str(deadline)},
            "deadline_shard": {"S": job.id[0]},
            "ttl": {"N": str(deadline + self.keep_days * DAY_SECONDS)},
        }

    def _end(self, job_id: str, outcome: Outcome, writes: list[dict[str, Any]], now: str) -> bool:
        end = {"Update": {"TableName": self.name, "Key": job_key(job_id), **ending(outcome, now)}}
        try:
            commit(self.client, [end, *writes])
        except ConditionFailed as failed:
            if failed.at(JOB):
                return False
            raise  # the account does not have what the job holds, or a charge without an end: ours to repair
        return True

    def _update_open(self, job_id: str, expression: str, values: dict[str, Any]) -> None:
        self._update_if(job_id, OPEN, expression, {**OPEN_VALUES, **values})

    def _update_if(self, job_id: str, condition: str, expression: str, values: dict[str, Any]) -> None:
        """Change a job whose status fits the condition; any other stays as it is."""
        try:
            patiently(
                self.client,
                lambda: self.client.update_item(
                    TableName=self.name,
                    Key=job_key(job_id),
                    UpdateExpression=expression,
                    ConditionExpression=condition,
                    ExpressionAttributeNames={"#status": "status"},
                    ExpressionAttributeValues=values,
                ),
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return
