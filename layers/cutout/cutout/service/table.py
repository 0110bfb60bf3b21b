"""The job table: one item a job, conditional at every step, so that no order of events can undo an ending."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from cutout.service.jobs import Job, Outcome, Status

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

OPEN = "#status IN (:queued, :ingested, :matted)"
OPEN_VALUES = {f":{status}": {"S": status} for status in ("queued", "ingested", "matted")}
SHARDS = "0123456789abcdef"  # the deadline index is written to on every upload: 16 partitions share that
DAY_SECONDS = 86_400


class JobState(BaseModel):
    """A job and where it stands."""

    model_config = ConfigDict(frozen=True)

    job: Job
    status: Status
    updated: str
    outcome: Outcome | None = None


@dataclass(frozen=True, kw_only=True)
class JobTable:
    """Reads and writes jobs. ``client`` is a DynamoDB client, ``name`` the table's name."""

    client: "DynamoDBClient"
    name: str
    keep_days: int = 90

    def create(self, job: Job, deadline: int, now: str) -> bool:
        """Store a new job as ``queued``, to be ended by ``deadline`` (epoch seconds). False: it exists."""
        item = {
            **_key(job.id),
            "job": {"S": job.model_dump_json()},
            "status": {"S": "queued"},
            "owner": {"S": job.owner},
            "created": {"S": job.created},
            "updated": {"S": now},
            "deadline": {"N": str(deadline)},
            "deadline_shard": {"S": job.id[0]},
            "ttl": {"N": str(deadline + self.keep_days * DAY_SECONDS)},
        }
        try:
            self.client.put_item(
                TableName=self.name, Item=item, ConditionExpression="attribute_not_exists(pk)"
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def find(self, job_id: str) -> JobState | None:
        """The job and its state as last written, or None."""
        answer = self.client.get_item(TableName=self.name, Key=_key(job_id), ConsistentRead=True)
        return _state(answer["Item"]) if "Item" in answer else None

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
        try:
            self.client.update_item(
                TableName=self.name,
                Key=_key(job_id),
                UpdateExpression="SET #status = :next, updated = :now",
                ConditionExpression="#status = :earlier",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={
                    ":next": {"S": status},
                    ":earlier": {"S": earlier},
                    ":now": {"S": now},
                },
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return

    def finish(self, job: Job, outcome: Outcome, cost_usd: float, now: str) -> bool:
        """End an open job as done and charge its owner, both or neither. False: it had ended before."""
        charge = {
            "pk": {"S": f"owner#{job.owner}"},
            "sk": {"S": f"charge#{job.id}"},
            "credits": {"N": "1"},
            "cost_usd": {"N": f"{cost_usd:.8f}"},
            "charged": {"S": now},
        }
        end = {"TableName": self.name, "Key": _key(job.id), **_ending(outcome, now)}
        put = {"TableName": self.name, "Item": charge, "ConditionExpression": "attribute_not_exists(pk)"}
        try:
            self.client.transact_write_items(
                TransactItems=[{"Update": end}, {"Put": put}],  # type: ignore[typeddict-item]
            )
        except self.client.exceptions.TransactionCanceledException as error:
            codes = {reason.get("Code") for reason in error.response["CancellationReasons"]}
            if "ConditionalCheckFailed" in codes:
                return False
            raise  # a conflict or throttling: ours to repeat
        return True

    def fail(self, job_id: str, outcome: Outcome, now: str) -> bool:
        """End an open job as failed; nothing is charged. False: it had ended before."""
        try:
            self.client.update_item(TableName=self.name, Key=_key(job_id), **_ending(outcome, now))
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def postpone(self, job_id: str, deadline: int, now: str) -> None:
        """Give an open job until ``deadline`` (epoch seconds)."""
        self._update_open(
            job_id,
            "SET deadline = :deadline, updated = :now",
            {":deadline": {"N": str(deadline)}, ":now": {"S": now}},
        )

    def overdue(self, now_seconds: int, most: int) -> list[JobState]:
        """Open jobs whose deadline has passed, at most ``most`` of each shard."""
        return [state for shard in SHARDS for state in self._overdue_in(shard, now_seconds, most)]

    def newest_of(self, owner: str, most: int) -> list[JobState]:
        """An owner's jobs, newest first."""
        answer = self.client.query(
            TableName=self.name,
            IndexName="owner",
            KeyConditionExpression="#owner = :owner",
            ExpressionAttributeNames={"#owner": "owner"},
            ExpressionAttributeValues={":owner": {"S": owner}},
            ScanIndexForward=False,
            Limit=most,
        )
        return [_state(item) for item in answer["Items"]]

    def _overdue_in(self, shard: str, now_seconds: int, most: int) -> Iterator[JobState]:
        answer = self.client.query(
            TableName=self.name,
            IndexName="deadline",
            KeyConditionExpression="deadline_shard = :shard AND deadline <= :now",
            ExpressionAttributeValues={":shard": {"S": shard}, ":now": {"N": str(now_seconds)}},
            Limit=most,
        )
        return (_state(item) for item in answer["Items"])

    def _update_open(self, job_id: str, expression: str, values: dict[str, Any]) -> None:
        try:
            self.client.update_item(
                TableName=self.name,
                Key=_key(job_id),
                UpdateExpression=expression,
                ConditionExpression=OPEN,
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={**OPEN_VALUES, **values},
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return


def _key(job_id: str) -> dict[str, Any]:
    return {"pk": {"S": f"job#{job_id}"}, "sk": {"S": "job"}}


def _ending(outcome: Outcome, now: str) -> dict[str, Any]:
    """The update that ends an open job and takes it out of the deadline index."""
    return {
        "UpdateExpression": "SET #status = :ended, #outcome = :outcome, updated = :now "
        "REMOVE deadline, deadline_shard",
        "ConditionExpression": OPEN,
        "ExpressionAttributeNames": {"#status": "status", "#outcome": "outcome"},
        "ExpressionAttributeValues": {
            **OPEN_VALUES,
            ":ended": {"S": outcome.status},
            ":outcome": {"S": outcome.model_dump_json()},
            ":now": {"S": now},
        },
    }


def _state(item: Any) -> JobState:
    outcome = item.get("outcome")
    return JobState(
        job=Job.model_validate_json(item["job"]["S"]),
        status=item["status"]["S"],
        updated=item["updated"]["S"],
        outcome=Outcome.model_validate_json(outcome["S"]) if outcome else None,
    )
