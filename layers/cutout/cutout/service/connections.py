"""One HTTP exchange with an endpoint that has been judged, over before a deadline whatever the other side does.

Nothing of the environment counts here: no proxy, no netrc, no cookies.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse

from cutout.service.addresses import Endpoint

Trust = Callable[[], ssl.SSLContext]


class ConnectionFailed(Exception):
    """No answer that can be used. The message is the end of a sentence about the address, and names no other."""


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """An instant by which everything has to be over; ``limit_seconds`` is what it was at the beginning."""

    limit_seconds: float
    at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """So many seconds from now."""
        return cls(limit_seconds=seconds, at=time.monotonic() + seconds)

    def left(self) -> float:
        """The seconds that are left, more than 0; raises ConnectionFailed when there are none."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise self.passed()
        return left

    def passed(self) -> ConnectionFailed:
        """What to raise when it was not met."""
        return ConnectionFailed(f"it did not answer in full within {self.limit_seconds:g} seconds")


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is sent. ``Host`` comes from the endpoint."""

    method: str
    headers: dict[str, str]
    body: bytes | None = field(default=None, repr=False)


@cache
def public_trust() -> ssl.SSLContext:
    """The certificate authorities of this system; names are checked. Read once per process."""
    return ssl.create_default_context()


@contextmanager
def exchange(
    endpoint: Endpoint, request: Request, deadline: Deadline, trust: Trust
) -> Iterator[HTTPResponse]:
    """The answer, whose body the block reads. No redirect is followed.

    Connecting, TLS, headers and body share the deadline: at that moment the connection is shut down under whoever
    reads it, so a sender that drips keeps nobody.

    Raises
    ------
    ConnectionFailed
        No connection, no trusted certificate of that name, no HTTP, an answer that breaks off, or no time left.
    """
    cut = threading.Event()
    try:
        with (
            _connected(endpoint, deadline) as plain,
            _cut_off_at(deadline, plain, cut),
            _secured(plain, endpoint, deadline, trust) as sock,
            _answer(sock, endpoint, request) as answer,
        ):
            yield answer
    except (OSError, HTTPException) as error:
        raise _reason(error, cut, deadline) from error
    if cut.is_set():  # what was read ended with our own cut: it may look complete
        raise deadline.passed()


def _connected(endpoint: Endpoint, deadline: Deadline) -> socket.socket:
    """A connection to the first of the endpoint's addresses that takes one; each gets its share of the time."""
    refusal: OSError | None = None
    for waiting, ip in zip(range(len(endpoint.ips), 0, -1), endpoint.ips, strict=True):
        try:
            return socket.create_connection((ip, endpoint.address.port), timeout=deadline.left() / waiting)
        except OSError as error:
            refusal = error
    assert refusal is not None, "an endpoint has at least one address"
    raise refusal


@contextmanager
def _cut_off_at(deadline: Deadline, sock: socket.socket, cut: threading.Event) -> Iterator[None]:
    """Set ``cut`` and shut the connection down at the deadline, unless the block has been left before.

    A limit of the socket's own would begin again with every byte. The handle is a second one: TLS takes the first over.
    """
    handle = sock.dup()

    def shut_down() -> None:
        cut.set()
        with suppress(OSError):  # the other side has gone already
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(deadline.left(), shut_down)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # or it might shut down another connection that has got the same number
        handle.close()


def _secured(plain: socket.socket, endpoint: Endpoint, deadline: Deadline, trust: Trust) -> socket.socket:
    plain.settimeout(deadline.left())
    if endpoint.address.scheme == "http":
        return plain
    return trust().wrap_socket(plain, server_hostname=endpoint.address.host)


def _answer(sock: socket.socket, endpoint: Endpoint, request: Request) -> HTTPResponse:
    address = endpoint.address
    connection = HTTPConnection(address.host, address.port)
    connection.sock = sock  # it never opens one of its own
    headers = {"Host": address.host_header, "Connection": "close", **request.headers}
    connection.request(request.method, address.target, body=request.body, headers=headers)
    return connection.getresponse()


def _reason(error: OSError | HTTPException, cut: threading.Event, deadline: Deadline) -> ConnectionFailed:
    """What is said of a failure. The error's own words may name addresses: they are not repeated."""
    if cut.is_set() or isinstance(error, TimeoutError):
        return deadline.passed()
    if isinstance(error, ssl.SSLCertVerificationError):
        return ConnectionFailed(f"its certificate is not trusted: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return ConnectionFailed("no secure connection to it can be made")
    if isinstance(error, HTTPException):
        return ConnectionFailed("its answer broke off or is not HTTP")
    return ConnectionFailed("it cannot be reached")
