"""How the sender of a webhook proves who it is: a signature over the raw bytes, made with a secret that both know.

Shopify's and GitHub's ways are the same one with other words; Standard Webhooks has a library.
"""

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from cutout.recipe import Strict

TIMESTAMP = "{timestamp}"

HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,100}$"), AfterValidator(str.lower)]


class NotSigned(Exception):
    """No signature, one that does not fit, or one of another time. Which of these is nobody's business."""


class BadSecret(Exception):
    """A secret that cannot be one; the message does not contain it."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What arrived. ``headers`` have their names in lower case; ``now`` is the time of arrival in epoch seconds."""

    headers: Mapping[str, str]
    body: bytes
    now: float


def _has_one_timestamp(text: str) -> str:
    if text.count(TIMESTAMP) != 1:
        raise ValueError(f"{text[:40]!r} must have {TIMESTAMP} once, such as '{TIMESTAMP}.'")
    return text


class SignedTime(Strict):
    """When the sender signed: epoch seconds in a header, and part of what is signed.

    ``before_body`` is what stands before the body in the signed text: ``{timestamp}.``, say.
    """

    header: HeaderName
    before_body: Annotated[str, Field(max_length=100), AfterValidator(_has_one_timestamp)] = f"{TIMESTAMP}."
    tolerance_seconds: Annotated[int, Field(ge=1, le=3600)] = 300


class Hmac(Strict):
    """A keyed digest in a header: ``prefix`` and then the digest."""

    method: Literal["hmac"] = "hmac"
    header: HeaderName
    algorithm: Literal["sha256", "sha512", "sha1"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: Annotated[str, Field(max_length=40)] = ""
    timestamp: SignedTime | None = None


class Shopify(Strict):
    """As Shopify signs."""

    method: Literal["shopify"]


class Github(Strict):
    """As GitHub signs."""

    method: Literal["github"]


class StandardWebhooks(Strict):
    """After the Standard Webhooks specification: three headers, five minutes of tolerance."""

    method: Literal["standard_webhooks"]


def _tag(value: Any) -> str:
    method = value.get("method", "") if isinstance(value, dict) else getattr(value, "method", "")
    return f"kind:{method}"


Verify = Annotated[
    Annotated[Shopify, Tag("kind:shopify")]
    | Annotated[Github, Tag("kind:github")]
    | Annotated[StandardWebhooks, Tag("kind:standard_webhooks")]
    | Annotated[Hmac, Tag("kind:hmac")],
    Discriminator(_tag),
]

AS_SHOPIFY = Hmac(header="x-shopify-hmac-sha256", encoding="base64")
AS_GITHUB = Hmac(header="x-hub-signature-256", prefix="sha256=")


def check_signature(verify: Verify, secrets: Sequence[str], delivery: Delivery) -> str | None:
    """Judge a delivery: one of the secrets has to fit. Answers its id if that is signed too, else None.

    Raises
    ------
    NotSigned
        It is not from somebody who knows a secret, or too old.
    """
    match verify:
        case StandardWebhooks():
            return _check_standard(secrets, delivery)
        case Shopify():
            _check_hmac(AS_SHOPIFY, secrets, delivery)
        case Github():
            _check_hmac(AS_GITHUB, secrets, delivery)
        case Hmac():
            _check_hmac(verify, secrets, delivery)
    return None


def secrets_in(text: str, verify: Verify) -> tuple[str, ...]:
    """The secrets of a text, one a line: two while they are exchanged.

    Raises
    ------
    BadSecret
        There is none, or one that the method cannot use.
    """
    found = tuple(filter(None, map(str.strip, text.splitlines())))
    if not found:
        raise BadSecret("there is no secret; allowed: one a line")
    if isinstance(verify, StandardWebhooks):
        for number, secret in enumerate(found, start=1):
            _check_standard_secret(secret, number)
    return found


def _check_standard_secret(secret: str, number: int) -> None:
    encoded = secret.removeprefix("whsec_")
    try:
        known = b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error as error:
        raise BadSecret(f"secret {number} is not base64 (whsec_…)") from error
    if not known:
        raise BadSecret(f"secret {number} is empty")


def _check_hmac(how: Hmac, secrets: Sequence[str], delivery: Delivery) -> None:
    given = delivery.headers.get(how.header, "")
    signed = _before_body(how.timestamp, delivery) + delivery.body
    sent = given.removeprefix(how.prefix)
    if how.encoding == "hex":
        sent = sent.lower()
    fits = [
        hmac.compare_digest(_digest(how, secret, signed).encode(), sent.encode()) for secret in secrets
    ]  # all of them: how long it takes does not tell which one
    if not given.startswith(how.prefix) or not any(fits):
        raise NotSigned


def _before_body(time: SignedTime | None, delivery: Delivery) -> bytes:
    """What stands before the body in the signed text; raises NotSigned for another time than now."""
    if time is None:
        return b""
    said = delivery.headers.get(time.header, "")
    is_number = said.isascii() and said.isdigit() and len(said) <= 12
    if not is_number or abs(delivery.now - int(said)) > time.tolerance_seconds:
        raise NotSigned
    return time.before_body.replace(TIMESTAMP, said).encode()


def _digest(how: Hmac, secret: str, signed: bytes) -> str:
    digest = hmac.new(secret.encode(), signed, getattr(hashlib, how.algorithm)).digest()
    return digest.hex() if how.encoding == "hex" else b64encode(digest).decode()


def _check_standard(secrets: Sequence[str], delivery: Delivery) -> str:
    for webhook in [Webhook(secret) for secret in secrets]:
        try:
            webhook.verify(delivery.body, dict(delivery.headers), json_parse=False)
        except (
            WebhookVerificationError,
            ValueError,
        ):  # the library lets malformed headers through as ValueError
            continue
        return delivery.headers["webhook-id"]
    raise NotSigned
