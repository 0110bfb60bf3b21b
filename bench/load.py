"""Fifty callers at once against the whole stack on this machine, and the ledger's audit at the end.

make load
PYTHONPATH=layers/cutout .venv/bin/python -m bench.load [--callers 50] [--seconds 60] [--kill] [--seed 1] [--room 2]

The network is a stand-in, the pictures are small, each with pixels of its own; the host runs as many of a function at
once as this machine has cores for. Two thirds of the orders go to ``POST /v1.0/removebg``, one third to
``POST /v1/jobs``, and some are sent twice at the same moment under one Idempotency-Key. The stack's limits are its
defaults, but one of the API keys may send little, so that there is something to refuse.

With ``--kill``, processes of the API and of the stages are killed at random moments meanwhile; every order has an
Idempotency-Key, and its caller sends what broke again. Afterwards sweep runs until nothing is open.

With ``--room N``, Lambda lets only so many of ingest run at once and turns the rest away, as in an account whose
concurrency is used up: then remove.bg's route refuses what it cannot begin, and native jobs wait in their queue.

Ends with 1 if anything but 2xx and 429 with Retry-After was answered (calls that a kill has broken are let pass), if a
job is lost or an order became two, or if the audit finds a difference.
"""

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from admin import records
from admin.audit import audit
from admin.changes import Changes
from bench.load_calls import Callers
from bench.load_killer import Killer
from bench.load_verdict import (
    BROKEN,
    ENDED,
    Answered,
    Books,
    counted,
    doubled,
    lost,
    undelivered,
    unexpected,
    unpaid,
)
from bench.tables import table
from cutout.service.jobs import owner_of, timestamp
from cutout.service.ledger import Ledger
from local.deploy import ROOT
from local.front import Front
from local.stack import LocalStack, local_stack
from local.standin import SIDE, bright_subject

FOLDER = ROOT / ".local" / "bench-load"
KEYS = 4
MODEST_REQUESTS = 30  # a minute, of the one key that may send little
QUEUES = (
    *("Upload", "Ingest", "BulkIngest", "Interactive", "Bulk", "Compose", "BulkCompose"),
    "Notify",
)
LONGEST_WAIT_SECONDS, LOOK_SECONDS = 240, 1.0
BROKEN_BY_A_KILL = frozenset({BROKEN, 500, 502, 503, 504})


@dataclass(frozen=True, kw_only=True)
class Shop:
    """The running stack as a load run needs it."""

    stack: LocalStack

    @property
    def books(self) -> records.Books:
        """The job table's own records."""
        return records.Books(client=self.stack.client("dynamodb"), table=self.stack.name("JobTable"))

    def leave_room(self, at_once: int) -> None:
        """Let Lambda turn away every direct call of ingest beyond so many at once."""
        name = self.stack.name("IngestFunction")
        self.stack.client("lambda").put_function_concurrency(
            FunctionName=name, ReservedConcurrentExecutions=at_once
        )

    def more_keys(self, count: int) -> list[str]:
        """New API keys; the first one's account may send little."""
        gateway, plan = self.stack.client("apigateway"), self.stack.name("ApiUsagePlan")
        made = [gateway.create_api_key(name=f"load-{i}", enabled=True) for i in range(count)]
        for key in made:
            gateway.create_usage_plan_key(usagePlanId=plan, keyId=key["id"], keyType="API_KEY")
        ledger = Ledger(client=self.books.client, name=self.books.table)
        changes = Changes(ledger=ledger, now=timestamp(time.time()))
        changes.limits(owner_of(made[0]["value"]), MODEST_REQUESTS, None)
        return [str(key["value"]) for key in made]

    def jobs(self, keys: Sequence[str]) -> dict[str, str]:
        """Every job of these keys, with its status."""
        books = self.books
        return {job.id: job.status for key in keys for job in books.jobs_of(owner_of(key))}

    def dead_letters(self) -> int:
        """Messages that nobody could work on, in all queues."""
        sqs, name = self.stack.client("sqs"), "ApproximateNumberOfMessages"
        urls = [self.stack.name(f"{queue}DeadLetters") for queue in QUEUES]
        found = [sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name]) for url in urls]
        return sum(int(answer["Attributes"][name]) for answer in found)

    def settled(self, keys: Sequence[str]) -> Books:
        """The books when no job is open any more, or after the longest wait; sweep runs meanwhile."""
        until = time.monotonic() + LONGEST_WAIT_SECONDS
        while time.monotonic() < until and not set(self.jobs(keys).values()) <= ENDED:
            self.stack.host.invoke("SweepFunction", b"{}")
            time.sleep(LOOK_SECONDS)
        findings = audit(self.books)
        return Books(jobs=self.jobs(keys), findings=findings, dead_letters=self.dead_letters())


