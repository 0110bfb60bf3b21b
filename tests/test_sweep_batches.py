"""When a batch ends, how, and that its news are told whatever is killed in between."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from batches import NOT_ENDED, NOT_MADE, Batches, verdict_of
from cutout.service.batch_items import Entry
from cutout.service.batches import Batch, BatchState, BatchStatus, Counts, Position
from cutout.service.messages import BatchNews
from fakes import FakeS3, FakeSqs

NOW = 1_795_000_000.0
BATCH = Batch(
    id="b" * 32,
    owner="abc",
    created="2026-11-23T09:00:00.000Z",
    bucket="in",
    callback="https://a.example/hook",
)
STATE = BatchState(
    batch=BATCH, status="running", position=Position(), made=3, updated="", deadline=int(NOW) + 60
)
ALL = Counts(made=3, done=2, failed=1, charged=200)
SOME = Counts(made=3, done=1, failed=1, charged=100)


def state(**changes: Any) -> BatchState:
    return STATE.model_copy(update=changes)


LATE = int(NOW) - 1


@pytest.mark.parametrize(
    ("seen", "counts", "verdict"),
    [
        (state(), SOME, None),
        (state(), ALL, ("completed", "")),
        (state(made=0), Counts(), ("completed", "")),
        (state(deadline=LATE), ALL, ("completed", "")),
        (state(deadline=LATE), SOME, ("failed", NOT_ENDED)),
        (state(reason="The manifest was replaced."), ALL, ("failed", "The manifest was replaced.")),
        (state(reason="The manifest was replaced."), SOME, None),
        (state(cancelled=True), SOME, None),
        (state(cancelled=True), ALL, ("cancelled", "It was cancelled.")),
        (state(status="making"), ALL, None),
        (state(status="making", deadline=LATE), SOME, ("failed", NOT_MADE)),
        (state(status="making", deadline=LATE, cancelled=True), SOME, ("cancelled", NOT_MADE)),
    ],
)
def test_a_batch_ends_when_all_is_made_and_ended_or_when_nobody_carries_it_on(
    seen: BatchState, counts: Counts, verdict: tuple[BatchStatus, str] | None
) -> None:
    assert verdict_of(seen, counts, NOW) == verdict


class Killed(Exception):
    """The sweep's own end, in the middle of its work."""


@dataclass
class Table:
    """Some open batches, and what became of them."""

    there: dict[str, BatchState]
    sums: Counts = ALL
    broken: str = ""

    def open(self) -> Iterator[BatchState]:
        return iter(list(self.there.values()))

    def find(self, batch_id: str) -> BatchState | None:
        if batch_id == self.broken:
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "GetItem")
        return self.there.get(batch_id)

    def counts(self, _: BatchState) -> Counts:
        return self.sums

    def entries(self, _: str) -> Iterator[Entry]:
        return iter([Entry(job="1" * 32, source="a.jpg", status="done")])

    def end(self, seen: BatchState, status: BatchStatus, counts: Counts, now: str, reason: str) -> bool:
        if self.there[seen.batch.id].counts is not None:
            return False
        ended = {"status": status, "counts": counts, "updated": now, "reason": reason}
        self.there[seen.batch.id] = seen.model_copy(update=ended)
        return True

    def settle(self, batch_id: str) -> None:
        del self.there[batch_id]


@dataclass
class World:
    table: Table = field(default_factory=lambda: Table({BATCH.id: STATE}))
    s3: FakeS3 = field(default_factory=FakeS3)
    sqs: FakeSqs = field(default_factory=FakeSqs)

    def sweep(self) -> int:
        fakes: Any = {"s3": self.s3, "sqs": self.sqs, "table": self.table}
        return Batches(**fakes, result_bucket="out", notify_queue="news").run(NOW)

    @property
    def news(self) -> list[BatchNews]:
        return [BatchNews.model_validate_json(body) for queue, body in self.sqs.sent if queue == "news"]


def test_an_ended_batch_is_reported_and_told_once() -> None:
    world = World()

    assert (world.sweep(), world.sweep()) == (1, 0)
    assert world.news == [
        BatchNews(
            batch=BATCH.id,
            owner="abc",
            status="completed",
            made=3,
            done=2,
            failed=1,
            review=0,
            charged=200,
            ended="2026-11-18T11:06:40.000Z",
            report_key=f"batches/{BATCH.id}/report.json",
            callback="https://a.example/hook",
        )
    ]
    report = json.loads(world.s3.objects["out", f"batches/{BATCH.id}/report.json"][0])
    assert (report["status"], report["ended"]) == ("completed", "2026-11-18T11:06:40.000Z")


@pytest.mark.parametrize("step", ["put_object", "send_message"])
def test_a_sweep_that_is_killed_is_made_good_by_the_next(step: str) -> None:
    world = World()

    def dying(**_: Any) -> None:
        raise Killed

    client = world.s3 if step == "put_object" else world.sqs
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, step, dying)
        with pytest.raises(Killed):
            world.sweep()
    world.sweep()

    assert [news.status for news in world.news] == ["completed"]
    assert world.table.there == {}


def test_a_batch_that_goes_on_is_let_be() -> None:
    world = World(Table({BATCH.id: STATE}, sums=SOME))

    assert world.sweep() == 0
    assert (world.news, world.s3.objects) == ([], {})


def test_a_batch_that_cannot_be_ended_does_not_stop_the_others_and_rings_the_alarm() -> None:
    other = state(batch=BATCH.model_copy(update={"id": "c" * 32}))
    world = World(Table({BATCH.id: STATE, "c" * 32: other}, broken=BATCH.id))

    with pytest.raises(ClientError):
        world.sweep()

    assert [news.batch for news in world.news] == ["c" * 32]
