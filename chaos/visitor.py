"""Somebody who uses every part of a running stack, and notices at once when a part of it fails."""

import base64
import itertools
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import urllib3

from bench.load_calls import picture
from chaos.evidence import Investigator
from chaos.tap import has_failed
from cutout.service.jobs import BUCKET_OWNER
from cutout.service.table import JobState, JobTable
from local.host import Host
from local.runtime import Answer
from local.stack import LocalStack

LONGEST_SECONDS = 20.0
LOOK_SECONDS = 0.03


class NotAsPromised(Exception):
    """A part of the stack did not do its work."""


class WatchedHost(Host):
    """Runs the functions, and knows whether one has failed since somebody last asked."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(endpoint)
        self.trouble = threading.Event()

    def invoke(self, logical_id: str, payload: bytes) -> Answer:
        """Run one event in a function."""
        answer = super().invoke(logical_id, payload)
        if has_failed(answer) or _is_our_fault(answer):
            self.trouble.set()
        return answer


def _is_our_fault(answer: Answer) -> bool:
    """Whether the API has answered that it is to blame."""
    document = json.loads(answer.body or b"null")
    return isinstance(document, dict) and int(document.get("statusCode", 200)) >= 500


@dataclass(kw_only=True)
class Visitor:
    """Uses one stack. Every picture has pixels of its own. ``web`` serves ``files`` at ``http://<web>/<name>``."""

    stack: LocalStack
    web: str
    files: dict[str, bytes]
    callback: str
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.http = urllib3.PoolManager(maxsize=4, timeout=30, retries=False)

    @property
    def host(self) -> WatchedHost:
        """The host, which notices failures."""
        return cast(WatchedHost, self.stack.host)

    @property
    def table(self) -> JobTable:
        """The job table."""
        return JobTable(client=self.stack.client("dynamodb"), name=self.stack.name("JobTable"))

    def new_picture(self) -> bytes:
        """One that nobody has seen."""
        return picture(1_000_000 + next(self.numbers))

    def put(self, body: bytes, **metadata: str) -> str:
        """Into the source bucket; answers its key."""
        key = f"visit/{next(self.numbers)}.png"
        bucket = self.stack.name("SourceBucket")
        self.stack.client("s3").put_object(Bucket=bucket, Key=key, Body=body, Metadata=metadata)
        return key

    def call(self, method: str, path: str, expected: int, document: Any = None, **more: Any) -> Any:
        """A call of the API that must be answered so; answers its JSON."""
        deployed = self.stack.deployed
        headers = {"X-Api-Key": deployed.api_key, "Accept": "*/*", **more.pop("headers", {})}
        sent = {} if document is None else {"json": document}
        url = f"{deployed.api_url}{path}"
        answer = self.http.request(method, url, headers=headers, redirect=False, **sent, **more)
        if answer.status != expected:
            raise NotAsPromised(f"{method} {path}: {answer.status} {answer.data[:200]!r}")
        location = answer.headers.get("Location")
        return location or (json.loads(answer.data) if answer.data[:1] == b"{" else answer.data)

    def make(self, expected: int = 200, **request: Any) -> Any:
        """A job of the API; with a new picture inside unless another is named."""
        body = {"image_b64": base64.b64encode(self.new_picture()).decode()} if "url" not in request else {}
        return self.call("POST", "/v1/jobs", expected, {"file_name": "a.png", **body, **request})

    def until(self, found: Callable[[], Any]) -> Any:
        """Wait for something; raises NotAsPromised as soon as a function fails, or when it takes too long."""
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until:
            if self.host.trouble.is_set():
                raise NotAsPromised("a function failed")
            if seen := found():
                return seen
            time.sleep(LOOK_SECONDS)
        raise NotAsPromised("it did not happen in time")

    def ended(self, job_id: str, status: str = "done") -> JobState:
        """A job, once it has ended in this way."""
        return self.judged(self.until(lambda: self._ended(self.table.find(job_id))), status)

    def ended_at(self, key: str, status: str = "done") -> JobState:
        """The newest job of a key in the source bucket, once it has ended in this way."""
        return self.judged(self.until(lambda: self._ended(self.newest_at(key))), status)

    def newest_at(self, key: str) -> JobState | None:
        """The newest job of a key."""
        states = self.table.newest_of(BUCKET_OWNER, 20)
        return next((state for state in states if state.job.source.key == key), None)

    def judged(self, state: JobState, status: str) -> JobState:
        """The same, if it ended so."""
        if state.status != status:
            raise NotAsPromised(f"job {state.job.id} is {state.status}: {state.outcome}")
        return state

    def quiet(self) -> None:
        """Wait until what was begun is done, news included; raises NotAsPromised if some of it failed."""
        self.until(lambda: not any(pool.busy for pool in self.host.pools.values()) and self._is_empty())

    def _is_empty(self) -> bool:
        look = Investigator(stack=self.stack)
        return not any(look.waiting(f"{queue}Queue") for queue in look.queues)

    def _ended(self, state: JobState | None) -> JobState | None:
        return state if state is not None and state.outcome is not None else None
