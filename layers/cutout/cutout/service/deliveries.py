"""What a delivery is: one event for one listener, with every try to bring it there."""

import hashlib
import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from cutout.service.endpoints import Endpoint
from cutout.service.events import Event
from cutout.service.jobs import Record

CALLBACKS = "callbacks"  # stands for the addresses that jobs themselves came with
MOST_KEPT = 30  # tries in the log: the plan's ten, and what was sent again by hand
DAY_SECONDS = 86_400
KEPT_DAYS = 30

DeliveryStatus = Literal["pending", "delivered", "given_up", "disabled"]


class Try(Record):
    """One POST and what became of it. Of the answer's body nothing is kept."""

    at: str
    status: int | None = None
    """the HTTP status; None: there was no answer"""
    error: str = ""
    """why there was no answer, or that the address is refused; empty: there was one"""
    milliseconds: int

    @property
    def accepted(self) -> bool:
        """Whether the receiver has it now."""
        return self.status is not None and 200 <= self.status < 300


class Delivery(Record):
    """What is to be brought where; it never changes."""

    id: str
    event_id: str
    event_type: str
    owner: str
    endpoint: str
    """the endpoint's id, or ``callbacks``"""
    url: str = ""
    """a job's own callback; empty: the endpoint's address at the time of each try"""
    body: str
    created: str

    @property
    def subject(self) -> str:
        """The job or the batch that it tells of."""
        return self.event_id.rpartition("-")[0]

    @property
    def listed_under(self) -> str:
        """What stands for its owner in the index ``owner``."""
        return listed_under(self.endpoint, self.owner)


class DeliveryState(BaseModel):
    """A delivery and where it stands."""

    model_config = ConfigDict(frozen=True)

    delivery: Delivery
    status: DeliveryStatus
    next_attempt: int
    """the number that the next message has to bear, from 1; it only ever grows, so that no message counts twice"""
    tries: int
    """how many of the plan's tries have failed"""
    due: int
    """when the next attempt is due, in epoch seconds"""
    begun: int
    """when the plan began, in epoch seconds: with the event, or when it was sent again by hand"""
    attempts: tuple[Try, ...] = ()


def listed_under(endpoint: str, owner: str) -> str:
    """What stands for the owner of an endpoint's deliveries in the index ``owner``."""
    return f"endpoint#{endpoint}#{owner}"


def for_endpoint(event: Event, endpoint: Endpoint, now: str) -> Delivery:
    """The one delivery of an event to an endpoint."""
    return _delivery(event, endpoint.id, url="", now=now)


def for_callback(event: Event, url: str, now: str) -> Delivery:
    """The one delivery of an event to the address that its job came with."""
    return _delivery(event, CALLBACKS, url=url, now=now)


def _delivery(event: Event, endpoint: str, *, url: str, now: str) -> Delivery:
    identity = json.dumps([event.id, endpoint])
    return Delivery(
        id=hashlib.sha256(identity.encode()).hexdigest()[:32],
        event_id=event.id,
        event_type=event.type,
        owner=event.owner,
        endpoint=endpoint,
        url=url,
        body=event.body,
        created=now,
    )


def delivery_key(delivery_id: str) -> dict[str, Any]:
    """The key of a delivery's item."""
    return {"pk": {"S": f"delivery#{delivery_id}"}, "sk": {"S": "delivery"}}


def state_from(item: Any) -> DeliveryState:
    """The delivery in its item, and where it stands."""
    return DeliveryState(
        delivery=Delivery.model_validate_json(item["delivery"]["S"]),
        status=item["status"]["S"],
        next_attempt=int(item["next_attempt"]["N"]),
        tries=int(item["tries"]["N"]),
        due=int(item["due"]["N"]),
        begun=int(item["begun"]["N"]),
        attempts=tuple(map(Try.model_validate, json.loads(item["attempts"]["S"]))),
    )
