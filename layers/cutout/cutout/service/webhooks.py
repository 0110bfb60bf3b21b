"""Signed webhooks after the Standard Webhooks specification, delivered only to public addresses."""

import hashlib
import hmac
import ipaddress
import json
import socket
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

import urllib3
from standardwebhooks import Webhook

from cutout.errors import BadCallback
from cutout.service.messages import NotifyMessage

EVENTS = {"done": "job.completed", "failed": "job.failed"}
GATEWAYS_TO_IPV4 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"))


class DeliveryFailed(Exception):
    """The receiver did not accept the webhook this time; the message goes back to the queue."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """Where a webhook goes: the URL, and the address its name had when it was checked.

    The connection is made to that address, so a name that resolves differently the second time gains nothing.
    """

    url: SplitResult
    ip: str
    port: int


def endpoint_secret(master: str, owner: str) -> str:
    """An owner's signing secret, derived from the stack's one master secret; ``whsec_`` and base64."""
    derived = hmac.new(master.encode(), f"webhook:{owner}".encode(), hashlib.sha256).digest()
    return "whsec_" + b64encode(derived).decode()


def check_callback(url: str) -> SplitResult:
    """The parts of a callback URL that we would deliver to, judged without looking its name up.

    Raises
    ------
    BadCallback
        Not https on port 443, or with credentials in it.
    """
    parts = _split(url)
    if parts.scheme != "https" or _port(parts, url) != 443:
        raise BadCallback(f"callback is {url[:200]!r}; it must be an https address on port 443.")
    if parts.username or parts.password or not parts.hostname:
        raise BadCallback(f"callback is {url[:200]!r}; it needs a host name and no user name or password.")
    _check_name(parts.hostname, url)
    return parts


def check_private_callback(url: str) -> SplitResult:
    """As ``check_callback``, for a laptop: plain http, any port and this machine's own addresses are fine."""
    parts = _split(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadCallback(f"callback is {url[:200]!r}; it must be an http or https address.")
    _check_name(parts.hostname, url)
    _port(parts, url)
    return parts


def resolve_public(parts: SplitResult) -> Address:
    """Look the name up and require that every address it has is a public one.

    Raises
    ------
    BadCallback
        An address is private, local, multicast or a gateway into IPv4.
    DeliveryFailed
        The name cannot be resolved now.
    """
    addresses = _addresses(parts)
    for ip in addresses:
        if not _is_public(ip):
            raise BadCallback(f"callback host {parts.hostname!r} has the address {ip}, which is not public.")
    return Address(url=parts, ip=addresses[0], port=443)


def resolve_any(parts: SplitResult) -> Address:
    """Look the name up, wherever it leads; raises DeliveryFailed when it cannot be resolved now."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Address(url=parts, ip=_addresses(parts)[0], port=port)


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


def deliver(address: Address, body: bytes, event_id: str, secret: str, timeout_seconds: float) -> None:
    """POST the signed body. Redirects are not followed and the answer's body is not read.

    Raises
    ------
    DeliveryFailed
        No connection, a time-out, or any status but 2xx.
    """
    moment = datetime.now(UTC)  # the moment of this attempt: every attempt is signed anew
    headers = {
        "Host": address.url.netloc,
        "Content-Type": "application/json",
        "User-Agent": "cutout-webhooks/1",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign(event_id, moment, body.decode()),
    }
    path = address.url.path or "/"
    target = f"{path}?{address.url.query}" if address.url.query else path
    try:
        answer = _pool(address, timeout_seconds).urlopen(
            "POST", target, body=body, headers=headers, redirect=False, retries=False, preload_content=False
        )
    except urllib3.exceptions.HTTPError as error:
        raise DeliveryFailed(f"{address.url.hostname}: {type(error).__name__}") from error
    answer.close()
    if not 200 <= answer.status < 300:
        raise DeliveryFailed(f"{address.url.hostname} answered {answer.status}")


def _pool(address: Address, timeout_seconds: float) -> urllib3.HTTPConnectionPool:
    timeout = urllib3.Timeout(total=timeout_seconds)
    if address.url.scheme == "http":
        return urllib3.HTTPConnectionPool(address.ip, address.port, timeout=timeout)
    name = address.url.hostname
    return urllib3.HTTPSConnectionPool(
        address.ip, address.port, timeout=timeout, assert_hostname=name, server_hostname=name
    )


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise BadCallback(f"callback is {url[:200]!r}, which is not a URL.") from error


def _check_name(hostname: str, url: str) -> None:
    try:
        hostname.encode("idna")
    except UnicodeError as error:
        raise BadCallback(f"callback is {url[:200]!r}; its host name is not one that can exist.") from error


def _port(parts: SplitResult, url: str) -> int:
    try:
        return parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise BadCallback(f"callback is {url[:200]!r}; its port is not a number up to 65535.") from error


def _addresses(parts: SplitResult) -> list[str]:
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError as error:
        raise DeliveryFailed(f"{parts.hostname} cannot be resolved") from error
    return [str(entry[4][0]) for entry in found]


def _is_public(ip: str) -> bool:
    address = ipaddress.ip_address(ip)
    if address.version == 6 and any(address in network for network in GATEWAYS_TO_IPV4):
        return False
    return address.is_global and not address.is_multicast
