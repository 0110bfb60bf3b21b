"""The whole flow with a stand-in network: buckets, queues, API and webhooks, as their users see them."""

import json
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest
from standardwebhooks import Webhook

from cutout.service.table import JobState
from driver import Driver, disc, submit_form


def upload_event(flow: Driver, key: str, sequencer: str) -> str:
    """The notification that S3 sends for an object, written by hand."""
    bucket = flow.stack.name("SourceBucket")
    etag = flow.stack.client("s3").head_object(Bucket=bucket, Key=key)["ETag"].strip('"')
    described = {"key": key, "size": 1, "eTag": etag, "sequencer": sequencer}
    record = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": bucket}, "object": described}}
    return json.dumps({"Records": [record]})


def test_an_upload_becomes_a_cutout_with_a_soft_edge(flow: Driver) -> None:
    flow.put("disc.png", disc())

    state = flow.wait("disc.png")

    assert state.status == "done"
    picture = flow.picture("disc.png/cutout.png")
    assert picture.shape == (96, 96, 4)
    assert picture[48, 48].tolist() == [230, 230, 230, 255]
    assert picture[0, 0].tolist() == [0, 0, 0, 0]


def test_the_report_says_what_was_done_and_what_it_took(flow: Driver) -> None:
    flow.put("reported.png", disc(brightness=231))
    flow.wait("reported.png")

    report = flow.report("reported.png")

    assert report["status"] == "done"
    assert report["model"]["id"] == "bright-subject"
    assert len(report["model"]["sha256"]) == 64
    assert report["pipeline_version"] == "0.1.0"
    assert (report["picture"]["width"], report["picture"]["height"]) == (96, 96)
    assert set(report["milliseconds"]) == {"ingest", "matte", "compose"}
    assert all(memory["peak_mb"] > 20 for memory in report["memory"].values())
    assert 0 < report["cost_usd"] < 0.01
    assert 0 < report["soft_share"] < 0.2
    assert 0 <= report["filled_share"] < 0.2
    assert report["opened_share"] == 0
    assert 0.1 < report["subject_share"] < 0.25  # a disc of a quarter of the side covers 19.6 %


@pytest.mark.parametrize("key", ["with space.png", "a+b.png", "sub/Königin 鳥.png", "100%.png", "a&b=c.png"])
def test_any_key_works(flow: Driver, key: str) -> None:
    flow.put(key, disc())

    assert flow.wait(key).status == "done"
    assert flow.picture(f"{key}/cutout.png").shape == (96, 96, 4)


def test_a_key_too_long_for_a_name_behind_it_still_gets_its_result(flow: Driver) -> None:
    key = "x" * 1000 + ".png"
    flow.put(key, disc())

    outcome = flow.wait(key).outcome

    assert outcome is not None
    assert outcome.results[0].key.startswith("long/")
    assert flow.picture(outcome.results[0].key).shape == (96, 96, 4)


def test_the_same_event_twice_is_one_job_with_one_charge(flow: Driver) -> None:
    flow.put("twice.png", disc())
    first = flow.wait("twice.png")
    bucket = flow.stack.name("ResultBucket")
    written = flow.stack.client("s3").head_object(Bucket=bucket, Key="twice.png/cutout.png")["LastModified"]

    flow.send("Ingest", upload_event(flow, "twice.png", first.job.source.sequencer))
    flow.wait_until_empty("Ingest")
    flow.wait_until_empty("Compose")

    assert [state.job.id for state in flow.jobs("twice.png")] == [first.job.id]
    again = flow.stack.client("s3").head_object(Bucket=bucket, Key="twice.png/cutout.png")["LastModified"]
    assert again == written
    charge = {"pk": {"S": "owner#bucket"}, "sk": {"S": f"charge#{first.job.id}"}}
    table = flow.stack.name("JobTable")
    found = flow.stack.client("dynamodb").get_item(TableName=table, Key=charge)["Item"]
    assert found["credits"] == {"N": "1"}


