"""Where the webhooks of a run arrive: one receiver with several moods, which writes down every delivery."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HANG_SECONDS = 3.0  # longer than anybody is waited for
TRAP = "/trap"
ACCEPTING = {"honest", "cut"}  # of the rest of an answer nobody wants to know


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One webhook as it arrived."""

    path: str
    event_id: str
    stamp: str
    signature: str
    body: bytes
    accepted: bool = True
    """whether it was answered so that nobody has to send it again"""
    arrived: float = field(default_factory=time.time)


@dataclass(kw_only=True)
class Receiver:
    """Accepts every webhook, but misbehaves at the first attempt as the path's first part says.

    ``honest`` accepts; ``slow`` hangs; ``failing`` answers 500; ``cut`` answers 200 and breaks off; ``hanging-up`` does
    not answer; ``redirecting`` sends elsewhere, where nobody may ever come. While it is down it hangs up on everybody.
    """

    deliveries: list[Delivery] = field(default_factory=list)
    trapped: int = 0
    is_down: bool = False
    address: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def callback(self, mood: str, name: int | str) -> str:
        """The address for the news of one order, by its number, or of somebody else."""
        return f"{self.address}/{mood}/{name}"

    def noted(self, delivery: Delivery) -> str:
        """Write a delivery down; answers in which mood it is received: at an event's first attempt the address's."""
        event = delivery.path, delivery.event_id
        with self.lock:
            is_first = all((known.path, known.event_id) != event for known in self.deliveries)
            mood = delivery.path.split("/")[1] if is_first else "honest"
            self.deliveries.append(replace(delivery, accepted=mood in ACCEPTING))
        return mood


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def do_POST(self) -> None:
        receiver = self.server.receiver
        if receiver.is_down:
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == TRAP:
            receiver.trapped += 1
        delivery = Delivery(
            path=self.path,
            event_id=self.headers.get("webhook-id", ""),
            stamp=self.headers.get("webhook-timestamp", ""),
            signature=self.headers.get("webhook-signature", ""),
            body=body,
        )
        self.behave(receiver.noted(delivery))

    def do_GET(self) -> None:
        """A redirect that is followed may become one."""
        self.do_POST()

    def behave(self, mood: str) -> None:
        """Answer as the mood has it."""
        self.close_connection = True
        if mood == "hanging-up":
            return
        if mood == "slow":
            time.sleep(HANG_SECONDS)
        statuses = {"failing": 500, "redirecting": 307}
        self.send_response(statuses.get(mood, 200))
        self.send_header("Location", f"{self.server.receiver.address}{TRAP}")
        self.send_header("Content-Length", "1000" if mood == "cut" else "0")
        self.end_headers()
        if mood == "cut":
            self.wfile.write(b"The rest is")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 its caller's name
        """Nothing: the deliveries are the log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.receiver = receiver

    def handle_error(self, request: object, client_address: object) -> None:
        """Who was kept waiting has hung up."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run a receiver on a free port of this machine."""
    receiver = Receiver()
    with _Server(receiver) as server:
        receiver.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
