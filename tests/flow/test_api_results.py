"""What a job's owner gets: results, reports, lists, what was used."""

import json
import urllib.request
from base64 import b64encode
from typing import Any

import pytest

from driver import Driver, disc

TWO = {"outputs": [{"name": "a"}, {"name": "a", "format": "jpeg"}, {"name": "b"}]}


@pytest.fixture(scope="module")
def job(flow: Driver) -> Any:
    return flow.cut_out(disc(), TWO)


@pytest.mark.parametrize(
    ("name", "kind"), [("a.png", "image/png"), ("a.jpg", "image/jpeg"), ("b", "image/png")]
)
def test_a_result_is_behind_a_redirect(flow: Driver, job: Any, name: str, kind: str) -> None:
    status, headers, body = flow.raw("GET", f"/v1/jobs/{job['id']}/results/{name}", key=flow.key)

    assert (status, body) == (303, b"")
    with urllib.request.urlopen(headers["location"]) as answer:
        assert answer.headers["content-type"] == kind


@pytest.mark.parametrize("name", ["a", "c.png", "report.json", "..", "%2e%2e%2freport.json"])
def test_a_result_that_is_none_is_not_found(flow: Driver, job: Any, name: str) -> None:
    status, answer = flow.call("GET", f"/v1/jobs/{job['id']}/results/{name}", key=flow.key)

    assert (status, answer["errors"][0]["code"]) == (404, "not_found")


def test_links_of_a_job_lead_to_its_results(flow: Driver, job: Any) -> None:
    for result in job["results"]:
        status, headers, _ = flow.raw("GET", result["path"], key=flow.key)

        assert (status, headers["location"].split("?")[0]) == (303, result["url"].split("?")[0])


def test_a_report_is_behind_a_redirect(flow: Driver, job: Any) -> None:
    status, headers, _ = flow.raw("GET", job["report_path"], key=flow.key)

    assert status == 303
    with urllib.request.urlopen(headers["location"]) as answer:
        assert json.loads(answer.read())["job"] == job["id"]


@pytest.mark.parametrize("path", ["report", "results/cutout.png"])
def test_an_open_job_has_no_results_yet(flow: Driver, path: str) -> None:
    _, open_job = flow.call("POST", "/v1/jobs", {}, flow.key)

    status, answer = flow.call("GET", f"/v1/jobs/{open_job['id']}/{path}", key=flow.key)

    assert (status, answer["errors"][0]["code"]) == (409, "not_ended")


def test_a_list_goes_on_where_it_stopped_and_loses_nothing(flow: Driver) -> None:
    key = flow.another_key()
    made = [flow.call("POST", "/v1/jobs", {}, key)[1]["id"] for _ in range(5)]
    found, cursor = [], ""

    for _ in range(3):
        _, page = flow.call("GET", f"/v1/jobs?limit=2{cursor}", key=key)
        found += [listed["id"] for listed in page["jobs"]]
        cursor = f"&cursor={page['cursor']}" if "cursor" in page else ""

    assert found == made[::-1]
    assert cursor == ""


def test_a_list_of_one_status_holds_nothing_else(flow: Driver) -> None:
    key = flow.another_key()
    made = [flow.call("POST", "/v1/jobs", {}, key)[1]["id"] for _ in range(4)]
    for job_id in made[:2]:
        flow.call("POST", f"/v1/jobs/{job_id}/cancel", key=key)

    _, first = flow.call("GET", "/v1/jobs?status=failed&limit=1", key=key)
    _, second = flow.call("GET", f"/v1/jobs?status=failed&limit=2&cursor={first['cursor']}", key=key)
    _, none = flow.call("GET", "/v1/jobs?status=done", key=key)

    assert [[job["id"] for job in page["jobs"]] for page in (first, second, none)] == [
        [made[1]],
        [made[0]],
        [],
    ]
    assert "cursor" not in none


def test_a_cursor_of_another_or_of_nobody_is_refused(flow: Driver) -> None:
    key = flow.another_key()
    for _ in range(2):
        flow.call("POST", "/v1/jobs", {}, key)
    _, page = flow.call("GET", "/v1/jobs?limit=1", key=key)
    invented = "eyJhZnRlciI6ICIwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCJ9"

    for cursor in (page["cursor"], invented, "abc", "%F0%9F%98%80", "a" * 200):
        status, answer = flow.call("GET", f"/v1/jobs?cursor={cursor}", key=flow.key)

        assert (status, answer["errors"][0]["code"]) == (400, "invalid_request"), cursor


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limit=0", 'request.query.limit is "0": input should be greater than or equal to 1.'),
        ("limit=many", 'request.query.limit is "many": input should be a valid integer'),
        ("status=lost", "request.query.status is \"lost\": input should be 'queued', "),
    ],
)
def test_a_bad_query_is_refused_by_name(flow: Driver, query: str, said: str) -> None:
    status, answer = flow.call("GET", f"/v1/jobs?{query}", key=flow.key)

    assert (status, answer["errors"][0]["detail"][: len(said)]) == (400, said)


def test_usage_counts_what_was_delivered(flow: Driver) -> None:
    key = flow.another_key()
    before = flow.call("GET", "/v1/usage?month=2026-01", key=key)
    status, refused = flow.call("GET", "/v1/usage?month=2026-13", key=key)
    _, job = flow.call("POST", "/v1/jobs", {"image_b64": b64encode(disc()).decode()}, key)
    _, after = flow.call("GET", "/v1/usage", key=key)

    assert before[1] == {
        "month": "2026-01",
        "jobs": 0,
        "credits": 0.0,
        "held": 0.0,
        "kind": "unlimited",
        "balance": None,
        "monthly_cap": None,
    }
    assert (status, refused["errors"][0]["code"]) == (400, "invalid_request")
    assert job["status"] == "done"
    assert (after["jobs"], after["credits"], after["held"]) == (1, 1.0, 0.0)


def test_the_deployed_network_is_listed(flow: Driver) -> None:
    status, answer = flow.call("GET", "/v1/models", key=flow.key)

    assert (status, [model["id"] for model in answer["models"]]) == (200, ["isnet-general-use"])


def test_every_preset_is_listed_with_its_rules(flow: Driver) -> None:
    status, answer = flow.call("GET", "/v1/presets", key=flow.key)

    amazon = next(preset for preset in answer["presets"] if preset["name"] == "amazon")
    assert status == 200
    assert amazon["rules"]
