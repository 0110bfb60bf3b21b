import hashlib
import hmac
import socket
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from cutout.errors import BadCallback
from cutout.service import addresses, webhooks
from cutout.service.connections import Deadline
from hostile_server import hostile, ok


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

    with pytest.raises(BadCallback, match=r"body\.url is 'https://inside\.example/hook'; .* not public"):
        webhooks.PUBLIC.admit("https://inside.example/hook?token=1", "body.url", Deadline.after(2))


def test_a_public_name_is_connected_to_at_the_address_that_was_checked() -> None:
    looked_up = []

    def look_up(host: str, port: int) -> list[str]:
        looked_up.append((host, port))
        return ["93.184.215.14"]

    endpoint = replace(webhooks.PUBLIC, look_up=look_up).endpoint(
        "https://example.com/hook", Deadline.after(2)
    )

    assert (endpoint.ips, endpoint.address.port) == (("93.184.215.14",), 443)
    assert looked_up == [("example.com", 443)]


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
OLD_SECRET = webhooks.endpoint_secret("master", "we-1:1")
NOW = 1_795_000_000.0


def letter(url: str, *secrets: str) -> webhooks.Letter:
    return webhooks.Letter(url=url, id="job-1-completed", body='{"a": "ä"}', secrets=secrets or (SECRET,))


def sender(timeout_seconds: float = 2, guard: webhooks.Guard = webhooks.ANYWHERE) -> webhooks.Sender:
    return webhooks.Sender(guard=guard, timeout_seconds=timeout_seconds)


def deliver(server: HTTPServer, path: str, *secrets: str) -> webhooks.Sent:
    return sender().send(letter(f"http://127.0.0.1:{server.server_port}/{path}", *secrets))


def test_a_delivery_is_signed_and_keeps_its_query(receiver: HTTPServer) -> None:
    sent = deliver(receiver, "204?shop=1")

    [(path, headers, body)] = receiver.came  # type: ignore[attr-defined]
    assert sent.made.accepted
    assert path == "/204?shop=1"
    assert headers["webhook-id"] == "job-1-completed"
    assert Webhook(SECRET).verify(body, headers) == {"a": "ä"}


def test_after_a_rotation_the_receiver_may_verify_with_either_secret(receiver: HTTPServer) -> None:
    deliver(receiver, "204", SECRET, OLD_SECRET)

    [(_, headers, body)] = receiver.came  # type: ignore[attr-defined]
    assert Webhook(SECRET).verify(body, headers) == {"a": "ä"}
    assert Webhook(OLD_SECRET).verify(body, headers) == {"a": "ä"}
    with pytest.raises(WebhookVerificationError):
        Webhook(webhooks.endpoint_secret("master", "we-1:3")).verify(body, headers)


def test_the_signature_is_what_the_specification_says() -> None:
    """By hand: HMAC-SHA256 over id, timestamp and body with dots between, under the secret's bytes."""
    headers = webhooks.signed_headers(letter("https://e.com/"), NOW + 0.9)

    key = b64decode(SECRET.removeprefix("whsec_"))
    signed = 'job-1-completed.1795000000.{"a": "ä"}'.encode()
    expected = "v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert (headers["webhook-timestamp"], headers["webhook-signature"]) == ("1795000000", expected)


@pytest.mark.parametrize("status", [302, 400, 410, 500])
def test_anything_but_success_is_a_failed_try_and_no_redirect_is_followed(
    receiver: HTTPServer, status: int
) -> None:
    sent = deliver(receiver, str(status))

    assert (sent.made.status, sent.made.accepted) == (status, False)
    assert len(receiver.came) == 1  # type: ignore[attr-defined]


def test_a_receiver_says_when_it_wants_to_hear_again() -> None:
    with hostile(
        lambda visit: visit.send("HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n")
    ) as at:
        sent = sender().send(letter(at.url()))

    assert (sent.made.status, sent.wish_seconds) == (429, 7.0)


def test_nothing_of_an_answer_s_body_is_kept() -> None:
    with hostile(ok(body=b"a secret of the inside")) as at:
        sent = sender().send(letter(at.url("/hook?token=hush")))

    assert "inside" not in repr(sent)
    assert "hush" not in repr((sent, letter(at.url("/hook?token=hush"))))


def test_a_receiver_that_drips_its_answer_does_not_keep_notify() -> None:
    with hostile(lambda visit: visit.drip(b"HTTP/1.1 204 " + b"x" * 100)) as server:
        begun = time.monotonic()

        sent = sender(timeout_seconds=0.3).send(letter(server.url("/hook")))

    assert sent.made.error == "it did not answer in full within 0.3 seconds"
    assert sent.made.status is None
    assert time.monotonic() - begun < 0.8


def test_a_name_that_cannot_be_resolved_is_a_failed_try() -> None:
    sent = sender(5).send(letter("http://no-such-host.invalid/"))

    assert sent.made.error == "its host name cannot be resolved"


def test_a_name_that_has_moved_inside_since_its_registration_is_not_connected_to() -> None:
    with hostile(ok()) as at:
        guard = replace(
            webhooks.PUBLIC, parse=lambda _: addresses.parse(at.url()), look_up=lambda *_: ["127.0.0.1"]
        )

        sent = sender(guard=guard).send(letter("https://moved.example/"))

    assert sent.made.error == "its host has an address that is not public"
    assert at.asked == []


def test_a_refused_callback_is_repeated_without_its_secrets() -> None:
    with pytest.raises(BadCallback) as caught:
        webhooks.check_callback("http://user:pw@example.com/hook?token=1")

    assert str(caught.value) == (
        "callback is 'http://example.com/hook'; it must not have a user name or password."
    )


def test_owners_have_different_secrets_that_stay_the_same() -> None:
    assert webhooks.endpoint_secret("m", "a") == webhooks.endpoint_secret("m", "a")
    assert len({webhooks.endpoint_secret(m, o) for m in "mn" for o in "ab"}) == 4
