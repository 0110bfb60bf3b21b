"""What ingest asks the table when a job comes: a call's job is there already, an upload's is new."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from cutout.service.jobs import Job, Outcome, Source
from cutout.service.table import JobState
from ingest import Ingest


@dataclass
class Table:
    """One place for one job; remembers what it was asked."""

    there: JobState | None = None
    asked: list[str] = field(default_factory=list)

    def find(self, _job_id: str) -> JobState | None:
        self.asked.append("find")
        return self.there

    def create(self, job: Job, _deadline: int, now: str) -> bool:
        self.asked.append("create")
        if self.there is not None:
            return False
        self.there = JobState(job=job, status="queued", updated=now)
        return True


@dataclass
class Endings:
    repeated: list[str] = field(default_factory=list)

    def repeat(self, job: Job, _now: float) -> None:
        self.repeated.append(job.id)


@dataclass
class Settings:
    interactive_deadline_seconds: int = 60
    bulk_deadline_seconds: int = 60


def job(asked: str) -> Job:
    source = Source(bucket="in", key="calls/o/j/p.jpg")
    return Job(id="a" * 32, owner="o", lane="interactive", created="2026", source=source, asked=asked)


def register(table: Table, new: Job) -> tuple[str, list[str]]:
    """How it stands, and the jobs whose ending was told again."""
    endings = Endings()
    names = ("s3", "onward", "downloads", "preparing", "batches", "sorting")
    parts: dict[str, Any] = {"memory_mb": 1, **dict.fromkeys(names)}
    ingest = Ingest(table=table, endings=endings, settings=Settings(), **parts)  # type: ignore[arg-type]
    return ingest.register(new), endings.repeated


OPEN = JobState(job=job("call"), status="queued", updated="")
ENDED = OPEN.model_copy(update={"status": "done", "outcome": Outcome(status="done")})


@pytest.mark.parametrize(
    ("there", "new", "answer", "asked"),
    [
        (OPEN, job("call"), ("known", []), ["find"]),
        (ENDED, job("call"), ("ended", ["a" * 32]), ["find"]),
        (None, job("call"), ("new", []), ["find", "create"]),
        (None, job(""), ("new", []), ["create"]),
        (OPEN, job(""), ("known", []), ["create", "find"]),
        (ENDED, job(""), ("ended", ["a" * 32]), ["create", "find"]),
    ],
    ids=[
        "a call's",
        "a call's, ended",
        "a call's, withdrawn",
        "an upload's",
        "an upload's, repeated",
        "an upload's, ended",
    ],
)
def test_a_call_s_job_is_looked_up_and_an_upload_s_is_made(
    there: JobState | None, new: Job, answer: tuple[str, list[str]], asked: list[str]
) -> None:
    table = Table(there)

    assert register(table, new) == answer
    assert table.asked == asked
