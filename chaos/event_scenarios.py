"""What people do with the event side: hooks, batches, S3 Batch Operations, endpoints."""

import hmac
import json
from collections.abc import Callable
from typing import Any

from chaos.partners import HOOK, HOOK_HEADER, HOOK_SECRET, Partners
from chaos.receiver import Receiver
from chaos.visitor import NotAsPromised, Visitor
from cutout.service.deliveries import delivery_key

RULES = {"rules": [{"prefix": "season/", "on_delete": "expire"}, {"prefix": "held/", "ignore": True}]}
MORE_THAN_A_PAGE = 101


def set_up(visitor: Visitor, receiver: Receiver) -> None:
    """A hook, and a rule for a prefix."""
    partners = Partners(stack=visitor.stack, receiver=receiver, web=f"http://{visitor.web}", name="visit")
    partners.open_hook("honest")
    bucket = visitor.stack.name("WorkBucket")
    body = json.dumps(RULES).encode()
    visitor.stack.client("s3").put_object(Bucket=bucket, Key="config/rules.json", Body=body)


def hook(visitor: Visitor) -> None:
    """A signed delivery of somebody else's, in the bulk lane."""
    name = f"{next(visitor.numbers)}.png"
    visitor.files[name] = visitor.new_picture()
    said = {"pictures": [{"url": f"http://{visitor.web}/{name}", "id": name}]}
    body = json.dumps(said).encode()
    headers = {HOOK_HEADER: hmac.digest(HOOK_SECRET.encode(), body, "sha256").hex()}
    [job] = visitor.call("POST", f"/v1/hooks/{HOOK}", 202, headers=headers, body=body)["jobs"]
    visitor.until(lambda: visitor.table.find(job))
    visitor.ended(job)
    visitor.call("POST", "/v1/hooks/nobody", 404, headers=headers, body=body)
    visitor.quiet()


def batch(visitor: Visitor) -> None:
    """A list of pictures, until its report is there."""
    name = f"{next(visitor.numbers)}.png"
    visitor.files[name] = visitor.new_picture()
    form = visitor.call("POST", "/v1/manifests", 200, {"format": "jsonl"})
    line = json.dumps({"url": f"http://{visitor.web}/{name}"}).encode()
    file = ("items.jsonl", line, "application/json")
    fields = [*form["upload"]["fields"].items(), ("file", file)]
    if visitor.http.request("POST", form["upload"]["url"], fields=fields).status != 204:
        raise NotAsPromised("the manifest was not taken")
    asked = {"manifest": form["key"], "callback": visitor.callback}
    batch_id = visitor.call("POST", "/v1/batches", 202, asked)["id"]
    visitor.until(lambda: _swept(visitor, f"/v1/batches/{batch_id}")["status"] == "completed")
    visitor.call("GET", "/v1/batches", 200)
    visitor.call("GET", f"/v1/batches/{batch_id}/report", 303)
    visitor.quiet()


def prefix_batch(visitor: Visitor) -> None:
    """All that lies below a prefix."""
    job = visitor.make()
    folder = visitor.ended(job["id"]).job.source.key.rpartition("/")[0]
    batch_id = visitor.call("POST", "/v1/batches", 202, {"prefix": f"{folder}/"})["id"]
    visitor.until(lambda: _swept(visitor, f"/v1/batches/{batch_id}")["status"] == "completed")
    visitor.quiet()


def long_batch(visitor: Visitor) -> None:
    """A batch of more than one page; that none of it is the caller's is counted, and makes no jobs."""
    items = [{"key": f"others/{number}.png"} for number in range(MORE_THAN_A_PAGE)]
    lines = "\n".join(map(json.dumps, items)).encode()
    form = visitor.call("POST", "/v1/manifests", 200, {"format": "jsonl"})
    fields = [*form["upload"]["fields"].items(), ("file", ("items.jsonl", lines, "application/json"))]
    visitor.http.request("POST", form["upload"]["url"], fields=fields)
    batch_id = visitor.call("POST", "/v1/batches", 202, {"manifest": form["key"]})["id"]
    visitor.until(lambda: _swept(visitor, f"/v1/batches/{batch_id}")["failed"] == MORE_THAN_A_PAGE)
    visitor.quiet()


def back_fill(visitor: Visitor) -> None:
    """Tasks of S3 Batch Operations: for a picture that has been answered, and for one that never was."""
    key = visitor.put(visitor.new_picture())
    first = visitor.ended_at(key)
    _back_fill(visitor, key)
    visitor.until(lambda: (s := visitor.newest_at(key)) and s.job.id != first.job.id and s.outcome)
    held, bucket = f"held/{next(visitor.numbers)}.png", visitor.stack.name("SourceBucket")
    visitor.stack.client("s3").put_object(Bucket=bucket, Key=held, Body=visitor.new_picture())
    _back_fill(visitor, held)
    visitor.ended_at(held)
    visitor.quiet()


def _back_fill(visitor: Visitor, key: str) -> None:
    task = {"taskId": "t", "s3Key": key, "s3VersionId": None}
    task["s3BucketArn"] = f"arn:aws:s3:::{visitor.stack.name('SourceBucket')}"
    event = {
        "invocationSchemaVersion": "1.0",
        "invocationId": "i",
        "job": {"id": f"job-{key}"},
        "tasks": [task],
    }
    answer = json.loads(visitor.host.invoke("BatchFunction", json.dumps(event).encode()).body)
    if answer.get("results", [{}])[0].get("resultCode") != "Succeeded":
        raise NotAsPromised(str(answer))


def endpoint(visitor: Visitor) -> None:
    """An endpoint, from its registration to the last try of a delivery that was forgotten."""
    made = visitor.call("POST", "/v1/webhooks", 201, {"url": visitor.callback})
    at = f"/v1/webhooks/{made['id']}"
    visitor.call("POST", f"{at}/ping", 200)
    visitor.make()
    delivered = visitor.until(lambda: _delivered(visitor, at))
    visitor.call("POST", f"{at}/deliveries/{delivered}/redeliver", 202)
    visitor.until(lambda: _delivered(visitor, at))
    visitor.stack.client("dynamodb").update_item(
        TableName=visitor.table.name,
        Key=delivery_key(delivered),
        UpdateExpression="SET #status = :pending, deadline = :past, deadline_shard = :shard",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={
            ":pending": {"S": "pending"},
            ":past": {"N": "1"},
            ":shard": {"S": "w0"},
        },
    )
    visitor.host.invoke("SweepFunction", b"{}")
    visitor.until(lambda: _delivered(visitor, at))
    visitor.call("DELETE", at, 204)
    visitor.quiet()


def host_that_comes_back(visitor: Visitor) -> None:
    """A receiver that does not answer at first: what was noted of its host is forgotten when it works again."""
    visitor.make(callback=visitor.callback.replace("/honest/", "/hanging-up/"))
    visitor.quiet()


def _swept(visitor: Visitor, path: str) -> Any:
    visitor.host.invoke("SweepFunction", b"{}")
    return visitor.call("GET", path, 200)


def _delivered(visitor: Visitor, at: str) -> str:
    """The id of the endpoint's newest delivery; empty as long as one of them is not delivered."""
    found = visitor.call("GET", f"{at}/deliveries", 200)["deliveries"]
    done = bool(found) and all(one["status"] == "delivered" for one in found)
    return str(found[0]["id"]) if done else ""


EVENT_SCENARIOS: dict[str, Callable[[Visitor], None]] = {
    scenario.__name__: scenario
    for scenario in (
        hook,
        batch,
        prefix_batch,
        long_batch,
        back_fill,
        endpoint,
        host_that_comes_back,
    )
}
