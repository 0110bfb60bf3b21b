"""Signed webhooks after the Standard Webhooks specification, delivered only to addresses that were judged."""

import hashlib
import hmac
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

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
from cutout.service.connections import (
    ConnectionFailed,
    Deadline,
    Request,
    Trust,
    exchange,
    public_trust,
)
from cutout.service.deliveries import Try
from cutout.service.jobs import timestamp
from cutout.service.retry_plan import wish_seconds


def endpoint_secret(master: str, name: str) -> str:
    """A signing secret derived from the stack's one master secret; ``whsec_`` and base64.

    ``name`` is an owner, for its jobs' callbacks, or what ``secret_name`` says.
    """
    derived = hmac.new(master.encode(), f"webhook:{name}".encode(), hashlib.sha256).digest()
    return "whsec_" + b64encode(derived).decode()


def secret_name(endpoint_id: str, version: int) -> str:
    """What one version of a registered endpoint's secret is derived from; no owner is called so."""
    return f"{endpoint_id}:{version}"


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
        raise _refused(url, "callback", error) from error


def check_private_callback(url: str) -> Address:
    """As ``check_callback``, for a laptop: plain http, any port and this machine's own addresses are fine."""
    try:
        return addresses.parse(url)
    except AddressRefused as error:
        raise _refused(url, "callback", error) from error


@dataclass(frozen=True, kw_only=True)
class Guard:
    """Which addresses webhooks may go to: how a URL is judged, and where its name may lead."""

    parse: Callable[[str], Address]
    resolve: Callable[[Address, LookUp, float], Endpoint]
    look_up: LookUp = system_look_up

    def endpoint(self, url: str, deadline: Deadline) -> Endpoint:
        """What to connect to.

        Raises
        ------
        AddressRefused
            We do not deliver there.
        NameNotFound, ConnectionFailed
            The name cannot be resolved now.
        """
        return self.resolve(self.parse(url), self.look_up, deadline.left())

    def admit(self, url: str, name: str, deadline: Deadline) -> None:
        """Judge an address that is to be registered; raises BadCallback, also when it cannot be resolved now."""
        try:
            self.endpoint(url, deadline)
        except (AddressRefused, NameNotFound, ConnectionFailed) as error:
            raise _refused(url, name, error) from error


PUBLIC = Guard(parse=addresses.parse_public, resolve=addresses.resolve_public)
ANYWHERE = Guard(parse=addresses.parse, resolve=addresses.resolve)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is sent where. Each secret makes one signature."""

    url: str = field(repr=False)
    id: str
    body: str
    secrets: Sequence[str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What became of one POST, and how many seconds the receiver wishes to be left alone; None: it does not say."""

    made: Try
    wish_seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Sends letters. Nothing that a receiver does, and no address, makes it raise."""

    guard: Guard
    timeout_seconds: float
    trust: Trust = public_trust
    clock: Callable[[], float] = time.time

    def send(self, letter: Letter) -> Sent:
        """POST it once, judging the address anew: a name can move. Redirects are not followed, bodies not read."""
        began, started = self.clock(), time.perf_counter()
        status, error, wish = None, "", None
        try:
            status, header = self._post(letter)
            wish = wish_seconds(header, began)
        except (AddressRefused, NameNotFound, ConnectionFailed) as failure:
            error = str(failure)
        took = round(1000 * (time.perf_counter() - started))
        made = Try(at=timestamp(began), status=status, error=error, milliseconds=took)
        return Sent(made=made, wish_seconds=wish)

    def _post(self, letter: Letter) -> tuple[int, str | None]:
        """The answer's status, and its Retry-After."""
        deadline = Deadline.after(self.timeout_seconds)
        endpoint = self.guard.endpoint(letter.url, deadline)
        request = Request(
            method="POST", headers=signed_headers(letter, self.clock()), body=letter.body.encode()
        )
        with exchange(endpoint, request, deadline, self.trust) as answer:
            return answer.status, answer.getheader("Retry-After")


def signed_headers(letter: Letter, now: float) -> dict[str, str]:
    """The headers of one POST. Every attempt is signed anew, at its own moment."""
    moment = datetime.fromtimestamp(int(now), UTC)
    signatures = [Webhook(secret).sign(letter.id, moment, letter.body) for secret in letter.secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": "cutout-webhooks/1",
        "webhook-id": letter.id,
        "webhook-timestamp": str(int(now)),
        "webhook-signature": " ".join(signatures),
    }


def _refused(url: str, name: str, error: Exception) -> BadCallback:
    return BadCallback(f"{name} is {without_secrets(url)!r}; {error}.")
