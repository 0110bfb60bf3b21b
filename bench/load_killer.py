"""Ends processes of a running stack without a warning, as a machine that fails does."""

import os
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

from local.host import Host

VICTIMS = ("ApiFunction", "IngestFunction", "MatteFunction", "ComposeFunction")
SHORTEST_SECONDS, LONGEST_SECONDS = 0.2, 1.4  # between two kills


def nobody_notes(_payload: bytes) -> None:
    """Where nobody wants to know what was struck."""


class Killer(threading.Thread):
    """Strikes busy processes, with -9 unless another signal is given: which function, and when, follows from the seed.

    ``note`` is told what a process was working on, just before it is struck.
    """

    def __init__(
        self,
        host: Host,
        seed: int,
        *,
        victims: Sequence[str] = VICTIMS,
        blow: signal.Signals = signal.SIGKILL,
        between_seconds: tuple[float, float] = (SHORTEST_SECONDS, LONGEST_SECONDS),
        note: Callable[[bytes], None] = nobody_notes,
    ) -> None:
        super().__init__(daemon=True)
        self.host = host
        self.random = random.Random(seed)  # noqa: S311 a draw, no secret
        self.victims, self.blow, self.between_seconds, self.note = victims, blow, between_seconds, note
        self.killed: Counter[str] = Counter()
        self.stopped = threading.Event()

    def run(self) -> None:
        """Strike until told to stop."""
        while not self.stopped.wait(self.random.uniform(*self.between_seconds)):
            self.strike(self.random.choice(self.victims))

    def stop(self) -> None:
        """Strike nobody any more."""
        self.stopped.set()
        self.join()

    def strike(self, function: str) -> None:
        """Strike one process of a function that works on something, if there is one."""
        working = [(box, box.current) for box in list(self.host.pools[function].busy)]
        busy = [(box, invocation) for box, invocation in working if invocation is not None]
        if not busy:
            return
        sandbox, invocation = self.random.choice(busy)
        self.note(invocation.payload)
        with suppress(ProcessLookupError):  # it has just ended by itself
            os.kill(sandbox.process.pid, self.blow)
            self.killed[function] += 1
