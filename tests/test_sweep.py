import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from adopting import Adopting
from cutout.errors import CustomerError, NoCredits
from cutout.service.deliveries import Delivery, DeliveryState
from cutout.service.intake import upload_job
from cutout.service.jobs import Job, Outcome, Source, Status, timestamp
from cutout.service.messages import JobMessage
from cutout.service.settings import SweepSettings
from cutout.service.table import JobState
from cutout.service.transactions import ConditionFailed, TooBusy
from overdue import Overdue
from retries import Retries
from sweep import Sweep

NOW = 1_795_000_000.0
SETTINGS = SweepSettings(
    table="t",
    result_bucket="out",
    notify_queue="news",
    delivery_queue="deliveries",
    retry_grace_seconds=900,
    upload_queue="uploads",
    upload_dead_letters="dead",
    ingest_queue="ingest",
    ingest_dead_letters="dead ingest",
    bulk_ingest_queue="bulk ingest",
    bulk_ingest_dead_letters="dead bulk ingest",
    interactive_queue="interactive",
    bulk_queue="bulk",
    compose_queue="compose",
    bulk_compose_queue="bulk compose",
    postpone_seconds=60,
    longest_seconds=1000,
    bucket_account="shop",
    new_key_credits="unlimited",
    job_retention_days=90,
)

DEAD_LETTERS = ("dead", "dead ingest", "dead bulk ingest")


def overdue(number: int, status: Status, lane: Any = "bulk", age_seconds: float = 100) -> JobState:
    job = Job(
        id=f"{number:032x}",
        owner="bucket",
        lane=lane,
        created=timestamp(NOW - age_seconds),
        source=Source(bucket="in", key="k"),
    )
    return JobState(job=job, status=status, updated="")


class NoBatches:
    def run(self, now: float) -> int:
        return 0


@dataclass
class FakeDeliveries:
    """Deliveries whose next attempt is overdue, and those that were queued again."""

    open: list[str] = field(default_factory=list)
    queued: list[str] = field(default_factory=list)

    def overdue(self, now: float, most: int) -> list[DeliveryState]:
        return [delivery_state(name) for name in self.open]

    def queue_again(self, state: DeliveryState, now: float) -> None:
        self.queued.append(state.delivery.id)


def delivery_state(name: str) -> DeliveryState:
    delivery = Delivery(
        id=name,
        event_id="j-completed",
        event_type="job.completed",
        owner="o",
        endpoint="we-1",
        body="{}",
        created="",
    )
    return DeliveryState(delivery=delivery, status="pending", next_attempt=2, tries=1, due=1, begun=1)


@dataclass
class World:
    """Overdue jobs, what waits in which queue, and what sweep did."""

    states: list[JobState]
    waiting: dict[str, int] = field(default_factory=dict)
    postponed: dict[str, int] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    fault: Exception = field(default_factory=Exception)
    dead: list[str] = field(default_factory=list)
    dead_in: str = "dead"
    jobs: set[str] = field(default_factory=set)
    is_poor: bool = False
    webhooks: FakeDeliveries = field(default_factory=FakeDeliveries)
    repeated: list[str] = field(default_factory=list)

    def overdue(self, now_seconds: int, most: int) -> list[JobState]:
        return self.states

    def receive_message(self, QueueUrl: str, **_: Any) -> dict[str, Any]:
        return {"Messages": [{"Body": body} for body in self.dead if QueueUrl == self.dead_in]}

    def create(self, job: Job, deadline: int, now: str) -> bool:
        assert (job.payer, job.price) == ("shop", 100)
        if self.is_poor:
            raise NoCredits("Nothing is left.")
        is_new = job.id not in self.jobs
        self.jobs.add(job.id)
        return is_new

    def postpone(self, job_id: str, deadline: int, now: str) -> None:
        self.postponed[job_id] = deadline

    def get_queue_attributes(self, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:
        return {"Attributes": {AttributeNames[0]: str(self.waiting.get(QueueUrl, 0))}}

    def failed(self, job: Job, error: CustomerError, now: float) -> bool:
        if job.id in self.broken:
            raise self.fault
        self.ended[job.id] = str(error)
        return True

    def repeat(self, job: Job, now: float) -> None:
        self.repeated.append(job.id)

    def refused(self, job: Job, error: CustomerError, now: float) -> bool:
        is_new = job.id not in self.jobs
        self.jobs.add(job.id)
        self.ended[job.id] = str(error)
        return is_new

    def sweep(self) -> int:
        here: Any = self
        adopting = Adopting(
            sqs=here, table=here, endings=here, bucket_account="shop", dead_letters=tuple(DEAD_LETTERS)
        )
        overdue = Overdue(sqs=here, table=here, endings=here, settings=SETTINGS)
        retries = Retries(deliveries=self.webhooks)  # type: ignore[arg-type]
        chores: dict[str, Any] = {"batches": NoBatches(), "retries": retries}
        return Sweep(adopting=adopting, overdue=overdue, **chores).run(NOW)["ended"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("queued", "upload did not arrive"),
        ("ingested", "could not be found"),
        ("matted", "could not be made"),
    ],
)
def test_an_overdue_job_ends_with_the_stage_it_waited_for(status: Status, words: str) -> None:
    world = World([overdue(1, status)])

    assert world.sweep() == 1
    assert words in world.ended[f"{1:032x}"]


