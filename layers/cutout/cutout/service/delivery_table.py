"""Deliveries in the job table: conditional at every step, so that an attempt is made once and none is lost.

An open delivery stands in the index ``deadline``, under shards of its own, with the moment at which sweep queues its
next attempt: the moment it is due where the wait is too long for a queue, else some minutes later, for the case that
the message was lost. So every step writes the item first and sends its message after.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from cutout.service.deliveries import (
    DAY_SECONDS,
    KEPT_DAYS,
    MOST_KEPT,
    Delivery,
    DeliveryState,
    DeliveryStatus,
    Try,
    delivery_key,
    listed_under,
    state_from,
)
from cutout.service.messages import DeliveryMessage
from cutout.service.owner_index import page_in, place_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_sqs.client import SQSClient

SHARDS = ("w0", "w1", "w2", "w3")
LONGEST_IN_QUEUE_SECONDS = 900  # SQS's own limit
OPEN_AT = "#status = :pending AND next_attempt = :attempt"
NAMES = {"#status": "status"}


@dataclass(frozen=True, kw_only=True)
class DeliveryTable:
    """Keeps deliveries and queues their attempts. ``grace_seconds``: how long a message may take before sweep asks."""

    client: "DynamoDBClient"
    sqs: "SQSClient"
    name: str
    queue: str
    grace_seconds: int

    def open(self, delivery: Delivery, now: float) -> bool:
        """Store a new delivery and queue its first attempt; False: it exists, and only the message is repeated."""
        item = {
            **delivery_key(delivery.id),
            "delivery": {"S": delivery.model_dump_json()},
            "owner": {"S": delivery.listed_under},
            "created": {"S": delivery.created},
            "status": {"S": "pending"},
            "next_attempt": {"N": "1"},
            "tries": {"N": "0"},
            "due": {"N": str(ceil(now))},
            "begun": {"N": str(int(now))},
            "attempts": {"S": "[]"},
            "deadline": {"N": str(ceil(now) + self.grace_seconds)},
            "deadline_shard": {"S": shard_of(delivery.id)},
            "ttl": {"N": str(int(now) + KEPT_DAYS * DAY_SECONDS)},
        }
        try:
            self.client.put_item(
                TableName=self.name, Item=item, ConditionExpression="attribute_not_exists(pk)"
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            is_new = False
        else:
            is_new = True
        self.send(delivery.id, 1, 0)
        return is_new

    def find(self, delivery_id: str) -> DeliveryState | None:
        """The delivery as last written, or None."""
        answer = self.client.get_item(TableName=self.name, Key=delivery_key(delivery_id), ConsistentRead=True)
        return state_from(answer["Item"]) if "Item" in answer else None

    def claim(self, message: DeliveryMessage, now: float, lease_seconds: int) -> DeliveryState | None:
        """Take an attempt on for so long; None: it has been made, is being made, or is not wanted any more."""
        return self._update(
            message.delivery,
            "SET leased = :until",
            f"{OPEN_AT} AND (attribute_not_exists(leased) OR leased < :now)",
            {
                ":pending": {"S": "pending"},
                ":attempt": {"N": str(message.attempt)},
                ":until": {"N": f"{now + lease_seconds:.3f}"},
                ":now": {"N": f"{now:.3f}"},
            },
        )

    def close(self, state: DeliveryState, status: DeliveryStatus, made: Try | None) -> None:
        """End it, with the last try unless there was none."""
        self._update(
            state.delivery.id,
            "SET #status = :status, next_attempt = :next, attempts = :attempts "
            "REMOVE leased, deadline, deadline_shard",
            OPEN_AT,
            _moved(state, made) | {":status": {"S": status}},
        )

    def try_later(self, state: DeliveryState, made: Try, delay_seconds: float, now: float) -> None:
        """Note a try that failed, and see to it that the next one comes after the delay."""
        self._wait(state, made, state.tries + 1, now + delay_seconds, now)

    def put_off(self, state: DeliveryState, until: float, now: float) -> None:
        """See to it that this try is made later: its receiver is left alone until then (epoch seconds)."""
        self._wait(state, None, state.tries, until, now)

    def _wait(self, state: DeliveryState, made: Try | None, tries: int, until: float, now: float) -> None:
        due = ceil(until)
        is_short = due - now <= LONGEST_IN_QUEUE_SECONDS
        told = self._update(
            state.delivery.id,
            "SET next_attempt = :next, attempts = :attempts, tries = :tries, due = :due, deadline = :deadline "
            "REMOVE leased",
            OPEN_AT,
            _moved(state, made)
            | {
                ":tries": {"N": str(tries)},
                ":due": {"N": str(due)},
                ":deadline": {"N": str(due + self.grace_seconds if is_short else due)},
            },
        )
        if told is not None and is_short:
            self.send(state.delivery.id, state.next_attempt + 1, due - now)

    def redeliver(self, state: DeliveryState, now: float) -> DeliveryState | None:
        """Begin the plan anew, at once; None: something else has happened to it meanwhile."""
        begun = self._update(
            state.delivery.id,
            "SET #status = :pending, tries = :none, due = :due, begun = :begun, deadline = :deadline, "
            "deadline_shard = :shard, #ttl = :ttl",
            "#status = :status AND next_attempt = :attempt",
            {
                ":pending": {"S": "pending"},
                ":status": {"S": state.status},
                ":attempt": {"N": str(state.next_attempt)},
                ":none": {"N": "0"},
                ":begun": {"N": str(int(now))},
                ":due": {"N": str(ceil(now))},
                ":deadline": {"N": str(ceil(now) + self.grace_seconds)},
                ":shard": {"S": shard_of(state.delivery.id)},
                ":ttl": {"N": str(int(now) + KEPT_DAYS * DAY_SECONDS)},
            },
            {"#ttl": "ttl"},
        )
        if begun is not None:
            self.send(state.delivery.id, state.next_attempt, 0)
        return begun

    def overdue(self, now: float, most: int) -> Iterator[DeliveryState]:
        """Open deliveries that sweep has to look after, at most ``most`` of each shard."""
        for shard in SHARDS:
            answer = self.client.query(
                TableName=self.name,
                IndexName="deadline",
                KeyConditionExpression="deadline_shard = :shard AND deadline <= :now",
                ExpressionAttributeValues={":shard": {"S": shard}, ":now": {"N": str(int(now))}},
                Limit=most,
            )
            yield from map(state_from, answer["Items"])

    def queue_again(self, state: DeliveryState, now: float) -> None:
        """Send the message of an overdue attempt, and ask again only after the grace."""
        self.send(state.delivery.id, state.next_attempt, 0)
        self._update(
            state.delivery.id,
            "SET deadline = :deadline",
            OPEN_AT,
            {
                ":pending": {"S": "pending"},
                ":attempt": {"N": str(state.next_attempt)},
                ":deadline": {"N": str(ceil(now) + self.grace_seconds)},
            },
        )

    def page_of(
        self, endpoint: str, owner: str, most: int, after: Delivery | None
    ) -> tuple[list[DeliveryState], bool]:
        """An endpoint's deliveries, newest first, from the one after ``after`` on; and whether there are more."""
        start = None if after is None else place_of(delivery_key(after.id), after.created)
        items, has_more = page_in(self.client, self.name, listed_under(endpoint, owner), most, start)
        return list(map(state_from, items)), has_more

    def send(self, delivery_id: str, attempt: int, delay_seconds: float) -> None:
        """Queue an attempt: never earlier than the delay, which is at most 15 minutes."""
        message = DeliveryMessage(delivery=delivery_id, attempt=attempt)
        self.sqs.send_message(
            QueueUrl=self.queue, MessageBody=message.model_dump_json(), DelaySeconds=ceil(delay_seconds)
        )

    def _update(
        self,
        delivery_id: str,
        expression: str,
        condition: str,
        values: dict[str, Any],
        names: dict[str, str] | None = None,
    ) -> DeliveryState | None:
        """Change the item if the condition holds; answers with it as it is then, else None."""
        try:
            answer = self.client.update_item(
                TableName=self.name,
                Key=delivery_key(delivery_id),
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeNames=NAMES | (names or {}),
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return None
        return state_from(answer["Attributes"])


def shard_of(delivery_id: str) -> str:
    """The part of the index ``deadline`` that it stands in while it is open."""
    return SHARDS[int(delivery_id[0], 16) % len(SHARDS)]


def _moved(state: DeliveryState, made: Try | None) -> dict[str, Any]:
    """The values of an update that ends this attempt."""
    attempts = [*state.attempts, *([] if made is None else [made])][-MOST_KEPT:]
    return {
        ":pending": {"S": "pending"},
        ":attempt": {"N": str(state.next_attempt)},
        ":next": {"N": str(state.next_attempt + 1)},
        ":attempts": {"S": json.dumps([one.model_dump() for one in attempts])},
    }
