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
START_SECONDS, STOP_SECONDS = 30, 10


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Emulator:
    """A ministack that runs from the moment it is made, on a port of its own, with its log in ``folder``.

    With ``state``, a folder, it writes down what it holds when it is stopped, and knows it again when it is started;
    what is stored in buckets lies there from the beginning. Keys of roles are forgotten: functions need new ones.
    """

    def __init__(self, folder: Path, state: Path | None = None) -> None:
        self.folder = folder
        self.port = free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.environment = (
            os.environ
            | {
                "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
                "BIND_HOST": "127.0.0.1",  # its default is every address of the machine
                "GATEWAY_PORT": str(self.port),
                "AUTH": "true",
                "SFTP_ENABLED": "0",
                "IOT_MTLS_ENABLED": "0",
            }
            | _keeping(state)
        )
        self.process = self._started()

    def start(self) -> None:
        """Start it again after a stop, on the same port."""
        self.process = self._started()

    def stop(self) -> None:
        """Ask it to stop (SIGTERM), and end it if it does not."""
        process = self.process
        process.terminate()
        try:
            process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        assert process.stdin is not None
        process.stdin.close()

    def _started(self) -> "subprocess.Popen[bytes]":
        with (self.folder / "emulator.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "local.emulator_process"],
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.PIPE,  # its end tells the emulator that we are gone
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is ours to handle
            )
        self.process = process
        try:
            _wait_until_ready(self.endpoint, process)
        except RuntimeError:
            self.stop()
            raise
        return process


def _keeping(state: Path | None) -> dict[str, str]:
    if state is None:
        return {"PERSIST_STATE": "0", "S3_PERSIST": "0"}
    return {
        "PERSIST_STATE": "1",
        "STATE_DIR": str(state / "services"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(state / "objects"),
    }


@contextmanager
def emulated_aws(folder: Path, state: Path | None = None) -> Iterator[Emulator]:
    """Run ministack until the block is left."""
    emulator = Emulator(folder, state)
    try:
        yield emulator
    finally:
        emulator.stop()


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
