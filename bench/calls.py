"""What a synchronous call adds to the pipeline: ``POST /v1.0/removebg`` with 2 megapixels, on the warm local edition.

PYTHONPATH=layers/cutout .venv/bin/python -m bench.calls [--rounds 5]

The time of a call is the client's: from the first byte sent until the last of the PNG is there. The pipeline's own time
is the sum of the steps that the stages report; the rest is gateway, API, ledger, limiter, storage of the picture, and
four invocations.
"""

import argparse
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3

from bench.tables import table
from local.deploy import ROOT
from local.front import Front
from local.stack import local_stack

FOLDER = ROOT / ".local" / "bench-calls"
MEGAPIXELS = 2
LONGEST_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call: its wall time, and what the stages report of it."""

    call_ms: float
    stages_ms: dict[str, float]
    sent_bytes: int
    received_bytes: int

    @property
    def overhead_ms(self) -> float:
        """What is not in any stage's steps."""
        return self.call_ms - sum(self.stages_ms.values())


def pictures(count: int) -> list[Path]:
    """JPEG files of that many megapixels, each with other pixels."""
    command = [sys.executable, "-m", "bench.pictures", str(FOLDER / "pictures"), str(count)]
    made = subprocess.run(
        [*command, "--megapixels", str(MEGAPIXELS)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return [Path(line) for line in made.stdout.splitlines()]


def call(http: urllib3.PoolManager, api: str, key: str, photo: Path) -> Call:
    """Send one picture, then read its report."""
    body = photo.read_bytes()
    fields: Any = {"image_file": (photo.name, body, "image/jpeg"), "size": "full", "format": "png"}
    began = time.perf_counter()
    answer = http.request("POST", f"{api}/v1.0/removebg", fields=fields, headers={"X-Api-Key": key})
    call_ms = 1000 * (time.perf_counter() - began)
    if answer.status != 200:
        raise SystemExit(f"{answer.status}: {answer.data[:300].decode(errors='replace')}")
    job = answer.headers["X-Job-Id"]
    report = http.request("GET", report_link(http, api, key, job)).json()
    return Call(
        call_ms=call_ms,
        stages_ms={stage: steps["total"] for stage, steps in report["milliseconds"].items()},
        sent_bytes=len(body),
        received_bytes=len(answer.data),
    )


def report_link(http: urllib3.PoolManager, api: str, key: str, job: str) -> str:
    """Where the report lies; the link is its own authorisation, so the key does not go there."""
    answer = http.request("GET", f"{api}/v1/jobs/{job}/report", headers={"X-Api-Key": key}, redirect=False)
    return answer.headers["Location"]


def rows(calls: list[Call]) -> list[list[str]]:
    """One line a call."""
    return [
        [
            f"{call.call_ms:.0f}",
            *(f"{call.stages_ms.get(stage, 0):.0f}" for stage in ("ingest", "matte", "compose")),
            f"{call.overhead_ms:.0f}",
            f"{call.sent_bytes / 1e6:.2f}",
            f"{call.received_bytes / 1e6:.2f}",
        ]
        for call in calls
    ]


def main() -> int:
    """Warm up with one picture, measure with the others."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    photos = pictures(options.rounds + 1)
    with local_stack(FOLDER) as stack:
        front = Front(0, ROOT / "web", stack.deployed.api_url, stack.deployed.api_key)
        http = urllib3.PoolManager(timeout=LONGEST_SECONDS, retries=False)
        calls = [call(http, f"{front.url}/api", stack.deployed.api_key, photo) for photo in photos]
        front.close()
    heads = ["call ms", "ingest", "matte", "compose", "overhead ms", "MB sent", "MB received"]
    title = (
        f"A synchronous call with {MEGAPIXELS} megapixels (the first, which starts the functions, left out)"
    )
    print(table(title, heads, rows(calls[1:])))
    print(f"median overhead {statistics.median(c.overhead_ms for c in calls[1:]):.0f} ms (goal: under 150)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
