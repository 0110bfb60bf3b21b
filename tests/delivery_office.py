"""One owner's deliveries in a real table, with a clock, a queue and a receiver that a test moves by hand."""

import uuid
from dataclasses import dataclass, field
from typing import Any

from cutout.service.deliveries import Delivery, DeliveryState, Try, for_endpoint
from cutout.service.delivery_table import DeliveryTable
from cutout.service.endpoints import Endpoint, EndpointTable, new_endpoint
from cutout.service.events import EVENT_TYPES, Event
from cutout.service.jobs import timestamp
from cutout.service.messages import DeliveryMessage
from cutout.service.pauses import PauseTable
from cutout.service.retry_plan import RetryPlan
from cutout.service.webhooks import Letter, Sent
from delivering import Delivering
from fakes import FakeSqs

START = 1_900_000_000.0
GRACE_SECONDS, LEASE_SECONDS = 900, 30
NO_ANSWER = Sent(made=Try(at="", error="it cannot be reached", milliseconds=1))


def answer(status: int, wish_seconds: float | None = None) -> Sent:
    return Sent(made=Try(at="", status=status, milliseconds=1), wish_seconds=wish_seconds)


ACCEPTED = answer(204)


@dataclass
class Office:
    """One owner's deliveries."""

    client: Any
    name: str
    owner: str = field(default_factory=lambda: uuid.uuid4().hex)
    now: float = START
    answers: list[Sent] = field(default_factory=list)
    usual: Sent = ACCEPTED
    posts: list[tuple[float, Letter]] = field(default_factory=list)
    sqs: FakeSqs = field(default_factory=FakeSqs)

    @property
    def endpoints(self) -> EndpointTable:
        return EndpointTable(client=self.client, name=self.name)

    @property
    def table(self) -> DeliveryTable:
        here: Any = self.sqs
        return DeliveryTable(
            client=self.client, sqs=here, name=self.name, queue="deliveries", grace_seconds=GRACE_SECONDS
        )

    def send(self, letter: Letter) -> Sent:
        self.posts.append((self.now, letter))
        return self.answers.pop(0) if self.answers else self.usual

    def take(self, message: DeliveryMessage) -> None:
        here: Any = self
        Delivering(
            deliveries=self.table,
            endpoints=self.endpoints,
            pauses=PauseTable(client=self.client, name=self.name, scale=1.0, probe_seconds=LEASE_SECONDS),
            sender=here,
            plan=RetryPlan(dice=lambda: 0.5),
            master=lambda: "master",
            clock=lambda: self.now,
            lease_seconds=LEASE_SECONDS,
        ).take(message)

    def endpoint(self, url: str = "https://shop.example/hook") -> Endpoint:
        endpoint = new_endpoint(url, EVENT_TYPES, "", timestamp(self.now))
        assert self.endpoints.add(self.owner, endpoint)
        return endpoint

    def event(self) -> Event:
        return Event(
            id=f"{uuid.uuid4().hex}-completed",
            type="job.completed",
            timestamp=timestamp(self.now),
            owner=self.owner,
            callback=None,
            data={},
        )

    def opened(self, endpoint: Endpoint) -> Delivery:
        delivery = for_endpoint(self.event(), endpoint, timestamp(self.now))
        assert self.table.open(delivery, self.now)
        return delivery

    def messages(self) -> list[tuple[int, DeliveryMessage]]:
        """What was sent since the last look, with its delays."""
        found = [DeliveryMessage.model_validate_json(body) for _, body in self.sqs.sent]
        delays = list(self.sqs.delays)
        self.sqs.sent.clear()
        self.sqs.delays.clear()
        return list(zip(delays, found, strict=True))

    def run(self) -> int:
        """Bring every message at its time; answers how many there were."""
        messages = self.messages()
        for delay, message in messages:
            self.now += delay
            self.take(message)
        return len(messages)

    def sweep(self, delivery: Delivery) -> bool:
        """What sweep does with this delivery; answers whether it did anything."""
        found = [state for state in self.table.overdue(self.now, 100) if state.delivery.id == delivery.id]
        for state in found:
            self.table.queue_again(state, self.now)
        return bool(found)

    def state(self, delivery: Delivery) -> DeliveryState:
        state = self.table.find(delivery.id)
        assert state is not None
        return state


def spend_tries(office: Office, delivery: Delivery) -> None:
    """Leave one try of the plan."""
    office.client.update_item(
        TableName=office.name,
        Key={"pk": {"S": f"delivery#{delivery.id}"}, "sk": {"S": "delivery"}},
        UpdateExpression="SET tries = :nine",
        ExpressionAttributeValues={":nine": {"N": "9"}},
    )
