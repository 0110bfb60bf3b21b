"""A stack whose new accounts have seven credits: real uploads, every event four times, functions killed meanwhile."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from admin.audit import audit
from admin.changes import Changes
from admin.records import Books
from cutout.service.jobs import timestamp
from cutout.service.table import JobState
from driver import Driver, disc
from local import standin
from local.stack import local_stack

UPLOADS = 10


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    folder: Path = tmp_path_factory.mktemp("paying")
    overrides = {
        "MODEL_CARD": str(standin.bright_subject(folder)),
        "PROXY_SIDE": str(standin.SIDE),
        "NEW_KEY_CREDITS": "7",
    }
    with local_stack(folder, overrides=overrides) as stack:
        yield Driver(stack)


class Killer(threading.Thread):
    """Kills busy processes of one function with -9, ``most`` of them."""

    def __init__(self, driver: Driver, function: str, most: int) -> None:
        super().__init__(daemon=True)
        self.pool = driver.stack.host.pools[function]
        self.most = most
        self.killed = 0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.is_set() and self.killed < self.most:
            for sandbox in list(self.pool.busy):
                if sandbox.current is not None and self.killed < self.most:
                    with suppress(ProcessLookupError):  # it has just ended by itself
                        os.kill(sandbox.process.pid, signal.SIGKILL)
                        self.killed += 1
            time.sleep(0.02)


def wait_for_all(driver: Driver, count: int, seconds: float = 60) -> list[JobState]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        states = driver.table.newest_of("bucket", 100)
        if len(states) == count and all(state.outcome for state in states):
            return states
        time.sleep(0.1)
    raise AssertionError(f"not all ended: {[(s.job.source.key, s.status) for s in states]}")


def test_kills_and_repeats_neither_charge_twice_nor_sell_what_is_not_paid(shop: Driver) -> None:
    """Three of a job's four messages may die with their function; the fourth ends it.

    Ingest is killed from when the first message of each job has been there: the repeats need its sequencer.
    """
    killers = [Killer(shop, "ComposeFunction", 2), Killer(shop, "IngestFunction", 1)]
    killers[0].start()
    for number in range(UPLOADS):
        shop.put(f"{number}.png", disc(shift=number - 5), {"callback": "http://127.0.0.1:9/hook"})
    for number in range(UPLOADS):
        event_of(shop, f"{number}.png")
    killers[1].start()
    for number in range(UPLOADS):
        for _ in range(3):
            shop.send("Ingest", event_of(shop, f"{number}.png"))

    states = wait_for_all(shop, UPLOADS)

    for killer in killers:
        killer.done.set()
    assert [killer.killed for killer in killers] == [2, 1]
    assert Counter(state.status for state in states) == {"done": 7, "failed": 3}
    failed = [state for state in states if state.status == "failed"]
    assert {state.outcome.code for state in failed if state.outcome} == {"insufficient_credits"}
    assert {state.job.callback for state in failed} == {"http://127.0.0.1:9/hook"}
    report = shop.report(failed[0].job.source.key)
    assert report["reason"] == "This costs 1 credits; 0 are left in the account."
    account = shop.table.ledger.find("bucket")
    assert account is not None
    [month] = account.months.values()
    assert (account.balance, account.held, month.charged, month.delivered) == (0, 0, 700, 7)
    findings = audit(Books(client=shop.table.client, table=shop.table.name))
    assert findings.differences == ()
    assert findings.charges == 7


def event_of(driver: Driver, key: str) -> str:
    """The notification of an upload once more, with the sequencer that the bucket gave it."""
    until = time.monotonic() + 30
    while not driver.jobs(key):
        assert time.monotonic() < until, f"{key} was not seen"
        time.sleep(0.02)
    source = driver.jobs(key)[0].job.source
    described = f'{{"key": "{key}", "size": 1, "eTag": "{source.etag}", "sequencer": "{source.sequencer}"}}'
    bucket = f'{{"name": "{source.bucket}"}}'
    return (
        '{"Records": [{"eventName": "ObjectCreated:Put", '
        f'"s3": {{"bucket": {bucket}, "object": {described}}}}}]}}'
    )


def test_after_a_top_up_the_next_picture_works(shop: Driver) -> None:
    now = timestamp(time.time())
    Changes(ledger=shop.table.ledger, now=now).credit("bucket", 100, "invoice-1")

    shop.put("paid.png", disc(brightness=240))

    assert shop.wait("paid.png").status == "done"
    assert replace(shop.table).ledger.account_of("bucket", now).balance == 0
