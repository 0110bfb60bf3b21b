"""What a browser on this machine sees: the page, and the API under one address with the gateway's own limits."""

import json
import mimetypes
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import urllib3

GATEWAY_LIMIT_BYTES = 10 * 1024 * 1024  # API Gateway's, for a body
LAMBDA_LIMIT_BYTES = 6 * 1024 * 1024  # Lambda's, for the event that the body travels in, in base64
GATEWAY_SECONDS = 29
CONNECTIONS = 64
WITHHELD_THERE = {"connection", "content-length", "expect", "host", "transfer-encoding"}
WITHHELD_BACK = {"connection", "content-length", "date", "transfer-encoding"}
TOO_LARGE = (
    "The body is too large for one call, about 4.5 MB: let the picture be fetched from an address (image_url), or "
    "upload it with the form that POST /v1/jobs answers with."
)


class TooLarge(Exception):
    """A body over the gateway's limits."""


class Front:
    """Serves ``folder`` at ``/`` and hands ``/api/...`` on to the emulated gateway, on 127.0.0.1."""

    def __init__(self, port: int, folder: Path, api_url: str, api_key: str) -> None:
        self.folder, self.api_url, self.api_key = folder, api_url, api_key
        self.gateway = urllib3.PoolManager(maxsize=CONNECTIONS, timeout=GATEWAY_SECONDS, retries=False)
        self.server = _FrontServer(("127.0.0.1", port), _FrontApi)
        self.server.front = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.2,), daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()
        self.gateway.clear()


class _FrontServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = CONNECTIONS
    front: Front


class _FrontApi(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _FrontServer

    def do_GET(self) -> None:
        front = self.server.front
        path = self.path.partition("?")[0]
        if path.startswith("/api/"):
            self._forward()
        elif path == "/config.json":
            config = {"api": f"{front.url}/api", "key": front.api_key}
            self._send(200, json.dumps(config).encode(), {"Content-Type": "application/json"})
        else:
            self._file(front.folder / (path.strip("/") or "index.html"))

    def do_POST(self) -> None:
        self._forward()

    do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_POST  # noqa: N815 names that the base class calls

    def do_HEAD(self) -> None:
        self._refuse(405, "method_not_allowed", "HEAD is not a method of any route.")

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the base class refuses by itself: a method that it does not know, a request that is none."""
        if code == HTTPStatus.NOT_IMPLEMENTED:
            code, message = HTTPStatus.METHOD_NOT_ALLOWED, f"{self.command} is not a method of any route"
        self.close_connection = True  # whatever follows is no request
        self._refuse(code, "refused", f"{message or explain or HTTPStatus(code).phrase}.")

    def _file(self, path: Path) -> None:
        if not path.resolve().is_relative_to(self.server.front.folder.resolve()) or not path.is_file():
            self._refuse(404, "not_found", f"There is no page {self.path!r}.")
            return
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self._send(200, path.read_bytes(), {"Content-Type": kind})

    def _forward(self) -> None:
        front = self.server.front
        try:
            body = self._body()
        except TooLarge:
            self._refuse(413, "request_too_large", TOO_LARGE)
            return
        headers = {k: v for k, v in self.headers.items() if k.lower() not in WITHHELD_THERE}
        if "Accept" not in self.headers:
            # The emulator answers binary bodies as text to who accepts nothing; AWS does not.
            headers["Accept"] = "*/*"
        url = front.api_url + self.path.removeprefix("/api")
        try:
            answer = front.gateway.request(
                self.command, url, body=body or None, headers=headers, redirect=False
            )
        except urllib3.exceptions.TimeoutError:
            self._refuse(504, "INTEGRATION_TIMEOUT", "Endpoint request timed out")
            return
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR and b'"errors"' not in answer.data:
            # The emulator says a dead function's last words; the gateway would answer with DEFAULT_5XX.
            self._refuse(answer.status, "INTEGRATION_FAILURE", "Our fault; the call may be repeated.")
            return
        self._send(answer.status, answer.data, dict(answer.headers))

    def _body(self) -> bytes:
        """All of the request's body; raises TooLarge, when it has been read: a client listens only then."""
        if "Transfer-Encoding" in self.headers:
            parts = list(self._chunks())
            size = sum(map(len, parts))
        else:
            size = int(self.headers.get("Content-Length") or 0)
            parts = [] if is_too_large(size) else [self.rfile.read(size)]
            if not parts:
                self._skip(size)
        if is_too_large(size):
            raise TooLarge
        return b"".join(parts)

    def _chunks(self) -> Iterator[bytes]:
        """The parts of a body that says no length (RFC 9112, 7.1); what is over the limit is not kept."""
        kept = 0
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            part = self.rfile.read(size)
            self.rfile.readline()
            if not is_too_large(kept):
                kept += size
                yield part
        while self.rfile.readline().strip():
            pass  # trailers

    def _skip(self, size: int) -> None:
        while size > 0 and (read := self.rfile.read(min(size, 1 << 20))):
            size -= len(read)

    def _refuse(self, status: int, code: str, detail: str) -> None:
        body = {"errors": [{"title": "Refused", "code": code, "detail": detail}]}
        self._send(status, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in WITHHELD_BACK:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 its caller's name
        """The functions write their own log."""


def is_too_large(size: int) -> bool:
    """Whether a body of this many bytes is over the limits of the gateway, or of Lambda once it is base64."""
    return size > GATEWAY_LIMIT_BYTES or size * 4 / 3 > LAMBDA_LIMIT_BYTES
