"""Times the named steps of one stage and turns them into its report."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cutout.service.messages import StageReport

PROCESS_STATUS = Path("/proc/self/status")


class Stopwatch:
    """Collects the wall time of each step, in milliseconds, in the order in which they ran."""

    def __init__(self, stage: str, memory_mb: int) -> None:
        self.stage, self.memory_mb = stage, memory_mb
        self.steps_ms: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time the block; a step that runs several times adds up."""
        start = time.perf_counter()
        yield
        took_ms = (time.perf_counter() - start) * 1000
        self.steps_ms[name] = round(self.steps_ms.get(name, 0.0) + took_ms, 1)

    def report(self) -> StageReport:
        """What the stage took so far. The peak memory is the process's own, since it started."""
        return StageReport(
            stage=self.stage,
            steps_ms=dict(self.steps_ms),
            memory_mb=self.memory_mb,
            peak_memory_mb=round(peak_memory_mb(), 1),
        )


def peak_memory_mb() -> float:
    """The largest resident set that this process has had, in MiB.

    From the kernel's own account where there is one: what ``getrusage`` says on Linux begins with the size of the
    process that started this one.
    """
    if PROCESS_STATUS.exists():
        peak = next(line for line in PROCESS_STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # bytes, on macOS