@pytest.mark.parametrize(
    ("status", "lane", "queue"),
    [
        ("queued", "bulk", "uploads"),
        ("queued", "bulk", "bulk ingest"),
        ("queued", "interactive", "uploads"),
        ("queued", "interactive", "ingest"),
        ("ingested", "bulk", "bulk"),
        ("ingested", "interactive", "interactive"),
        ("matted", "bulk", "bulk compose"),
        ("matted", "interactive", "compose"),
    ],
)
def test_a_job_in_a_queue_that_is_backed_up_is_postponed(status: Status, lane: str, queue: str) -> None:
    world = World([overdue(1, status, lane)], waiting={queue: 3})

    assert world.sweep() == 0
    assert world.postponed == {f"{1:032x}": int(NOW) + 60}


def test_a_backed_up_queue_excuses_only_its_own_jobs() -> None:
    world = World([overdue(1, "ingested"), overdue(2, "matted")], waiting={"bulk": 3})

    world.sweep()

    assert list(world.postponed) == [f"{1:032x}"]
    assert list(world.ended) == [f"{2:032x}"]


def test_a_flood_in_the_other_lane_excuses_nothing() -> None:
    world = World([overdue(1, "queued", "interactive")], waiting={"bulk ingest": 1000})

    assert world.sweep() == 1


def test_the_end_of_a_failed_job_that_nobody_told_is_told() -> None:
    failed = overdue(1, "failed").model_copy(update={"outcome": Outcome(status="failed", code="bad_matte")})
    world = World([failed])

    assert world.sweep() == 0
    assert world.repeated == [f"{1:032x}"]
    assert world.ended == {}


def test_nothing_is_postponed_for_ever() -> None:
    world = World([overdue(1, "ingested", age_seconds=1001)], waiting={"bulk": 3})

    assert world.sweep() == 1
    assert world.postponed == {}


@pytest.mark.parametrize(
    "fault",
    [
        ClientError({"Error": {"Code": "AccessDenied"}}, "PutObject"),
        ConditionFailed(("None", "ConditionalCheckFailed")),
        TooBusy("turned away"),
    ],
    ids=["client", "account", "busy"],
)
def test_a_job_that_cannot_be_ended_does_not_stop_the_others_and_rings_the_alarm(fault: Exception) -> None:
    broken = frozenset({f"{1:032x}"})
    world = World([overdue(1, "ingested"), overdue(2, "ingested")], broken=broken, fault=fault)

    with pytest.raises(type(fault)):
        world.sweep()

    assert list(world.ended) == [f"{2:032x}"]


def dead_letter(key: str) -> str:
    described = {"key": key, "size": 5, "eTag": "e", "sequencer": "01"}
    record = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "in"}, "object": described}}
    return json.dumps({"Records": [record]})


def sorted_letter(key: str) -> str:
    job = upload_job(Source(bucket="in", key=key, sequencer="01"), "shop", NOW)
    return JobMessage(job=job).model_dump_json()


@pytest.mark.parametrize(
    ("queue", "letter"),
    [
        ("dead", dead_letter("a.jpg")),
        ("dead bulk ingest", sorted_letter("a.jpg")),
        ("dead ingest", sorted_letter("a.jpg")),
    ],
)
def test_an_upload_that_no_ingest_survived_ends_as_a_failed_job_once(queue: str, letter: str) -> None:
    world = World([], dead=[letter], dead_in=queue)

    assert world.sweep() == 1
    assert world.sweep() == 0
    assert "could not be read" in next(iter(world.ended.values()))


def test_a_dead_upload_that_nobody_pays_for_ends_once_and_says_so() -> None:
    world = World([], dead=[dead_letter("a.jpg")], is_poor=True)

    assert world.sweep() == 1
    assert world.sweep() == 0
    assert list(world.ended.values()) == ["Nothing is left."]


@pytest.mark.parametrize(
    "body", ["", "no json", "[]", '{"Records": [{}]}', dead_letter("api/owner/job/a.jpg")]
)
def test_a_dead_letter_without_an_upload_of_its_own_is_left_alone(body: str) -> None:
    """An API job exists before its upload, and ends by its own deadline."""
    assert World([], dead=[body]).sweep() == 0


def test_webhooks_that_are_due_are_queued_and_said_of_their_jobs(caplog: pytest.LogCaptureFixture) -> None:
    world = World(states=[], webhooks=FakeDeliveries(open=["a", "b"]))

    world.sweep()

    assert world.webhooks.queued == ["a", "b"]
    said = [vars(record) for record in caplog.records if record.getMessage() == "queued"]
    assert [(one["correlation_id"], one["delivery"]) for one in said] == [("j", "a"), ("j", "b")]


def test_a_job_that_cannot_be_ended_does_not_keep_webhooks_back() -> None:
    stuck = overdue(1, "queued")
    world = World(states=[stuck], broken=frozenset({stuck.job.id}), fault=TooBusy("busy"))
    world.webhooks.open.append("a")

    with pytest.raises(TooBusy):
        world.sweep()

    assert world.webhooks.queued == ["a"]


def test_every_chore_has_its_turn_whatever_another_raises() -> None:
    done: list[str] = []

    class Broken:
        def __init__(self, name: str) -> None:
            self.name = name

        def run(self, now: float) -> int:
            done.append(self.name)
            raise TooBusy(self.name)

    chores: dict[str, Any] = {name: Broken(name) for name in ("adopting", "overdue", "batches", "retries")}

    with pytest.raises(TooBusy):
        Sweep(**chores).run(NOW)

    assert done == ["adopting", "overdue", "batches", "retries"]
