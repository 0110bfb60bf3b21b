"""Jobs that their owners end: cancelled while they are open, deleted once they have ended."""

import json
import threading
import time
from typing import Any

import pytest

from cutout.service.jobs import owner_of
from driver import Driver, disc, submit_form


def folder_of(flow: Driver, job: Any) -> str:
    return f"{owner_of(flow.key)}/{job['id']}/"


def test_a_cancelled_job_has_failed_and_says_so(flow: Driver) -> None:
    _, job = flow.call("POST", "/v1/jobs", {}, flow.key)

    status, answer = flow.call("POST", f"/v1/jobs/{job['id']}/cancel", key=flow.key)

    assert (status, answer["status"], answer["code"]) == (200, "failed", "cancelled")
    assert answer["reason"] == "The job was cancelled by its owner."
    [report] = flow.keys_below("ResultBucket", f"api/{folder_of(flow, job)}")
    assert json.loads(flow.result(report))["code"] == "cancelled"


def test_an_ended_job_cannot_be_cancelled(flow: Driver) -> None:
    job = flow.cut_out(disc())

    status, answer = flow.call("POST", f"/v1/jobs/{job['id']}/cancel", key=flow.key)

    assert (status, answer["errors"][0]["code"]) == (409, "already_ended")


def test_an_upload_for_a_cancelled_job_makes_nothing(flow: Driver) -> None:
    _, job = flow.call("POST", "/v1/jobs", {"file_name": "late.png"}, flow.key)
    flow.call("POST", f"/v1/jobs/{job['id']}/cancel", key=flow.key)

    assert submit_form(job["upload"], disc()) == 204
    flow.wait_until_empty("Ingest")

    made = flow.keys_below("ResultBucket", f"api/{folder_of(flow, job)}")
    assert [key.rpartition("/")[2] for key in made] == ["report.json"]
    _, page = flow.call("GET", "/v1/jobs?limit=1", key=flow.key)
    assert (page["jobs"][0]["id"], page["jobs"][0]["code"]) == (job["id"], "cancelled")


