import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from standardwebhooks import Webhook

from cutout.errors import BadCallback
from cutout.service import webhooks
from cutout.service.connections import Deadline
from cutout.service.jobs import Job, Outcome, Source
from cutout.service.messages import NotifyMessage
from hostile_server import hostile


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "https://example.com:8443/hook",
        "https://user:secret@example.com/hook",
        "https:///hook",
        "https://example.com:99999/",
        "ftp://example.com/",
        "https://[::1/",
        "https://a..b/",
        "https://" + "a" * 64 + ".example/",
        "not a url",
        "",
    ],
)
def test_only_plain_https_addresses_are_taken(url: str) -> None:
    with pytest.raises(BadCallback):
        webhooks.check_callback(url)


@pytest.mark.parametrize(
    "ip",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "0.0.0.0",
        "::1",
        "fe80::1",
        "fd00::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
    ],
)
def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch, ip: str) -> None:
    """One public address beside it does not help."""
    answers = [(None, None, None, "", ("93.184.215.14", 443)), (None, None, None, "", (ip, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)

    with pytest.raises(BadCallback, match="not public"):
        webhooks.resolve_public(webhooks.check_callback("https://inside.example/hook"), Deadline.after(2))


def test_a_public_name_is_connected_to_at_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked_up = []

    def getaddrinfo(host: str, *_: Any, **__: Any) -> list[Any]:
        looked_up.append(host)
        return [(None, None, None, "", ("93.184.215.14", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    endpoint = webhooks.resolve_public(webhooks.check_callback("https://example.com/hook"), Deadline.after(2))

    assert (endpoint.ips, endpoint.address.port, looked_up) == (("93.184.215.14",), 443, ["example.com"])


def test_a_name_that_cannot_be_resolved_is_tried_again() -> None:
    with pytest.raises(webhooks.DeliveryFailed):
        webhooks.resolve_any(
            webhooks.check_private_callback("http://no-such-host.invalid/"), Deadline.after(5)
        )


class Receiver(BaseHTTPRequestHandler):
    """Answers with the status that its path asks for."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.came.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        self.send_response(int(self.path.strip("/").partition("?")[0]))
        self.send_header("Location", "/204")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[HTTPServer]:
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    server.came = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


SECRET = webhooks.endpoint_secret("master", "owner")


def deliver(server: HTTPServer, path: str) -> None:
    parts = webhooks.check_private_callback(f"http://127.0.0.1:{server.server_port}/{path}")
    deadline = Deadline.after(2)
    endpoint = webhooks.resolve_any(parts, deadline)
    webhooks.deliver(endpoint, b'{"a": "\xc3\xa4"}', "job-1-done", SECRET, deadline)


def test_a_delivery_is_signed_and_keeps_its_query(receiver: HTTPServer) -> None:
    deliver(receiver, "204?shop=1")

    [(path, headers, body)] = receiver.came  # type: ignore[attr-defined]
    assert path == "/204?shop=1"
    assert headers["webhook-id"] == "job-1-done"
    assert Webhook(SECRET).verify(body, headers) == {"a": "ä"}


@pytest.mark.parametrize("status", ["302", "400", "410", "500"])
def test_anything_but_success_is_a_failed_delivery_and_no_redirect_is_followed(
    receiver: HTTPServer, status: str
) -> None:
    with pytest.raises(webhooks.DeliveryFailed, match=status):
        deliver(receiver, status)

    assert len(receiver.came) == 1  # type: ignore[attr-defined]


def test_a_receiver_that_drips_its_answer_does_not_keep_notify() -> None:
    with hostile(lambda visit: visit.drip(b"HTTP/1.1 204 " + b"x" * 100)) as server:
        begun = time.monotonic()
        parts, deadline = webhooks.check_private_callback(server.url("/hook")), Deadline.after(0.3)

        with pytest.raises(webhooks.DeliveryFailed, match=r"within 0\.3 seconds"):
            webhooks.deliver(webhooks.resolve_any(parts, deadline), b"{}", "job-1-done", SECRET, deadline)

    assert time.monotonic() - begun < 0.8


def test_a_refused_callback_is_repeated_without_its_secrets() -> None:
    with pytest.raises(BadCallback) as caught:
        webhooks.check_callback("http://user:pw@example.com/hook?token=1")

    assert str(caught.value) == (
        "callback is 'http://example.com/hook'; it must not have a user name or password."
    )


def test_owners_have_different_secrets_that_stay_the_same() -> None:
    assert webhooks.endpoint_secret("m", "a") == webhooks.endpoint_secret("m", "a")
    assert len({webhooks.endpoint_secret(m, o) for m in "mn" for o in "ab"}) == 4


def test_a_failed_job_s_news_say_why() -> None:
    job = Job(
        id="0" * 32,
        owner="o",
        lane="bulk",
        created="2026-11-22T09:00:00.000Z",
        source=Source(bucket="b", key="k"),
    )
    outcome = Outcome(
        status="failed", code="empty_file", reason="The file is empty.", report_key="k/report.json"
    )

    news = json.loads(webhooks.payload(NotifyMessage(job=job, outcome=outcome, ended="2026"), "out"))

    assert news["type"] == "job.failed"
    assert news["data"]["reason"] == "The file is empty."
    assert news["data"]["report"] == {"bucket": "out", "key": "k/report.json"}
