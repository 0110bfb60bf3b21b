"""Servers that send something else, too much, or too slowly."""

import gzip
import socket
import threading
import time

import pytest

from cutout.errors import BadUrl, FetchFailed, TooManyBytes
from fetching import get, get_from, refusal
from hostile_server import Behaviour, Visit, hostile, ok, redirect

LIMIT_SECONDS = 0.4


# ------------------------------------------------------------------ what it is


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("text/html; charset=utf-8", "text/html"),
        ("TEXT/HTML", "text/html"),
        ("application/json", "application/json"),
        ("images/png", "images/png"),
        ("<script>alert(1)</script>", "an unreadable type"),
    ],
)
def test_what_is_no_picture_is_refused_by_its_type(sent: str, shown: str) -> None:
    said = refusal(ok(f"Content-Type: {sent}", body=b"the inside of a network"), BadUrl, "/a.png?token=1")

    assert said == (
        f"image_url is 'http://127.0.0.1/a.png'; it is sent as {shown}; allowed: image/* or application/octet-stream."
    )


@pytest.mark.parametrize("status", [204, 206, 400, 401, 403, 404, 410, 429, 500, 503])
def test_an_answer_without_a_picture_is_the_customer_s_to_know(status: int) -> None:
    def answer(visit: Visit) -> None:
        visit.send(f"HTTP/1.1 {status} No\r\nContent-Type: image/png\r\nContent-Length: 6\r\n\r\nsecret")

    said = refusal(answer, FetchFailed)

    assert said == f"image_url is 'http://127.0.0.1/a.png'; its server answered {status}."


@pytest.mark.parametrize("greeting", ["SSH-2.0-OpenSSH_9.6\r\n", "", "HTTP/1.1 abc\r\n\r\n", "\x16\x03\x01"])
def test_a_server_of_another_kind_is_no_fault_of_ours(greeting: str) -> None:
    said = refusal(lambda visit: visit.send(greeting), FetchFailed)

    assert said.endswith(("its answer broke off or is not HTTP.", "it cannot be reached."))


def test_a_port_that_nobody_listens_at_is_no_fault_of_ours() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]

    with pytest.raises(FetchFailed, match="it cannot be reached"):
        get(f"http://127.0.0.1:{port}/", f"127.0.0.1:{port}")


# ------------------------------------------------------------------ how much


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "br", "deflate, gzip"])
def test_a_compressed_body_is_not_taken(encoding: str) -> None:
    bomb = gzip.compress(bytes(10_000_000))

    said = refusal(ok(f"Content-Encoding: {encoding}", body=bomb), FetchFailed)

    assert said.endswith("its server sends it compressed, although asked not to.")


def test_an_announced_size_is_refused_before_a_byte_of_it_is_read() -> None:
    def announce(visit: Visit) -> None:
        visit.send("HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n")
        visit.over.wait(5)

    begun = time.monotonic()
    said = refusal(announce, TooManyBytes)

    assert said.endswith("it is larger than the 0.1 MB that are accepted.")
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("length", ["", "Transfer-Encoding: chunked\r\n", "Content-Length: -5\r\n"])
def test_a_body_without_an_end_is_left_at_the_limit(length: str) -> None:
    sent = 0

    def endless(visit: Visit) -> None:
        nonlocal sent
        visit.send(f"HTTP/1.1 200 OK\r\n{length}\r\n")
        chunk = f"{0x8000:x}\r\n".encode() * ("chunked" in length) + bytes(0x8000)
        while not visit.over.is_set():
            visit.send(chunk, b"\r\n" * ("chunked" in length))
            sent += len(chunk)

    said = refusal(endless, TooManyBytes)

    assert said.endswith("it is larger than the 0.1 MB that are accepted.")
    assert sent < 20_000_000  # what the sockets' buffers hold on top of the limit


def test_a_picture_of_exactly_the_limit_is_taken() -> None:
    with hostile(ok(body=bytes(500))) as server:
        assert len(get_from(server, max_bytes=500)) == 500
        with pytest.raises(TooManyBytes):
            get_from(server, max_bytes=499)


def test_a_body_shorter_than_announced_broke_off() -> None:
    said = refusal(
        lambda visit: visit.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", bytes(10)), FetchFailed
    )

    assert "broke off" in said


def test_a_body_longer_than_announced_ends_where_it_was_announced() -> None:
    with hostile(lambda visit: visit.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef")) as server:
        assert get_from(server) == b"abc"


def test_a_chunk_that_breaks_off_is_no_picture() -> None:
    head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    assert "broke off" in refusal(lambda visit: visit.send(head, "ff\r\nabc"), FetchFailed)


# ------------------------------------------------------------------ how long


def in_time(behaviour: Behaviour, seconds: float = LIMIT_SECONDS, **options: bool) -> str:
    """What is said when the time is over, which it has to be half a second after the limit."""
    with hostile(behaviour, **options) as server:  # type: ignore[arg-type]
        begun = time.monotonic()
        with pytest.raises(FetchFailed) as caught:
            get_from(server, seconds=seconds)
        assert time.monotonic() - begun < seconds + 0.5
    return str(caught.value)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"
DRIPS: dict[str, Behaviour] = {
    "silence": lambda visit: visit.over.wait(5) and None,
    "status": lambda visit: visit.drip(b"HTTP/1.1 200 " + b"O" * 200),
    "headers": lambda visit: visit.drip(HEAD + b"X-Long: " + b"x" * 200),
    "body": lambda visit: (visit.send(HEAD, "Content-Length: 200\r\n\r\n"), visit.drip(bytes(200)))[1],
    "body without a length": lambda visit: (visit.send(HEAD, "\r\n"), visit.drip(bytes(200)))[1],
    "chunk": lambda visit: (
        visit.send(HEAD, "Transfer-Encoding: chunked\r\n\r\nff\r\n"),
        visit.drip(bytes(255)),
    )[1],
}


@pytest.mark.parametrize("drip", DRIPS)
def test_a_slow_drip_does_not_stretch_the_time(drip: str) -> None:
    said = in_time(DRIPS[drip])

    assert said.endswith("it did not answer in full within 0.4 seconds.")


def test_an_endless_row_of_interim_answers_does_not_either() -> None:
    def interim(visit: Visit) -> None:
        while not visit.over.wait(0.01):
            visit.send("HTTP/1.1 100 Continue\r\n\r\n")

    assert in_time(interim).endswith("within 0.4 seconds.")


def test_redirects_share_the_time() -> None:
    def slow_redirect(visit: Visit) -> None:
        visit.over.wait(0.25)
        redirect("/b")(visit)

    assert in_time(slow_redirect).endswith("within 0.4 seconds.")


def test_a_name_that_resolves_slowly_is_inside_the_time() -> None:
    begun = time.monotonic()
    with pytest.raises(FetchFailed, match="was not resolved in time"):
        get("https://slow.example/", seconds=0.2, look_up=lambda *_: time.sleep(2) or ["8.8.8.8"])

    assert time.monotonic() - begun < 0.7


def test_nothing_keeps_running_after_a_fetch() -> None:
    with hostile(ok()) as server:
        get_from(server)

        assert [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)] == []
