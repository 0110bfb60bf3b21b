"""Webhooks of others, through the running stack: what a shop sends becomes cutouts, once."""

import hmac
import json
import time
import uuid
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import pytest

from byte_server import ByteServer
from conftest import ROOT
from cutout.service.jobs import owner_of
from driver import Driver, disc

SECRET = "a-secret-of-the-shop"
PNG = {"outputs": [{"format": "png"}]}


@dataclass(frozen=True)
class Shop:
    """A shop that signs as Shopify does, with a hook of its own."""

    flow: Driver
    name: str
    pictures: ByteServer

    def put(self, changes: dict[str, Any]) -> None:
        """With S3's and Secrets Manager's own calls, as with the AWS CLI."""
        document = json.loads((ROOT / "examples/hooks/shopify.json").read_text())
        document |= {"preset": None, "recipe": PNG} | changes
        stack = self.flow.stack
        stack.client("secretsmanager").create_secret(Name=f"cutout/hooks/{self.name}", SecretString=SECRET)
        stack.client("s3").put_object(
            Bucket=stack.name("WorkBucket"),
            Key=f"config/hooks/{self.name}.json",
            Body=json.dumps(document).encode(),
        )

    def wait_until_known(self, seconds: float = 10) -> None:
        until = time.monotonic() + seconds
        while self.flow.raw("POST", f"/v1/hooks/{self.name}", b"")[0] == 404:
            assert time.monotonic() < until, f"{self.name} is not known after {seconds} s"
            time.sleep(0.1)

    def post(self, body: bytes, signature: str) -> tuple[int, Any]:
        headers = {"content-type": "application/json", "X-Shopify-Hmac-Sha256": signature}
        status, _, answer = self.flow.raw("POST", f"/v1/hooks/{self.name}", body, headers)
        return status, json.loads(answer)

    def send(self, product: dict[str, Any]) -> tuple[int, Any]:
        body = json.dumps(product).encode()
        return self.post(body, b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode())

    def picture(self, brightness: int) -> str:
        path = f"/shop/{uuid.uuid4().hex}.png"
        self.pictures.files[path] = disc(brightness=brightness)
        return self.pictures.address + path


@dataclass(frozen=True)
class Shops:
    """Shops whose hooks differ; all are set up at once, because a new one is known after two seconds only."""

    plain: Shop
    one_place: Shop
    of_key: Shop
    of_account: Shop
    of_pauper: Shop
    key: str
    account: str


@pytest.fixture(scope="module")
def shops(flow: Driver, pictures: ByteServer) -> Shops:
    key, account, pauper = flow.another_key(), uuid.uuid4().hex, uuid.uuid4().hex
    for who, hundredths in ((account, 100), (pauper, 0)):
        flow.table.ledger.open(who, name="", starting_credits=hundredths, now="2026-11-20T09:00:00.000Z")
    changes: dict[str, dict[str, Any]] = {
        "plain": {},
        "one_place": {"results": "{product_id}/main"},
        "of_key": {"owner": owner_of(key), "lane": "interactive"},
        "of_account": {"account": account},
        "of_pauper": {"account": pauper},
    }
    made = {name: Shop(flow, f"shop-{name.replace('_', '-')}", pictures) for name in changes}
    for name, shop in made.items():
        shop.put(changes[name])
    for shop in made.values():
        shop.wait_until_known()
    return Shops(**made, key=key, account=account)


def product(updated: str, *images: tuple[int, str]) -> dict[str, Any]:
    return {
        "id": 788032119674292922,
        "status": "active",
        "updated_at": updated,
        "images": [{"id": number, "product_id": 788032119674292922, "src": url} for number, url in images],
    }


