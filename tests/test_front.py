"""What stands before the emulated gateway on one machine."""

import http.client
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from local.front import Front


class Gateway(BaseHTTPRequestHandler):
    """Says what it was asked, and sends who asks for it elsewhere."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        accept = ", ".join(self.headers.get_all("accept", []))
        said = {"path": self.path, "body": body.decode(), "accept": accept}
        answer = json.dumps(said | {"key": self.headers["x-api-key"]}).encode()
        statuses = {"elsewhere": 303, "dies": 502}
        self.send_response(statuses.get(self.path.rpartition("/")[2], 200))
        self.send_header("Location", "http://127.0.0.1:1/result")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    folder: Path = tmp_path_factory.mktemp("web")
    front = Front(0, folder, f"http://127.0.0.1:{server.server_port}/stage", "key")
    yield front
    front.close()
    server.shutdown()
    server.server_close()


def post(front: Front, path: str, body: Any, headers: dict[str, str] | None = None) -> tuple[Any, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(front.url).port or 0, timeout=10)
    connection.request("POST", path, body=body, headers=headers or {})
    answer = connection.getresponse()
    document = json.loads(answer.read())
    connection.close()
    return answer, document


def test_a_call_reaches_the_gateway_as_it_was_sent(front: Front) -> None:
    _, said = post(front, "/api/v1/jobs?a=1", b"body", {"X-API-Key": "k", "Accept": "image/png"})

    assert said == {"path": "/stage/v1/jobs?a=1", "body": "body", "accept": "image/png", "key": "k"}


@pytest.mark.parametrize(
    ("sent", "accept"),
    [
        ({"accept": "application/json"}, "application/json"),
        ({"ACCEPT": "image/png"}, "image/png"),
        ({}, "*/*"),
    ],
    ids=["as Node's clients write it", "in capitals", "not at all"],
)
def test_the_gateway_hears_what_the_client_accepts_and_nothing_else(
    front: Front, sent: dict[str, str], accept: str
) -> None:
    _, said = post(front, "/api/v1.0/removebg", b"", sent)

    assert said["accept"] == accept


def test_a_body_without_a_length_is_taken_in_parts(front: Front) -> None:
    _, said = post(front, "/api/v1/jobs", iter([b"one ", b"two"]))

    assert said["body"] == "one two"


def test_a_redirect_is_the_client_s_to_follow(front: Front) -> None:
    answer, _ = post(front, "/api/elsewhere", b"")

    assert (answer.status, answer.headers["Location"]) == (303, "http://127.0.0.1:1/result")


@pytest.mark.parametrize("body", [b"0" * 4_800_000, iter([b"0" * 2_400_000] * 2)], ids=["whole", "in parts"])
def test_a_body_too_large_for_lambda_is_refused_with_the_way_out(front: Front, body: Any) -> None:
    answer, said = post(front, "/api/v1/jobs", body)

    assert answer.status == 413
    assert "image_url" in said["errors"][0]["detail"]
    assert "POST /v1/jobs" in said["errors"][0]["detail"]


@pytest.mark.parametrize(("method", "body"), [("QUERY", True), ("HEAD", False)])
def test_a_method_that_no_route_has_is_refused_in_the_api_s_shape(
    front: Front, method: str, body: bool
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(front.url).port or 0, timeout=10)
    connection.request(method, "/api/v1/jobs")
    answer = connection.getresponse()
    text = answer.read()
    connection.close()

    assert answer.status == 405
    assert (
        text == b""
        if not body
        else json.loads(text)["errors"][0]["detail"] == (f"{method} is not a method of any route.")
    )


def test_a_function_s_last_words_are_not_passed_on(front: Front) -> None:
    answer, said = post(front, "/api/dies", b"")

    assert (answer.status, said["errors"][0]["code"]) == (502, "INTEGRATION_FAILURE")
