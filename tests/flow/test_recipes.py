"""Recipes through the whole flow: presets, backgrounds, drawings, and rendering once more without inference."""

import io
import json
import time
from typing import Any

import numpy as np
import pytest
from PIL import Image

from driver import Driver, disc, submit_form

AMAZON = {"outputs": [{"preset": "amazon"}, {"preset": "shopify"}, {"format": "png"}]}


def recipe(document: dict[str, Any]) -> dict[str, str]:
    return {"recipe": json.dumps(document)}


def png(rgb8: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(rgb8).save(out, "PNG")
    return out.getvalue()


def test_one_upload_with_three_outputs_costs_one_inference(flow: Driver) -> None:
    flow.put("shop.png", disc(brightness=221, shift=3), recipe(AMAZON))

    outcome = flow.wait("shop.png").outcome

    assert outcome is not None
    assert [result.key for result in outcome.results] == [
        "shop.png/amazon.jpg",
        "shop.png/shopify.jpg",
        "shop.png/cutout.png",
    ]
    assert flow.picture("shop.png/amazon.jpg").shape == (2000, 2000, 3)
    assert (flow.picture("shop.png/amazon.jpg")[[0, -1]] == 255).all()
    report = flow.report("shop.png")
    assert report["model"]["reused"] is False
    assert [(r["checks"] or {}).get("preset") for r in report["results"]] == ["amazon", "shopify", None]
    assert report["results"][0]["checks"]["verdict"] == "pass"


def test_the_same_bytes_with_another_recipe_need_no_matte_at_all(flow: Driver) -> None:
    flow.put("first.png", disc(brightness=222))
    flow.wait("first.png")
    flow.put("second.png", disc(brightness=222), recipe({"outputs": [{"preset": "amazon"}, {}]}))
    flow.wait("second.png")

    report = flow.report("second.png")

    assert set(report["milliseconds"]) == {"ingest", "compose"}
    assert {"refine", "decontaminate"}.isdisjoint(report["milliseconds"]["compose"])
    assert report["model"]["reused"] is True
    assert flow.result("second.png/cutout.png") == flow.result("first.png/cutout.png")


def test_another_region_is_another_cutout(flow: Driver) -> None:
    flow.put("whole.png", disc(brightness=223))
    flow.wait("whole.png")
    flow.put("upper.png", disc(brightness=223), recipe({"roi": "0% 0% 100% 50%"}))
    flow.wait("upper.png")

    whole8, upper8 = (flow.picture(f"{key}/cutout.png")[..., 3] for key in ("whole.png", "upper.png"))

    assert (upper8.shape, whole8.shape) == ((96, 96), (96, 96))
    assert upper8[40, 48] == 255
    assert (upper8[48:] == 0).all()
    assert whole8[56, 48] == 255


@pytest.fixture
def done(flow: Driver) -> str:
    """A finished API job's id."""
    key = flow.stack.deployed.api_key
    _, job = flow.call("POST", "/v1/jobs", {"file_name": "mine.png"}, key)
    submit_form(job["upload"], disc(brightness=224))
    ended(flow, job["id"])
    return str(job["id"])


def ended(flow: Driver, job_id: str) -> dict[str, Any]:
    """An API job's answer, once it has ended."""
    until = time.monotonic() + 40
    while time.monotonic() < until:
        _, answer = flow.call("GET", f"/v1/jobs/{job_id}", key=flow.stack.deployed.api_key)
        if answer["status"] in ("done", "failed"):
            return dict(answer)
        time.sleep(0.05)
    raise AssertionError(f"{job_id} did not end")


def test_a_job_is_rendered_once_more_without_inference(flow: Driver, done: str) -> None:
    key = flow.stack.deployed.api_key
    first = ended(flow, done)

    status, again = flow.call("POST", f"/v1/jobs/{done}/render", {"recipe": AMAZON}, key)
    second = ended(flow, again["id"])

    assert (status, again["rendering_of"]) == (202, done)
    assert [result["name"] for result in second["results"]] == ["amazon", "shopify", "cutout"]
    folder = second["results"][0]["key"].removesuffix("/amazon.jpg")
    assert set(flow.report(folder)["milliseconds"]) == {"ingest", "compose"}
    assert ended(flow, done)["results"][0]["key"] == first["results"][0]["key"]
    assert first["results"][0]["key"] not in {result["key"] for result in second["results"]}


def test_a_repeated_request_to_render_is_one_job(flow: Driver, done: str) -> None:
    key, headers = flow.stack.deployed.api_key, {"idempotency-key": f"once-{done}"}
    wish = {"recipe": {"outputs": [{"format": "webp"}]}}

    answers = [flow.call("POST", f"/v1/jobs/{done}/render", wish, key, headers)[1] for _ in range(2)]
    ended(flow, answers[0]["id"])
    again = flow.call("POST", f"/v1/jobs/{done}/render", wish, key, headers)
    other = flow.call("POST", f"/v1/jobs/{done}/render", {"recipe": {}}, key, headers)

    assert answers[0]["id"] == answers[1]["id"] == again[1]["id"]
    assert again[1]["status"] == "done"
    assert (other[0], other[1]["errors"][0]["code"]) == (409, "idempotency_key_used")


def test_what_cannot_be_rendered_is_refused_at_the_door(flow: Driver, done: str) -> None:
    key = flow.stack.deployed.api_key
    _, waiting = flow.call("POST", "/v1/jobs", {"file_name": "later.png"}, key)

    early = flow.call("POST", f"/v1/jobs/{waiting['id']}/render", {"recipe": {}}, key)
    unknown = flow.call("POST", f"/v1/jobs/{'0' * 32}/render", {"recipe": {}}, key)
    bad = flow.call("POST", f"/v1/jobs/{done}/render", {"recipe": {"outputs": [{"preset": "amazing"}]}}, key)
    empty = flow.call("POST", f"/v1/jobs/{done}/render", {}, key)

    assert (early[0], early[1]["errors"][0]["code"]) == (409, "no_picture_yet")
    assert unknown[0] == 404
    assert (bad[0], bad[1]["errors"][0]["detail"][:46]) == (
        400,
        "body.recipe.outputs[0]: 'amazing' is not a pre",
    )
    assert (empty[0], empty[1]["errors"][0]["detail"]) == (400, "body.recipe is missing.")


def test_the_presets_are_listed_with_their_rules(flow: Driver) -> None:
    status, answer = flow.call("GET", "/v1/presets", key=flow.stack.deployed.api_key)

    presets = {preset["name"]: preset for preset in answer["presets"]}
    assert status == 200
    assert {"amazon", "passport-us", "signature", "profile-round"} <= set(presets)
    assert presets["amazon"]["output"]["layout"]["canvas"] == [2000, 2000]
    assert presets["amazon"]["source"]


def test_a_picture_from_the_bucket_lies_behind_the_subject(flow: Driver) -> None:
    flow.put("backgrounds/sky.png", png(np.full((20, 20, 3), (20, 90, 250), np.uint8)))
    behind = {"kind": "image", "key": "backgrounds/sky.png"}
    flow.put("framed.png", disc(), recipe({"outputs": [{"background": behind}]}))

    assert flow.wait("framed.png").status == "done"
    assert flow.picture("framed.png/cutout.png")[3, 3].tolist() == [20, 90, 250]
    assert flow.jobs("backgrounds/sky.png") == []


@pytest.mark.parametrize(
    ("key", "body", "said"),
    [
        ("backgrounds/none.png", None, "'backgrounds/none.png' is not in the source bucket"),
        (
            "backgrounds/text.png",
            b"no picture",
            "'backgrounds/text.png' cannot be used. The file is not a picture",
        ),
        ("api/somebody/1/a.png", None, "'api/somebody/1/a.png' is not yours to use"),
    ],
)
def test_a_background_that_cannot_be_used_fails_by_its_key(
    flow: Driver, key: str, body: bytes | None, said: str
) -> None:
    if body is not None:
        flow.put(key, body)
    name = f"no-{key.rpartition('/')[2]}-{key[0]}.png"
    flow.put(name, disc(), recipe({"outputs": [{"background": {"kind": "image", "key": key}}]}))

    outcome = flow.wait(name).outcome

    assert outcome is not None
    assert (outcome.status, outcome.code) == ("failed", "bad_background")
    assert said in outcome.reason


def test_a_picture_without_a_subject_is_no_blank_success(flow: Driver) -> None:
    dark8 = np.random.default_rng(3).integers(20, 40, (96, 96, 3), np.uint8)
    flow.put("nothing.png", png(dark8))

    outcome = flow.wait("nothing.png").outcome

    assert outcome is not None
    assert (outcome.status, outcome.code, outcome.results) == ("failed", "unknown_foreground", ())
    assert "No subject was found" in outcome.reason


def test_margins_that_leave_nothing_fail_with_the_output_s_name(flow: Driver) -> None:
    layout = {"canvas": [64, 64], "crop": True, "margin": "40px"}
    flow.put("tight.png", disc(), recipe({"outputs": [{"name": "tile", "layout": layout}]}))

    outcome = flow.wait("tight.png").outcome

    assert outcome is not None
    assert (outcome.status, outcome.code) == ("failed", "bad_recipe")
    assert outcome.reason.startswith("Output 'tile': The margins take 80 of the canvas")


def test_a_signature_needs_no_network(flow: Driver) -> None:
    y, x = np.mgrid[:120, :300]
    ink = (np.abs(y - 60 - 30 * np.sin(x / 20)) < 3) & (x > 40) & (x < 260)
    paper8 = np.where(ink[..., None], (30, 40, 120), (235, 232, 224)) + np.random.default_rng(1).integers(
        -3, 4, (120, 300, 1)
    )
    flow.put("signed.png", png(paper8.astype(np.uint8)), recipe({"outputs": [{"preset": "signature"}]}))

    assert flow.wait("signed.png").status == "done"
    report = flow.report("signed.png")
    assert (report["treatment"]["lane"], report["model"]) == ("ink", None)
    assert set(report["milliseconds"]) == {"ingest", "compose"}


def test_every_result_says_where_its_subject_is(flow: Driver) -> None:
    """The same box that a tenth of opacity has in the file."""
    layouts: list[dict[str, Any]] = [{}, {"max_megapixels": 0.004}, {"crop": True, "margin": "7px"}]
    outputs = [{"name": f"o{at}", "layout": layout} for at, layout in enumerate(layouts)]
    flow.put("boxes.png", disc(brightness=223), recipe({"outputs": outputs}))

    outcome = flow.wait("boxes.png").outcome

    assert outcome is not None
    for result in outcome.results:
        alpha8 = flow.picture(result.key)[..., 3]
        rows, columns = (np.flatnonzero(alpha8.max(axis) >= 26) for axis in (1, 0))
        seen = columns[0], rows[0], np.ptp(columns) + 1, np.ptp(rows) + 1
        assert result.foreground is not None
        assert result.foreground == pytest.approx([int(side) for side in seen], abs=1)
    assert [(r.width, r.height) for r in outcome.results[:2]] == [(96, 96), (63, 63)]
    assert flow.report("boxes.png")["results"][2]["foreground"][:2] == [7, 7]
