"""Where a job's picture may come from: inside the call, in a form, from an earlier call, by an upload."""

import base64
import json

import pytest

from cutout.service.jobs import owner_of
from driver import Driver, disc, submit_form

BOUNDARY = "a-boundary-that-no-picture-has"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


def form(**fields: bytes) -> bytes:
    """A form whose field ``image`` is a file."""
    parts = []
    for name, value in fields.items():
        file_name = '; filename="a.png"' if name == "image" else ""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file_name}\r\n\r\n'
        parts.append(head.encode() + value + b"\r\n")
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def test_a_picture_inside_the_call_is_a_job_that_can_be_waited_for(flow: Driver) -> None:
    job = flow.cut_out(disc(), name="chair.png")

    [result] = job["results"]
    assert (job["status"], job["stage"], job["progress"]) == ("done", "done", 1.0)
    assert (result["name"], result["file_name"], result["width"]) == ("cutout", "cutout.png", 96)
    owner = owner_of(flow.key)
    picture = flow.picture(f"calls/{owner}/{job['id']}/chair.png/cutout.png")
    assert (picture[48, 48, 3], picture[2, 2, 3]) == (255, 0)


def test_what_came_inside_a_call_starts_no_second_job(flow: Driver) -> None:
    job = flow.cut_out(disc())
    flow.wait_until_empty("Ingest")

    key = f"calls/{owner_of(flow.key)}/{job['id']}/a.png"
    assert flow.keys_below("SourceBucket", key) == [key]
    assert flow.jobs(key) == []


def test_a_form_brings_a_picture_and_what_to_make_of_it(flow: Driver) -> None:
    request = {"wait_seconds": 25, "recipe": {"outputs": [{"format": "jpeg", "name": "flat"}]}}
    data = form(image=disc(), request=json.dumps(request).encode())

    status, _, answer = flow.raw("POST", "/v1/jobs", data, FORM, flow.key)

    assert status == 200
    assert [result["file_name"] for result in json.loads(answer)["results"]] == ["flat.jpg"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (form(image=b""), "The picture is empty."),
        (form(request=b"{}"), "form.image is missing"),
        (form(image=b"x", colour=b"red"), "form.colour is not a known field"),
        (form(image=b"x", request=b'{"url": "https://example.com/a.jpg"}'), "body.url is not a known field"),
        (form(image=b"x")[:-6], "The multipart body cannot be read"),
        (b"no form", "The multipart body cannot be read"),
    ],
)
def test_a_bad_form_is_refused_by_name(flow: Driver, data: bytes, said: str) -> None:
    status, _, answer = flow.raw("POST", "/v1/jobs", data, FORM, flow.key)

    assert (status, json.loads(answer)["errors"][0]["detail"][: len(said)]) == (400, said)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"image_b64": "no base64!"}, "body.image_b64 is not base64"),
        ({"url": "https://e.com/a.jpg", "key": "api/a"}, "body: url and key are given; allowed: at most one"),
        ({"wait_seconds": 26}, "body.wait_seconds is 26: input should be less than or equal to 25"),
        (
            {"url": "http://10.0.0.1/a"},
            "body.url is 'http://10.0.0.1/a'; it must be an https address on port 443.",
        ),
        ({"callback": "https://e.com/" + "a" * 2000}, "body.callback is"),
    ],
)
def test_a_bad_request_is_refused_by_name(flow: Driver, body: object, said: str) -> None:
    status, answer = flow.call("POST", "/v1/jobs", body, flow.key)

    assert (status, answer["errors"][0]["detail"][: len(said)]) == (400, said)


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{", b"[" * 100_000, b'{"recipe": {"recipe": 1e999}}'])
def test_a_body_that_is_no_json_is_refused(flow: Driver, body: bytes) -> None:
    status, _, answer = flow.raw("POST", "/v1/jobs", body, {"content-type": "application/json"}, flow.key)

    assert (status, json.loads(answer)["errors"][0]["code"]) == (400, "invalid_request")


def test_a_kind_of_body_that_nobody_reads_is_refused(flow: Driver) -> None:
    status, _, answer = flow.raw("POST", "/v1/jobs", b"a=b", {"content-type": "text/plain"}, flow.key)

    assert (status, json.loads(answer)["errors"][0]["code"]) == (415, "unsupported_media_type")


def test_a_picture_of_an_earlier_call_is_used_again_without_touching_its_results(flow: Driver) -> None:
    first = flow.cut_out(disc())
    key = f"calls/{owner_of(flow.key)}/{first['id']}/a.png"
    body = {"key": key, "wait_seconds": 25, "recipe": {"outputs": [{"format": "jpeg"}]}}

    status, job = flow.call("POST", "/v1/jobs", body, flow.key)

    assert (status, job["status"], job["rendering_of"]) == (200, "done", first["id"])
    assert flow.keys_below("ResultBucket", f"{key}/c") == [f"{key}/cutout.png"]
    assert flow.keys_below("ResultBucket", f"{key}/renders/{job['id']}/c") == [
        f"{key}/renders/{job['id']}/cutout.jpg"
    ]


@pytest.mark.parametrize(
    "key", ["photo.png", "api/", "backgrounds/beach.jpg", "api/{other}/{id}/a.png", "calls/{me}/{id}/b"]
)
def test_a_key_that_is_not_one_s_own_is_not_found(flow: Driver, key: str) -> None:
    flow.put("photo.png", disc())
    asked = key.format(other="0" * 32, me=owner_of(flow.key), id="1" * 32)

    status, answer = flow.call("POST", "/v1/jobs", {"key": asked}, flow.key)

    assert (status, answer["errors"][0]["code"]) == (404, "not_found")


def test_an_idempotency_key_stands_for_one_picture(flow: Driver) -> None:
    headers = {"idempotency-key": "picture-1"}
    one, two = (base64.b64encode(disc(brightness=level)).decode() for level in (220, 230))

    _, first = flow.call("POST", "/v1/jobs", {"image_b64": one, "wait_seconds": 25}, flow.key, headers)
    _, again = flow.call("POST", "/v1/jobs", {"image_b64": one}, flow.key, headers)
    status, other = flow.call("POST", "/v1/jobs", {"image_b64": two}, flow.key, headers)

    assert (again["id"], again["status"]) == (first["id"], "done")
    assert (status, other["errors"][0]["code"]) == (409, "idempotency_key_used")


def test_the_upload_form_takes_pictures_only(flow: Driver) -> None:
    _, job = flow.call("POST", "/v1/jobs", {"file_name": "a.jpg"}, flow.key)
    upload = job["upload"]
    page = {"url": upload["url"], "fields": upload["fields"] | {"Content-Type": "text/html"}}

    assert job["stage"] == "upload"
    assert upload["fields"]["Content-Type"] == "image/jpeg"
    assert submit_form(page, b"<script>") == 403
    assert submit_form(upload, b"") == 400
