"""Drives a running stack from outside, as its users do: buckets, queues and the HTTP API."""

import base64
import io
import json
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from cutout.service.table import JobState, JobTable
from local.stack import LocalStack

Admin = Callable[..., tuple[int, str]]
"""the command line: its words -> exit code, and what was said"""

QUEUES = (
    *("Upload", "Ingest", "BulkIngest", "Interactive", "Bulk", "Compose", "BulkCompose"),
    *("Batch", "Notify", "Delivery"),
)


def disc(side: int = 96, brightness: int = 230, shift: int = 0) -> bytes:
    """A bright disc on a dark ground, as a PNG; the stand-in network finds it.

    With a camera's noise outside its middle, so that nobody takes it for a drawing.
    """
    y, x = np.mgrid[:side, :side]
    inside = (
        np.clip(side / 4 - np.hypot(x - side / 2 - shift, y - side / 2), 0, 2) / 2
    )  # an edge of two pixels
    noise = np.random.default_rng(7).normal(0, 4, (side, side)) * (
        np.hypot(x - side / 2 - shift, y - side / 2) > 4
    )
    rgb = np.rint(20 + (brightness - 20) * inside + noise).clip(0, 255)[..., None].repeat(3, axis=2)
    out = io.BytesIO()
    Image.fromarray(rgb.astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


@dataclass(frozen=True)
class Driver:
    """Puts pictures in, waits, looks at what came out."""

    stack: LocalStack

    @property
    def table(self) -> JobTable:
        return JobTable(client=self.stack.client("dynamodb"), name=self.stack.name("JobTable"))

    def put(self, key: str, body: bytes, metadata: dict[str, str] | None = None) -> None:
        self.stack.client("s3").put_object(
            Bucket=self.stack.name("SourceBucket"), Key=key, Body=body, Metadata=metadata or {}
        )

    def jobs(self, key: str) -> list[JobState]:
        return [state for state in self.table.newest_of("bucket", 100) if state.job.source.key == key]

    def newest(self, key: str) -> JobState | None:
        """The newest job of a key. A few are read at a time: whoever waits asks often."""
        after = None
        for _ in range(12):
            page, has_more = self.table.page_of("bucket", 8, after)
            for state in page:
                if state.job.source.key == key:
                    return state
            if not has_more:
                return None
            after = page[-1].job
        return None

    def wait(self, key: str, seconds: float = 40) -> JobState:
        """The newest job of a key, once it has ended."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            newest = self.newest(key)
            if newest is not None and newest.outcome is not None:
                return newest
            time.sleep(0.05)
        raise AssertionError(f"{key} did not end within {seconds} s: {self.jobs(key)}")

    def wait_for(self, job_id: str, seconds: float = 40) -> JobState:
        """A job of any owner, once it has ended."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            state = self.table.find(job_id)
            if state is not None and state.outcome is not None:
                return state
            time.sleep(0.05)
        raise AssertionError(f"job {job_id} did not end within {seconds} s: {self.table.find(job_id)}")

    def result(self, key: str) -> bytes:
        answer = self.stack.client("s3").get_object(Bucket=self.stack.name("ResultBucket"), Key=key)
        body: bytes = answer["Body"].read()
        return body

    def picture(self, key: str) -> "np.ndarray":
        return np.asarray(Image.open(io.BytesIO(self.result(key))))

    def report(self, source_key: str, seconds: float = 10) -> dict[str, Any]:
        """The report in a folder, once it is there: that of a failure is written just after the job has failed."""
        until = time.monotonic() + seconds
        while not self.keys_below("ResultBucket", f"{source_key}/report.json"):
            assert time.monotonic() < until, f"no report below {source_key} within {seconds} s"
            time.sleep(0.05)
        document: dict[str, Any] = json.loads(self.result(f"{source_key}/report.json"))
        return document

    def send(self, queue: str, body: str) -> None:
        self.stack.client("sqs").send_message(QueueUrl=self.stack.name(f"{queue}Queue"), MessageBody=body)

    def waiting(self, name: str) -> int:
        """Messages in a queue, those that are being worked on included."""
        counts = self.stack.client("sqs").get_queue_attributes(
            QueueUrl=self.stack.name(name),
            AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
        )["Attributes"]
        return sum(int(count) for count in counts.values())

    def dead_letters(self) -> dict[str, int]:
        return {queue: n for queue in QUEUES if (n := self.waiting(f"{queue}DeadLetters"))}

    def wait_until_empty(self, queue: str, seconds: float = 20) -> None:
        until = time.monotonic() + seconds
        while self.waiting(f"{queue}Queue"):
            assert time.monotonic() < until, f"{queue}Queue did not empty within {seconds} s"
            time.sleep(0.05)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        key: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Any]:
        """An HTTP call to the API with a JSON body; answers the status and the JSON body, None if there is none."""
        sent = {"content-type": "application/json", **(headers or {})}
        data = None if body is None else json.dumps(body).encode()
        status, _, answer = self.raw(method, path, data, sent, key)
        return status, json.loads(answer) if answer else None

    def raw(
        self,
        method: str,
        path: str,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
        key: str | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """An HTTP call to the API, redirects not followed; answers status, headers in lower case, and body."""
        # Without Accept the emulator answers files as base64 text; AWS does not.
        sent = {"accept": "*/*", **(headers or {})} | ({} if key is None else {"x-api-key": key})
        url = self.stack.deployed.api_url + path
        request = urllib.request.Request(url, data=data, headers=sent, method=method)
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=40) as answer:
                return answer.status, _lower(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, _lower(error.headers), error.read()

    @property
    def key(self) -> str:
        """The first API key."""
        return self.stack.deployed.api_key

    def another_key(self) -> str:
        """A second API key, made now."""
        gateway = self.stack.client("apigateway")
        made = gateway.create_api_key(name=f"other-{uuid.uuid4().hex}", enabled=True)
        plan = self.stack.name("ApiUsagePlan")
        gateway.create_usage_plan_key(usagePlanId=plan, keyId=made["id"], keyType="API_KEY")
        return str(made["value"])

    def cut_out(self, picture: bytes, recipe: dict[str, Any] | None = None, name: str = "a.png") -> Any:
        """A job of the API with the picture inside the call, once it has ended."""
        encoded = base64.b64encode(picture).decode()
        body = {"image_b64": encoded, "recipe": recipe or {}, "wait_seconds": 25, "file_name": name}
        status, job = self.call("POST", "/v1/jobs", body, self.key)
        assert status == 200, job
        return job

    def logs(self) -> dict[str, str]:
        """What every function has written so far."""
        pools = self.stack.host.pools
        written = {name: pool.spec.log for name, pool in pools.items() if pool.spec.log.exists()}
        return {name: log.read_text(errors="replace") for name, log in written.items()}

    def keys_below(self, bucket: str, folder: str) -> list[str]:
        """The keys in a bucket that begin with this."""
        answer = self.stack.client("s3").list_objects_v2(Bucket=self.stack.name(bucket), Prefix=folder)
        return sorted(found["Key"] for found in answer.get("Contents", []))


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: where it leads is the answer."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def submit_form(form: dict[str, Any], body: bytes) -> int:
    """Upload to a presigned form, as a browser does."""
    boundary = "a-boundary-that-no-picture-has"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in form["fields"].items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'.encode()
    data = b"".join([*parts, head, body, f"\r\n--{boundary}--\r\n".encode()])
    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    request = urllib.request.Request(form["url"], data=data, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
