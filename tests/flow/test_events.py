"""Every event in events/, sent to the function it is for, as `sam local invoke -e` would."""

import json
import time
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
    "hook_form": "ApiFunction",
    "hook_shopify_create": "ApiFunction",
    "hook_shopify_update": "ApiFunction",
    "notification_test": "IngestFunction",
    "s3_batch_operations_1": "BatchFunction",
    "s3_batch_operations_2": "BatchFunction",
    "schedule": "SweepFunction",
    "upload_created": "IngestFunction",
    "upload_removed": "IngestFunction",
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


def hook(flow: Driver, name: str, example: str) -> None:
    """A hook of examples/hooks whose sender has the secret that the events are signed with; nobody pays for it."""
    document = json.loads((ROOT / "examples" / "hooks" / f"{example}.json").read_text())
    flow.table.ledger.open("no-credits", name="", starting_credits=0, now="2026-11-23T09:00:00.000Z")
    flow.stack.client("s3").put_object(
        Bucket=flow.stack.name("WorkBucket"),
        Key=f"config/hooks/{name}.json",
        Body=json.dumps(document | {"account": "no-credits"}).encode(),
    )
    flow.stack.client("secretsmanager").create_secret(
        Name=f"cutout/hooks/{name}", SecretString="an-example-secret"
    )
    while flow.call("POST", f"/v1/hooks/{name}", {})[0] == 404:
        time.sleep(0.1)


def test_a_shop_s_events_are_two_jobs_and_one_more(flow: Driver, event: Event) -> None:
    """Nobody pays for the first two, so that the update tries them again."""
    hook(flow, "shop", "shopify")

    made, again = (send(flow, event("hook_shopify_create"), "ApiFunction") for _ in range(2))
    first = json.loads(made["body"])
    codes = [flow.wait_for(job).outcome for job in first["jobs"]]
    updated = send(flow, event("hook_shopify_update"), "ApiFunction")

    assert (made["statusCode"], first["accepted"]) == (202, 2)
    assert json.loads(again["body"])["jobs"] == first["jobs"]
    assert [outcome.code for outcome in codes if outcome] == ["insufficient_credits"] * 2
    assert (updated["statusCode"], json.loads(updated["body"])["accepted"]) == (202, 3)


def test_a_form_s_event_is_its_files_jobs(flow: Driver, event: Event) -> None:
    hook(flow, "form", "form")

    answer = send(flow, event("hook_form"), FOR["hook_form"])

    assert (answer["statusCode"], json.loads(answer["body"])["accepted"]) == (202, 2)
    jobs = [flow.wait_for(job).job for job in json.loads(answer["body"])["jobs"]]
    assert [job.results_at for job in jobs] == ["hooks/form/2EObR7Z/nWJ8yE", "hooks/form/2EObR7Z/k2RrPa"]


@pytest.mark.parametrize("name", ["notification_test", "upload_removed"])
def test_an_event_that_announces_no_upload_is_taken_without_a_failure(
    flow: Driver, event: Event, name: str
) -> None:
    assert send(flow, event(name), FOR[name]) == {"batchItemFailures": []}


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
    assert send(flow, event(name), FOR[name])["ended"] == 0


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
