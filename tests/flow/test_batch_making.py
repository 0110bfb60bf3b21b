"""Making and counting on the emulated table: every page once, every job once, every end once, whatever is repeated."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from cutout.service.batch_table import BatchTable
from cutout.service.batches import Batch, BatchState, Counts, batch_job
from cutout.service.jobs import Job, Outcome, Review
from cutout.service.manifests import BatchItem
from cutout.service.messages import BatchMessage, JobMessage
from cutout.service.table import JobTable
from driver import Driver
from fakes import FakeS3, FakeSqs
from making import Making
from pages import Pages

NOW, DEADLINE = "2026-11-23T09:00:00.000Z", 1_900_000_000
DONE = Outcome(status="done")
PAGE = 12


class Killed(Exception):
    """What a test does to a function in the middle of its work."""


@dataclass
class World:
    """A batch of an owner of its own, over fakes of S3 and SQS and the emulated table."""

    flow: Driver
    s3: FakeS3 = field(default_factory=FakeS3)
    sqs: FakeSqs = field(default_factory=FakeSqs)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def jobs_table(self) -> JobTable:
        return self.flow.table

    @property
    def table(self) -> BatchTable:
        return BatchTable(client=self.jobs_table.client, name=self.jobs_table.name)

    @property
    def making(self) -> Making:
        fakes: Any = {"sqs": self.sqs, "pages": Pages(s3=self.s3, most=PAGE)}  # type: ignore[arg-type]
        return Making(
            **fakes,
            table=self.table,
            ledger=self.jobs_table.ledger,
            own_queue="batch",
            jobs_queue="bulk ingest",
            page_seconds=60,
            longest_seconds=600,
            fetch_exceptions=frozenset(),
        )

    def begin(self, **of: str) -> Batch:
        batch = Batch(id=self.id, owner=self.id, created=NOW, bucket="in", **of)
        assert self.table.create(batch, DEADLINE)
        return batch

    def begin_list(self, *lines: str) -> Batch:
        self.s3.objects["in", "list"] = ("\n".join(lines).encode(), {})
        return self.begin(manifest="list", manifest_etag=self.s3.etag(("in", "list")).strip('"'))

    def begin_prefix(self, count: int) -> Batch:
        for number in range(count):
            self.s3.objects["in", f"api/{self.id}/j/{number:04d}.png"] = (b"x", {})
        return self.begin(prefix=f"api/{self.id}/")

    def take(self) -> None:
        self.making.take(BatchMessage(batch=self.id).model_dump_json())

    def take_all(self) -> None:
        """As the queue does it: until no page asks for another."""
        asked = 1
        while asked:
            before = self.sqs.sent.count(("batch", BatchMessage(batch=self.id).model_dump_json()))
            self.take()
            after = self.sqs.sent.count(("batch", BatchMessage(batch=self.id).model_dump_json()))
            asked = after - before

    @property
    def state(self) -> BatchState:
        found = self.table.find(self.id)
        assert found is not None
        return found

    @property
    def counts(self) -> Counts:
        return self.table.counts(self.state)

    @property
    def queued(self) -> list[Job]:
        bodies = [body for queue, body in self.sqs.sent if queue == "bulk ingest"]
        return [JobMessage.model_validate_json(body).job for body in bodies]

    def item(self, number: int) -> str:
        return f'{{"key": "api/{self.id}/j/{number}.png"}}'


@pytest.fixture
def world(flow: Driver) -> World:
    return World(flow)


def test_a_prefix_is_made_page_by_page_and_every_key_is_one_job(world: World) -> None:
    world.begin_prefix(2 * PAGE + 1)
    world.s3.objects["in", f"api/{world.id}/folder/"] = (b"", {})

    world.take_all()

    assert (world.state.status, world.state.made) == ("running", 25)
    assert len({job.id for job in world.queued}) == len(world.queued) == 25


def test_a_prefix_with_nothing_below_it_is_made(world: World) -> None:
    world.begin(prefix=f"api/{world.id}/")

    world.take()

    assert (world.state.status, world.state.made) == ("running", 0)


Kill = Callable[[World, pytest.MonkeyPatch], None]


def while_claiming(world: World, patch: pytest.MonkeyPatch) -> None:
    calls = iter(range(1000))
    claim = BatchTable.claim

    def dying(self: BatchTable, *args: Any, **kwargs: Any) -> Any:
        if next(calls) == 5:
            raise Killed
        return claim(self, *args, **kwargs)

    patch.setattr(BatchTable, "claim", dying)


def while_sending(world: World, patch: pytest.MonkeyPatch) -> None:
    send, calls = world.sqs.send_message_batch, iter(range(1000))

    def dying(**kwargs: Any) -> Any:
        if next(calls) == 1:
            raise Killed
        return send(**kwargs)

    patch.setattr(world.sqs, "send_message_batch", dying)


def before_noting(_: World, patch: pytest.MonkeyPatch) -> None:
    def dying(*_: Any, **__: Any) -> Any:
        raise Killed

    patch.setattr(BatchTable, "advance", dying)


def before_asking_for_the_next(world: World, patch: pytest.MonkeyPatch) -> None:
    def dying(**_: Any) -> Any:
        raise Killed

    patch.setattr(world.sqs, "send_message", dying)


@pytest.mark.parametrize(
    "kill",
    [while_claiming, while_sending, before_noting, before_asking_for_the_next],
    ids=lambda k: k.__name__,
)
def test_a_crash_anywhere_loses_nothing_and_counts_nothing_twice(world: World, kill: Kill) -> None:
    """The message comes back: the page is made again, with the same jobs."""
    world.begin_prefix(PAGE + 3)
    with pytest.MonkeyPatch.context() as patch:
        kill(world, patch)
        with pytest.raises(Killed):
            world.take()

    world.take_all()

    assert (world.state.status, world.state.made) == ("running", 15)
    assert len({job.id for job in world.queued}) == 15


def test_a_key_that_a_new_object_pushes_into_the_next_page_is_not_lost(world: World) -> None:
    """Between the delivery that was killed and the next one, somebody has uploaded."""
    world.begin_prefix(PAGE + 2)
    with pytest.MonkeyPatch.context() as patch:
        before_noting(world, patch)
        with pytest.raises(Killed):
            world.take()
    world.sqs.sent.clear()  # as if it had been killed before it could send
    world.s3.objects["in", f"api/{world.id}/a-new-one.png"] = (b"x", {})

    world.take_all()

    assert world.state.made == PAGE + 3
    assert len({job.id for job in world.queued}) == PAGE + 3


def test_of_two_deliveries_at_once_one_goes_on(world: World) -> None:
    world.begin_prefix(PAGE + 1)
    first, late = world.making, world.state

    assert first.make(late, 0.0)
    assert not first.make(late, 0.0)  # it has read the same position, and comes a moment later
    assert world.state.made == 12


def test_the_same_item_twice_is_one_job_also_across_pages(world: World) -> None:
    world.begin_list(*[world.item(n % 9) for n in range(PAGE + 8)])

    world.take_all()

    assert world.state.made == 9
    assert len(world.queued) == 9


def test_lines_that_make_no_job_are_counted_as_failed_once_and_say_why(world: World) -> None:
    world.begin_list(
        world.item(1),
        '{"shape": "round"}',
        '{"key": "catalog/a.png"}',
        '{"url": "http://192.168.0.1/a.png"}',
        world.item(1).replace("}", ', "preset": "amazon"}'),
    )
    with pytest.MonkeyPatch.context() as patch:
        before_noting(world, patch)
        with pytest.raises(Killed):
            world.take()

    world.take_all()

    assert world.counts == Counts(made=5, failed=4)
    assert len({job.id for job in world.queued}) == 1
    entries = {entry.code: entry for entry in world.table.entries(world.id) if entry.code}
    assert set(entries) == {"bad_line", "not_granted", "invalid_image_url", "name_taken"}
    assert entries["not_granted"].reason.startswith(
        "line 3: 'catalog/a.png' is not yours to use; allowed: api/"
    )
    assert entries["bad_line"].source == "line 2"


def test_a_list_that_was_replaced_ends_the_making_with_the_reason(world: World) -> None:
    world.begin_list(*map(world.item, range(PAGE + 1)))
    world.take()
    world.s3.objects["in", "list"] = (b"other", {})

    world.take()

    assert (world.state.status, world.state.made) == ("running", 12)
    assert world.state.reason == "The manifest was deleted or replaced before all of it was read."


def test_a_cancelled_batch_makes_no_more(world: World) -> None:
    world.begin_prefix(PAGE + 1)
    world.take()
    assert world.table.cancel(world.id, NOW)

    world.take()

    assert (world.state.status, world.state.made, world.state.cancelled) == ("running", 12, True)
    assert world.table.is_cancelled(world.id)


def test_every_end_counts_once_however_often_it_is_tried(world: World) -> None:
    batch = world.begin(prefix="x")
    jobs = [batch_job(batch, BatchItem(key=f"{n}.png"), NOW) for n in range(4)]
    for job in jobs[:3]:
        assert world.jobs_table.create(job, DEADLINE, NOW)
    review = DONE.model_copy(update={"review": Review(score=0.5)})
    failed = Outcome(status="failed", code="not_an_image", reason="No picture.")

    for _ in range(3):
        world.jobs_table.finish(jobs[0], DONE, 0.001, NOW)
        world.jobs_table.finish(jobs[1], review, 0.001, NOW)
        world.jobs_table.fail(jobs[1].id, failed, NOW)
        world.jobs_table.fail(jobs[2].id, failed, NOW)
        world.jobs_table.finish(jobs[2], DONE, 0.001, NOW)
        world.jobs_table.refuse(jobs[3], failed, NOW)

    assert world.counts == Counts(made=0, done=2, failed=2, review=1, charged=200)
    entries = {entry.job: (entry.status, entry.code, entry.review) for entry in world.table.entries(world.id)}
    assert entries == {
        jobs[0].id: ("done", "", False),
        jobs[1].id: ("done", "", True),
        jobs[2].id: ("failed", "not_an_image", False),
        jobs[3].id: ("failed", "not_an_image", False),
    }


def test_a_job_of_no_batch_writes_nothing_more(world: World) -> None:
    batch = world.begin(prefix="x")
    alone = batch_job(batch, BatchItem(key="a.png"), NOW).model_copy(update={"batch": ""})
    world.jobs_table.create(alone, DEADLINE, NOW)
    calls: list[int] = []
    client = world.jobs_table.client
    spied: Any = type(
        "Spy",
        (),
        {
            "__getattr__": lambda _, name: getattr(client, name),
            "transact_write_items": lambda _, TransactItems: (
                calls.append(len(TransactItems)),
                client.transact_write_items(TransactItems=TransactItems),
            ),
        },
    )()

    assert replace(world.jobs_table, client=spied).finish(alone, DONE, 0.001, NOW)
    assert calls == [3]  # the job, the account, the charge
    assert world.counts == Counts()