def test_the_same_pixels_cost_one_inference(flow: Driver) -> None:
    body = disc(shift=7)
    flow.put("once.png", body)
    flow.wait("once.png")
    flow.put("again.png", body)
    flow.wait("again.png")

    assert flow.report("once.png")["model"]["reused"] is False
    assert flow.report("again.png")["model"]["reused"] is True


def test_a_newer_upload_of_a_key_replaces_the_result(flow: Driver) -> None:
    flow.put("newer.png", disc(brightness=200))
    first = flow.wait("newer.png")
    flow.put("newer.png", disc(brightness=250))
    second = flow.wait("newer.png")
    while second.job.id == first.job.id:
        second = flow.wait("newer.png")

    assert flow.picture("newer.png/cutout.png")[48, 48].tolist() == [250, 250, 250, 255]


def test_an_older_job_that_finishes_late_says_so(flow: Driver) -> None:
    """Its event is delivered after the newer one has been answered: the result stays, the job says why."""
    flow.put("late.png", disc())
    newer = flow.wait("late.png")

    flow.send("Ingest", upload_event(flow, "late.png", sequencer="00"))
    older = next_job(flow, "late.png", newer.job.id)

    assert older.outcome is not None
    assert (older.status, older.outcome.code) == ("failed", "superseded")
    assert flow.report("late.png")["status"] == "done"


def next_job(flow: Driver, key: str, known: str) -> JobState:
    while True:
        flow.wait(key)
        others = [s for s in flow.jobs(key) if s.job.id != known and s.outcome is not None]
        if others:
            return others[0]


def test_a_recipe_in_the_metadata_makes_several_files_from_one_upload(flow: Driver) -> None:
    recipe = {
        "outputs": [
            {"name": "clear", "format": "webp"},
            {"name": "shop", "format": "jpeg", "background": "white", "quality": 95},
            {"name": "red", "background": "#ff0000"},
        ]
    }
    flow.put("many.png", disc(), {"recipe": json.dumps(recipe)})

    assert flow.wait("many.png").status == "done"
    assert flow.picture("many.png/clear.webp").shape == (96, 96, 4)
    assert np.abs(flow.picture("many.png/shop.jpg")[0, 0].astype(int) - 255).max() <= 1
    assert flow.picture("many.png/red.png")[0, 0].tolist() == [255, 0, 0]
    assert flow.picture("many.png/red.png")[48, 48].tolist() == [230, 230, 230]


def test_a_bad_recipe_fails_by_name(flow: Driver) -> None:
    flow.put("badly.png", disc(), {"recipe": '{"outputs": [{"format": "gif"}], "colour": "red"}'})

    outcome = flow.wait("badly.png").outcome

    assert outcome is not None
    assert outcome.code == "bad_recipe"
    assert "recipe.colour is not a known field" in outcome.reason
    assert 'recipe.outputs[0].format is "gif"' in outcome.reason
    assert "'png', 'webp', 'jpeg'" in outcome.reason


def test_the_notification_s_test_event_is_ignored(flow: Driver) -> None:
    before = len(flow.table.newest_of("bucket", 100))

    flow.send("Ingest", json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "any"}))
    flow.wait_until_empty("Ingest")

    assert len(flow.table.newest_of("bucket", 100)) == before
    assert flow.dead_letters() == {}


# ------------------------------------------------------------------ the API


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
    gateway = flow.stack.client("apigateway")
    other = gateway.create_api_key(name=f"other-{uuid.uuid4().hex}", enabled=True)
    gateway.create_usage_plan_key(
        usagePlanId=flow.stack.name("ApiUsagePlan"), keyId=other["id"], keyType="API_KEY"
    )
    _, job = flow.call("POST", "/v1/jobs", {}, flow.stack.deployed.api_key)

    status, body = flow.call("GET", f"/v1/jobs/{job['id']}", key=other["value"])

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
