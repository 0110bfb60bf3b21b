"""The batches in the job table: made page by page, each page once; ended once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from cutout.service.batch_items import (
    SHARDS,
    Entry,
    added,
    batch_from,
    batch_key,
    entry_from,
    entry_key,
    listed_under,
    new_batch_item,
    sums_of,
)
from cutout.service.batches import Batch, BatchState, BatchStatus, Counts, Position
from cutout.service.job_items import DAY_SECONDS
from cutout.service.jobs import Outcome
from cutout.service.owner_index import page_in, place_of
from cutout.service.transactions import ConditionFailed, commit, patiently

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Claim = Literal["ours", "another page's", "something else"]


@dataclass(frozen=True, kw_only=True)
class BatchTable:
    """Reads and writes batches. ``client`` is a DynamoDB client, ``name`` the table's name."""

    client: "DynamoDBClient"
    name: str
    keep_days: int = 90

    def create(self, batch: Batch, deadline: int) -> bool:
        """Store a new batch whose first page has to be made by ``deadline`` (epoch seconds). False: it exists."""
        item = new_batch_item(batch, deadline, self.keep_days)
        condition = "attribute_not_exists(pk)"
        try:
            self.client.put_item(TableName=self.name, Item=item, ConditionExpression=condition)
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def find(self, batch_id: str) -> BatchState | None:
        """The batch and its state as last written, or None."""
        answer = self.client.get_item(TableName=self.name, Key=batch_key(batch_id), ConsistentRead=True)
        return batch_from(answer["Item"]) if "Item" in answer else None

    def claim(self, batch_id: str, entry: Entry, *, said: str, page: Position, ttl: int) -> Claim:
        """Note that this page makes the job of an entry, unless another one has made it.

        A page that is repeated finds its own claims, so it counts and sends the same jobs as before. An entry that
        is there with other wishes (``said``) is something else in its place.
        """
        values = {
            "page": page.model_dump_json(),
            "said": said,
            "source": entry.source,
            "results_at": entry.results_at,
        }
        there = patiently(
            self.client,
            lambda: self.client.update_item(
                TableName=self.name,
                Key=entry_key(batch_id, entry.job),
                UpdateExpression="SET "
                + ", ".join(f"#{name} = if_not_exists(#{name}, :{name})" for name in [*values, "ttl"]),
                ExpressionAttributeNames={f"#{name}": name for name in [*values, "ttl"]},
                ExpressionAttributeValues={f":{name}": {"S": value} for name, value in values.items()}
                | {":ttl": {"N": str(ttl)}},
                ReturnValues="ALL_NEW",
            ),
        )["Attributes"]
        if there["said"]["S"] != said:
            return "something else"
        return "ours" if there["page"]["S"] == values["page"] else "another page's"

    def refuse(self, batch_id: str, entry: Entry, now: str) -> bool:
        """Count a claimed line that no job can be made of as failed, with its reason. False: it was counted before."""
        ttl = self.ttl_from(now)
        update = {
            "TableName": self.name,
            "Key": entry_key(batch_id, entry.job),
            "UpdateExpression": "SET #status = :failed, code = :code, reason = :reason",
            "ConditionExpression": "attribute_not_exists(#status)",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": {
                ":failed": {"S": "failed"},
                ":code": {"S": entry.code},
                ":reason": {"S": entry.reason},
            },
        }
        failed = Outcome(status="failed", code=entry.code, reason=entry.reason)
        try:
            commit(
                self.client,
                [{"Update": update}, added(self.name, (batch_id, entry.job), failed, charged=0, ttl=ttl)],
            )
        except ConditionFailed:
            return False
        return True

    def advance(
        self, state: BatchState, *, to: Position | None, made: int, deadline: int, now: str, reason: str = ""
    ) -> bool:
        """Note that a page was made, ``made`` jobs of it, and where the next one begins; None: it was the last.

        ``reason`` says why it is the last although there would be more. False: another delivery has noted it.
        """
        values: dict[str, Any] = {
            ":here": {"S": state.position.model_dump_json()},
            ":next": {"S": (to or state.position).model_dump_json()},
            ":making": {"S": "making"},
            ":status": {"S": "running" if to is None else "making"},
            ":made": {"N": str(made)},
            ":deadline": {"N": str(deadline)},
            ":now": {"S": now},
            ":reason": {"S": reason},
        }
        return self._change(
            state.batch.id,
            "SET #position = :next, #status = :status, made = made + :made, deadline = :deadline, "
            "updated = :now, reason = :reason",
            "#status = :making AND #position = :here",
            values,
            {"#position": "position"},
        )

    def cancel(self, batch_id: str, now: str) -> bool:
        """Note that no more jobs of it are wanted. False: it has ended."""
        values = {":making": {"S": "making"}, ":running": {"S": "running"}, ":now": {"S": now}}
        return self._change(
            batch_id,
            "SET cancelled = if_not_exists(cancelled, :now), updated = :now",
            "#status IN (:making, :running)",
            values,
        )

    def is_cancelled(self, batch_id: str) -> bool:
        """Whether no more jobs of it are wanted; its jobs that have not been begun ask this."""
        answer = self.client.get_item(
            TableName=self.name, Key=batch_key(batch_id), ProjectionExpression="cancelled"
        )
        return "cancelled" in answer.get("Item", {})

    def end(self, state: BatchState, status: BatchStatus, counts: Counts, now: str, reason: str) -> bool:
        """End a batch that nothing has changed since it was read. False: something has."""
        values = {
            ":was": {"S": state.status},
            ":made": {"N": str(state.made)},
            ":status": {"S": status},
            ":counts": {"S": counts.model_dump_json()},
            ":reason": {"S": reason},
            ":now": {"S": now},
        }
        return self._change(
            state.batch.id,
            "SET #status = :status, counts = :counts, reason = :reason, updated = :now",
            "#status = :was AND made = :made",
            values,
        )

    def settle(self, batch_id: str) -> None:
        """Take an ended batch out of the index of open ones: everybody has been told."""
        self.client.update_item(
            TableName=self.name, Key=batch_key(batch_id), UpdateExpression="REMOVE deadline_shard"
        )

    def counts(self, state: BatchState) -> Counts:
        """What has become of its jobs, as last written."""
        if state.counts is not None:
            return state.counts
        shards = list(self._below(state.batch.id, "shard#"))
        return Counts(made=state.made, **sums_of(shards))

    def entries(self, batch_id: str) -> Iterator[Entry]:
        """Its jobs and refused lines, a page at a time."""
        return map(entry_from, self._below(batch_id, "job#"))

    def open(self) -> Iterator[BatchState]:
        """The batches that have not been settled."""
        pages = self.client.get_paginator("query")
        for shard in SHARDS:
            for page in pages.paginate(
                TableName=self.name,
                IndexName="deadline",
                KeyConditionExpression="deadline_shard = :shard",
                ExpressionAttributeValues={":shard": {"S": shard}},
            ):
                yield from map(batch_from, page["Items"])

    def page_of(self, owner: str, most: int, after: Batch | None) -> tuple[list[BatchState], bool]:
        """An owner's batches, newest first, at most ``most``, from the one after ``after``; whether there are more."""
        start = None if after is None else place_of(batch_key(after.id), after.created)
        items, has_more = page_in(self.client, self.name, listed_under(owner), most, start)
        return list(map(batch_from, items)), has_more

    def ttl_from(self, now: str) -> int:
        """Until when what is written now is kept, in epoch seconds."""
        return int(datetime.fromisoformat(now).timestamp()) + self.keep_days * DAY_SECONDS

    def _below(self, batch_id: str, begin: str) -> Iterator[Any]:
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :begin)",
            ExpressionAttributeValues={":pk": batch_key(batch_id)["pk"], ":begin": {"S": begin}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]

    def _change(
        self,
        batch_id: str,
        expression: str,
        condition: str,
        values: dict[str, Any],
        names: dict[str, str] | None = None,
    ) -> bool:
        """Change a batch that fits the condition; False: it does not."""
        try:
            self.client.update_item(
                TableName=self.name,
                Key=batch_key(batch_id),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeNames={"#status": "status", **(names or {})},
                ExpressionAttributeValues=values,
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True
