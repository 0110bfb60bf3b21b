"""remove.bg's calls, as its clients make them, against the running stack."""

import io
import json
import time
from base64 import b64decode, b64encode
from typing import Any

import numpy as np
import pytest
from PIL import Image

import removebg_calls as calls
from admin.changes import Changes
from byte_server import ByteServer
from cutout.service.jobs import owner_of, timestamp
from cutout.service.ledger import Ledger
from driver import Driver, disc

Answer = tuple[int, dict[str, str], bytes]


def remove(flow: Driver, *fields: tuple[str, str], key: str | None = None, **headers: str) -> Answer:
    """A form with these fields."""
    kind, body = calls.form(*fields)
    sent = {"content-type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return flow.raw("POST", "/v1.0/removebg", body, sent, flow.key if key is None else key)


def picture(brightness: int = 230) -> tuple[str, str]:
    return ("image_file_b64", b64encode(disc(brightness=brightness)).decode())


def code_of(body: bytes) -> str:
    return str(json.loads(body)["errors"][0]["code"])


def changes(flow: Driver) -> Changes:
    ledger = Ledger(client=flow.stack.client("dynamodb"), name=flow.stack.name("JobTable"))
    return Changes(ledger=ledger, now=timestamp(time.time()))


def test_a_file_in_a_cutout_out(flow: Driver) -> None:
    status, headers, body = remove(flow, picture(), ("size", "full"))
    cutout = np.asarray(Image.open(io.BytesIO(body)))

    assert (status, headers["content-type"]) == (200, "image/png")
    assert cutout.shape == (96, 96, 4)
    assert (cutout[48, 48, 3], cutout[4, 4, 3]) == (255, 0)
    assert (headers["x-width"], headers["x-height"]) == ("96", "96")
    assert (headers["x-type"], headers["x-credits-charged"]) == ("other", "1")
    box = [int(headers[f"x-foreground-{side}"]) for side in ("left", "top", "width", "height")]
    assert box == [25, 25, 47, 47]
    assert int(headers["x-ratelimit-remaining"]) < int(headers["x-ratelimit-limit"])


def test_who_accepts_json_gets_the_file_in_it(flow: Driver) -> None:
    status, _, body = remove(
        flow, picture(), ("format", "jpg"), ("bg_color", "f00"), accept="application/json"
    )
    data = json.loads(body)["data"]
    file = Image.open(io.BytesIO(b64decode(data["result_b64"])))

    assert (status, file.format) == (200, "JPEG")
    assert (data["foreground_left"], data["foreground_width"]) == (25, 47)
    red, green, blue = np.asarray(file)[4, 4].tolist()
    assert red > 250
    assert max(green, blue) < 5


def test_a_picture_and_its_background_may_lie_on_the_web(flow: Driver, pictures: ByteServer) -> None:
    pictures.files["/front.png"] = disc(brightness=219)
    pictures.files["/behind.png"] = disc(brightness=40)

    status, headers, body = remove(
        flow,
        ("image_url", f"{pictures.address}/front.png"),
        ("bg_image_url", f"{pictures.address}/behind.png"),
        ("type", "product"),
        ("format", "png"),
    )

    assert (status, headers["x-type"]) == (200, "product")
    assert Image.open(io.BytesIO(body)).mode == "RGB"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ([], 400, "missing_source"),
        ([picture(), ("image_url", "https://example.com/a.jpg")], 400, "multiple_sources"),
        ([picture(), ("size", "tiny")], 400, "invalid_size"),
        ([("image_file_b64", b64encode(b"no picture").decode())], 400, "invalid_file_type"),
        ([("image_url", "http://169.254.169.254/latest")], 400, "invalid_image_url"),
        ([picture(), ("bg_image_url", "https://127.0.0.1/a.jpg")], 400, "invalid_bg_image_url"),
        ([picture(30)], 400, "unknown_foreground"),
        ([picture(), ("colour", "red")], 400, "unknown_parameter"),
    ],
)
def test_a_refusal_is_in_remove_bg_s_words_and_free(
    flow: Driver, fields: list[tuple[str, str]], status: int, code: str
) -> None:
    got, headers, body = remove(flow, *fields)

    assert (got, code_of(body), headers["x-credits-charged"]) == (status, code, "0")


def test_an_unknown_key_is_refused_in_remove_bg_s_words(flow: Driver) -> None:
    status, _, body = remove(flow, picture(), key="nobody")

    assert (status, code_of(body)) == (403, "auth_failed")


