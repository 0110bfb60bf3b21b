"""What is one owner's and what is not: items by what they name, objects by what a job has left."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from admin.purging import BOOKS, Purge
from cutout.service.batch_items import new_batch_item
from cutout.service.batches import Batch
from cutout.service.jobs import Job, Outcome, Result, Source
from cutout.service.table import JobState

OWNER, OTHER, OWN_JOB, OTHERS_JOB = "a" * 32, "b" * 32, "c" * 32, "d" * 32
BATCH = "batch#" + "e" * 32
PICTURE = b"a picture"
JOB = Job(
    id=OWN_JOB,
    owner=OWNER,
    lane="bulk",
    created="2026-11-22T09:00:00.000Z",
    source=Source(bucket="in", key="calls/x.jpg"),
    results_at="hooks/shop/x.jpg",
)


@dataclass
class Bucket:
    """Keys, each with one version."""

    keys: set[str]
    pictures: dict[str, bytes] = field(default_factory=dict)

    def read(self, key: str) -> bytes | None:
        return self.pictures.get(key)

    def keys_below(self, prefix: str) -> list[str]:
        return sorted(key for key in self.keys if key.startswith(prefix))

    def remove(self, key: str) -> int:
        found = key in self.keys
        self.keys.discard(key)
        return int(found)

    def remove_below(self, prefix: str) -> int:
        return sum(self.remove(key) for key in self.keys_below(prefix))


def purge(kept_books: tuple[str, ...] = (), **buckets: Bucket) -> Purge:
    found: Any = {name: buckets.get(name, Bucket(set())) for name in ("source", "work", "result")}
    nobody: Any = None
    return Purge(dynamodb=nobody, table="t", endings=nobody, owner=OWNER, kept_books=kept_books, **found)


def item(pk: str, sk: str = "x", **more: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}, **{name: {"S": value} for name, value in more.items()}}


ITEMS: list[tuple[dict[str, Any], bool, bool]] = [  # the item, whether it goes, and with --keep-account
    (item(f"owner#{OWNER}", "account"), True, False),
    (item(f"owner#{OWNER}", f"charge#{OWN_JOB}"), True, False),
    (item(f"owner#{OWNER}", "rate#29916666"), True, True),
    (item("accounts", OWNER), True, False),
    (item("accounts", OTHER), False, False),
    (item(f"owner#{OTHER}", f"charge#{OWN_JOB}"), False, False),  # who paid for it keeps the receipt
    (item(f"job#{OWN_JOB}", "job"), True, True),
    (item(f"job#{OTHERS_JOB}", "job", job=f'{{"owner": "bucket", "payer": "{OWNER}"}}'), False, False),
    (item(f"webhooks#{OWNER}", "endpoints"), True, True),
    (item("delivery#1", "delivery", owner="endpoint#7", payload=f'{{"job": "{OWN_JOB}"}}'), True, True),
    (item("delivery#2", "delivery", owner="endpoint#8", payload=f'{{"job": "{OTHERS_JOB}"}}'), False, False),
    (item(BATCH, "batch", owner=OWNER), True, True),
    (item(BATCH, "batch", owner=OTHER, payer=OWNER), False, False),
    (item(BATCH, f"job#{OWN_JOB}"), True, True),
    (item(BATCH, "shard#0"), True, True),
]


@pytest.mark.parametrize(("found", "goes", "goes_with_account_kept"), ITEMS)
def test_an_item_goes_by_what_it_names(
    found: dict[str, Any], goes: bool, goes_with_account_kept: bool
) -> None:
    wanted = {OWNER, OWN_JOB, BATCH.removeprefix("batch#")}

    assert purge().is_own(found, wanted) is goes
    assert purge(BOOKS).is_own(found, wanted) is goes_with_account_kept


def test_results_go_from_wherever_they_were_put() -> None:
    below = "hooks/shop/x.jpg"
    names = ("cutout.png", "report.json", "extra.webp")
    result = Bucket({*(f"{below}/{name}" for name in names), "hooks/shop/y.jpg/cutout.png"})
    extra = Result(
        name="extra", key=f"{below}/extra.webp", content_type="image/webp", size_bytes=1, width=1, height=1
    )
    done = Outcome(status="done", results=(extra,))

    count = purge(result=result).remove_results(JobState(job=JOB, status="done", updated="", outcome=done))

    assert (count, result.keys) == (3, {"hooks/shop/y.jpg/cutout.png"})


def states() -> Iterator[Any]:
    digest = hashlib.sha256(PICTURE).hexdigest()
    known = Outcome(status="done", kept=("mattes/p/m.png", f"cutouts/{digest}/c.npz"))
    yield pytest.param(JobState(job=JOB, status="done", updated="", outcome=known), id="it knows")
    yield pytest.param(
        JobState(job=JOB, status="failed", updated="", outcome=Outcome(status="failed", code="out_of_time")),
        id="its worker was killed",
    )


@pytest.mark.parametrize("state", list(states()))
def test_what_was_kept_of_a_picture_goes(state: JobState) -> None:
    digest = hashlib.sha256(PICTURE).hexdigest()
    work = Bucket(
        {f"work/{OWN_JOB}/p.bmp", "mattes/p/m.png", f"cutouts/{digest}/c.npz", "mattes/q/m.png"},
    )
    source = Bucket(set(), {"calls/x.jpg": PICTURE})

    count = purge(work=work, source=source).remove_kept(state)

    assert (count, work.keys) == (3, {"mattes/q/m.png"})


@dataclass
class Table:
    """Items in a list, for scans and deletions."""

    items: list[dict[str, Any]]

    def get_paginator(self, _: str) -> "Table":
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"Items": list(self.items)}]

    def delete_item(self, *, TableName: str, Key: dict[str, Any]) -> None:
        self.items = [item for item in self.items if (item["pk"], item["sk"]) != (Key["pk"], Key["sk"])]


def batch_of(owner: str, batch_id: str) -> list[dict[str, Any]]:
    """A batch whose only line has become no job, and what is noted of that line."""
    batch = Batch(id=batch_id, owner=owner, created="2026-11-22T09:00:00.000Z", bucket="in")
    return [new_batch_item(batch, 1, 90), item(f"batch#{batch_id}", f"job#{OTHERS_JOB}", source="mine.jpg")]


def test_a_batch_goes_with_its_reports_and_lines_though_it_has_no_job() -> None:
    mine, others = "e" * 32, "f" * 32
    table = Table([*batch_of(OWNER, mine), *batch_of(OTHER, others)])
    result = Bucket(
        {f"batches/{name}/{file}" for name in (mine, others) for file in ("report.json", "failures.csv")}
    )

    done = replace(purge(result=result), dynamodb=table).run()  # type: ignore[arg-type]

    assert (done["in the result bucket"], done["items of batch"]) == (2, 2)
    assert result.keys == {f"batches/{others}/report.json", f"batches/{others}/failures.csv"}
    assert {each["pk"]["S"] for each in table.items} == {f"batch#{others}"}
