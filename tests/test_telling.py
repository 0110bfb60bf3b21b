"""Notify's first half: news become events on the bus and deliveries. Without a listener that costs next to nothing."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from cutout.service.bus import Bus
from cutout.service.deliveries import Delivery
from cutout.service.endpoints import Endpoint
from cutout.service.events import EventType, Places
from cutout.service.jobs import Job, Outcome, Review, Source
from cutout.service.messages import DeliveryMessage, NotifyMessage
from notify import Notify, is_delivery
from telling import BusRefused, Telling

DONE = Outcome(status="done", report_key="k/report.json")


def news(number: int, owner: str = "o", callback: str | None = None, outcome: Outcome = DONE) -> str:
    job = Job(
        id=f"{number:032x}",
        owner=owner,
        lane="bulk",
        created="2026-11-22T09:00:00.000Z",
        source=Source(bucket="in", key="k"),
        callback=callback,
    )
    return NotifyMessage(job=job, outcome=outcome, ended="2026-11-22T09:00:02.000Z").model_dump_json()


def endpoint(name: str, *events: EventType, status: Any = "enabled") -> Endpoint:
    return Endpoint(id=name, url="https://e.com/", events=events, created="2026", status=status)


@dataclass
class World:
    """Who listens, what the bus refuses, and what notify did."""

    listening: dict[str, tuple[Endpoint, ...]] = field(default_factory=dict)
    refuses: str = "nobody"
    looked_up: list[str] = field(default_factory=list)
    put: list[str] = field(default_factory=list)
    opened: list[Delivery] = field(default_factory=list)
    tried: list[DeliveryMessage] = field(default_factory=list)

    def of(self, owner: str) -> tuple[Endpoint, ...]:
        self.looked_up.append(owner)
        return self.listening.get(owner, ())

    def put_events(self, *, Entries: Any) -> dict[str, Any]:
        self.put += [entry["DetailType"] for entry in Entries]
        bad = {"ErrorCode": "ThrottlingException"}
        return {"Entries": [bad if self.refuses in e["Detail"] else {"EventId": "1"} for e in Entries]}

    def open(self, delivery: Delivery, now: float) -> bool:
        self.opened.append(delivery)
        return True

    def take(self, message: DeliveryMessage) -> None:
        self.tried.append(message)

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(delivery.event_id[31:], delivery.endpoint) for delivery in self.opened]

    def run(self, *bodies: str) -> list[str]:
        """The messages that go back to the queue."""
        here: Any = self
        places = Places(result_bucket="out", api_address="https://api.example")
        telling = Telling(bus=Bus(client=here, name="b"), endpoints=here, deliveries=here, places=places)
        records = [
            {
                "messageId": str(number),
                "body": body,
                "eventSourceARN": "a:b:c:d:e:f",
                "attributes": {"SentTimestamp": "0"},
            }
            for number, body in enumerate(bodies)
        ]
        answer = Notify(telling=telling, delivering=here).run({"Records": records}, None)
        return [failed["itemIdentifier"] for failed in answer["batchItemFailures"]]


def test_ten_ends_without_a_listener_cost_one_call_of_the_bus_and_one_look_for_each_owner() -> None:
    world = World()

    assert world.run(*(news(n, owner="ab"[n % 2]) for n in range(10))) == []

    assert world.put == ["job.completed"] * 10
    assert sorted(world.looked_up) == ["a", "b"]
    assert world.opened == []


def test_nobody_listens_to_the_bucket_but_who_came_with_the_upload() -> None:
    world = World()

    world.run(news(1, owner="bucket", callback="https://e.com/cb"))

    assert world.looked_up == []
    assert world.told == [("1-completed", "callbacks")]


def test_each_listener_gets_the_events_that_it_wants() -> None:
    world = World(
        listening={
            "o": (
                endpoint("all", "job.completed", "job.failed", "job.review"),
                endpoint("reviews", "job.review"),
                endpoint("failures", "job.failed"),
                endpoint("off", "job.completed", "job.review", status="disabled"),
            ),
            "other": (endpoint("foreign", "job.completed"),),
        }
    )
    doubtful = DONE.model_copy(update={"review": Review(score=0.9)})

    world.run(news(1, callback="https://e.com/cb", outcome=doubtful))

    assert world.told == [
        ("1-completed", "callbacks"),
        ("1-completed", "all"),
        ("1-review", "callbacks"),
        ("1-review", "all"),
        ("1-review", "reviews"),
    ]
    assert len({delivery.id for delivery in world.opened}) == 5


def test_what_the_bus_refuses_goes_back_to_the_queue_alone_and_its_webhooks_go_out() -> None:
    world = World(listening={"o": (endpoint("all", "job.completed"),)}, refuses=f"{2:032x}")

    assert world.run(news(1), news(2), news(3)) == ["1"]

    assert world.told == [("1-completed", "all"), ("2-completed", "all"), ("3-completed", "all")]


def test_a_bus_that_cannot_be_called_at_all_is_our_fault() -> None:
    class Broken(World):
        def put_events(self, *, Entries: Any) -> dict[str, Any]:
            raise BusRefused("not allowed")

    with pytest.raises(BusRefused):
        Broken().run(news(1))


def test_a_message_that_nobody_can_read_fails_alone() -> None:
    world = World(listening={"o": (endpoint("all", "job.completed"),)})

    assert world.run("{", news(1), "[]", '{"kind": "delivery"}') == ["0", "2", "3"]

    assert world.told == [("1-completed", "all")]


def test_an_attempt_is_no_news() -> None:
    world = World()
    message = DeliveryMessage(delivery="0" * 32, attempt=3)

    assert world.run(message.model_dump_json()) == []

    assert (world.tried, world.put, world.looked_up) == ([message], [], [])
    assert not is_delivery(news(1))