def figures(answers: Sequence[Answered], seconds: float, books: Books) -> list[list[str]]:
    """The run in numbers, a line each."""
    waits = sorted(answer.seconds for answer in answers if answer.is_taken)
    found = books.findings
    return [
        *([f"calls answered {name}", str(number)] for name, number in counted(answers).items()),
        ["orders", str(len({answer.order for answer in answers}))],
        ["jobs", str(len(books.jobs))],
        ["jobs delivered", str(books.delivered)],
        ["charges", str(found.charges)],
        ["credits charged", f"{found.charged / 100:.2f}"],
        ["credits still held", f"{found.held / 100:.2f}"],
        ["differences in the audit", str(len(found.differences))],
        ["dead letters", str(books.dead_letters)],
        ["jobs per second", f"{books.delivered / seconds:.1f}"],
        ["seconds of a 2xx, median", f"{statistics.median(waits):.2f}"],
        ["seconds of a 2xx, 95 of 100", f"{waits[int(0.95 * (len(waits) - 1))]:.2f}"],
        ["seconds of a 2xx, longest", f"{waits[-1]:.2f}"],
    ]


def judged(answers: Sequence[Answered], books: Books, tolerated: frozenset[int]) -> list[str]:
    """Everything that is wrong in any run."""
    return [
        *unexpected(answers, tolerated),
        *lost(answers, books.jobs),
        *doubled(answers, books.jobs),
        *unpaid(books),
    ]


def run_quietly(shop: Shop, callers: Callers, seconds: float) -> tuple[Books, list[str]]:
    """A run in which nothing is killed: everything that was taken is delivered."""
    callers.run(seconds)
    books = shop.settled(callers.keys)
    return books, judged(callers.answers, books, frozenset()) + undelivered(books)


def run_with_kills(shop: Shop, callers: Callers, seconds: float, killer: Killer) -> tuple[Books, list[str]]:
    """A run in which processes are killed: what was not delivered is not charged."""
    killer.start()
    callers.run(seconds)
    killer.stop()
    print(f"killed: {', '.join(f'{name} {count}' for name, count in killer.killed.items())}")
    books = shop.settled(callers.keys)
    return books, judged(callers.answers, books, BROKEN_BY_A_KILL)


def main() -> int:
    """One run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--callers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--kill", action="store_true", help="kill processes meanwhile")
    parser.add_argument("--seed", type=int, default=1, help="of the kills")
    parser.add_argument("--room", type=int, help="let only so many of ingest run at once")
    options = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with local_stack(
        FOLDER, pace="drill" if options.kill else "laptop", overrides=standing_in(FOLDER)
    ) as stack:
        shop = Shop(stack=stack)
        front = Front(0, ROOT / "web", stack.deployed.api_url, stack.deployed.api_key)
        callers = Callers(
            api=f"{front.url}/api",
            keys=shop.more_keys(KEYS),
            count=options.callers,
            always_named=options.kill,
        )
        if options.room is not None:
            shop.leave_room(options.room)
        if options.kill:
            killer = Killer(stack.host, options.seed)
            books, faults = run_with_kills(shop, callers, options.seconds, killer)
        else:
            books, faults = run_quietly(shop, callers, options.seconds)
        front.close()
    return told(callers.answers, options.seconds, books, faults)


def standing_in(folder: Path) -> dict[str, str]:
    """The environment in which the stand-in is the network."""
    return {"MODEL_CARD": str(bright_subject(folder)), "PROXY_SIDE": str(SIDE)}


def told(answers: Sequence[Answered], seconds: float, books: Books, faults: Sequence[str]) -> int:
    """Print the run; answers the exit code."""
    print(table("Load", ("", "number"), figures(answers, seconds, books)))
    for fault in faults:
        print(f"WRONG: {fault}")
    print("As it should be." if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
