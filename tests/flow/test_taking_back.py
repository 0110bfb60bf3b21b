"""Results of jobs that are not delivered, in the running stack: whoever ends the job takes them back."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from cutout.service.jobs import timestamp
from cutout.service.messages import ComposeMessage, Picture
from driver import Driver, submit_form


def announced(flow: Driver) -> tuple[Any, str]:
    """A job of the API that waits for its upload, with a result that a killed compose has left, and where that lies."""
    status, job = flow.call("POST", "/v1/jobs", {"file_name": "a.png"}, flow.key)
    assert status == 202
    state = flow.table.find(job["id"])
    assert state is not None
    left = f"{state.job.folder}/cutout.png"
    noted = {"sequencer": "01", "job": job["id"]}
    bucket = flow.stack.name("ResultBucket")
    flow.stack.client("s3").put_object(Bucket=bucket, Key=left, Body=b"pixels", Metadata=noted)
    return job, left


def run_out_of_time(flow: Driver, job: Any) -> None:
    now = time.time()
    flow.table.postpone(job["id"], int(now) - 1, timestamp(now))
    flow.stack.client("lambda").invoke(FunctionName=flow.stack.name("SweepFunction"))


def upload_no_picture(flow: Driver, job: Any) -> None:
    submit_form(job["upload"], b"no picture")


def lose_source_before_compose(flow: Driver, job: Any) -> None:
    state = flow.table.find(job["id"])
    assert state is not None
    message = ComposeMessage(job=state.job, picture=Picture(width=1, height=1, format="PNG"))
    flow.send("Compose", message.model_dump_json())


def cancel(flow: Driver, job: Any) -> None:
    flow.call("POST", f"/v1/jobs/{job['id']}/cancel", key=flow.key)


@pytest.mark.parametrize(
    ("fail", "code"),
    [
        (run_out_of_time, "out_of_time"),
        (upload_no_picture, "not_an_image"),
        (lose_source_before_compose, "source_gone"),
        (cancel, "cancelled"),
    ],
    ids=["sweep", "ingest", "compose", "api"],
)
def test_a_failed_job_leaves_its_report_and_nothing_else(
    flow: Driver, fail: Callable[[Driver, Any], None], code: str
) -> None:
    job, left = announced(flow)

    fail(flow, job)

    state = flow.wait_for(job["id"])
    assert state.outcome is not None
    until = time.monotonic() + 10
    while (
        "deadline"
        in flow.table.client.get_item(
            TableName=flow.table.name, Key={"pk": {"S": f"job#{job['id']}"}, "sk": {"S": "job"}}
        )["Item"]
    ):
        assert time.monotonic() < until
        time.sleep(0.05)
    folder = left.rpartition("/")[0]
    assert state.outcome.code == code
    assert flow.keys_below("ResultBucket", folder) == [f"{folder}/report.json"]
