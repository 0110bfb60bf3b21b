"""What the functions write: one id through all of their logs, and nothing that is a picture, a key or a way in."""

import base64
import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from driver import Driver, disc, submit_form
from local.emulator import ACCOUNT_SECRET

NAME = "family-name.png"


class Receiver(BaseHTTPRequestHandler):
    """Takes every webhook."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def receiver() -> Iterator[str]:
    """The address of a webhook's receiver, with a way in."""
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook?token=not-to-be-seen"
    server.shutdown()
    server.server_close()


def lines(flow: Driver, function: str) -> list[dict[str, Any]]:
    """What a function has written in JSON."""
    written = flow.logs().get(f"{function}Function", "")
    whole = written[: written.rfind("\n") + 1].splitlines()
    return [document for line in whole if line.startswith("{") for document in documents(line)]


def documents(line: str) -> Iterator[dict[str, Any]]:
    """What a line holds; two where two processes that share a file have written at the same time."""
    at = 0
    while at < len(line):
        document, at = json.JSONDecoder().raw_decode(line, at)
        yield document


def about(flow: Driver, function: str, job_id: str) -> list[str]:
    """What a function has said about a job."""
    return [line["message"] for line in lines(flow, function) if line.get("correlation_id") == job_id]


def deliver(flow: Driver, function: str, body: str) -> Any:
    """Hand one message to a function, as its queue would; answers what it reports as failed."""
    record = {
        "messageId": "m-1",
        "eventSource": "aws:sqs",
        "body": body,
        "attributes": {"SentTimestamp": str(int(time.time() * 1000))},
    }
    name = flow.stack.name(f"{function}Function")
    answer = flow.stack.client("lambda").invoke(
        FunctionName=name, Payload=json.dumps({"Records": [record]}).encode()
    )
    return json.load(answer["Payload"])["batchItemFailures"]


def wait_until_said(flow: Driver, function: str, job_id: str, text: str) -> None:
    until = time.monotonic() + 20
    while not any(text in said for said in about(flow, function, job_id)):
        assert time.monotonic() < until, (function, about(flow, function, job_id))
        time.sleep(0.05)


@pytest.fixture(scope="module")
def uploaded(flow: Driver, receiver: str) -> str:
    """An announced job, uploaded and done."""
    status, job = flow.call("POST", "/v1/jobs", {"file_name": NAME, "callback": receiver}, flow.key)
    assert status == 202
    submit_form(job["upload"], disc(side=101))
    flow.wait_for(job["id"])
    return str(job["id"])


def test_one_id_leads_from_the_upload_to_the_webhook(flow: Driver, uploaded: str) -> None:
    wait_until_said(flow, "Notify", uploaded, "ended")

    assert about(flow, "Api", uploaded) == ["admitted"]
    assert about(flow, "Ingest", uploaded) == ["sorted", "upload"]
    assert about(flow, "Matte", uploaded) == ["proxy"]
    assert about(flow, "Compose", uploaded) == ["done"]


def test_the_api_s_lines_have_the_request_s_id_that_its_caller_got(flow: Driver) -> None:
    flow.call("POST", "/v1/jobs", {}, flow.key)

    said = [line for line in lines(flow, "Api") if line.get("message") == "admitted"]

    assert said
    assert all(re.fullmatch(r"[0-9a-f-]{20,}", line["request"]) for line in said)


def test_a_line_about_nothing_known_has_no_id_of_the_job_before(flow: Driver, uploaded: str) -> None:
    assert deliver(flow, "Compose", "no message of ours") == [{"itemIdentifier": "m-1"}]

    [found] = [line for line in lines(flow, "Compose") if "json_invalid" in str(line)]
    assert "correlation_id" not in found


def test_the_figures_of_a_picture_are_written_as_metrics(flow: Driver, uploaded: str) -> None:
    figures = [line for line in lines(flow, "Compose") if "_aws" in line]
    named = {metric["Name"] for line in figures for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]}

    assert named >= {
        *("QueueSeconds", "StageMilliseconds", "JobSeconds"),
        *("Delivered", "CreditsCharged", "Reviews", "ReusedMattes"),
    }
    assert {line["stage"] for line in figures if "StageMilliseconds" in line} == {
        "ingest",
        "matte",
        "compose",
    }


def test_no_log_holds_a_picture_a_key_or_a_way_in(flow: Driver, uploaded: str) -> None:
    """Over all that the tests have asked of this stack so far, and some calls that fail."""
    picture = disc(side=103)
    encoded = base64.b64encode(picture).decode()
    job = flow.cut_out(picture, name=NAME)
    flow.call("POST", "/v1/jobs", {"image_b64": "!", "file_name": NAME}, flow.key)
    flow.call("GET", f"/v1/jobs/{job['id']}/results/cutout", None, flow.key)
    misfit = {"job": {"id": job["id"], "price": NAME}}
    assert deliver(flow, "Ingest", json.dumps(misfit)) == [{"itemIdentifier": "m-1"}]
    wait_until_said(flow, "Ingest", job["id"], "Record processing exception")
    everything = "\n".join(flow.logs().values())

    for secret in (
        *("X-Amz-Signature", "x-amz-signature", "AWSAccessKeyId", "whsec_", "not-to-be-seen"),
        *(flow.key, ACCOUNT_SECRET, NAME, encoded[:40], "PNG\\r\\n", "IHDR"),
    ):
        assert secret not in everything, secret
