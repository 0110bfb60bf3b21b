"""What a key may not do, and what every answer has: our own shape, and the page's right to read it."""

import json
from typing import Any

import pytest

from cutout.service.jobs import owner_of
from driver import Driver, disc

PICTURE = {"content-type": "image/png"}
# method, path below the job, body, kind of body
ROUTES = [
    ("GET", "", None, {}),
    ("DELETE", "", None, {}),
    ("POST", "/cancel", None, {}),
    ("GET", "/report", None, {}),
    ("GET", "/results/cutout.png", None, {}),
    ("POST", "/render", b'{"recipe": {}}', {"content-type": "application/json"}),
    ("PUT", "/matte", disc(), PICTURE),
]


@pytest.fixture(scope="module")
def job(flow: Driver) -> Any:
    return flow.cut_out(disc())


@pytest.mark.parametrize(
    ("method", "path", "data", "kind"), ROUTES, ids=[f"{m} {p}" for m, p, _, _ in ROUTES]
)
def test_another_s_job_is_not_there(
    flow: Driver, job: Any, method: str, path: str, data: bytes | None, kind: dict[str, str]
) -> None:
    other = flow.another_key()

    status, _, answer = flow.raw(method, f"/v1/jobs/{job['id']}{path}", data, kind, other)

    fault = json.loads(answer)["errors"][0]
    assert (status, fault["code"]) == (404, "not_found")
    assert fault["detail"] == f"There is no job '{job['id']}'."
    assert flow.call("GET", f"/v1/jobs/{job['id']}", key=flow.key)[1]["status"] == "done"


def test_another_s_jobs_are_not_listed(flow: Driver, job: Any) -> None:
    _, own = flow.call("GET", "/v1/jobs?limit=100", key=flow.key)
    _, page = flow.call("GET", "/v1/jobs?limit=100", key=flow.another_key())

    assert job["id"] in [listed["id"] for listed in own["jobs"]]
    assert page == {"jobs": []}


def test_another_s_picture_is_not_there(flow: Driver, job: Any) -> None:
    key = f"calls/{owner_of(flow.key)}/{job['id']}/a.png"
    background = {"recipe": {"outputs": [{"background": {"kind": "image", "key": key}}]}}
    other = flow.another_key()

    by_key, _ = flow.call("POST", "/v1/jobs", {"key": key}, other)
    behind, answer = flow.call("POST", "/v1/jobs", background, other)

    assert by_key == 404
    assert (behind, answer["errors"][0]["code"]) == (400, "bad_background")


@pytest.mark.parametrize("path", ["/v1/jobs", f"/v1/jobs/{'0' * 32}", "/v1/nowhere", "/v1/jobs?limit=0"])
def test_every_answer_may_be_read_by_a_page(flow: Driver, path: str) -> None:
    _, headers, _ = flow.raw("GET", path, headers={"origin": "https://shop.example"}, key=flow.key)

    assert headers["access-control-allow-origin"] == "*"


def test_a_redirect_may_be_read_by_a_page(flow: Driver, job: Any) -> None:
    _, headers, _ = flow.raw(
        "GET", job["report_path"], headers={"origin": "https://shop.example"}, key=flow.key
    )

    assert headers["access-control-allow-origin"] == "*"
    assert "location" in headers["access-control-expose-headers"].lower()


def test_a_page_s_question_before_a_call_is_answered(flow: Driver) -> None:
    asked = {"origin": "https://shop.example", "access-control-request-method": "PUT"}

    status, headers, body = flow.raw("OPTIONS", f"/v1/jobs/{'0' * 32}/matte", headers=asked)

    assert (status, body) == (204, b"")
    assert "PUT" in headers["access-control-allow-methods"]
    assert "idempotency-key" in headers["access-control-allow-headers"].lower()


@pytest.mark.parametrize(
    ("method", "path", "status", "code", "allow"),
    [
        ("GET", "/v1/nowhere", 404, "not_found", None),
        ("GET", "/v1", 404, "not_found", None),
        ("PUT", "/v1/jobs", 405, "method_not_allowed", "GET, POST"),
        ("DELETE", "/v1/health", 405, "method_not_allowed", "GET"),
    ],
)
def test_what_is_no_route_is_refused_in_our_own_shape(
    flow: Driver, method: str, path: str, status: int, code: str, allow: str | None
) -> None:
    answered, headers, body = flow.raw(method, path, key=flow.key)

    [fault] = json.loads(body)["errors"]
    assert (answered, fault["code"], headers.get("allow")) == (status, code, allow)
    assert set(fault) == {"title", "code", "detail"}


@pytest.mark.parametrize("path", ["/v1/health", "/v1/openapi.json"])
def test_two_routes_need_no_key(flow: Driver, path: str) -> None:
    assert flow.call("GET", path)[0] == 200
