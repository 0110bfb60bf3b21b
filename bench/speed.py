"""`make bench`: time and memory of one photograph through our stack and through rembg, on the same machine.

Each round sends the same JPEG through both, in changing order. Our time runs from the upload until the job is done
and the PNG lies in the result bucket; rembg's is that of ``rembg.remove`` alone.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.flow import Flow
from bench.peer import Peer, rembg, users_model
from bench.processes import peaks
from bench.report import Measured, Pair, as_json, as_text
from bench.startup import import_ms, starts
from cutout.network import read_card
from local.deploy import ROOT
from local.host import MB_PER_VCPU
from local.stack import DEFAULT_CARD, LocalStack, local_stack

FOLDER = ROOT / ".local" / "bench"
STARTS = 3
IMPORTS = 5


def pictures(image: Path | None, count: int) -> list[Path]:
    """Different pictures of the same size, as JPEG files."""
    command = [sys.executable, "-m", "bench.pictures", str(FOLDER / "pictures"), str(count)]
    if image is not None:
        command += ["--image", str(image.resolve())]
    made = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if made.returncode:
        raise SystemExit(made.returncode)
    return [Path(line) for line in made.stdout.splitlines()]


def alternate(flow: Flow, peer: Peer, photos: list[Path]) -> list[Pair]:
    """One round a photograph; who is first changes, so that a slow drift of the machine favours nobody."""
    pairs = []
    for i, photo in enumerate(photos):
        if i % 2:
            theirs, ours = peer.run(photo), flow.run(photo)
        else:
            ours, theirs = flow.run(photo), peer.run(photo)
        say(f"  round {i + 1}: ours {ours.seconds:.2f} s, rembg {theirs.seconds:.2f} s; load {load()[0]}")
        pairs.append(Pair(ours=ours, peer=theirs))
    return pairs


def measure(stack: LocalStack, photos: list[Path]) -> Measured:
    """Warm both up with the first photograph, send the others through both, then look at the processes."""
    model = users_model(read_card(DEFAULT_CARD).id, FOLDER / "rembg")
    threads = max(1, round(stack.host.pools["MatteFunction"].spec.memory_mb / MB_PER_VCPU))
    before, flow = load(), Flow(stack)
    with rembg(model, threads, FOLDER / "pictures") as peer:
        # The emulator's health page takes the webhook, so that notify works once, too.
        flow.run(photos[0], {"callback": f"{stack.deployed.endpoint}/_ministack/health"})
        flow.fastest = None  # a cold start says nothing about when to begin to ask
        peer.run(photos[0])
        pairs = alternate(flow, peer, photos[1:])
        machine = about_the_machine(threads, before, peer.version)
    flow.exercise_the_others()
    memory = peaks(stack, max(pair.peer.peak_mb for pair in pairs))
    say("  imports and cold starts ...")
    return Measured(
        machine=machine,
        pairs=pairs,
        memory=memory,
        imports_ms=import_ms(stack.host, IMPORTS),
        starts=starts(stack.host, STARTS),
    )


def about_the_machine(threads: int, before: list[float], rembg_version: str) -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "cores": os.cpu_count(),
        "threads of the network": threads,
        "load before": before,
        "load after the rounds": load(),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "rembg": rembg_version,
    }


def load() -> list[float]:
    """The system's load averages over 1, 5 and 15 minutes."""
    return [round(value, 2) for value in os.getloadavg()]


def say(line: str) -> None:
    """Progress goes where it does not mix with the tables."""
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--image", type=Path, help="a photograph; a composed one of 12 megapixels if left out"
    )
    parser.add_argument("--json", type=Path, help="write everything into this file, too")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    say("  pictures ...")
    photos = pictures(options.image, options.rounds + 1)
    with local_stack(FOLDER) as stack:
        measured = measure(stack, photos)
    print(as_text(measured))
    if options.json is not None:
        options.json.write_text(json.dumps(as_json(measured), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
