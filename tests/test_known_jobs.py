"""Which of many jobs there are already, and which are begun once more."""

from typing import Any

import pytest

from cutout.service.jobs import Job, Outcome, Source
from cutout.service.known_jobs import known_among, newest_attempts


class Table:
    """Answers for the jobs that it has, and says of one in each answer that it is too busy for it."""

    def __init__(self) -> None:
        self.items: dict[str, Any] = {}
        self.asked: list[int] = []
        self.left_out = 0

    def put(self, job: Job, code: str = "") -> None:
        outcome = Outcome(status="failed", code=code)
        item = {"pk": {"S": f"job#{job.id}"}, "job": {"S": job.model_dump_json()}, "updated": {"S": "now"}}
        ended = {"status": {"S": "failed"}, "outcome": {"S": outcome.model_dump_json()}}
        self.items[f"job#{job.id}"] = item | (ended if code else {"status": {"S": "queued"}})

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:
        keys = [key["pk"]["S"] for key in RequestItems["jobs"]["Keys"]]
        self.asked.append(len(keys))
        known = [key for key in keys if key in self.items]
        answered = known[: len(known) - self.left_out]
        return {"Responses": {"jobs": [self.items[key] for key in answered]}}


def job(number: int = 1, asked: str = "first") -> Job:
    return Job(
        id=f"{number:032x}",
        owner="bucket",
        lane="bulk",
        created="now",
        asked=asked,
        source=Source(bucket="in", key=f"calls/bucket/{number:032x}/a.jpg", url="https://cdn/a.jpg"),
    )


def newest(table: Table, one: Job) -> tuple[Job, bool]:
    [attempt] = newest_attempts(table, "jobs", [one])  # type: ignore[arg-type]
    return attempt.job, attempt.is_new


def test_a_hundred_are_asked_for_at_a_time_and_what_is_not_answered_counts_as_new() -> None:
    table, jobs = Table(), [job(number) for number in range(250)]
    for one in jobs[::2]:
        table.put(one)
    table.left_out = 1

    known = known_among(table, "jobs", [one.id for one in jobs])  # type: ignore[arg-type]

    assert table.asked == [100, 100, 50]
    assert set(known) == {one.id for one in jobs[::2]} - {jobs[98].id, jobs[198].id, jobs[248].id}


def test_nothing_is_asked_about_nothing() -> None:
    table = Table()

    assert newest_attempts(table, "jobs", []) == []  # type: ignore[arg-type]
    assert table.asked == []


def test_an_unknown_job_is_new_and_an_open_one_is_known() -> None:
    table = Table()
    assert newest(table, job()) == (job(), True)

    table.put(job())

    assert newest(table, job(asked="second")) == (job(asked="second"), False)


@pytest.mark.parametrize(
    "code", ["image_url_unreachable", "insufficient_credits", "monthly_cap_reached", "out_of_time"]
)
def test_a_failure_that_may_pass_is_begun_once_more_by_another_call(code: str) -> None:
    table = Table()
    table.put(job(), code)

    repeated, is_new = newest(table, job())
    again, again_is_new = newest(table, job(asked="second"))

    assert (repeated, is_new) == (job(), False)
    assert again_is_new
    assert again.id != job().id
    assert again.source.key == f"calls/bucket/{again.id}/a.jpg"
    table.put(again)
    assert newest(table, job(asked="third"))[0].id == again.id
    assert not newest(table, job(asked="third"))[1]


def test_another_failure_is_final() -> None:
    table = Table()
    table.put(job(), "not_an_image")

    assert newest(table, job(asked="second")) == (job(asked="second"), False)


def test_five_attempts_are_all() -> None:
    table = Table()
    made = []
    for number in range(7):
        attempt, is_new = newest(table, job(asked=f"call {number}"))
        made.append(is_new)
        table.put(attempt, "image_url_unreachable")

    assert made == [True] * 5 + [False] * 2
