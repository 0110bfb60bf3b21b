"""The webhook endpoints that an owner has registered. All of them lie in one item, so finding them is one read."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from cutout.service.events import EventType
from cutout.service.jobs import Record

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

MOST_ENDPOINTS = 10
MOST_LOOKS = 20
SECRET_OVERLAP = timedelta(hours=24)
MOST_SECRETS = 5  # that sign at a time: each makes the header longer
MOST_GIVEN_UP = 5
"""deliveries given up in a row, each after the whole plan of retries, after which an endpoint is disabled"""


class Endpoint(Record):
    """An address that wants to hear of its owner's events."""

    id: str
    url: str
    events: tuple[EventType, ...]
    description: str = ""
    created: str
    status: Literal["enabled", "disabled"] = "enabled"
    reason: str = ""
    """why it is disabled"""
    secret_version: int = 1
    rotated: tuple[str, ...] = ()
    """when its secret was changed lately, the last time first"""
    given_up: int = 0
    """how many deliveries in a row were given up"""

    def wants(self, kind: EventType) -> bool:
        """Whether an event of this type is to be delivered to it."""
        return self.status == "enabled" and kind in self.events

    @property
    def old_secret_until(self) -> str:
        """Until when the secret before the last change is used beside the new one; empty: it was never changed."""
        return _overlap_of(self.rotated[0]) if self.rotated else ""

    def secret_versions(self, now: str) -> tuple[int, ...]:
        """The versions of its secret that sign at this moment, the newest first: each for 24 hours after its change.

        Whoever has to change it twice, because the first answer was lost, has not made the receiver's own one useless.
        """
        replaced = sum(now < _overlap_of(change) for change in self.rotated)
        return tuple(range(self.secret_version, self.secret_version - replaced - 1, -1))

    def rotate(self, now: str) -> "Endpoint":
        """The same with a new secret; those before stay good for 24 hours, the last four of them at most."""
        changes = (now, *self.rotated)[: MOST_SECRETS - 1]
        return self.model_copy(update={"secret_version": self.secret_version + 1, "rotated": changes})

    def disable(self, reason: str) -> "Endpoint":
        """The same, told nothing any more."""
        return self.model_copy(update={"status": "disabled", "reason": reason})

    def enable(self) -> "Endpoint":
        """The same, told again of what happens from now on."""
        return self.model_copy(update={"status": "enabled", "reason": "", "given_up": 0})

    def accepted(self) -> "Endpoint":
        """The same after a delivery that it accepted."""
        return self.model_copy(update={"given_up": 0}) if self.given_up else self

    def gave_up(self) -> "Endpoint":
        """The same after a delivery that it never accepted: disabled, when it is one too many in a row."""
        counted = self.model_copy(update={"given_up": self.given_up + 1})
        if counted.given_up < MOST_GIVEN_UP:
            return counted
        return counted.disable(
            f"{MOST_GIVEN_UP} deliveries in a row were not accepted at any of their tries."
        )


def _overlap_of(change: str) -> str:
    """Until when the secret that was replaced at this moment signs beside the newer ones."""
    until = datetime.fromisoformat(change) + SECRET_OVERLAP
    return until.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def new_endpoint(url: str, events: tuple[EventType, ...], description: str, now: str) -> Endpoint:
    """An endpoint with an id of its own, enabled."""
    made = f"we-{secrets.token_hex(8)}"
    return Endpoint(id=made, url=url, events=events, description=description, created=now)


@dataclass(frozen=True, kw_only=True)
class EndpointTable:
    """Reads and writes endpoints. ``client`` is a DynamoDB client, ``name`` the table's name."""

    client: "DynamoDBClient"
    name: str

    def of(self, owner: str) -> tuple[Endpoint, ...]:
        """The owner's endpoints, in the order of their registration."""
        return self._read(owner)[0]

    def find(self, owner: str, endpoint_id: str) -> Endpoint | None:
        """One of them, or None."""
        return next((endpoint for endpoint in self.of(owner) if endpoint.id == endpoint_id), None)

    def add(self, owner: str, endpoint: Endpoint) -> bool:
        """Register one more. False: there are as many as are allowed."""

        def added(known: tuple[Endpoint, ...]) -> tuple[Endpoint, ...]:
            return known if len(known) >= MOST_ENDPOINTS else (*known, endpoint)

        return endpoint in self._change(owner, added)

    def remove(self, owner: str, endpoint_id: str) -> None:
        """Forget one; nothing happens if there is none."""
        self._change(owner, lambda known: tuple(e for e in known if e.id != endpoint_id))

    def update(self, owner: str, endpoint_id: str, step: Callable[[Endpoint], Endpoint]) -> Endpoint | None:
        """Put what ``step`` makes of one in its place; answers with that, None if there is no such endpoint."""
        known = self._change(owner, lambda all_: tuple(step(e) if e.id == endpoint_id else e for e in all_))
        return next((endpoint for endpoint in known if endpoint.id == endpoint_id), None)

    def _change(
        self, owner: str, step: Callable[[tuple[Endpoint, ...]], tuple[Endpoint, ...]]
    ) -> tuple[Endpoint, ...]:
        """Write what ``step`` makes of them, unless it is the same; again, when somebody else was faster."""
        for _ in range(MOST_LOOKS):
            known, version = self._read(owner)
            changed = step(known)
            if changed == known or self._write(owner, changed, version):
                return changed
        raise RuntimeError(f"the endpoints of {owner!r} changed {MOST_LOOKS} times while one was written")

    def _read(self, owner: str) -> tuple[tuple[Endpoint, ...], int]:
        item = self.client.get_item(TableName=self.name, Key=_key(owner), ConsistentRead=True).get("Item")
        if item is None:
            return (), 0
        listed = json.loads(item["endpoints"]["S"])
        return tuple(map(Endpoint.model_validate, listed)), int(item["version"]["N"])

    def _write(self, owner: str, endpoints: tuple[Endpoint, ...], version: int) -> bool:
        """False: the item is no longer what was read."""
        listed = json.dumps([endpoint.model_dump(mode="json") for endpoint in endpoints])
        item = {**_key(owner), "endpoints": {"S": listed}, "version": {"N": str(version + 1)}}
        try:
            self.client.put_item(
                TableName=self.name,
                Item=item,
                ConditionExpression="attribute_not_exists(pk) OR #version = :version",
                ExpressionAttributeNames={"#version": "version"},
                ExpressionAttributeValues={":version": {"N": str(version)}},
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _key(owner: str) -> dict[str, Any]:
    return {"pk": {"S": f"webhooks#{owner}"}, "sk": {"S": "endpoints"}}
