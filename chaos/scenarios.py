"""What people do with a stack, each in as few steps as show whether every function may do its part.

A new feature adds a function here and, in ``permissions.py``, the statements of the template that it needs.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from chaos.visitor import NotAsPromised, Visitor
from cutout.codec import encode_grey
from cutout.service.jobs import timestamp

Scenario = Callable[[Visitor], None]


def bucket_upload(visitor: Visitor) -> None:
    """A picture into the bucket, with a webhook; then its like with another recipe, which needs no network."""
    body = visitor.new_picture()
    visitor.ended_at(visitor.put(body, callback=visitor.callback))
    recipe = json.dumps({"outputs": [{"format": "webp"}]})
    visitor.ended_at(visitor.put(body, recipe=recipe))
    visitor.quiet()


def bad_upload(visitor: Visitor) -> None:
    """No picture at all."""
    state = visitor.ended_at(visitor.put(b"no picture"), "failed")
    if state.outcome is None or state.outcome.code != "not_an_image":
        raise NotAsPromised(str(state.outcome))
    visitor.quiet()


def deleted_upload(visitor: Visitor) -> None:
    """An upload that is gone before it is read: an answer to the customer, and no fault of ours."""
    key = f"visit/gone-{next(visitor.numbers)}.png"
    source = {"key": key, "eTag": "0" * 32, "sequencer": f"{next(visitor.numbers):016X}", "size": 9}
    bucket = {"name": visitor.stack.name("SourceBucket")}
    event = {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"bucket": bucket, "object": source}}]}
    url = visitor.stack.name("UploadQueue")
    visitor.stack.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(event))
    visitor.ended_at(key, "failed")
    visitor.quiet()


def direct_call(visitor: Visitor) -> None:
    """A picture inside a call that waits; the result and the report by their links."""
    job = visitor.make(callback=visitor.callback)
    for link in (f"/v1/jobs/{job['id']}/results/cutout", f"/v1/jobs/{job['id']}/report"):
        answer = visitor.http.request("GET", visitor.call("GET", link, 303))
        if answer.status != 200:
            raise NotAsPromised(f"{link}: {answer.status}")
    visitor.call("GET", "/v1/jobs", 200)
    visitor.call("GET", "/v1/usage", 200)
    visitor.quiet()


def queued_call(visitor: Visitor) -> None:
    """A call that does not wait; then the same picture once more, which needs no network."""
    job = visitor.make(202, wait_seconds=0)
    state = visitor.ended(job["id"])
    recipe = {"outputs": [{"format": "webp"}]}
    visitor.ended(
        visitor.call("POST", f"/v1/jobs/{state.job.id}/render", 202, {"recipe": recipe, "wait_seconds": 0})[
            "id"
        ]
    )
    visitor.quiet()


def call_by_url(visitor: Visitor) -> None:
    """A picture on the web."""
    name = f"{next(visitor.numbers)}.png"
    visitor.files[name] = visitor.new_picture()
    visitor.ended(visitor.make(202, url=f"http://{visitor.web}/{name}")["id"])
    visitor.quiet()


def form_upload(visitor: Visitor) -> None:
    """A form, and an upload to it."""
    job = visitor.call("POST", "/v1/jobs", 202, {"file_name": "a.png"})
    file = ("a.png", visitor.new_picture(), "image/png")
    fields = [*job["upload"]["fields"].items(), ("file", file)]
    answer = visitor.http.request("POST", job["upload"]["url"], fields=fields)
    if answer.status != 204:
        raise NotAsPromised(f"the form was answered {answer.status}")
    visitor.ended(job["id"])
    visitor.quiet()


def corrected_matte(visitor: Visitor) -> None:
    """A picture's matte, corrected."""
    job = visitor.make()
    result = job["results"][0]
    matte = encode_grey(_half(result["height"], result["width"]))
    path, kind = f"/v1/jobs/{job['id']}/matte", {"Content-Type": "image/png"}
    visitor.call("PUT", path, 200, headers=kind, body=matte)
    visitor.quiet()


def background(visitor: Visitor) -> None:
    """A new background, from the bucket and from the web."""
    name = f"{next(visitor.numbers)}.png"
    visitor.files[name] = visitor.new_picture()
    key, bucket = f"backgrounds/{name}", visitor.stack.name("SourceBucket")
    visitor.stack.client("s3").put_object(Bucket=bucket, Key=key, Body=visitor.files[name])
    for place in ({"key": key}, {"url": f"http://{visitor.web}/{name}"}):
        recipe = {"outputs": [{"background": {"kind": "image", **place}}]}
        job = visitor.make(recipe=recipe)
        visitor.ended(job["id"])
    visitor.quiet()


def deletion(visitor: Visitor) -> None:
    """A job and all that it brought and made."""
    job = visitor.make()
    visitor.call("DELETE", f"/v1/jobs/{job['id']}", 204)
    announced = visitor.call("POST", "/v1/jobs", 202, {"file_name": "a.png"})
    visitor.call("POST", f"/v1/jobs/{announced['id']}/cancel", 200)
    visitor.quiet()


def bad_case(visitor: Visitor) -> None:
    """A bad case, kept for its sender."""
    fields = {"image_file": ("a.png", visitor.new_picture(), "image/png")}
    visitor.call("POST", "/v1.0/improve", 200, fields=fields)


def full_house(visitor: Visitor) -> None:
    """Every stage in turn has no room: what waits goes into its queue, and what cannot wait is taken back."""
    for stage in ("IngestFunction", "MatteFunction", "ComposeFunction"):
        with _no_room(visitor, stage):
            visitor.make(202)
    with _no_room(visitor, "IngestFunction"):
        fields = {"image_file": ("a.png", visitor.new_picture(), "image/png")}
        visitor.call("POST", "/v1.0/removebg", 429, fields=fields)


def overdue_job(visitor: Visitor) -> None:
    """A job that nobody ends, and an upload that died before it was one."""
    now = time.time()
    job = visitor.call("POST", "/v1/jobs", 202, {"file_name": "a.png", "callback": visitor.callback})
    visitor.table.postpone(job["id"], int(now) - 1, timestamp(now))
    key = f"visit/dead-{next(visitor.numbers)}.png"
    source = {"key": key, "eTag": "0" * 32, "sequencer": f"{next(visitor.numbers):016X}", "size": 9}
    bucket = {"name": visitor.stack.name("SourceBucket")}
    event = {"Records": [{"eventName": "ObjectCreated:Put", "s3": {"bucket": bucket, "object": source}}]}
    for queue in ("Upload", "Ingest", "BulkIngest"):
        url = visitor.stack.name(f"{queue}DeadLetters")
        visitor.stack.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(event))
    visitor.host.invoke("SweepFunction", b"{}")
    visitor.ended(job["id"], "failed")
    visitor.ended_at(key, "failed")
    visitor.quiet()


def _half(height: int, width: int) -> Any:
    matte = np.zeros((height, width), np.uint8)
    matte[height // 4 : height // 2, width // 4 : width // 2] = 255
    return matte


@contextmanager
def _no_room(visitor: Visitor, function: str) -> Iterator[None]:
    client, name = visitor.stack.client("lambda"), visitor.stack.name(function)
    client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        yield
    finally:
        client.delete_function_concurrency(FunctionName=name)


SCENARIOS: dict[str, Scenario] = {
    scenario.__name__: scenario
    for scenario in (
        bucket_upload,
        direct_call,
        queued_call,
        form_upload,
        call_by_url,
        bad_upload,
        deleted_upload,
        corrected_matte,
        background,
        deletion,
        bad_case,
        full_house,
        overdue_job,
    )
}
