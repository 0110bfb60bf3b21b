"""What the processes of a run have used: the largest memory of each, and the time of the CPUs."""

import os
from dataclasses import dataclass
from pathlib import Path

from local.runtime import peak_memory_mb
from local.stack import LocalStack


@dataclass(frozen=True, kw_only=True)
class Peak:
    """The largest resident set of one process; ``limit_mb`` is what template.yaml gives a function."""

    process: str
    peak_mb: float
    limit_mb: int | None = None


def peaks(stack: LocalStack, peer_mb: float) -> list[Peak]:
    """Our functions, what stands for AWS, and the peer. Linux tells; elsewhere only the peer's is known."""
    functions = [
        Peak(process=memory.function, peak_mb=memory.peak_mb, limit_mb=memory.limit_mb)
        for memory in stack.host.memory()
    ]
    return [
        *functions,
        Peak(process="emulator (stands for AWS)", peak_mb=peak_memory_mb(_emulator_pid())),
        Peak(process="host (stands for Lambda), with this benchmark", peak_mb=peak_memory_mb(os.getpid())),
        Peak(process="rembg", peak_mb=peer_mb),
    ]


def our_cpu_seconds(stack: LocalStack) -> float:
    """CPU time so far of the functions' processes there are, of the emulator and of this process."""
    pids = {os.getpid(), _emulator_pid(), *(memory.pid for memory in stack.host.memory())}
    return sum(cpu_seconds(pid) for pid in pids)


def by_kind(stack: LocalStack) -> dict[str, float]:
    """The same, apart: the functions' processes there are, the emulator, and this process, which is the host."""
    functions = [cpu_seconds(memory.pid) for memory in stack.host.memory()]
    return {
        "functions": sum(functions),
        "emulator": cpu_seconds(stack.emulator.process.pid),
        "host": cpu_seconds(os.getpid()),
    }


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of a process so far (Linux; 0 elsewhere)."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()  # the name before it may hold spaces
    user, system = int(fields[11]), int(fields[12])
    return (user + system) / os.sysconf("SC_CLK_TCK")


def _emulator_pid() -> int:
    """The child of this process that runs the emulator; 0, which is nobody's, where Linux cannot be asked."""
    lists = [path.read_text().split() for path in Path("/proc/self/task").glob("*/children")]
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pids in lists for pid in pids}
    return next((pid for pid, command in commands.items() if b"emulator_process" in command), 0)
