"""What a browser on this machine sees: the page, and the API under one address with the gateway's own limits."""

import json
import mimetypes
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

GATEWAY_LIMIT_BYTES = 10 * 1024 * 1024  # API Gateway's, for a body
LAMBDA_LIMIT_BYTES = 6 * 1024 * 1024  # Lambda's, for the event that the body travels in, in base64
GATEWAY_SECONDS = 29
FORWARDED = ("x-api-key", "idempotency-key", "content-type", "accept", "origin")
WITHHELD = {"connection", "content-length", "date", "transfer-encoding"}


class Front:
    """Serves ``folder`` at ``/`` and hands ``/api/...`` on to the emulated gateway, on 127.0.0.1."""

    def __init__(self, port: int, folder: Path, api_url: str, api_key: str) -> None:
        self.folder, self.api_url, self.api_key = folder, api_url, api_key
        self.server = _FrontServer(("127.0.0.1", port), _FrontApi)
        self.server.front = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.2,), daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self.server.shutdown()
        self.server.server_close()


class _FrontServer(ThreadingHTTPServer):
    daemon_threads = True
    front: Front


class _FrontApi(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
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

    def _file(self, path: Path) -> None:
        if not path.resolve().is_relative_to(self.server.front.folder.resolve()) or not path.is_file():
            self._refuse(404, "not_found", f"There is no page {self.path!r}.")
            return
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        self._send(200, path.read_bytes(), {"Content-Type": kind})

    def _forward(self) -> None:
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            self._refuse(411, "LENGTH_REQUIRED", "Content-Length is missing")
            return
        size = int(self.headers.get("Content-Length") or 0)
        if size > GATEWAY_LIMIT_BYTES or size * 4 / 3 > LAMBDA_LIMIT_BYTES:
            self._skip(size)  # a client listens only when it has sent everything
            self._refuse(413, "REQUEST_TOO_LARGE", "Request Too Long")
            return
        body = self.rfile.read(size)
        headers = {name: self.headers[name] for name in FORWARDED if name in self.headers}
        url = self.server.front.api_url + self.path.removeprefix("/api")
        request = urllib.request.Request(url, data=body or None, headers=headers, method=self.command)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=GATEWAY_SECONDS) as answer:  # noqa: S310 the emulator
                self._send(answer.status, answer.read(), dict(answer.headers))
        except urllib.error.HTTPError as error:
            self._send(error.code, error.read(), dict(error.headers))
        except TimeoutError:
            self._refuse(504, "INTEGRATION_TIMEOUT", "Endpoint request timed out")

    def _skip(self, size: int) -> None:
        while size > 0 and (read := self.rfile.read(min(size, 1 << 20))):
            size -= len(read)

    def _refuse(self, status: int, code: str, detail: str) -> None:
        body = {"errors": [{"title": "Refused", "code": code, "detail": detail}]}
        self._send(status, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in WITHHELD:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 its caller's name
        """The functions write their own log."""
