"""A disk that is full for a while: of a run's own, so that nobody else's is.

Where the system lets us make a file system in memory without being its administrator (user and mount namespaces), a
run's folder is such a one, of a fixed size, and a ballast fills it. Elsewhere the emulator's process is forbidden to
write files longer than nothing (RLIMIT_FSIZE), which its writes notice in the same way.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.emulator import Emulator

SIZE_MB = 1500
MARK = "CUTOUT_CHAOS_DISK"  # the folder that is a file system of its own
PIECE = bytes(1 << 20)


def may_mount() -> bool:
    """Whether this system lets us have mounts of our own."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        done = subprocess.run(["unshare", "-Urm", "true"], capture_output=True, check=False)
    except FileNotFoundError:
        return False
    return done.returncode == 0


def begin_again_on_own_disk(folder: Path, arguments: list[str]) -> None:
    """Replace this process by itself in namespaces of its own, where ``folder`` is a small file system."""
    folder.mkdir(parents=True, exist_ok=True)
    script = f'mount -t tmpfs -o size={SIZE_MB}m tmpfs "$1" && shift && exec "$@"'
    command = [sys.executable, "-m", "chaos", *arguments]
    os.environ[MARK] = str(folder)
    os.execvp("unshare", ["unshare", "-Urm", "sh", "-c", script, "sh", str(folder), *command])  # noqa: S606


def is_own_disk(folder: Path) -> bool:
    """Whether the folder is a small file system, or lies in one."""
    own = os.environ.get(MARK)
    return own is not None and folder.is_relative_to(own)


@contextmanager
def full_disk(folder: Path, emulator: Emulator) -> Iterator[str]:
    """Leave no room below ``folder`` for as long as the block runs; yields how that was done."""
    if is_own_disk(folder):
        with _ballast(folder / "ballast"):
            yield "a file system in memory, filled up"
    else:
        with _no_file_longer_than(0, emulator.process.pid):
            yield "no file of the emulator's may be longer than nothing (RLIMIT_FSIZE)"


@contextmanager
def _ballast(path: Path) -> Iterator[None]:
    try:
        with path.open("wb", buffering=0) as file:
            _fill(file.fileno())
        yield
    finally:
        path.unlink(missing_ok=True)


def _fill(descriptor: int) -> None:
    """Write until the disk is full, down to the last bytes."""
    piece = PIECE
    while piece:
        try:
            os.write(descriptor, piece)
        except OSError:
            piece = piece[: len(piece) // 2]


@contextmanager
def _no_file_longer_than(size: int, pid: int) -> Iterator[None]:
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)
