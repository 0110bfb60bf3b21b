"""Signed webhooks after the Standard Webhooks specification, delivered only to public addresses."""

import hashlib
import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from cutout.errors import BadCallback
from cutout.service import addresses
from cutout.service.addresses import (
    Address,
    AddressRefused,
    Endpoint,
    LookUp,
    NameNotFound,
    system_look_up,
    without_secrets,
)
from cutout.service.connections import ConnectionFailed, Deadline, Request, exchange, public_trust
from cutout.service.messages import NotifyMessage

EVENTS = {"done": "job.completed", "failed": "job.failed"}


class DeliveryFailed(Exception):
    """The receiver did not accept the webhook this time; the message goes back to the queue."""


def endpoint_secret(master: str, owner: str) -> str:
    """An owner's signing secret, derived from the stack's one master secret; ``whsec_`` and base64."""
    derived = hmac.new(master.encode(), f"webhook:{owner}".encode(), hashlib.sha256).digest()
    return "whsec_" + b64encode(derived).decode()


def check_callback(url: str) -> Address:
    """The parts of a callback URL that we would deliver to, judged without looking its name up.

    Raises
    ------
    BadCallback
        Not https on port 443, or with credentials in it.
    """
    try:
        return addresses.parse_public(url)
    except AddressRefused as error:
        raise _refused(url, error) from error


def check_private_callback(url: str) -> Address:
    """As ``check_callback``, for a laptop: plain http, any port and this machine's own addresses are fine."""
    try:
        return addresses.parse(url)
    except AddressRefused as error:
        raise _refused(url, error) from error


def resolve_public(address: Address, deadline: Deadline, look_up: LookUp = system_look_up) -> Endpoint:
    """Look the name up and require that every address it has is a public one.

    Raises
    ------
    BadCallback
        An address is private, local, multicast or a gateway into IPv4.
    DeliveryFailed
        The name cannot be resolved now.
    """
    try:
        return addresses.resolve_public(address, look_up, deadline.left())
    except AddressRefused as error:
        raise BadCallback(f"callback leads to {address.host!r}; {error}.") from error
    except (NameNotFound, ConnectionFailed) as error:
        raise DeliveryFailed(f"{address.host}: {error}") from error


def resolve_any(address: Address, deadline: Deadline) -> Endpoint:
    """Look the name up, wherever it leads; raises DeliveryFailed when it cannot be resolved now."""
    try:
        return addresses.resolve(address, system_look_up, deadline.left())
    except (NameNotFound, ConnectionFailed) as error:
        raise DeliveryFailed(f"{address.host}: {error}") from error


def payload(message: NotifyMessage, result_bucket: str) -> bytes:
    """The webhook's body: small, no pictures, no links that would be dead before the last retry."""
    outcome = message.outcome
    data: dict[str, Any] = {
        "job": message.job.id,
        "status": outcome.status,
        "source": {"bucket": message.job.source.bucket, "key": message.job.source.key},
        "results": [{"bucket": result_bucket, **result.model_dump()} for result in outcome.results],
        "report": {"bucket": result_bucket, "key": outcome.report_key},
    }
    if outcome.status == "failed":
        data |= {"code": outcome.code, "reason": outcome.reason}
    document = {"type": EVENTS[outcome.status], "timestamp": message.ended, "data": data}
    return json.dumps(document, ensure_ascii=False).encode()


def deliver(endpoint: Endpoint, body: bytes, event_id: str, secret: str, deadline: Deadline) -> None:
    """POST the signed body. Redirects are not followed and the answer's body is not read.

    Raises
    ------
    DeliveryFailed
        No connection, not in time, or any status but 2xx.
    """
    moment = datetime.now(UTC)  # the moment of this attempt: every attempt is signed anew
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "cutout-webhooks/1",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(event_id, moment, body.decode()),
    }
    request, host = Request(method="POST", headers=headers, body=body), endpoint.address.host
    try:
        with exchange(endpoint, request, deadline, public_trust) as answer:
            status = answer.status
    except ConnectionFailed as error:
        raise DeliveryFailed(f"{host}: {error}") from error
    if not 200 <= status < 300:
        raise DeliveryFailed(f"{host} answered {status}")


def _refused(url: str, error: AddressRefused) -> BadCallback:
    return BadCallback(f"callback is {without_secrets(url)!r}; {error}.")