def test_a_product_s_pictures_become_cutouts_once(flow: Driver, shops: Shops) -> None:
    shop = shops.plain
    one, two, three = (1, shop.picture(230)), (2, shop.picture(220)), (3, shop.picture(210))

    first = shop.send(product("2026-11-20T10:00:00+01:00", one, two))
    for job_id in first[1]["jobs"]:
        assert flow.wait_for(job_id).status == "done"
    again = shop.send(product("2026-11-20T10:00:00+01:00", one, two))
    update = shop.send(product("2026-11-20T10:05:00+01:00", one, two, three))

    assert first == (202, {"accepted": 2, "known": 0, "ignored": 0, "jobs": first[1]["jobs"]})
    assert again == (200, {"accepted": 0, "known": 2, "ignored": 0, "jobs": first[1]["jobs"]})
    assert (update[0], update[1]["accepted"], update[1]["jobs"][:2]) == (202, 1, first[1]["jobs"])
    assert flow.wait_for(update[1]["jobs"][2]).status == "done"
    folder = f"hooks/{shop.name}/788032119674292922"
    assert flow.keys_below("ResultBucket", folder) == [
        f"{folder}/{number}/{file}" for number in (1, 2, 3) for file in ("cutout.png", "report.json")
    ]
    assert flow.dead_letters() == {}


def test_a_delivery_has_a_line_in_the_log_for_each_job_that_it_begins(flow: Driver, shops: Shops) -> None:
    shop = shops.plain
    images = [(number, shop.picture(200 + number)) for number in (11, 12)]

    _, answer = shop.send(product("2026-11-20T10:00:00+01:00", *images))

    said = [json.loads(line) for line in flow.logs()["ApiFunction"].splitlines() if '"queued"' in line]
    found = [line["correlation_id"] for line in said if line["hook"] == shop.name]
    assert sorted(set(found) & set(answer["jobs"])) == sorted(answer["jobs"])
    for job_id in answer["jobs"]:
        flow.wait_for(job_id)


def test_a_delivery_that_nobody_signed_is_nothing(flow: Driver, shops: Shops) -> None:
    shop = shops.plain
    body = json.dumps(product("2026-11-20T10:00:00Z", (1, shop.picture(230)))).encode()

    for signature in ("", "nonsense", b64encode(hmac.digest(b"another", body, "sha256")).decode()):
        status, answer = shop.post(body, signature)

        assert (status, answer["errors"][0]["code"]) == (401, "bad_signature")
        assert answer["errors"][0]["detail"] == "The signature is missing, too old, or does not fit the body."


def test_what_does_not_fit_is_said(flow: Driver, shops: Shops) -> None:
    shop = shops.plain

    for payload, status, code in [
        (product("2026-11-20T10:00:00Z", (1, 5)), 400, "bad_payload"),  # type: ignore[arg-type]
        (product("yesterday", (1, "https://a/1")), 400, "bad_payload"),
        (product("2026-11-20T10:00:00Z", (1, "https://a/" + "x" * 1_000_000)), 413, "payload_too_large"),
    ]:
        got, answer = shop.send(payload)
        assert (got, answer["errors"][0]["code"]) == (status, code)
    body = b"Hello, World!"
    status, answer = shop.post(body, b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode())
    assert (status, answer["errors"][0]["detail"]) == (400, "The body is not valid JSON.")


def test_a_payload_without_pictures_is_taken_and_nothing_is_done(flow: Driver, shops: Shops) -> None:
    shop = shops.plain
    nothing = {"accepted": 0, "known": 0, "ignored": 0, "jobs": []}

    assert shop.send(product("2026-11-20T10:00:00Z")) == (200, nothing)
    assert shop.send({"id": 1}) == (200, nothing)


def test_unknown_hooks_and_other_methods_are_refused(flow: Driver) -> None:
    status, answer = flow.call("POST", "/v1/hooks/nobody", {})
    assert (status, answer["errors"][0]["detail"]) == (404, "There is no hook 'nobody'.")

    status, answer = flow.call("PUT", "/v1/hooks/nobody", {}, flow.key)
    assert (status, answer["errors"][0]["code"]) == (405, "method_not_allowed")


def test_an_older_change_never_replaces_a_newer_one(flow: Driver, shops: Shops) -> None:
    """The shop's first delivery was late: it arrives when the second has been answered."""
    shop = shops.one_place
    bright, dark = shop.picture(250), shop.picture(120)

    [newer] = shop.send(product("2026-11-20T10:05:00+01:00", (1, bright)))[1]["jobs"]
    flow.wait_for(newer)
    [older] = shop.send(product("2026-11-20T10:00:00+01:00", (1, dark)))[1]["jobs"]
    outcome = flow.wait_for(older).outcome

    assert outcome is not None
    assert (outcome.status, outcome.code) == ("failed", "superseded")
    place = f"hooks/{shop.name}/788032119674292922/main/cutout.png"
    assert flow.picture(place)[48, 48, 0] > 240


