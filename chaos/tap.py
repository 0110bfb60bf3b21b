"""A host that remembers every message its functions were given, and which of them a fault has struck."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cutout.service.direct import direct_body
from cutout.service.intake import sources_of
from cutout.service.jobs import upload_job_id
from cutout.service.keys import announced_job_id
from local.host import Host, at_a_time
from local.runtime import Answer, FunctionSpec

AT_A_TIME = 2  # processes of one function
MOST_SAID = 400  # characters of an error


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message of a queue; ``queue`` is the queue's name."""

    id: str
    queue: str
    body: str


@dataclass(kw_only=True)
class Running:
    """An invocation under way, and whether a fault has met it."""

    payload: bytes
    is_struck: bool = False


@dataclass(frozen=True, kw_only=True)
class Failure:
    """An invocation, or a message of it, that failed though no fault of ours had met it."""

    function: str
    names: frozenset[str]
    said: str


class TappedHost(Host):
    """Runs the functions, and knows afterwards what went through them."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(endpoint)
        self.messages: dict[str, Message] = {}
        self.struck: set[str] = set()
        """the ids of messages and jobs that a fault of ours has met"""
        self.failures: list[Failure] = []
        self.lock = threading.Lock()
        self.running: dict[int, Running] = {}
        self.disturbances = 0

    def add(self, logical_id: str, spec: FunctionSpec, role: str) -> None:
        """Take a function in; as few processes of each as show every race, because starting them is the dear part."""
        super().add(logical_id, spec, role)
        self.pools[logical_id].free = threading.BoundedSemaphore(min(AT_A_TIME, at_a_time(spec.memory_mb)))

    def invoke(self, logical_id: str, payload: bytes) -> Answer:
        """Run one event in a function."""
        place, running = threading.get_ident(), Running(payload=payload)
        with self.lock:
            self.messages.update({message.id: message for message in messages_in(payload)})
            self.running[place] = running
            is_disturbed = self.disturbances > 0
        if is_disturbed:
            self.strike(payload)
        try:
            answer = super().invoke(logical_id, payload)
        finally:
            with self.lock:
                del self.running[place]
        if has_failed(answer) and not running.is_struck:
            said = answer.body.decode(errors="replace")[:MOST_SAID]
            self.failures.append(Failure(function=logical_id, names=frozenset(names_in(payload)), said=said))
        return answer

    def strike(self, payload: bytes) -> None:
        """Note that a fault meets whoever works on this."""
        with self.lock:
            self.struck |= names_in(payload)
            for running in self.running.values():
                running.is_struck |= running.payload == payload

    @contextmanager
    def disturbance(self) -> Iterator[None]:
        """A time in which everything that runs may be met by a fault."""
        with self.lock:
            self.disturbances += 1
            under_way = [running.payload for running in self.running.values()]
        for payload in under_way:
            self.strike(payload)
        try:
            yield
        finally:
            with self.lock:
                self.disturbances -= 1


def has_failed(answer: Answer) -> bool:
    """Whether an invocation failed, or a message of it."""
    if answer.failed:
        return True
    document = json.loads(answer.body or b"null")
    return isinstance(document, dict) and bool(document.get("batchItemFailures"))


def messages_in(payload: bytes) -> list[Message]:
    """The messages of an event from a queue; none in any other event."""
    event = json.loads(payload)
    records = event.get("Records", []) if isinstance(event, dict) else []
    return [
        Message(
            id=record["messageId"], queue=record["eventSourceARN"].rpartition(":")[2], body=record["body"]
        )
        for record in records
        if record.get("eventSource") == "aws:sqs"
    ]


def names_in(payload: bytes) -> set[str]:
    """The ids of the messages and of the jobs in an event."""
    event = json.loads(payload)
    messages = messages_in(payload)
    bodies = [message.body for message in messages]
    direct = direct_body(event) if isinstance(event, dict) else None
    if direct is not None:
        bodies.append(direct)
    return {message.id for message in messages}.union(*(jobs_in(body) for body in bodies))


def jobs_in(body: str) -> set[str]:
    """The ids of the jobs that a message is about, whatever its kind; none where it is about none."""
    document = json.loads(body)
    if not isinstance(document, dict):
        return set()
    if "Records" in document:
        sources = sources_of(body)
        announced = {announced_job_id(source.key) for source in sources} - {None}
        return {upload_job_id(source) for source in sources} | {str(job) for job in announced}
    job = document.get("job")
    return {str(job["id"])} if isinstance(job, dict) else set()
