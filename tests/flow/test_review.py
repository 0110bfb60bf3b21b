"""A doubtful matte: its job is marked, found by that, and no longer waits once a corrected matte is there."""

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cutout.service.review_marks import note_correction
from driver import Driver, disc

UNSURE = disc(brightness=126)  # as good as middle grey: the stand-in network says half


def matte(level: int) -> bytes:
    """An even matte."""
    out = io.BytesIO()
    Image.fromarray(np.full((96, 96), level, np.uint8)).save(out, "PNG")
    return out.getvalue()


def correct(flow: Driver, job: Any, body: bytes) -> Any:
    """The job of the corrected matte, once it has ended."""
    sent = {"content-type": "image/png"}
    _, _, answer = flow.raw("PUT", f"/v1/jobs/{job['id']}/matte", body, sent, flow.key)
    flow.wait_for(json.loads(answer)["id"])
    return seen(flow, json.loads(answer))


def seen(flow: Driver, job: Any) -> Any:
    return flow.call("GET", f"/v1/jobs/{job['id']}", key=flow.key)[1]


def report(flow: Driver, job: Any) -> Any:
    status, headers, _ = flow.raw("GET", f"/v1/jobs/{job['id']}/report", key=flow.key)
    assert status == 303
    key = headers["location"].partition("?")[0].partition(flow.stack.name("ResultBucket") + "/")[2]
    return json.loads(flow.result(key))


def waiting(flow: Driver) -> list[str]:
    """The ids of the jobs that wait for review."""
    return [job["id"] for job in flow.call("GET", "/v1/jobs?review=true&limit=100", key=flow.key)[1]["jobs"]]


@pytest.fixture(scope="module")
def marked(flow: Driver) -> Any:
    return flow.cut_out(UNSURE, name="unsure.png")


def test_a_job_whose_subject_is_half_transparent_is_done_charged_and_marked(
    flow: Driver, marked: Any
) -> None:
    [reason] = marked["review"]["reasons"]

    assert (marked["status"], len(marked["results"])) == ("done", 1)
    assert (reason["code"], reason["text"][:48]) == (
        "glass_like",
        "A large part of the subject is half transparent:",
    )
    assert 0.9 < marked["review"]["score"] < 1
    assert report(flow, marked)["review"] == marked["review"]
    assert report(flow, marked)["uncertainty"] == marked["review"]["score"]


def test_a_clear_one_is_not(flow: Driver) -> None:
    job = flow.cut_out(disc())

    assert "review" not in job
    assert report(flow, job)["review"] is None
    assert 0 <= report(flow, job)["uncertainty"] < 0.3


def test_those_that_wait_are_listed(flow: Driver, marked: Any) -> None:
    clear = flow.cut_out(disc())
    _, others = flow.call("GET", "/v1/jobs?review=false", key=flow.key)

    assert marked["id"] in waiting(flow)
    assert clear["id"] not in waiting(flow)
    assert clear["id"] in [job["id"] for job in others["jobs"]]
    assert all("review" not in job for job in others["jobs"])


def test_who_wants_no_review_gets_none(flow: Driver) -> None:
    job = flow.cut_out(UNSURE, {"review": "off"})

    assert "review" not in job
    assert (report(flow, job)["uncertainty"] > 0.9, report(flow, job)["review"]) == (True, None)


def test_a_kept_cutout_is_as_doubtful_as_when_it_was_made(flow: Driver, marked: Any) -> None:
    body = {"recipe": {"outputs": [{"format": "webp"}]}, "wait_seconds": 25}

    status, again = flow.call("POST", f"/v1/jobs/{marked['id']}/render", body, flow.key)

    assert (status, again["review"]) == (200, marked["review"])


def test_a_corrected_matte_ends_the_waiting(flow: Driver) -> None:
    first = flow.cut_out(UNSURE, name="corrected.png")
    assert first["id"] in waiting(flow)

    job = correct(flow, first, matte(255))

    assert (job["status"], "review" in job, report(flow, job)["uncertainty"]) == ("done", False, None)
    assert (seen(flow, first).get("review"), seen(flow, first)["corrected_by"]) == (None, job["id"])
    assert first["id"] not in waiting(flow)


def test_a_matte_that_cannot_be_used_leaves_it_waiting(flow: Driver, marked: Any) -> None:
    job = correct(flow, marked, b"no picture")

    assert job["status"] == "failed"
    assert seen(flow, marked)["review"]["reasons"][0]["code"] == "glass_like"


def test_a_correction_that_is_told_again_changes_nothing(flow: Driver) -> None:
    first = flow.cut_out(UNSURE, name="again.png")
    one, other = (correct(flow, first, matte(level)) for level in (255, 200))

    note_correction(flow.table, flow.wait_for(other["id"]).job)

    assert seen(flow, first)["corrected_by"] == one["id"]
