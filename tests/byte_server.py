"""A web server on this machine that serves bytes, resumes when asked, and misbehaves when told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass(kw_only=True)
class ByteServer:
    """``files`` by path; ``asked`` keeps the path and the Range header of every request.

    The first answers break off after ``break_after`` bytes each, one entry per answer.
    """

    files: dict[str, bytes]
    resumes: bool = True
    break_after: list[int] = field(default_factory=list)
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    address: str = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers["Range"]
        self.asked.append((request.path, wanted))
        if request.path not in self.files:
            request.send_error(404)
            return
        whole = self.files[request.path]
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.resumes else 0
        request.send_response(206 if start else 200)
        request.send_header("Content-Length", str(len(whole) - start))
        if start:
            request.send_header("Content-Range", f"bytes {start}-{len(whole) - 1}/{len(whole)}")
        request.end_headers()
        rest = whole[start:]
        request.wfile.write(rest[: self.break_after.pop(0)] if self.break_after else rest)


@contextmanager
def serving(server: ByteServer) -> Iterator[ByteServer]:
    """Run ``server`` on a free port of this machine; its ``address`` is then filled in."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.answer(self)

        def log_message(self, *_: Any) -> None:
            """Nothing: the tests look at ``asked``."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server.address = f"http://127.0.0.1:{http.server_port}"
        thread = Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()
