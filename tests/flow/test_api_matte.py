"""A corrected matte: everything is made anew with it, and it stays in force."""

import io
import json
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cutout.service.jobs import owner_of
from driver import Driver, disc

PNG = {"content-type": "image/png"}
WAIT = {"wait_seconds": 25}


def left_half(side: int) -> bytes:
    """A matte of the left half."""
    levels = np.zeros((side, side), np.uint8)
    levels[:, : side // 2] = 255
    out = io.BytesIO()
    Image.fromarray(levels).save(out, "PNG")
    return out.getvalue()


def correct(flow: Driver, job: Any, matte: bytes, headers: dict[str, str] | None = None) -> Any:
    """The corrected job, once it has ended."""
    sent = PNG | (headers or {})
    status, _, answer = flow.raw("PUT", f"/v1/jobs/{job['id']}/matte", matte, sent, flow.key)
    made = json.loads(answer)
    assert status in {200, 202}, made
    flow.wait_until_empty("Ingest")
    flow.wait_until_empty("Compose")
    return flow.call("GET", f"/v1/jobs/{made['id']}", key=flow.key)[1]


def alpha_of(flow: Driver, first: Any, job: Any) -> np.ndarray:
    folder = f"calls/{owner_of(flow.key)}/{first['id']}/a.png/renders/{job['id']}"
    return flow.picture(f"{folder}/cutout.png")[..., 3]


def test_a_corrected_matte_makes_everything_anew(flow: Driver) -> None:
    first = flow.cut_out(disc())

    job = correct(flow, first, left_half(96))

    assert (job["status"], job["rendering_of"]) == ("done", first["id"])
    assert np.array_equal(alpha_of(flow, first, job)[::95, ::47], [[255, 255, 0], [255, 255, 0]])
    assert flow.call("GET", f"/v1/jobs/{first['id']}", key=flow.key)[1]["results"][0]["width"] == 96


def test_it_is_the_answer_for_pictures_that_need_no_network_too(flow: Driver) -> None:
    first = flow.cut_out(disc(), {"subject": "graphic"})

    job = correct(flow, first, left_half(96))

    assert alpha_of(flow, first, job)[48].tolist() == [255] * 48 + [0] * 48


def test_a_smaller_matte_of_the_same_proportions_will_do(flow: Driver) -> None:
    first = flow.cut_out(disc())

    alpha = alpha_of(flow, first, correct(flow, first, left_half(48)))

    assert alpha[48].tolist() == [255] * 47 + [191, 64] + [0] * 47


def test_a_rendering_of_a_corrected_job_keeps_the_matte_and_makes_no_new_cutout(flow: Driver) -> None:
    first = flow.cut_out(disc(brightness=211))
    corrected = correct(flow, first, left_half(96))
    kept = flow.keys_below("WorkBucket", "cutouts/")

    _, again = flow.call("POST", f"/v1/jobs/{corrected['id']}/render", {"recipe": {}} | WAIT, flow.key)
    _, plain = flow.call("POST", f"/v1/jobs/{first['id']}/render", {"recipe": {}} | WAIT, flow.key)

    assert np.array_equal(alpha_of(flow, first, again), alpha_of(flow, first, corrected))
    assert not np.array_equal(alpha_of(flow, first, plain), alpha_of(flow, first, corrected))
    assert flow.keys_below("WorkBucket", "cutouts/") == kept


@pytest.mark.parametrize(
    ("matte", "said"),
    [
        (left_half(100), "The corrected matte is 100 x 100 pixels, its picture 96 x 96"),
        (disc(64)[:-40], "The corrected matte cannot be used: The PNG file is truncated"),
        (b"no picture", "The corrected matte cannot be used: The file is not a picture"),
    ],
)
def test_what_is_no_matte_ends_as_failed_with_a_reason(flow: Driver, matte: bytes, said: str) -> None:
    job = correct(flow, flow.cut_out(disc()), matte)

    assert (job["status"], job["code"], job["reason"][: len(said)]) == ("failed", "bad_matte", said)


def test_an_idempotency_key_stands_for_one_matte(flow: Driver) -> None:
    first, key = flow.cut_out(disc()), {"idempotency-key": "matte-1"}
    path, sent = f"/v1/jobs/{first['id']}/matte", PNG | key

    one, again = (correct(flow, first, left_half(96), key) for _ in range(2))
    status, _, answer = flow.raw("PUT", path, left_half(48), sent, flow.key)

    assert one["id"] == again["id"]
    assert (status, json.loads(answer)["errors"][0]["code"]) == (409, "idempotency_key_used")


@pytest.mark.parametrize(
    ("matte", "kind", "status", "code"),
    [
        (b"", "image/png", 400, "empty_file"),
        (b"{}", "application/json", 415, "unsupported_media_type"),
        (b"{}", "", 415, "unsupported_media_type"),
    ],
)
def test_a_body_that_cannot_be_a_matte_is_refused(
    flow: Driver, matte: bytes, kind: str, status: int, code: str
) -> None:
    path = f"/v1/jobs/{flow.cut_out(disc())['id']}/matte"

    answered, _, answer = flow.raw("PUT", path, matte, {"content-type": kind}, flow.key)

    assert (answered, json.loads(answer)["errors"][0]["code"]) == (status, code)


def test_a_picture_that_has_not_come_has_no_matte_to_correct(flow: Driver) -> None:
    _, job = flow.call("POST", "/v1/jobs", {}, flow.key)

    status, _, answer = flow.raw("PUT", f"/v1/jobs/{job['id']}/matte", left_half(96), PNG, flow.key)

    assert (status, json.loads(answer)["errors"][0]["code"]) == (409, "no_picture_yet")
