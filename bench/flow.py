"""One photograph at a time through our running stack, timed as its owner would."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.processes import our_cpu_seconds
from cutout.service.jobs import BUCKET_OWNER, Outcome
from cutout.service.keys import report_key
from cutout.service.table import JobTable
from local.stack import LocalStack

WAIT_SECONDS = 300
POLL_SECONDS = 0.02
PATIENCE = 0.8  # of the fastest round: before that, nobody asks


@dataclass(frozen=True, kw_only=True)
class OurRound:
    """One photograph through the stack: put into one bucket until the job is done and its PNG in the other.

    ``cpu_seconds`` are those of all our processes meanwhile, the emulator's included.
    """

    seconds: float
    cpu_seconds: float
    size_bytes: int
    report: dict[str, Any]


class Flow:
    """Uploads, waits and reads the report."""

    def __init__(self, stack: LocalStack) -> None:
        self.stack = stack
        self.s3 = stack.client("s3")
        self.source, self.result = stack.name("SourceBucket"), stack.name("ResultBucket")
        self.fastest: float | None = None
        self.table = JobTable(client=stack.client("dynamodb"), name=stack.name("JobTable"))

    def run(self, photo: Path, metadata: dict[str, str] | None = None) -> OurRound:
        """One photograph; it must not have been sent before."""
        key, body = f"bench/{photo.name}", photo.read_bytes()
        report = report_key(key)
        link = self.s3.generate_presigned_url("head_object", Params={"Bucket": self.result, "Key": report})
        used, began = our_cpu_seconds(self.stack), time.perf_counter()
        self.s3.put_object(Bucket=self.source, Key=key, Body=body, Metadata=metadata or {})
        time.sleep(PATIENCE * (self.fastest or 0.0))  # asking takes CPU time from the pictures
        wait_for(link)
        outcome = self._ended(key)
        seconds = time.perf_counter() - began
        cpu_seconds = our_cpu_seconds(self.stack) - used
        self.fastest = min(seconds, self.fastest or seconds)
        if outcome.status != "done":
            raise RuntimeError(f"the job of {key} failed: {outcome.reason}")
        png = self.s3.head_object(Bucket=self.result, Key=outcome.results[0].key)
        answer = self.s3.get_object(Bucket=self.result, Key=report)["Body"].read()
        return OurRound(
            seconds=seconds,
            cpu_seconds=cpu_seconds,
            size_bytes=png["ContentLength"],
            report=json.loads(answer),
        )

    def _ended(self, key: str) -> Outcome:
        """The report is written just before the job ends."""
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until:
            newest = self.table.newest_of(BUCKET_OWNER, 1)[0]
            if newest.job.source.key == key and newest.outcome is not None:
                return newest.outcome
            time.sleep(POLL_SECONDS)
        raise RuntimeError(f"the job of {key} did not end within {WAIT_SECONDS} s")

    def exercise_the_others(self) -> None:
        """Let the functions work that a photograph without a webhook does not reach."""
        job = self.table.newest_of(BUCKET_OWNER, 1)[0].job
        url = f"{self.stack.deployed.api_url}/v1/jobs/{job.id}"
        request = urllib.request.Request(url, headers={"x-api-key": self.stack.deployed.api_key})  # noqa: S310
        try:
            urllib.request.urlopen(request, timeout=60).close()  # noqa: S310 the emulator on this machine
        except urllib.error.HTTPError as error:
            if error.code != 404:  # the bucket's jobs belong to no key
                raise
        self.stack.host.invoke("SweepFunction", b"{}")


def wait_for(link: str) -> None:
    """Ask a signed link until its object is there. boto3 would take more from the pictures' CPU time."""
    until = time.monotonic() + WAIT_SECONDS
    request = urllib.request.Request(link, method="HEAD")  # noqa: S310 the emulator on this machine
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(request, timeout=10).close()  # noqa: S310
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            time.sleep(POLL_SECONDS)
        else:
            return
    raise RuntimeError(f"no report came within {WAIT_SECONDS} s; see the logs in .local/bench")
