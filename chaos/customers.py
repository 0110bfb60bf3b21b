"""The customers of a run: each sends its order as a careful client does, again and again until it is taken."""

import base64
import json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import urllib3
from botocore.exceptions import BotoCoreError, ClientError

from chaos.orders import Order
from chaos.partners import NotTaken, Partners, in_batches
from chaos.receiver import Receiver
from local.stack import LocalStack

PAUSE_SECONDS = 0.3  # before something that was not taken is sent again
LONGEST_SECONDS = 120.0  # that a customer insists


@dataclass(kw_only=True)
class Customers:
    """Sends orders to one stack."""

    stack: LocalStack
    receiver: Receiver
    partners: Partners
    repeats: int = 0
    """calls and uploads that were not taken at first"""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.s3 = self.stack.client("s3")
        self.http = self.partners.http

    def send(self, orders: Sequence[Order], versions: range, at_once: int, pause_seconds: float) -> None:
        """Send the orders, these versions of each, one after the other; returns when all are taken."""
        with ThreadPoolExecutor(at_once) as hands:
            works = [hands.submit(self.place, order, versions, pause_seconds) for order in orders]
            works += [hands.submit(self.place_batch, some) for some in in_batches(orders)]
            for work in works:
                work.result()

    def place_batch(self, orders: Sequence[Order]) -> None:
        """Send the orders of one batch."""
        self.insist(orders[0], lambda: self.partners.make_batch(orders))

    def place(self, order: Order, versions: range, pause_seconds: float) -> None:
        """Send one order, unless it is part of a batch."""
        if order.kind == "batch":
            return
        for version in versions:
            if version >= len(order.versions):
                return
            if version and pause_seconds:
                time.sleep(
                    pause_seconds * (order.number % 4)
                )  # some are replaced at once, some a while later
            self.insist(order, lambda version=version: self.bring(order, version))  # type: ignore[misc]
            time.sleep(pause_seconds)

    def insist(self, order: Order, bring: Callable[[], None]) -> None:
        """Repeat until it is taken."""
        until = time.monotonic() + LONGEST_SECONDS
        while True:
            try:
                bring()
            except (NotTaken, BotoCoreError, ClientError, urllib3.exceptions.HTTPError) as error:
                if time.monotonic() > until:
                    raise RuntimeError(f"order {order.number} was never taken: {error}") from error
                with self.lock:
                    self.repeats += 1
                time.sleep(PAUSE_SECONDS)
            else:
                return

    def bring(self, order: Order, version: int) -> None:
        """One attempt."""
        if order.comes_through_the_bucket:
            self.upload(order, order.versions[version])
            return
        ways = {
            "form": self.fill_in_form,
            "inline": self.call_with_picture,
            "url": self.call_with_url,
            "hook": self.partners.post_to_hook,
        }
        ways[order.kind](order)

    def upload(self, order: Order, body: bytes) -> None:
        """Straight into the bucket."""
        metadata = {"recipe": json.dumps(order.recipe)} if order.recipe else {}
        if order.mood:
            metadata["callback"] = self.receiver.callback(order.mood, order.number)
        bucket = self.stack.name("SourceBucket")
        self.s3.put_object(Bucket=bucket, Key=order.key, Body=body, Metadata=metadata)

    def call_with_url(self, order: Order) -> None:
        """The API fetches the picture."""
        self.call(order, {"url": f"{self.partners.web}/{order.name}"})

    def call_with_picture(self, order: Order) -> None:
        """The picture comes in the call; half of the callers wait for the end."""
        wait = 5 if order.number % 2 else 0
        picture = base64.b64encode(order.versions[0]).decode()
        self.call(order, {"image_b64": picture, "wait_seconds": wait})

    def fill_in_form(self, order: Order) -> None:
        """The API answers with a form, to which the picture is uploaded."""
        form = self.call(order, {}).get("upload")
        if form is None:
            return  # an earlier attempt has brought it
        fields: Any = [*form["fields"].items(), ("file", (order.name, order.versions[0], "image/png"))]
        answer = self.http.request("POST", form["url"], fields=fields)
        if answer.status >= 300:
            raise NotTaken(f"the form was answered {answer.status}")

    def call(self, order: Order, source: dict[str, Any]) -> dict[str, Any]:
        """One call of the API."""
        body = {"file_name": order.name, "recipe": order.recipe, **source}
        if order.mood:
            body["callback"] = self.receiver.callback(order.mood, order.number)
        return self.partners.call("/v1/jobs", body, self.idempotency_key(order))

    def idempotency_key(self, order: Order) -> str:
        """Under which a repetition of the order's call comes."""
        return f"{self.partners.name}-{order.number}"
