"""Endpoints as their owners see them: registered, changed, disabled, and refused."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from driver import Driver
from webhook_receiver import Receiver
from webhook_steps import job_of, register, settled, signature, tell


def test_a_disabled_endpoint_is_told_nothing_until_it_is_enabled(
    flow: Driver, receiver: Receiver, key: str
) -> None:
    endpoint = register(flow, key, receiver.url)
    at = f"/v1/webhooks/{endpoint['id']}"

    _, disabled = flow.call("POST", f"{at}/disable", key=key)
    tell(flow, job_of(key, receiver.url + "/callback"))
    receiver.wait(lambda _: len(receiver.at("/callback")) == 1)
    _, enabled = flow.call("POST", f"{at}/enable", key=key)
    tell(flow, job_of(key))
    receiver.wait(lambda came: len(came) == 2)

    assert (disabled["status"], disabled["reason"]) == ("disabled", "Disabled by its owner.")
    assert (enabled["status"], "reason" in enabled) == ("enabled", False)
    assert [post.path for post in receiver.came] == ["/callback", "/"]


def test_an_endpoint_that_is_gone_is_disabled(flow: Driver, receiver: Receiver, key: str) -> None:
    endpoint = register(flow, key, receiver.url)
    receiver.answers.append(410)

    tell(flow, job_of(key))

    [delivery] = settled(flow, key, endpoint["id"])
    _, now = flow.call("GET", f"/v1/webhooks/{endpoint['id']}", key=key)
    assert (delivery["status"], len(delivery["attempts"])) == ("given_up", 1)
    assert (now["status"], now["reason"]) == ("disabled", "It answered 410: gone.")
    at = f"/v1/webhooks/{endpoint['id']}/deliveries/{delivery['id']}/redeliver"
    status, refusal = flow.call("POST", at, key=key)
    assert (status, refusal["errors"][0]["code"]) == (409, "webhook_disabled")


def test_a_changed_secret_and_the_one_before_both_verify(flow: Driver, receiver: Receiver, key: str) -> None:
    endpoint = register(flow, key, receiver.url)

    _, rotated = flow.call("POST", f"/v1/webhooks/{endpoint['id']}/rotate", key=key)
    flow.call("POST", f"/v1/webhooks/{endpoint['id']}/ping", key=key)

    [post] = receiver.came
    assert post.headers["webhook-signature"].split() == [
        signature(rotated["secret"], post),
        signature(endpoint["secret"], post),
    ]
    Webhook(endpoint["secret"]).verify(post.body, post.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(endpoint["secret"]).verify(post.body + b" ", post.headers)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"url": "ftp://example.com/"}, "body.url is 'ftp://example.com/'; it must begin with https://."),
        ({"url": "https://u:p@example.com/"}, "it must not have a user name or password"),
        ({"url": "http://no-such-host.invalid/?t=1"}, "'http://no-such-host.invalid/'; its host name cannot"),
        ({"url": "http://127.0.0.1:9/", "events": ["job.done"]}, 'body.events[0] is "job.done"'),
        ({"url": "http://127.0.0.1:9/", "events": []}, "body.events has 0; allowed: at least 1"),
        ({"url": "http://127.0.0.1:9/", "events": ["job.failed"] * 2}, "'job.failed' is given twice"),
        ({"url": "http://127.0.0.1:9/", "secret": "x"}, "body.secret is not a known field"),
        ({}, "body.url is missing"),
    ],
)
def test_an_endpoint_that_cannot_be_is_refused(
    flow: Driver, key: str, body: dict[str, Any], said: str
) -> None:
    status, refusal = flow.call("POST", "/v1/webhooks", body, key)

    assert status == 400
    assert said in refusal["errors"][0]["detail"]


def test_a_key_has_at_most_ten_endpoints_and_sees_no_other_s(flow: Driver, key: str) -> None:
    made = [register(flow, key, "http://127.0.0.1:9/") for _ in range(10)]
    at = f"/v1/webhooks/{made[0]['id']}"

    status, refusal = flow.call("POST", "/v1/webhooks", {"url": "http://127.0.0.1:9/"}, key)

    assert (status, refusal["errors"][0]["code"]) == (409, "too_many_webhooks")
    _, listed = flow.call("GET", "/v1/webhooks", key=key)
    assert [one["id"] for one in listed["webhooks"]] == [one["id"] for one in made]
    assert not any("secret" in one for one in listed["webhooks"])
    calls = [("GET", at), ("DELETE", at), ("POST", f"{at}/rotate"), ("POST", f"{at}/ping")]
    calls += [("GET", f"{at}/deliveries"), ("POST", f"{at}/disable"), ("POST", f"{at}/enable")]
    calls += [("POST", f"{at}/deliveries/{'0' * 32}/redeliver")]
    assert [flow.call(*call, key=flow.key)[0] for call in calls] == [404] * len(calls)
    assert flow.call("DELETE", at, key=key)[0] == 204
    assert flow.call("GET", at, key=key)[0] == 404


def test_endpoints_that_are_registered_at_the_same_moment_are_all_there(flow: Driver, key: str) -> None:
    with ThreadPoolExecutor(5) as calls:
        made = list(calls.map(lambda n: register(flow, key, f"http://127.0.0.1:9/{n}")["id"], range(5)))

    _, listed = flow.call("GET", "/v1/webhooks", key=key)
    assert sorted(one["id"] for one in listed["webhooks"]) == sorted(made)
