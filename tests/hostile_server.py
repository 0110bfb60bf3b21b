"""A server on this machine that does to its clients whatever a test wants, byte by byte."""

import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

Behaviour = Callable[["Visit"], None]


@dataclass(kw_only=True)
class Visit:
    """One connection: what the client asked, and the ways to answer."""

    sock: socket.socket
    over: threading.Event
    request: str = ""

    @property
    def path(self) -> str:
        return self.request.split(" ", 2)[1]

    def read_request(self) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += self.sock.recv(4096)
        self.request = head.decode("latin-1")

    def send(self, *parts: str | bytes) -> None:
        for part in parts:
            self.sock.sendall(part.encode() if isinstance(part, str) else part)

    def drip(self, text: bytes, pause_seconds: float = 0.05) -> None:
        """One byte at a time, for as long as anybody listens and the test lasts."""
        for byte in text:
            self.sock.sendall(bytes([byte]))
            if self.over.wait(pause_seconds):
                return


@dataclass(kw_only=True)
class Hostile:
    """Where the server is, and every request that came, connections without one as empty texts."""

    port: int = 0
    asked: list[str] = field(default_factory=list)

    @property
    def exception(self) -> frozenset[str]:
        return frozenset({f"127.0.0.1:{self.port}"})

    def url(self, path: str = "/a.png") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def hostile(
    behaviour: Behaviour, tls: ssl.SSLContext | None = None, *, reads_first: bool = True
) -> Iterator[Hostile]:
    """Serve until the block is left; every connection has a thread of its own."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server, over = Hostile(port=listener.getsockname()[1]), threading.Event()

        def meet(sock: socket.socket) -> None:
            with suppress(OSError), sock, tls.wrap_socket(sock, server_side=True) if tls else sock as talk:
                visit = Visit(sock=talk, over=over)
                if reads_first:
                    visit.read_request()
                server.asked.append(visit.request)
                behaviour(visit)

        def accept() -> None:
            with suppress(OSError):
                while not over.is_set():
                    sock, _ = listener.accept()
                    threading.Thread(target=meet, args=(sock,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield server
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)


def ok(*headers: str, body: bytes = b"picture") -> Behaviour:
    """Answer with this body and nothing else wrong."""
    lines = "".join(f"{header}\r\n" for header in headers)

    def answer(visit: Visit) -> None:
        visit.send(f"HTTP/1.1 200 OK\r\n{lines}Content-Length: {len(body)}\r\n\r\n", body)

    return answer


def redirect(location: str, status: int = 302) -> Behaviour:
    """Send every client elsewhere."""

    def answer(visit: Visit) -> None:
        visit.send(f"HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n")

    return answer


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate for one name, that nobody but ``client`` trusts."""

    server: ssl.SSLContext
    client: ssl.SSLContext


def certificate(name: str, folder: Path) -> Certificate:
    """Made by the openssl program."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    asked = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    named = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    command = ["openssl", *asked, *named, "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(cert, key)
    return Certificate(server=server, client=ssl.create_default_context(cafile=str(cert)))
