"""The API and its webhooks with a stand-in network, as their users see them."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from standardwebhooks import Webhook

from driver import Driver, disc, submit_form


@pytest.fixture
def receiver() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]], threading.Event]]:
    """A webhook's receiver: its address, what came, and the sign that something did."""
    came: list[tuple[dict[str, str], bytes]] = []
    arrived = threading.Event()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append((dict(self.headers), self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()
            arrived.set()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook?a=1", came, arrived
    server.shutdown()
    server.server_close()


def test_an_api_job_ends_with_links_and_a_signed_webhook(
    flow: Driver, receiver: tuple[str, list[tuple[dict[str, str], bytes]], threading.Event]
) -> None:
    url, came, arrived = receiver
    key = flow.stack.deployed.api_key
    status, job = flow.call("POST", "/v1/jobs", {"file_name": "a b.png", "callback": url}, key)
    assert status == 202

    assert submit_form(job["upload"], disc()) == 204
    assert arrived.wait(30)

    status, ended = flow.call("GET", f"/v1/jobs/{job['id']}", key=key)
    assert (status, ended["status"]) == (200, "done")
    assert ended["results"][0]["url"].startswith("http")
    event = Webhook(job["webhook_secret"]).verify(came[0][1], came[0][0])
    assert event["type"] == "job.completed"
    assert event["data"]["job"] == job["id"]


def test_a_bucket_upload_that_fails_tells_the_callback_in_its_metadata(
    flow: Driver, receiver: tuple[str, list[tuple[dict[str, str], bytes]], threading.Event]
) -> None:
    url, came, arrived = receiver

    flow.put("told.png", b"no picture", {"callback": url})

    assert arrived.wait(30)
    event = json.loads(came[0][1])
    assert (event["type"], event["data"]["code"]) == ("job.failed", "not_an_image")


def test_a_key_sees_only_its_own_jobs(flow: Driver) -> None:
    other = flow.another_key()
    _, job = flow.call("POST", "/v1/jobs", {}, flow.stack.deployed.api_key)

    status, body = flow.call("GET", f"/v1/jobs/{job['id']}", key=other)

    assert (status, body["errors"][0]["code"]) == (404, "not_found")


@pytest.mark.parametrize("job_id", ["a" * 3000, "A" * 32, "0" * 32])
def test_an_id_that_is_none_is_not_found(flow: Driver, job_id: str) -> None:
    status, body = flow.call("GET", f"/v1/jobs/{job_id}", key=flow.stack.deployed.api_key)

    assert (status, body["errors"][0]["code"]) == (404, "not_found")


def test_the_gateway_refuses_in_our_own_shape(flow: Driver) -> None:
    status, body = flow.call("GET", "/v1/jobs/1")

    assert status == 403
    assert set(body["errors"][0]) == {"title", "code", "detail"}


def test_health_needs_no_key(flow: Driver) -> None:
    assert flow.call("GET", "/v1/health") == (200, {"status": "ok", "version": "0.1.0"})


def test_an_idempotency_key_is_one_job(flow: Driver) -> None:
    headers, key = {"idempotency-key": "order-4711"}, flow.stack.deployed.api_key

    _, one = flow.call("POST", "/v1/jobs", {}, key, headers)
    _, two = flow.call("POST", "/v1/jobs", {}, key, headers)

    assert one["id"] == two["id"]
    assert one["upload"]["fields"]["key"] == two["upload"]["fields"]["key"]


def test_an_idempotency_key_for_another_request_is_refused(flow: Driver) -> None:
    headers, key = {"idempotency-key": "order-4712"}, flow.stack.deployed.api_key
    flow.call("POST", "/v1/jobs", {"file_name": "a.png"}, key, headers)

    status, body = flow.call("POST", "/v1/jobs", {"file_name": "b.png"}, key, headers)

    assert (status, body["errors"][0]["code"]) == (409, "idempotency_key_used")


def test_an_empty_idempotency_key_is_none(flow: Driver) -> None:
    headers, key = {"idempotency-key": ""}, flow.stack.deployed.api_key

    _, one = flow.call("POST", "/v1/jobs", {}, key, headers)
    _, two = flow.call("POST", "/v1/jobs", {}, key, headers)

    assert one["id"] != two["id"]


def api_state(flow: Driver, job_id: str) -> dict[str, object]:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        _, state = flow.call("GET", f"/v1/jobs/{job_id}", key=flow.stack.deployed.api_key)
        if state["status"] in {"done", "failed"}:
            return dict(state)
        time.sleep(0.1)
    raise AssertionError(f"{job_id} did not end")


def wait_for_brightness(flow: Driver, key: str, at: tuple[int, int], level: int) -> None:
    until = time.monotonic() + 20
    while flow.picture(key)[at][0] != level:
        assert time.monotonic() < until, f"{key} did not become {level} at {at}"
        time.sleep(0.1)


def test_of_two_uploads_to_one_form_the_newest_is_the_job_s(flow: Driver) -> None:
    """And neither takes the other's matte."""
    _, job = flow.call("POST", "/v1/jobs", {"file_name": "two.png"}, flow.stack.deployed.api_key)
    older, newer = disc(brightness=210, shift=-9), disc(brightness=240, shift=9)

    submit_form(job["upload"], older)
    submit_form(job["upload"], newer)

    assert api_state(flow, job["id"])["status"] == "done"
    wait_for_brightness(flow, f"{job['upload']['fields']['key']}/cutout.png", (48, 57), 240)
    flow.put("honest.png", older)
    flow.wait("honest.png")
    alpha = flow.picture("honest.png/cutout.png")[48, :, 3]
    assert (alpha[20], alpha[76]) == (255, 0)


def test_an_upload_after_the_job_has_ended_is_a_job_of_its_own(flow: Driver) -> None:
    _, job = flow.call("POST", "/v1/jobs", {"file_name": "more.png"}, flow.stack.deployed.api_key)
    submit_form(job["upload"], disc(brightness=210))
    api_state(flow, job["id"])

    submit_form(job["upload"], disc(brightness=240))

    wait_for_brightness(flow, f"{job['upload']['fields']['key']}/cutout.png", (48, 48), 240)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"recipe": {"outputs": []}}, "body.recipe.outputs has 0; allowed: at least 1"),
        ({"colour": "red"}, "body.colour is not a known field"),
        ({"callback": "ftp://example.com/"}, "callback is 'ftp://example.com/'"),
        ({"file_name": "a/b.png"}, 'body.file_name is "a/b.png"'),
        ([], "body is []"),
        ({"file_name": "${filename}"}, "does not name one file"),
        ({"file_name": ".."}, "does not name one file"),
    ],
)
def test_a_bad_request_is_refused_by_name(flow: Driver, body: object, said: str) -> None:
    status, answer = flow.call("POST", "/v1/jobs", body, flow.stack.deployed.api_key)

    assert status == 400
    assert said in answer["errors"][0]["detail"]


def test_an_upload_larger_than_the_form_allows_is_refused_by_the_bucket(flow: Driver) -> None:
    _, job = flow.call("POST", "/v1/jobs", {}, flow.stack.deployed.api_key)

    assert submit_form(job["upload"], b"0" * 60_000_001) == 400
