"""A receiver of webhooks on this machine: it answers as it is told to, and keeps what came."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, kw_only=True)
class Post:
    """One POST that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass(kw_only=True)
class Receiver:
    """``answers``: the statuses of the first answers; 204 after those. ``silent``: paths that get no answer at all."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    silent: frozenset[str] = frozenset()
    came: list[Post] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def release(self) -> None:
        """Break off every connection that waits for an answer."""
        self.over.set()
        self.over = threading.Event()

    def wait(self, wanted: Callable[[list[Post]], bool], seconds: float = 30) -> list[Post]:
        """What has come, once that is enough."""
        until = time.monotonic() + seconds
        while not wanted(self.came):
            assert time.monotonic() < until, f"only this came within {seconds} s: {self.came}"
            time.sleep(0.02)
        return list(self.came)

    def at(self, path: str) -> list[Post]:
        return [post for post in self.came if post.path == path]


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    """Serve on a free port of this machine until the block is left; ``url`` is then filled in."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.came.append(Post(path=self.path, headers=dict(self.headers), body=body))
            if self.path in receiver.silent:
                receiver.over.wait(20)
                return
            self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
            self.send_header("Content-Length", "17")
            self.end_headers()
            self.wfile.write(b"the-receiver-says")

        def log_message(self, *_: object) -> None:
            """Nothing: the tests look at ``came``."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.daemon_threads = True
        receiver.url = f"http://127.0.0.1:{http.server_port}"
        threading.Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield receiver
        finally:
            receiver.over.set()
            http.shutdown()
