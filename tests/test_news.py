"""What is told of an end: the events in a message of news, and their way onto the bus."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from cutout.service.bus import Bus
from cutout.service.events import Event, Places, events_in
from cutout.service.jobs import Job, Outcome, Result, Review, ReviewReason, Source
from cutout.service.messages import BatchNews, NotifyMessage

OWNER = "f" * 32
ENDED = "2026-11-22T09:00:02.000Z"
PLACES = Places(result_bucket="out", api_address="https://api.example/v1x")
JOB = Job(
    id="0" * 32,
    owner=OWNER,
    lane="interactive",
    created="2026-11-22T09:00:00.000Z",
    source=Source(bucket="in", key="api/f/0/a.jpg", url="https://shop.example/a.jpg?token=hush"),
    callback="https://example.com/hook",
)
RESULT = Result(
    name="cutout",
    key="api/f/0/a.jpg/cutout.png",
    content_type="image/png",
    size_bytes=9,
    width=4,
    height=3,
    foreground=(1, 0, 2, 3),
)
DONE = Outcome(status="done", results=(RESULT,), report_key="api/f/0/a.jpg/report.json")
FAILED = Outcome(status="failed", code="empty_file", reason="The file is empty.", report_key="k/report.json")
DOUBT = Review(score=0.7, reasons=(ReviewReason(code="edge", text="The subject touches the frame."),))


def told(outcome: Outcome, job: Job = JOB) -> tuple[Event, ...]:
    return events_in(NotifyMessage(job=job, outcome=outcome, ended=ENDED).model_dump_json(), PLACES)


def test_a_job_that_is_done_is_told_with_addresses_of_the_api() -> None:
    [event] = told(DONE)

    at = f"https://api.example/v1x/v1/jobs/{'0' * 32}"
    assert json.loads(event.body) == {
        "type": "job.completed",
        "timestamp": ENDED,
        "data": {
            "job": "0" * 32,
            "status": "done",
            "source": {"bucket": "in", "key": "api/f/0/a.jpg"},
            "results": [
                {
                    "bucket": "out",
                    "name": "cutout",
                    "key": "api/f/0/a.jpg/cutout.png",
                    "content_type": "image/png",
                    "size_bytes": 9,
                    "width": 4,
                    "height": 3,
                    "foreground": [1, 0, 2, 3],
                    "link": f"{at}/results/cutout.png",
                }
            ],
            "report": {"bucket": "out", "key": "api/f/0/a.jpg/report.json"},
            "links": {"job": at, "report": f"{at}/report"},
        },
    }


def test_a_bucket_s_job_is_told_without_links_that_nobody_could_follow() -> None:
    [event] = told(DONE, JOB.model_copy(update={"owner": "bucket"}))

    assert "links" not in event.data
    assert "link" not in event.data["results"][0]


def test_a_failed_job_s_news_say_why() -> None:
    [event] = told(FAILED)

    assert event.type == "job.failed"
    assert (event.data["code"], event.data["reason"]) == ("empty_file", "The file is empty.")
    assert event.data["report"] == {"bucket": "out", "key": "k/report.json"}


def test_a_doubtful_result_is_two_events_with_the_reasons_in_both() -> None:
    events = told(DONE.model_copy(update={"review": DOUBT}))

    assert [event.type for event in events] == ["job.completed", "job.review"]
    assert events[0].data["review"] == events[1].data["review"]
    assert events[1].data["review"]["reasons"][0]["code"] == "edge"


def test_ids_are_one_for_each_job_and_event_and_the_same_on_every_repeat() -> None:
    doubtful = DONE.model_copy(update={"review": DOUBT})

    ids = [event.id for event in (*told(doubtful), *told(FAILED), *told(doubtful))]

    assert ids == [f"{'0' * 32}-{end}" for end in ("completed", "review", "failed", "completed", "review")]


def test_a_batch_s_end_is_one_event() -> None:
    news = BatchNews(
        batch="b1",
        owner=OWNER,
        name="autumn",
        status="completed",
        made=4,
        done=3,
        failed=1,
        review=0,
        charged=275,
        ended=ENDED,
        report_key="batches/b1/report.json",
    )

    [event] = events_in(news.model_dump_json(), PLACES)

    assert (event.id, event.type, event.owner) == ("b1-completed", "batch.completed", OWNER)
    assert event.data == {
        "batch": "b1",
        "name": "autumn",
        "status": "completed",
        "counts": {"made": 4, "done": 3, "failed": 1, "review": 0},
        "credits": 2.75,
        "report": {"bucket": "out", "key": "batches/b1/report.json"},
        "links": {"batch": "https://api.example/v1x/v1/batches/b1"},
    }


def test_a_job_of_a_batch_names_it() -> None:
    [event] = told(DONE, JOB.model_copy(update={"batch": "b1"}))

    assert event.data["batch"] == "b1"


def test_where_a_picture_was_fetched_from_is_not_told() -> None:
    """Its address may hold a token."""
    [event] = told(DONE)

    assert "hush" not in event.body


@pytest.mark.parametrize("body", ["", "{", "[]", "{}", '{"kind": "batch"}', '{"kind": "delivery"}'])
def test_what_is_no_news_is_a_fault_of_ours(body: str) -> None:
    with pytest.raises(ValueError):
        events_in(body, PLACES)


@dataclass
class FakeBus:
    """Takes entries, but not those that tell of these jobs."""

    refuses: str = "nobody"
    calls: list[list[dict[str, Any]]] = field(default_factory=list)

    def put_events(self, *, Entries: Any) -> dict[str, Any]:
        self.calls.append(list(Entries))
        bad = {"ErrorCode": "InternalFailure"}
        return {"Entries": [bad if self.refuses in e["Detail"] else {"EventId": "1"} for e in Entries]}


def of_job(number: int) -> Event:
    return told(DONE, JOB.model_copy(update={"id": f"{number:032x}"}))[0]


def test_the_bus_is_told_what_webhooks_are_told_ten_events_a_call() -> None:
    client = FakeBus()

    assert Bus(client=client, name="bus").put([of_job(n) for n in range(12)]) == {}

    assert [len(entries) for entries in client.calls] == [10, 2]
    entry = client.calls[0][0]
    assert (entry["Source"], entry["DetailType"], entry["EventBusName"]) == ("cutout", "job.completed", "bus")
    assert entry["Time"] == datetime(2026, 11, 22, 9, 0, 2, tzinfo=UTC)
    assert json.loads(entry["Detail"]) == {"id": of_job(0).id, **json.loads(of_job(0).body)}


def test_large_events_take_more_calls() -> None:
    client = FakeBus()
    large = [replace(of_job(n), data={"padding": "ä" * 50_000}) for n in range(5)]

    Bus(client=client, name="bus").put(large)

    assert [len(entries) for entries in client.calls] == [2, 2, 1]


def test_an_entry_that_the_bus_refuses_is_named() -> None:
    client = FakeBus(refuses=f"{11:032x}")

    refused = Bus(client=client, name="bus").put([of_job(n) for n in range(12)])

    assert refused == {of_job(11).id: "InternalFailure"}


def test_without_events_the_bus_is_not_called() -> None:
    client = FakeBus()

    Bus(client=client, name="bus").put([])

    assert client.calls == []