def test_without_credits_nothing_is_made(flow: Driver) -> None:
    key = flow.another_key()
    account = owner_of(key)
    changes(flow).kind(account, "prepaid")
    changes(flow).credit(account, 25, "r1")

    preview, headers, _ = remove(flow, picture(), key=key)
    status, _, body = remove(flow, picture(), ("size", "full"), key=key)
    _, credits_left = flow.call("GET", "/v1.0/account", key=key)

    assert (preview, headers["x-credits-charged"]) == (200, "0.25")
    assert (status, code_of(body)) == (402, "insufficient_credits")
    assert credits_left["data"]["attributes"]["credits"]["total"] == 0


def test_over_its_limit_a_key_is_told_when_to_come_back(flow: Driver) -> None:
    key = flow.another_key()
    changes(flow).limits(owner_of(key), 2, 100)

    answers = [remove(flow, picture(), key=key) for _ in range(6)]  # a minute may begin in between
    _, headers, body = next(answer for answer in answers if answer[0] == 429)

    assert [answer[0] for answer in answers[:2]] == [200, 200]
    assert code_of(body) == "rate_limit_exceeded"
    assert 1 <= int(headers["retry-after"]) <= 60
    assert headers["x-ratelimit-remaining"] == "0"


def test_a_large_result_is_behind_a_link(flow: Driver) -> None:
    noise = np.random.default_rng(5).integers(120, 255, (1700, 1700, 3), np.uint8)
    noise[:200] = noise[-200:] = noise[:, :200] = noise[:, -200:] = 10
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "JPEG", quality=50)
    sent = ("image_file_b64", b64encode(out.getvalue()).decode())

    status, headers, body = remove(flow, sent, ("size", "full"), ("format", "png"))
    as_json, _, refused = remove(flow, sent, ("size", "full"), ("format", "png"), accept="application/json")

    assert (status, body) == (303, b"")
    assert headers["location"].startswith("http")
    assert (as_json, code_of(refused)) == (400, "output_too_large")


def test_a_hint_that_did_not_help_is_noted(flow: Driver) -> None:
    noise = np.random.default_rng(5).integers(0, 256, (96, 96, 3)) // 3
    noise[30:66, 30:66] = 240
    out = io.BytesIO()
    Image.fromarray(noise.astype(np.uint8)).save(out, "PNG")
    sent = ("image_file_b64", b64encode(out.getvalue()).decode())

    status, headers, _ = remove(flow, sent, ("type", "graphic"))

    assert status == 200
    assert headers["x-cutout-notes"].startswith("type=graphic: the picture has no even background")


def test_a_repeated_call_is_paid_once(flow: Driver) -> None:
    key = flow.another_key()

    one = remove(flow, picture(218), key=key, idempotency_key="order-1")
    two = remove(flow, picture(218), ("size", "preview"), key=key, idempotency_key="order-1")
    other = remove(flow, picture(217), key=key, idempotency_key="order-1")
    _, usage = flow.call("GET", "/v1/usage", key=key)

    assert (one[0], two[0], one[2]) == (200, 200, two[2])
    assert (other[0], code_of(other[2])) == (409, "idempotency_key_used")
    assert (usage["jobs"], usage["credits"]) == (1, 0.25)


def test_a_bad_case_is_kept_for_its_sender(flow: Driver) -> None:
    kind, body = calls.form(picture(), ("error_type", "foreground-edges"), ("tag", "shoes"))

    status, _, answer = flow.raw("POST", "/v1.0/improve", body, {"content-type": kind}, flow.key)
    case = json.loads(answer)["id"].replace("-", "")
    folder = f"improve/{owner_of(flow.key)}/{case}"

    assert status == 200
    assert flow.result(f"{folder}/picture") == disc(brightness=230)
    assert json.loads(flow.result(f"{folder}/case.json"))["tag"] == "shoes"


def test_the_job_behind_a_call_can_be_rendered_again_for_nothing(flow: Driver) -> None:
    key = flow.another_key()
    _, headers, _ = remove(flow, picture(216), ("size", "full"), key=key)

    recipe: dict[str, Any] = {"outputs": [{"name": "blue", "format": "jpeg", "background": "#0000ff"}]}
    status, job = flow.call(
        "POST", f"/v1/jobs/{headers['x-job-id']}/render", {"recipe": recipe, "wait_seconds": 25}, key
    )
    _, usage = flow.call("GET", "/v1/usage", key=key)

    assert (status, job["results"][0]["name"]) == (200, "blue")
    assert (usage["jobs"], usage["credits"]) == (2, 1.0)