def test_a_job_that_is_cancelled_while_it_is_worked_on_ends_once_and_leaves_no_results_if_it_failed(
    flow: Driver,
) -> None:
    """Many cancellations race with many endings: each job has one of the two, and the files that go with it."""
    ends: list[tuple[Any, str]] = []

    def race(wait_seconds: float) -> None:
        _, job = flow.call("POST", "/v1/jobs", {"file_name": "race.png"}, flow.key)
        submit_form(job["upload"], disc(brightness=200 + int(wait_seconds * 100)))
        time.sleep(wait_seconds)
        flow.call("POST", f"/v1/jobs/{job['id']}/cancel", key=flow.key)
        _, ended = flow.call("GET", f"/v1/jobs/{job['id']}", key=flow.key)
        ends.append((job, ended["status"]))

    runners = [threading.Thread(target=race, args=(step * 0.07,)) for step in range(8)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    for queue in ("Ingest", "Interactive", "Compose"):
        flow.wait_until_empty(queue)

    assert len(ends) == 8
    for job, status in ends:
        files = [
            key.rpartition("/")[2] for key in flow.keys_below("ResultBucket", f"api/{folder_of(flow, job)}")
        ]
        assert files == (["cutout.png", "report.json"] if status == "done" else ["report.json"])
        charge = {"pk": {"S": f"owner#{owner_of(flow.key)}"}, "sk": {"S": f"charge#{job['id']}"}}
        table = flow.stack.name("JobTable")
        charged = "Item" in flow.stack.client("dynamodb").get_item(TableName=table, Key=charge)
        assert charged == (status == "done")


def test_a_deleted_job_is_gone_with_all_that_it_brought_and_made(flow: Driver) -> None:
    job = flow.cut_out(disc())
    below = f"calls/{folder_of(flow, job)}"
    before = len(flow.keys_below("SourceBucket", below)), len(flow.keys_below("ResultBucket", below))

    status, body = flow.call("DELETE", f"/v1/jobs/{job['id']}", key=flow.key)

    assert (before, status, body) == ((1, 2), 204, None)
    assert flow.keys_below("SourceBucket", below) == []
    assert flow.keys_below("ResultBucket", below) == []
    assert flow.call("GET", f"/v1/jobs/{job['id']}", key=flow.key)[0] == 404
    assert flow.call("DELETE", f"/v1/jobs/{job['id']}", key=flow.key)[0] == 404
    _, page = flow.call("GET", "/v1/jobs?limit=100", key=flow.key)
    assert job["id"] not in [listed["id"] for listed in page["jobs"]]


def test_a_failed_job_takes_back_what_it_had_written_and_its_report_is_deleted_with_it(flow: Driver) -> None:
    outputs = [{"name": "first"}, {"name": "second", "format": "jpeg", "quality": 90, "max_bytes": 500}]
    job = flow.cut_out(disc(256), {"outputs": outputs})
    below = f"calls/{folder_of(flow, job)}"
    written = [key.rpartition("/")[2] for key in flow.keys_below("ResultBucket", below)]

    flow.call("DELETE", f"/v1/jobs/{job['id']}", key=flow.key)

    assert (job["status"], job["code"]) == ("failed", "size_out_of_reach")
    assert written == ["report.json"]
    assert flow.keys_below("ResultBucket", below) == []


def test_a_deleted_job_stays_in_the_ledger(flow: Driver) -> None:
    key = flow.another_key()
    _, job = flow.call("POST", "/v1/jobs", {"file_name": "paid.png"}, key)
    submit_form(job["upload"], disc())
    until = time.monotonic() + 20
    while flow.call("GET", f"/v1/jobs/{job['id']}", key=key)[1]["status"] != "done":
        assert time.monotonic() < until
        time.sleep(0.1)

    flow.call("DELETE", f"/v1/jobs/{job['id']}", key=key)

    assert flow.call("GET", "/v1/usage", key=key)[1]["jobs"] == 1


def test_an_open_job_is_cancelled_before_it_is_deleted(flow: Driver) -> None:
    _, job = flow.call("POST", "/v1/jobs", {}, flow.key)

    status, answer = flow.call("DELETE", f"/v1/jobs/{job['id']}", key=flow.key)

    assert (status, answer["errors"][0]["code"]) == (409, "not_ended")
    flow.call("POST", f"/v1/jobs/{job['id']}/cancel", key=flow.key)
    assert flow.call("DELETE", f"/v1/jobs/{job['id']}", key=flow.key)[0] == 204


def test_deleting_a_rendering_leaves_its_picture_and_deleting_the_job_leaves_the_rendering(
    flow: Driver,
) -> None:
    first, recipe = flow.cut_out(disc()), {"outputs": [{"format": "jpeg"}]}
    path, asked = f"/v1/jobs/{first['id']}", {"recipe": recipe, "wait_seconds": 25}
    _, one = flow.call("POST", f"{path}/render", asked, flow.key)
    _, two = flow.call("POST", f"{path}/render", asked, flow.key)

    assert flow.call("DELETE", f"/v1/jobs/{one['id']}", key=flow.key)[0] == 204
    _, three = flow.call("POST", f"{path}/render", asked, flow.key)
    assert flow.call("DELETE", path, key=flow.key)[0] == 204

    assert three["status"] == "done"
    assert flow.call("DELETE", f"/v1/jobs/{three['id']}", key=flow.key)[0] == 204
    assert flow.raw("GET", two["results"][0]["path"], key=flow.key)[0] == 303
    below = f"calls/{folder_of(flow, first)}"
    assert flow.keys_below("SourceBucket", below) == []
    assert flow.keys_below("ResultBucket", below) == [
        f"{below}a.png/renders/{two['id']}/cutout.jpg",
        f"{below}a.png/renders/{two['id']}/report.json",
    ]
    assert flow.call("POST", f"/v1/jobs/{two['id']}/render", asked, flow.key)[1]["code"] == "source_gone"


@pytest.mark.parametrize("callback", [None, "http://127.0.0.1:9/hook"])
def test_a_late_event_of_a_deleted_job_makes_it_no_new_one(flow: Driver, callback: str | None) -> None:
    key = flow.another_key()
    _, job = flow.call("POST", "/v1/jobs", {"file_name": "late.png", "callback": callback}, key)
    submit_form(job["upload"], b"no picture")
    until = time.monotonic() + 20
    while flow.call("GET", f"/v1/jobs/{job['id']}", key=key)[1]["status"] != "failed":
        assert time.monotonic() < until
        time.sleep(0.1)
    state = flow.table.find(job["id"])
    flow.call("DELETE", f"/v1/jobs/{job['id']}", key=key)

    assert state is not None
    source = state.job.source
    described = {"key": source.key, "size": 10, "eTag": source.etag, "sequencer": source.sequencer}
    record = {
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": source.bucket}, "object": described},
    }
    flow.send("Ingest", json.dumps({"Records": [record]}))
    flow.wait_until_empty("Ingest")

    assert flow.call("GET", "/v1/jobs", key=key) == (200, {"jobs": []})
    assert flow.keys_below("ResultBucket", source.key) == []
