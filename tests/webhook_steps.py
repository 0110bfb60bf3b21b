"""What tests do with webhooks: register, tell of an end, look at what was delivered."""

import hashlib
import hmac
import time
import uuid
from base64 import b64decode, b64encode
from typing import Any

from cutout.service.jobs import Job, Outcome, Source, owner_of
from cutout.service.messages import NotifyMessage
from driver import Driver
from webhook_receiver import Post, Receiver


def register(flow: Driver, key: str, url: str, **more: Any) -> dict[str, Any]:
    status, endpoint = flow.call("POST", "/v1/webhooks", {"url": url, **more}, key)
    assert status == 201, endpoint
    return dict(endpoint)


def job_of(key: str, callback: str | None = None) -> Job:
    return Job(
        id=uuid.uuid4().hex,
        owner=owner_of(key),
        lane="interactive",
        created="2026-11-22T09:00:00.000Z",
        source=Source(bucket="in", key="a.jpg"),
        callback=callback,
    )


def tell(flow: Driver, job: Job) -> str:
    """News that this job has failed; answers with the webhook's id."""
    outcome = Outcome(status="failed", code="empty_file", reason="Empty.", report_key="a.jpg/report.json")
    news = NotifyMessage(job=job, outcome=outcome, ended="2026-11-22T09:00:02.000Z")
    flow.send("Notify", news.model_dump_json())
    return f"{job.id}-failed"


def deliveries(flow: Driver, key: str, endpoint: str, query: str = "") -> list[dict[str, Any]]:
    status, page = flow.call("GET", f"/v1/webhooks/{endpoint}/deliveries{query}", key=key)
    assert status == 200, page
    return list(page["deliveries"])


def settled(flow: Driver, key: str, endpoint: str, count: int = 1) -> list[dict[str, Any]]:
    """The endpoint's deliveries, once so many have ended."""
    until = time.monotonic() + 20
    while True:
        found = deliveries(flow, key, endpoint)
        if sum(one["status"] != "pending" for one in found) >= count:
            return found
        assert time.monotonic() < until, found
        time.sleep(0.05)


def signature(secret: str, post: Post) -> str:
    """What the specification says, by hand."""
    signed = f"{post.id}.{post.headers['webhook-timestamp']}.".encode() + post.body
    digest = hmac.new(b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return "v1," + b64encode(digest).decode()


def hang(flow: Driver, receiver: Receiver, key: str, count: int) -> None:
    """So many POSTs to a receiver that does not answer, all at once."""
    before = len(receiver.at("/silent"))
    for _ in range(count):
        tell(flow, job_of(key, receiver.url + "/silent"))
    receiver.wait(lambda _: len(receiver.at("/silent")) >= before + count)