def test_a_picture_that_could_not_be_fetched_is_tried_again_by_the_next_update(
    flow: Driver, shops: Shops
) -> None:
    shop, path = shops.plain, f"/shop/{uuid.uuid4().hex}.png"
    image = (99, shop.pictures.address + path)

    [first] = shop.send(product("2026-11-20T10:00:00Z", image))[1]["jobs"]
    outcome = flow.wait_for(first).outcome
    repeated = shop.send(product("2026-11-20T10:00:00Z", image))
    shop.pictures.files[path] = disc(brightness=205)
    updated = shop.send(product("2026-11-20T10:05:00Z", image))

    assert outcome is not None
    assert outcome.code == "image_url_unreachable"
    assert repeated == (200, {"accepted": 0, "known": 1, "ignored": 0, "jobs": [first]})
    [second] = updated[1]["jobs"]
    assert (updated[1]["accepted"], flow.wait_for(second).status) == (1, "done")


def test_the_key_that_owns_a_hook_sees_its_jobs_and_pays_for_them(flow: Driver, shops: Shops) -> None:
    shop, key = shops.of_key, shops.key

    _, answer = shop.send(
        product("2026-11-20T10:00:00Z", (1, shop.picture(240)), (2, "https://127.0.0.1/a.png"))
    )
    states = [flow.wait_for(job) for job in answer["jobs"]]

    assert [state.status for state in states] == ["done", "failed"]
    assert states[1].outcome is not None
    assert states[1].outcome.code == "invalid_image_url"
    assert flow.call("GET", f"/v1/jobs/{answer['jobs'][0]}", key=key)[1]["status"] == "done"
    assert flow.call("GET", f"/v1/jobs/{answer['jobs'][0]}", key=flow.key)[0] == 404
    assert flow.call("GET", "/v1/usage", key=key)[1]["jobs"] == 1
    assert flow.call("DELETE", f"/v1/jobs/{answer['jobs'][0]}", key=key)[0] == 204
    assert flow.keys_below("ResultBucket", f"hooks/{shop.name}/788032119674292922/1/") == []


def test_the_named_account_pays_for_the_bucket_s_jobs_and_refuses_what_it_cannot_pay(
    flow: Driver, shops: Shops
) -> None:
    shop, account = shops.of_account, shops.account

    pictures = [(number, shop.picture(200 + number)) for number in (1, 2)]
    _, answer = shop.send(product("2026-11-20T10:00:00Z", *pictures))
    outcomes = [flow.wait_for(job).outcome for job in answer["jobs"]]

    found = flow.table.ledger.find(account)
    assert found is not None
    assert (found.balance, found.held) == (0, 0)
    assert sorted((o.status, o.code) for o in outcomes if o) == [
        ("done", ""),
        ("failed", "insufficient_credits"),
    ]


def test_many_pictures_are_taken_in_one_call(flow: Driver, shops: Shops) -> None:
    """More than SQS takes at once, for an account that pays for none: they end at once."""
    images = [(number, f"https://127.0.0.1/{number}.png") for number in range(25)]

    status, answer = shops.of_pauper.send(product("2026-11-20T10:00:00Z", *images))

    assert (status, answer["accepted"], len(set(answer["jobs"]))) == (202, 25, 25)
    for job_id in answer["jobs"]:
        assert flow.wait_for(job_id).status == "failed"


def test_a_hook_without_a_secret_takes_nothing_until_it_has_one(flow: Driver, shops: Shops) -> None:
    bare = Shop(flow, "shop-without-secret", shops.plain.pictures)
    document = (ROOT / "examples/hooks/shopify.json").read_bytes()
    flow.stack.client("s3").put_object(
        Bucket=flow.stack.name("WorkBucket"), Key=f"config/hooks/{bare.name}.json", Body=document
    )
    bare.wait_until_known()

    refused = flow.raw("POST", f"/v1/hooks/{bare.name}", b"{}")[0]
    flow.stack.client("secretsmanager").create_secret(Name=f"cutout/hooks/{bare.name}", SecretString=SECRET)

    assert refused >= 500
    assert f"cutout/hooks/{bare.name}" in flow.logs()["ApiFunction"]  # else nobody knows which it is
    assert bare.send(product("2026-11-20T10:00:00Z"))[0] == 200
