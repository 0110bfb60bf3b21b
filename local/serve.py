"""`make serve`: the whole stack kept running, with a page to drop photographs on, until Ctrl-C."""

import argparse
import json
import signal
import socket
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

from local.deploy import ROOT
from local.emulator import ACCOUNT_KEY, ACCOUNT_SECRET, REGION
from local.front import Front
from local.stack import LocalStack, local_stack

FOLDER = ROOT / ".local"
ADDRESSES = FOLDER / "serve.json"


def addresses(stack: LocalStack, front: Front) -> dict[str, str]:
    """Everything that a person or a program needs to use the running stack."""
    return {
        "api": f"{front.url}/api",
        "key": stack.deployed.api_key,
        "s3": stack.deployed.endpoint,
        "region": REGION,
        "access_key_id": ACCOUNT_KEY,
        "secret_access_key": ACCOUNT_SECRET,
        "source_bucket": stack.name("SourceBucket"),
        "result_bucket": stack.name("ResultBucket"),
        "page": f"{front.url}/",
    }


def announce(document: dict[str, str], path: Path) -> None:
    """Print the addresses and write them to a file, whole or not at all."""
    text = json.dumps(document, indent=2)
    print(text, flush=True)
    partial = path.with_suffix(".part")
    partial.write_text(text)
    partial.replace(path)


def forget(front: Front, path: Path) -> None:
    """Remove the file, unless another running stack has written its own addresses there."""
    if path.exists() and json.loads(path.read_text())["page"] == f"{front.url}/":
        path.unlink()


def forget_the_dead(path: Path) -> None:
    """Remove the file if nobody listens at its addresses any more: that stack was killed."""
    if path.exists() and is_free(urlsplit(json.loads(path.read_text())["page"]).port or 80):
        path.unlink()


def is_free(port: int) -> bool:
    """Whether nobody listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def main() -> int:
    """Serve until somebody asks to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--pace", choices=["laptop", "drill"], default="laptop")
    parser.add_argument(
        "--fetch-exceptions", default="", help="local host:port,host:port to fetch pictures from"
    )
    options = parser.parse_args()
    stop = threading.Event()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, lambda *_: stop.set())
    if not is_free(options.port):
        print(f"Port {options.port} is taken; choose another: make serve PORT=8081", file=sys.stderr)
        return 1
    forget_the_dead(ADDRESSES)
    with local_stack(
        FOLDER / "serve",
        pace=options.pace,
        overrides={"API_ADDRESS": f"http://127.0.0.1:{options.port}/api"},
        fetch_exceptions=options.fetch_exceptions,
    ) as stack:
        front = Front(options.port, ROOT / "web", stack.deployed.api_url, stack.deployed.api_key)
        try:
            announce(addresses(stack, front), ADDRESSES)
            print("Ctrl-C stops all of it.", flush=True)
            stop.wait()
        finally:
            forget(front, ADDRESSES)
            front.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
