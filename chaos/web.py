"""The web that calls name pictures on: a server on this machine."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Pictures(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, files: Mapping[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = files

    def handle_error(self, request: object, client_address: object) -> None:
        """Who was killed while it read has hung up."""


class _Handler(BaseHTTPRequestHandler):
    server: _Pictures

    def do_GET(self) -> None:
        body = self.server.files.get(self.path.lstrip("/"))
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 its caller's name
        """Nothing."""


@contextmanager
def showing(files: Mapping[str, bytes]) -> Iterator[str]:
    """Serve these files, by name, on a free port of this machine; yields ``127.0.0.1:port``."""
    with _Pictures(files) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
