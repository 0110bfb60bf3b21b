"""Start and stop the emulated AWS: ministack, on 127.0.0.1 and a free port, with the roles enforced."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

REGION = "us-east-1"
ACCOUNT_KEY, ACCOUNT_SECRET = "test", "test"  # the emulated account's own root, known to everybody
START_SECONDS = 30


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def emulated_aws(folder: Path) -> Iterator[str]:
    """Run ministack with its log in ``folder``; yields the endpoint's URL and stops it at the end."""
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    environment = os.environ | {
        "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
        "BIND_HOST": "127.0.0.1",  # its default is every address of the machine
        "GATEWAY_PORT": str(port),
        "AUTH": "true",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "PERSIST_STATE": "0",
        "S3_PERSIST": "0",
    }
    with (folder / "emulator.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "local.emulator_process"],
            env=environment,
            cwd=folder,
            stdin=subprocess.PIPE,  # its end tells the emulator that we are gone
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is ours to handle
        )
        try:
            _wait_until_ready(endpoint, process)
            yield endpoint
        finally:
            _stop(process)


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert process.stdin is not None
    process.stdin.close()


def _wait_until_ready(endpoint: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError("the emulated AWS stopped while it started; see .local/emulator.log")
        try:
            with urllib.request.urlopen(f"{endpoint}/_ministack/health", timeout=1):  # noqa: S310 our own address
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError(f"the emulated AWS did not answer within {START_SECONDS} s")


def client(service: str, endpoint: str) -> Any:
    """A boto3 client of the emulated account's root."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=ACCOUNT_KEY,
        aws_secret_access_key=ACCOUNT_SECRET,
        config=Config(signature_version="s3v4") if service == "s3" else None,
    )
