"""How many pictures a second the whole flow takes, and how many a bare flow of the same hops takes, in turns.

PYTHONPATH=layers/cutout .venv/bin/python -m bench.throughput [--seconds 20] [--rounds 2]

Uploads into the bucket, as fast as they are worked off, a few dozen under way. The pictures are PNGs of 200 KB with few
pixels for their bytes, because what is measured is the flow. The network is a stand-in.
The bare flow has the same buckets, queues, processes, conditions and transactions, on the same emulator, in the same
run, and only copies bytes.
"""

import argparse
import struct
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.bare_flow import BareFlow
from bench.load import standing_in
from bench.load_calls import picture
from bench.processes import by_kind
from bench.tables import table
from cutout.service.accounts import month_of
from cutout.service.jobs import timestamp
from cutout.service.ledger import Ledger
from local.deploy import ROOT
from local.stack import LocalStack, local_stack

FOLDER = ROOT / ".local" / "bench-throughput"
UNDER_WAY, UPLOADERS = 48, 4
WARM_UP_JOBS = 40
LOOK_SECONDS = 0.25
FILE_BYTES, HEADER_BYTES = 200_000, 33  # a PNG begins with its signature and the chunk IHDR
PICTURES = 600  # a round's; more than it can use, so that no matte is used twice


def padded(number: int) -> bytes:
    """A small picture in a file of 200 KB: a PNG with a private chunk, which every reader passes over."""
    whole, kind = picture(number), b"paDd"
    filling = np.random.default_rng(number).bytes(FILE_BYTES - len(whole) - 12)
    chunk = struct.pack(">I", len(filling)) + kind + filling + struct.pack(">I", zlib.crc32(kind + filling))
    return whole[:HEADER_BYTES] + chunk + whole[HEADER_BYTES:]


@dataclass(frozen=True, kw_only=True)
class Round:
    """One measured stretch of one flow."""

    jobs: int
    seconds: float
    cpu_seconds: Mapping[str, float]
    """of the functions, the emulator, and the host with this benchmark"""

    @property
    def per_second(self) -> float:
        """Jobs a second."""
        return self.jobs / self.seconds


@dataclass(kw_only=True)
class Feeder:
    """Keeps a flow full: uploads pictures while fewer than ``UNDER_WAY`` of them have not ended."""

    stack: LocalStack
    bucket: str
    ended: Callable[[], int]
    pictures: Sequence[bytes]
    name: str
    sent: int = 0

    def __post_init__(self) -> None:
        self.stopped = threading.Event()
        self.room = threading.Semaphore(UNDER_WAY)
        self.lock = threading.Lock()

    def measured(self, seconds: float) -> Round:
        """Feed until it is warm and then for that long; what is left then is waited for."""
        began_with = self.ended()
        feeders = [threading.Thread(target=self.feed) for _ in range(UPLOADERS)]
        for feeder in feeders:
            feeder.start()
        seen = self.watch(began_with, lambda jobs, _: jobs >= began_with + WARM_UP_JOBS)
        used, began = by_kind(self.stack), time.monotonic()
        last = self.watch(seen, lambda _, now: now - began >= seconds)
        took, used_now = time.monotonic() - began, by_kind(self.stack)
        self.stopped.set()
        for _ in feeders:
            self.room.release()
        for feeder in feeders:
            feeder.join()
        self.watch(last, lambda jobs, _: jobs >= began_with + self.sent)
        return Round(
            jobs=last - seen,
            seconds=took,
            cpu_seconds={kind: used_now[kind] - used[kind] for kind in used_now},
        )

    def watch(self, known: int, is_enough: Callable[[int, float], bool]) -> int:
        """Make room for as many as have ended, until it is enough; answers how many have ended by then."""
        while True:
            jobs = self.ended()
            for _ in range(jobs - known):
                self.room.release()
            known = jobs
            if is_enough(jobs, time.monotonic()):
                return jobs
            time.sleep(LOOK_SECONDS)

    def feed(self) -> None:
        """One uploader."""
        s3 = self.stack.client("s3")
        while True:
            self.room.acquire()
            if self.stopped.is_set():
                return
            with self.lock:
                number, self.sent = self.sent, self.sent + 1
            s3.put_object(
                Bucket=self.bucket,
                Key=f"{self.name}/{number:06}.png",
                Body=self.pictures[number % len(self.pictures)],
            )


def ours_ended(stack: LocalStack) -> int:
    """How many jobs of the bucket were delivered this month."""
    now = timestamp(time.time())
    ledger = Ledger(client=stack.client("dynamodb"), name=stack.name("JobTable"))
    return ledger.account_of("bucket", now).usage(month_of(now)).delivered


def rows(rounds: Mapping[str, Sequence[Round]]) -> list[list[str]]:
    """A line for each flow."""
    lines = []
    for name, done in rounds.items():
        jobs = sum(one.jobs for one in done)
        used = sum((Counter(one.cpu_seconds) for one in done), Counter[str]())
        lines.append(
            [
                name,
                " ".join(f"{one.per_second:.1f}" for one in done),
                *(f"{1000 * used[kind] / max(1, jobs):.0f}" for kind in ("functions", "emulator", "host")),
            ]
        )
    return lines


def main() -> int:
    """From the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    rounds: dict[str, list[Round]] = {"ours": [], "bare": []}
    with local_stack(FOLDER, overrides=standing_in(FOLDER)) as stack:
        bare = BareFlow(stack=stack)
        places = {
            "ours": (stack.name("SourceBucket"), lambda: ours_ended(stack)),
            "bare": (bare.build(), bare.ended),
        }
        for number in range(options.rounds):
            for name, (bucket, ended) in places.items():
                pictures = [padded(1000 * number + i) for i in range(PICTURES)]
                feeder = Feeder(
                    stack=stack, bucket=bucket, ended=ended, pictures=pictures, name=f"{name}-{number}"
                )
                rounds[name].append(feeder.measured(options.seconds))
    heads = ("flow", "jobs a second", "functions", "emulator", "host")
    print(table("Sustained uploads of 200 KB, CPU in ms a job", heads, rows(rounds)))
    ours, theirs = (sum(r.jobs for r in rounds[n]) / sum(r.seconds for r in rounds[n]) for n in rounds)
    print(f"Ours has {ours / theirs:.2f} of the bare flow's pace.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
