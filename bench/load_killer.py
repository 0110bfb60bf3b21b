"""Ends processes of a running stack without a warning, as a machine that fails does."""

import os
import random
import signal
import threading
from collections import Counter
from contextlib import suppress

from local.host import Host

VICTIMS = ("ApiFunction", "IngestFunction", "MatteFunction", "ComposeFunction")
SHORTEST_SECONDS, LONGEST_SECONDS = 0.2, 1.4  # between two kills


class Killer(threading.Thread):
    """Kills busy processes with -9: which function, and when, follows from the seed."""

    def __init__(self, host: Host, seed: int) -> None:
        super().__init__(daemon=True)
        self.host = host
        self.random = random.Random(seed)  # noqa: S311 a draw, no secret
        self.killed: Counter[str] = Counter()
        self.stopped = threading.Event()

    def run(self) -> None:
        """Kill until told to stop."""
        while not self.stopped.wait(self.random.uniform(SHORTEST_SECONDS, LONGEST_SECONDS)):
            self.strike(self.random.choice(VICTIMS))

    def stop(self) -> None:
        """Kill nobody any more."""
        self.stopped.set()
        self.join()

    def strike(self, function: str) -> None:
        """Kill one process of a function that works on something, if there is one."""
        busy = [sandbox for sandbox in list(self.host.pools[function].busy) if sandbox.current is not None]
        if not busy:
            return
        with suppress(ProcessLookupError):  # it has just ended by itself
            os.kill(self.random.choice(busy).process.pid, signal.SIGKILL)
            self.killed[function] += 1
