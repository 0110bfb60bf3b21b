"""How long a function takes before its first event: its imports alone, and its whole start."""

import os
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from bench.tables import Spread, spread
from local.host import Host, Pool
from local.runtime import INHERITED, Sandbox

START_SECONDS = 120
TIMED = "import time; t = time.perf_counter(); {}; print(time.perf_counter() - t)"
REFERENCES = {
    "numpy": "import numpy",
    "boto3": "import boto3",
    "boto3, a client": "import boto3; boto3.client('s3', region_name='us-east-1')",
}


@dataclass(frozen=True, kw_only=True)
class Start:
    """A new process of a function until it asks for its first event, and the largest memory it has had by then."""

    seconds: Spread
    peak_mb: float


def import_ms(host: Host, repeats: int) -> dict[str, Spread]:
    """Import time of every handler, and of what the light ones avoid, in milliseconds; fresh interpreters."""
    statements = {}
    for logical_id, pool in host.pools.items():
        module = pool.spec.handler.rpartition(".")[0]
        statements[logical_id] = (f"import {module}", (pool.spec.folder, *pool.spec.python_path))
    references = {name: (statement, ()) for name, statement in REFERENCES.items()}
    return {
        name: _import_ms(statement, path, repeats)
        for name, (statement, path) in (statements | references).items()
    }


def _import_ms(statement: str, path: tuple[Path, ...], repeats: int) -> Spread:
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(map(str, path))
    command = [sys.executable, "-c", TIMED.format(statement)]
    seconds = [
        float(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout)
        for _ in range(repeats + 1)
    ]
    return spread(1000 * value for value in seconds[1:])  # the first one compiles


def starts(host: Host, repeats: int) -> dict[str, Start]:
    """Start every function anew, in the environment that the host gives it, and end it again."""
    found = {}
    for logical_id, pool in host.pools.items():
        measured = [_start(host, pool) for _ in range(repeats)]
        found[logical_id] = Start(
            seconds=spread(seconds for seconds, _ in measured),
            peak_mb=statistics.median(peak_mb for _, peak_mb in measured),
        )
    return found


def _start(host: Host, pool: Pool) -> tuple[float, float]:
    began = perf_counter()
    sandbox = Sandbox(pool.spec, f"{host.url}/credentials/{pool.spec.name}", host.endpoint)
    try:
        in_time = sandbox.ready.wait(START_SECONDS)
        seconds = perf_counter() - began
        if not in_time or not sandbox.alive or sandbox.init_error is not None:
            raise RuntimeError(f"{pool.spec.name} did not start; see {pool.spec.log}")
        return seconds, sandbox.peak_memory_mb()
    finally:
        sandbox.kill()
