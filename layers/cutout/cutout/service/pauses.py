"""Receivers that do not answer are left alone for a while, so that they keep no worker from anybody else's webhooks.

One item for each owner and host that has failed lately; there is none for a receiver that works. After a pause one
attempt tries the host, and the others wait for what becomes of it.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cutout.service.deliveries import DAY_SECONDS
from cutout.service.webhooks import Sent

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

BUSY = {429, 502, 503, 504}
"""answers that are about the receiver as a whole, and not about one event"""
PATIENCE = 3
"""failures in a row before the first pause"""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 5, 300


@dataclass(frozen=True, kw_only=True)
class Turn:
    """From when on an attempt may be made (epoch seconds), and whether the host has failed lately."""

    at: float
    has_failed: bool = False


@dataclass(frozen=True, kw_only=True)
class PauseTable:
    """Keeps the pauses of hosts. ``scale`` is the retry plan's; ``probe_seconds``: the longest that a POST may take."""

    client: "DynamoDBClient"
    name: str
    scale: float
    probe_seconds: float

    def turn(self, owner: str, url: str, now: float) -> Turn:
        """When an attempt may be made. Whoever is told ``now`` after a pause tries for the others too."""
        key = _key(owner, url)
        item = self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item")
        if item is None:
            return Turn(at=now)
        if "until" not in item:
            return Turn(at=now, has_failed=True)
        until = float(item["until"]["N"])
        if now < until:
            return Turn(at=until, has_failed=True)
        return Turn(at=self._probe(key, item["until"], now), has_failed=True)

    def note(self, owner: str, url: str, turn: Turn, sent: Sent, now: float) -> None:
        """Learn from an attempt: any answer about the event itself ends the pause, anything else may begin one."""
        status = sent.made.status
        is_about_event = status is not None and status not in BUSY and sent.wish_seconds is None
        if not (sent.made.accepted or is_about_event):
            self._count(owner, url, sent.wish_seconds or 0.0, now)
        elif turn.has_failed:
            self.client.delete_item(TableName=self.name, Key=_key(owner, url))

    def pause_seconds(self, failures: int) -> float:
        """How long a host is left alone after so many failures in a row: 5 s after the third, then twice as long."""
        if failures < PATIENCE:
            return 0.0
        doubled = FIRST_PAUSE_SECONDS * 2.0 ** min(failures - PATIENCE, 10)
        return min(doubled, LONGEST_PAUSE_SECONDS) * self.scale

    def _probe(self, key: dict[str, Any], until: Any, now: float) -> float:
        """``now`` for the first who comes after the pause; for the others when that one's attempt must be over."""
        probed_until = now + self.probe_seconds
        try:
            self.client.update_item(
                TableName=self.name,
                Key=key,
                UpdateExpression="SET #until = :later",
                ConditionExpression="#until = :until",
                ExpressionAttributeNames={"#until": "until"},
                ExpressionAttributeValues={":later": _number(probed_until), ":until": until},
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return probed_until
        return now

    def _count(self, owner: str, url: str, wish_seconds: float, now: float) -> None:
        counted = self._update(
            owner,
            url,
            "SET #ttl = :ttl ADD failures :one",
            {"#ttl": "ttl"},
            {":ttl": _number(int(now) + 2 * DAY_SECONDS), ":one": _number(1)},
        )
        pause = max(wish_seconds, self.pause_seconds(int(counted["failures"]["N"])))
        if pause:
            until = {":until": _number(now + pause)}
            self._update(owner, url, "SET #until = :until", {"#until": "until"}, until)

    def _update(
        self, owner: str, url: str, expression: str, names: dict[str, str], values: dict[str, Any]
    ) -> Any:
        return self.client.update_item(
            TableName=self.name,
            Key=_key(owner, url),
            UpdateExpression=expression,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=values,
            ReturnValues="ALL_NEW",
        )["Attributes"]


def _key(owner: str, url: str) -> dict[str, Any]:
    """By owner too: what one owner's address does is no reason to keep another's webhooks back."""
    host = url.split("/")[:3]  # https:, nothing, host and port
    identity = hashlib.sha256(json.dumps([owner, host]).encode()).hexdigest()[:32]
    return {"pk": {"S": f"pause#{identity}"}, "sk": {"S": "pause"}}


def _number(value: float) -> dict[str, str]:
    return {"N": f"{value:.3f}" if value % 1 else str(int(value))}
