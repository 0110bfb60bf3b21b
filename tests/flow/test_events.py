"""Every event in events/, sent to the function it is for, as `sam local invoke -e` would."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from conftest import ROOT
from cutout.service.intake import sources_of, upload_job
from cutout.service.messages import JobMessage
from driver import Driver

Event = Callable[[str], dict[str, Any]]

FOR = {
    "api_post_job": "ApiFunction",
    "notification_test": "IngestFunction",
    "schedule": "SweepFunction",
    "upload_created": "IngestFunction",
}


def send(flow: Driver, event: dict[str, Any], function: str) -> Any:
    answer = flow.stack.client("lambda").invoke(
        FunctionName=flow.stack.name(function), Payload=json.dumps(event)
    )
    assert "FunctionError" not in answer
    return json.loads(answer["Payload"].read())


def test_every_event_has_its_function() -> None:
    assert sorted(FOR) == sorted(path.stem for path in (ROOT / "events").glob("*.json"))


def test_a_post_through_the_gateway_is_answered_with_a_form(flow: Driver, event: Event) -> None:
    """The gateway hands every body over in base64."""
    answer = send(flow, event("api_post_job"), FOR["api_post_job"])

    assert answer["statusCode"] == 202
    body = json.loads(answer["body"])
    assert body["status"] == "queued"
    assert body["upload"]["fields"]["key"].endswith("/a.jpg")


def test_the_test_event_is_taken_without_a_failure(flow: Driver, event: Event) -> None:
    assert send(flow, event("notification_test"), FOR["notification_test"]) == {"batchItemFailures": []}


def test_a_bucket_that_the_role_may_not_read_is_our_fault_and_goes_back_to_the_queue(
    flow: Driver, event: Event
) -> None:
    """The event names a bucket of another account: no customer can do anything about that."""
    sent = event("upload_created")
    [source] = sources_of(sent["Records"][0]["body"])
    sent["Records"][0]["body"] = JobMessage(job=upload_job(source, "bucket", 0)).model_dump_json()

    answer = send(flow, sent, FOR["upload_created"])

    assert answer == {"batchItemFailures": [{"itemIdentifier": sent["Records"][0]["messageId"]}]}


@pytest.mark.parametrize("name", ["schedule"])
def test_the_schedule_ends_nothing_that_is_in_time(flow: Driver, event: Event, name: str) -> None:
    assert send(flow, event(name), FOR[name]) == {"ended": 0}


def test_an_upload_among_the_dead_letters_becomes_a_failed_job_with_a_report(
    flow: Driver, event: Event
) -> None:
    """Its ingest was killed at every delivery, so there is no job of it."""
    sent = json.loads(event("upload_created")["Records"][0]["body"])
    sent["Records"][0]["s3"]["object"]["key"] = "killed.jpg"
    url = flow.stack.name("UploadDeadLetters")
    flow.stack.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(sent))

    send(flow, event("schedule"), "SweepFunction")

    assert flow.report("killed.jpg")["code"] == "out_of_time"
    flow.stack.client("sqs").purge_queue(QueueUrl=url)
