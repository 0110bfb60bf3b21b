"""Everything that is done to a running stack on purpose, at moments drawn from the seed."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from botocore.exceptions import BotoCoreError

from bench.load_killer import Killer
from chaos.disk import full_disk
from chaos.paces import Pace
from chaos.receiver import Receiver
from chaos.tap import Message, TappedHost
from local.stack import LocalStack

VICTIMS = (
    *("ApiFunction", "IngestFunction", "MatteFunction", "ComposeFunction"),
    *("BatchFunction", "NotifyFunction", "SweepFunction"),
)
STOPPED = ("IngestFunction", "MatteFunction", "ComposeFunction", "NotifyFunction")
THROTTLED = ("IngestFunction", "ComposeFunction")


@dataclass(kw_only=True)
class Faults:
    """Starts and stops all faults of a run."""

    stack: LocalStack
    receiver: Receiver
    folder: Path
    pace: Pace
    seed: int
    done: Counter[str] = field(default_factory=Counter)
    """how often each kind of fault was injected"""
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stopped = threading.Event()
        self.dice = random.Random(self.seed)  # noqa: S311 a draw, no secret
        self.killers = {
            "killed (-9)": self._killer(1, VICTIMS, signal.SIGKILL, self.pace.between_kills),
            "frozen past the time-out": self._killer(2, STOPPED, signal.SIGSTOP, self.pace.between_stops),
        }
        works = (self.send_duplicates, self.disturb, self.sweep)
        self.threads = [threading.Thread(target=work, daemon=True) for work in works]

    @property
    def host(self) -> TappedHost:
        """The host, which knows what went through it."""
        return cast(TappedHost, self.stack.host)

    def start(self) -> None:
        """Begin."""
        for thread in (*self.killers.values(), *self.threads):
            thread.start()

    def stop(self) -> None:
        """End all of it; a disturbance that has begun is brought to its end."""
        self.stopped.set()
        for thread in self.threads:
            thread.join()
        for name, killer in self.killers.items():
            killer.stop()
            self.done[name] += killer.killed.total()

    def disturb(self) -> None:
        """One disturbance of the whole after the other, each kind at least once."""
        kinds: list[Callable[[], None]] = [self.fill_disk, self.throttle, self.let_receiver_down]
        kinds += [self.restart_emulator] * self.pace.restarts
        self.dice.shuffle(kinds)
        for kind in kinds:
            self.stopped.wait(
                self.pace.between_disturbances
            )  # the last of them come also if nothing is left to do
            kind()

    def sweep(self) -> None:
        """What the schedule does every minute, here as often as its own work allows."""
        while not self.stopped.wait(2.0):
            self.host.invoke("SweepFunction", b"{}")

    def restart_emulator(self) -> None:
        """Stop it with SIGTERM, and start it again a moment later; its keys are void, so no process keeps one."""
        self.done["emulator stopped and started"] += 1
        with self.host.disturbance():
            stopping = threading.Thread(target=self.stack.emulator.stop)
            stopping.start()
            while stopping.is_alive():  # it waits for whatever it has called, and that for its answers
                self.end_processes()
                stopping.join(0.2)
            if self.stack.emulator.process.returncode == -signal.SIGKILL:
                raise RuntimeError("the emulator did not stop by itself: what it held is lost")
            self.end_processes()
            time.sleep(0.5)
            self.stack.emulator.start()

    def end_processes(self) -> None:
        """End every process of every function."""
        for pool in self.host.pools.values():
            pool.close()

    def fill_disk(self) -> None:
        """No room for anything."""
        self.done["disk full"] += 1
        with self.host.disturbance(), full_disk(self.folder, self.stack.emulator) as how:
            self.notes.append(f"The full disk was {how}.")
            time.sleep(self.pace.disk_full)

    def throttle(self) -> None:
        """Only one at a time of some functions."""
        self.done["functions throttled"] += 1
        client = self.stack.client("lambda")
        names = [self.stack.name(function) for function in THROTTLED]
        for name in names:
            client.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
        time.sleep(self.pace.throttled)
        for name in names:
            client.delete_function_concurrency(FunctionName=name)

    def let_receiver_down(self) -> None:
        """Nobody answers webhooks."""
        self.done["receiver down"] += 1
        with self.host.disturbance():
            self.receiver.is_down = True
            time.sleep(self.pace.receiver_down)
            self.receiver.is_down = False

    def send_duplicates(self) -> None:
        """Send messages again: just given ones, and ones from long ago."""
        while not self.stopped.wait(self.dice.uniform(*self.pace.between_duplicates)):
            known = list(self.host.messages.values())
            if known:
                recent = known[-5:] if self.dice.random() < 0.5 else known
                self.repeat(self.dice.choice(recent))

    def repeat(self, message: Message) -> None:
        """Send one message once more to the queue that it came from."""
        sqs = self.stack.client("sqs")
        with suppress(sqs.exceptions.ClientError, BotoCoreError):
            url = sqs.get_queue_url(QueueName=message.queue)["QueueUrl"]
            sqs.send_message(QueueUrl=url, MessageBody=message.body)
            self.done["messages sent twice"] += 1

    def repeat_old(self, most: int) -> None:
        """Send messages of every kind again, after everything has ended."""
        known = sorted(self.host.messages.values(), key=lambda message: message.id)
        for message in self.dice.sample(known, min(most, len(known))):
            self.repeat(message)

    def _killer(
        self, number: int, victims: tuple[str, ...], blow: signal.Signals, between: tuple[float, float]
    ) -> Killer:
        return Killer(
            self.stack.host,
            self.seed * 10 + number,
            victims=victims,
            blow=blow,
            between_seconds=between,
            note=self.host.strike,
        )


def processes_left(stack: LocalStack) -> list[int]:
    """The processes of a stack that are still there after its end."""
    pids = [stack.emulator.process.pid]
    pids += [box.process.pid for pool in stack.host.pools.values() for box in (*pool.idle, *pool.busy)]
    return [pid for pid in pids if _is_there(pid)]


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
