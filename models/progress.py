"""How far a download is: one bar that redraws itself on a terminal, one line every 10 % in a log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

Report = Callable[[int], None]  # takes the number of bytes that are there

_WIDTH = 30


@contextmanager
def progress(stream: TextIO, label: str, total_bytes: int) -> Iterator[Report]:
    """Give a function that is told the bytes so far and shows them on ``stream``."""
    if stream.isatty():
        try:
            yield _once_per(1, total_bytes, lambda percent, done: _draw(stream, label, percent, done))
        finally:
            stream.write("\n")
    else:
        yield _once_per(10, total_bytes, lambda percent, done: _log(stream, label, percent, done))


def _once_per(step_percent: int, total_bytes: int, show: Callable[[int, int], None]) -> Report:
    shown = -step_percent

    def report(done_bytes: int) -> None:
        nonlocal shown
        done_bytes = min(done_bytes, total_bytes)
        percent = 100 * done_bytes // total_bytes
        if percent // step_percent > shown // step_percent:
            shown = percent
            show(percent, done_bytes)

    return report


def _draw(stream: TextIO, label: str, percent: int, done_bytes: int) -> None:
    filled = _WIDTH * percent // 100
    stream.write(
        f"\r{label} [{'#' * filled}{'.' * (_WIDTH - filled)}] {percent:3} % {done_bytes / 1e6:,.0f} MB"
    )
    stream.flush()


def _log(stream: TextIO, label: str, percent: int, done_bytes: int) -> None:
    stream.write(f"{label} {percent:3} % {done_bytes / 1e6:,.1f} MB\n")
    stream.flush()
