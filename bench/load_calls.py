"""Callers: each sends one order after another, until the time is up."""

import base64
import itertools
import json
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import urllib3

from bench.load_verdict import BROKEN, TOO_MANY, Answered
from cutout.codec import encode_png, to_uint8

SIDE = 96
LONGEST_SECONDS = 40  # more than the gateway takes
NATIVE_EVERY, TWICE_EVERY = 3, 7  # of the orders: to /v1/jobs, and sent twice at the same moment
REPEATS, PAUSE_SECONDS = 6, 1.0  # of a call that broke


def picture(number: int) -> bytes:
    """A bright disc on a dark ground, a PNG; the stand-in network finds it. Another number has other pixels."""
    y, x = np.mgrid[:SIDE, :SIDE]
    inside = np.clip(SIDE / 4 - np.hypot(x - SIDE / 2, y - SIDE / 2), 0, 2) / 2
    noise = np.random.default_rng(number).normal(0, 4, (SIDE, SIDE))  # so that nobody takes it for a drawing
    grey = (20 + 210 * inside + noise) / 255
    return encode_png(to_uint8(grey.astype(np.float32))[..., None].repeat(3, axis=2), None)


@dataclass(frozen=True, kw_only=True)
class Order:
    """One picture that somebody wants cut out."""

    number: int
    named: bool
    """whether it is sent with an Idempotency-Key, so that it may be sent again"""

    @property
    def is_native(self) -> bool:
        """Whether it goes to ``POST /v1/jobs``."""
        return self.number % NATIVE_EVERY == 0

    @property
    def calls(self) -> int:
        """How often it is sent at the same moment."""
        return 2 if self.named and self.number % TWICE_EVERY == 0 else 1


@dataclass(kw_only=True)
class Callers:
    """``count`` callers with several API keys; a key that was refused rests for as long as was said.

    ``always_named``: every order has an Idempotency-Key, and a call that broke is sent again; else only those have
    one that are sent twice at once.
    """

    api: str
    keys: Sequence[str]
    count: int
    always_named: bool
    answers: list[Answered] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    resting: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.http = urllib3.PoolManager(maxsize=2 * self.count, timeout=LONGEST_SECONDS, retries=False)
        self.twins = ThreadPoolExecutor(self.count)

    def run(self, seconds: float) -> None:
        """Let all of them work for that long; returns when the last answer is there."""
        until = time.monotonic() + seconds
        with ThreadPoolExecutor(self.count) as callers:
            for work in [callers.submit(self.work, until) for _ in range(self.count)]:
                work.result()
        self.twins.shutdown()

    def work(self, until: float) -> None:
        """One caller."""
        while time.monotonic() < until:
            with self.lock:
                number = next(self.numbers)
                key = self.rested(number)
            if key is None:
                time.sleep(min(1.0, max(0.0, until - time.monotonic())))
                continue
            order = Order(number=number, named=self.always_named or number % TWICE_EVERY == 0)
            self.place(order, key)

    def rested(self, number: int) -> str | None:
        """The key of an order: in turns, past those that rest; None while all of them do."""
        now = time.monotonic()
        turns = [self.keys[(number + i) % len(self.keys)] for i in range(len(self.keys))]
        return next((key for key in turns if self.resting.get(key, 0) <= now), None)

    def place(self, order: Order, key: str) -> None:
        """Send an order, as often at once as it is to be sent."""
        body = picture(order.number)
        twins = [self.twins.submit(self.insist, order, key, body) for _ in range(order.calls - 1)]
        self.insist(order, key, body)
        for twin in twins:
            twin.result()

    def insist(self, order: Order, key: str, body: bytes) -> None:
        """Send a call, and a named one that broke again under the same name."""
        for _ in range(REPEATS if self.always_named else 1):
            answer = self.send(order, key, body)
            with self.lock:
                self.answers.append(answer)
                if answer.status == TOO_MANY and answer.retry_after:
                    self.resting[key] = time.monotonic() + answer.retry_after
            if answer.is_taken or answer.status == TOO_MANY:
                return
            time.sleep(PAUSE_SECONDS)

    def send(self, order: Order, key: str, body: bytes) -> Answered:
        """One call."""
        headers = {"X-Api-Key": key}
        if order.named:
            headers["Idempotency-Key"] = f"load-{order.number}"
        began = time.monotonic()
        try:
            answer = self.post(order, headers, body)
        except urllib3.exceptions.HTTPError as error:
            broken = type(error).__name__
            return Answered(order=order.number, status=BROKEN, seconds=time.monotonic() - began, code=broken)
        return read(order.number, answer, time.monotonic() - began)

    def post(self, order: Order, headers: dict[str, str], body: bytes) -> urllib3.BaseHTTPResponse:
        """To remove.bg's route as its clients do, or natively with the picture inside."""
        if order.is_native:
            sent = {"image_b64": base64.b64encode(body).decode(), "file_name": "disc.png"}
            return self.http.request("POST", f"{self.api}/v1/jobs", json=sent, headers=headers)
        fields: Any = {"image_file": ("disc.png", body, "image/png"), "size": "auto"}
        return self.http.request("POST", f"{self.api}/v1.0/removebg", fields=fields, headers=headers)


def read(order: int, answer: urllib3.BaseHTTPResponse, seconds: float) -> Answered:
    """What an answer says."""
    document = json.loads(answer.data) if "json" in answer.headers.get("Content-Type", "") else {}
    fault = document.get("errors", [{}])[0]
    is_file = answer.headers.get("Content-Type") == "image/png"
    wait = answer.headers.get("Retry-After")
    return Answered(
        order=order,
        status=answer.status,
        seconds=seconds,
        job=answer.headers.get("X-Job-Id") or document.get("id", ""),
        said="done" if is_file else document.get("status", ""),
        code=fault.get("code", ""),
        retry_after=int(wait) if wait else None,
    )
