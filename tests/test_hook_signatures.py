"""Who signed a delivery: published vectors, values computed with openssl, and everything that must not pass."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter
from standardwebhooks import Webhook

from cutout.service.hook_signatures import (
    BadSecret,
    Delivery,
    NotSigned,
    Verify,
    check_signature,
    secrets_in,
)

NOW = 1_795_339_812
SHOPIFY = {"method": "shopify"}
GITHUB = {"method": "github"}
STANDARD = {"method": "standard_webhooks"}
SLACK = {
    "method": "hmac",
    "header": "X-Slack-Signature",
    "prefix": "v0=",
    "timestamp": {"header": "X-Slack-Request-Timestamp", "before_body": "v0:{timestamp}:"},
}
# GitHub's own: "Testing the webhook payload validation"
HELLO, ITS_SECRET = b"Hello, World!", "It's a Secret to Everybody"
ITS_SIGNATURE = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
# openssl dgst -sha256 -hmac an-example-secret -binary | base64
PRODUCT = '{"id":788032119674292922,"title":"T-Shirt ✓"}'.encode()
PRODUCT_SIGNATURE = "eXBEm9sOByi/NGzamFgcOjOLU05yBy/V72AYwrlEeKI="
SLACK_SIGNATURE = "v0=be670703c3697143ee7cee29f24a6e496c4e38a3d3e479726ebd2c0bd3393eef"
STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def how(document: dict[str, Any]) -> Verify:
    made: Verify = TypeAdapter(Verify).validate_python(document)
    return made


def judged(
    document: dict[str, Any], secrets: tuple[str, ...], headers: dict[str, str], body: bytes, now: float = NOW
) -> str | None:
    return check_signature(how(document), secrets, Delivery(headers=headers, body=body, now=now))


@pytest.mark.parametrize(
    ("document", "secret", "headers", "body"),
    [
        (GITHUB, ITS_SECRET, {"x-hub-signature-256": ITS_SIGNATURE}, HELLO),
        (SHOPIFY, "an-example-secret", {"x-shopify-hmac-sha256": PRODUCT_SIGNATURE}, PRODUCT),
        (
            SLACK,
            "s3cret",
            {"x-slack-signature": SLACK_SIGNATURE, "x-slack-request-timestamp": str(NOW)},
            b"hello",
        ),
        (
            {"method": "hmac", "header": "X-Sign", "algorithm": "sha512"},
            "s3cret",
            {
                "x-sign": "19BE28BC1A54A07419829BBA0DF0DAA580FBDE5DDB89CECE850074C504F31A6E"
                "F53A80A865448982FCA5AE99DFFCCC99E7115275C721EAEFE1C13506B29A7286"
            },
            b"hello",
        ),
        (
            {"method": "hmac", "header": "X-Sign", "algorithm": "sha1", "encoding": "base64"},
            "s3cret",
            {"x-sign": "+HWtFl2Xq6a2jiwvfqMUrrKgCC8="},
            b"hello",
        ),
    ],
    ids=["github", "shopify", "slack", "sha512 in capitals", "sha1 in base64"],
)
def test_what_others_have_signed_is_known(
    document: dict[str, Any], secret: str, headers: dict[str, str], body: bytes
) -> None:
    assert judged(document, (secret,), headers, body) is None
    assert judged(document, ("the old one", secret), headers, body) is None
    with pytest.raises(NotSigned):
        judged(document, (secret,), headers, body + b" ")
    with pytest.raises(NotSigned):
        judged(document, ("another",), headers, body)


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "sha256=",
        ITS_SIGNATURE.removeprefix("sha256="),
        ITS_SIGNATURE[:-1],
        "sha1=" + ITS_SIGNATURE.removeprefix("sha256="),
        "sha256=" + ITS_SIGNATURE,
        "sha256=dXEH6g6yUJ/CESIczphLijdXC211hsIsRvQ3nIsEPhc=",
        "sha256=é",
    ],
)
def test_nothing_that_only_resembles_a_signature_is_one(signature: str) -> None:
    with pytest.raises(NotSigned):
        judged(GITHUB, (ITS_SECRET,), {"x-hub-signature-256": signature}, HELLO)


def test_a_missing_header_is_no_signature() -> None:
    with pytest.raises(NotSigned):
        judged(GITHUB, (ITS_SECRET,), {}, HELLO)


@pytest.mark.parametrize("now", [NOW - 301, NOW + 301])
def test_a_signature_of_another_time_is_not_taken(now: float) -> None:
    headers = {"x-slack-signature": SLACK_SIGNATURE, "x-slack-request-timestamp": str(NOW)}

    assert judged(SLACK, ("s3cret",), headers, b"hello", NOW + 299) is None
    with pytest.raises(NotSigned):
        judged(SLACK, ("s3cret",), headers, b"hello", now)


@pytest.mark.parametrize("said", [str(NOW + 1), "", "now", "-1", "1e9", "¹", "9" * 400])
def test_a_timestamp_cannot_be_exchanged(said: str) -> None:
    headers = {"x-slack-signature": SLACK_SIGNATURE, "x-slack-request-timestamp": said}

    with pytest.raises(NotSigned):
        judged(SLACK, ("s3cret",), headers, b"hello")


# ------------------------------------------------------------------ Standard Webhooks


def signed(secret: str, body: bytes, age: timedelta = timedelta(0)) -> dict[str, str]:
    moment = datetime.now(UTC) - age
    signature = Webhook(secret).sign("msg_1", moment, body.decode())
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signature,
    }


def test_a_standard_webhook_is_known_by_any_of_its_secrets_and_has_a_signed_id() -> None:
    headers = signed(STANDARD_SECRET, b"{}")

    assert judged(STANDARD, (STANDARD_SECRET,), headers, b"{}") == "msg_1"
    assert judged(STANDARD, ("whsec_b2xk", STANDARD_SECRET), headers, b"{}") == "msg_1"


def test_the_published_standard_webhook_is_too_old_by_now() -> None:
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }

    with pytest.raises(NotSigned):
        judged(STANDARD, (STANDARD_SECRET,), headers, b'{"test": 2432232314}')


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": "nan"},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,%"},
        {"webhook-signature": "v2,abc"},
        {"webhook-signature": ""},
    ],
)
def test_a_standard_webhook_that_was_changed_is_not_taken(changes: dict[str, str]) -> None:
    with pytest.raises(NotSigned):
        judged(STANDARD, (STANDARD_SECRET,), signed(STANDARD_SECRET, b"{}") | changes, b"{}")


def test_a_standard_webhook_with_other_bytes_is_not_taken() -> None:
    for body in (b"{ }", b"\xff\xfe"):
        with pytest.raises(NotSigned):
            judged(STANDARD, (STANDARD_SECRET,), signed(STANDARD_SECRET, b"{}"), body)


def test_a_standard_webhook_of_six_minutes_ago_is_not_taken() -> None:
    headers = signed(STANDARD_SECRET, b"{}", timedelta(minutes=6))

    with pytest.raises(NotSigned):
        judged(STANDARD, (STANDARD_SECRET,), headers, b"{}")


# ------------------------------------------------------------------ secrets


def test_every_line_is_a_secret() -> None:
    assert secrets_in(" new \r\n\nold\n", how(SHOPIFY)) == ("new", "old")


@pytest.mark.parametrize(
    ("text", "document", "said"),
    [
        ("", SHOPIFY, "there is no secret"),
        (" \n", SHOPIFY, "there is no secret"),
        ("whsec_ab*c", STANDARD, "secret 1 is not base64"),
        (f"{STANDARD_SECRET}\nwhsec_", STANDARD, "secret 2 is empty"),
    ],
)
def test_a_secret_that_cannot_be_one_is_refused_without_being_repeated(
    text: str, document: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadSecret, match=said) as refusal:
        secrets_in(text, how(document))

    assert "ab*c" not in str(refusal.value)
