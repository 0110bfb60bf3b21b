"""Those who come with more than a picture: a shop with a hook, a team with batches, an endpoint that hears it all."""

import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import urllib3

from chaos.orders import TWO_OUTPUTS, Order
from chaos.receiver import Receiver
from cutout.service.jobs import owner_of
from local.stack import LocalStack

HOOK, HOOK_SECRET, HOOK_HEADER = "chaos", "a-secret-of-the-shop", "X-Chaos-Signature"
ENDPOINT = "endpoint"  # stands for an order's number in the address that hears of everything
ENDPOINT_MOOD = "failing"
BATCH_MOOD = "slow"
PICTURES_A_BATCH = 5
CALL_SECONDS = 35.0


class NotTaken(Exception):
    """An order was not taken this time; its customer sends it again."""


@dataclass(frozen=True, kw_only=True)
class Partners:
    """Sends what is more than one picture to one stack. ``web`` is the address of the pictures that are named."""

    stack: LocalStack
    receiver: Receiver
    web: str
    name: str
    """begins every Idempotency-Key"""
    secrets: set[str] = field(default_factory=set)
    """with which webhooks are verified, as the API's answers have told them"""

    http: urllib3.PoolManager = field(
        default_factory=lambda: urllib3.PoolManager(maxsize=16, timeout=CALL_SECONDS, retries=False)
    )

    def open_hook(self, mood: str) -> None:
        """Set the hook up, as its owner does; ``mood`` is the one of its callback."""
        document = {
            "verify": {
                "method": "hmac",
                "header": HOOK_HEADER,
                "algorithm": "sha256",
                "encoding": "hex",
            },
            "pictures": "pictures[].{url: url, id: id}",
            "results": "{picture_id}",
            "recipe": TWO_OUTPUTS,
            "owner": owner_of(self.stack.deployed.api_key),
            "callback": self.receiver.callback(mood, HOOK),
        }
        secrets = self.stack.client("secretsmanager")
        secrets.create_secret(Name=f"cutout/hooks/{HOOK}", SecretString=HOOK_SECRET)
        bucket, key = self.stack.name("WorkBucket"), f"config/hooks/{HOOK}.json"
        self.stack.client("s3").put_object(Bucket=bucket, Key=key, Body=json.dumps(document).encode())

    def register(self) -> None:
        """Register the endpoint that hears how everything of the API key's ends."""
        self.call("/v1/webhooks", {"url": self.receiver.callback(ENDPOINT_MOOD, ENDPOINT)})

    def post_to_hook(self, order: Order) -> None:
        """What a shop says of one picture, signed; the hook's jobs are queued, whatever becomes of them."""
        body = json.dumps(
            {"pictures": [{"url": f"{self.web}/{order.name}", "id": order.number}]}, sort_keys=True
        ).encode()
        headers = {
            "Content-Type": "application/json",
            HOOK_HEADER: hmac.digest(HOOK_SECRET.encode(), body, "sha256").hex(),
        }
        url = f"{self.stack.deployed.api_url}/v1/hooks/{HOOK}"
        answer = self.http.request("POST", url, body=body, headers=headers)
        if answer.status not in {200, 202}:  # 404: a new hook is known after two seconds
            raise NotTaken(f"{answer.status} {answer.data[:200]!r}")

    def make_batch(self, orders: Sequence[Order]) -> None:
        """One batch of several pictures on the web."""
        items = [{"url": f"{self.web}/{order.name}", "recipe": order.recipe} for order in orders]
        first = orders[0].number
        callback = self.receiver.callback(BATCH_MOOD, f"batch-{first}")
        self.call("/v1/batches", {"items": items, "callback": callback}, f"{self.name}-batch-{first}")

    def call(self, path: str, body: dict[str, Any], idempotency_key: str = "") -> dict[str, Any]:
        """One call of the API; raises NotTaken where it is worth a repetition."""
        deployed = self.stack.deployed
        headers = {"X-Api-Key": deployed.api_key}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        answer = self.http.request("POST", f"{deployed.api_url}{path}", json=body, headers=headers)
        if answer.status not in {200, 201, 202}:
            if 400 <= answer.status < 500 and answer.status not in {403, 429}:
                raise RuntimeError(f"POST {path}: {answer.status} {answer.data[:300]!r}")
            raise NotTaken(f"{answer.status} {answer.data[:200]!r}")
        document: dict[str, Any] = answer.json()
        self.secrets.update(document[name] for name in ("webhook_secret", "secret") if document.get(name))
        return document


def in_batches(orders: Sequence[Order]) -> list[list[Order]]:
    """The orders that come in batches, a few together."""
    some = [order for order in orders if order.kind == "batch"]
    return [some[at : at + PICTURES_A_BATCH] for at in range(0, len(some), PICTURES_A_BATCH)]
