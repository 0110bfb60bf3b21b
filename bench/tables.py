"""Numbers as people read them: medians with their spread, in columns."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Spread:
    """What is said of repeated measurements: half of them lie below ``median``."""

    median: float
    lowest: float
    highest: float

    def cells(self, digits: int) -> list[str]:
        """Median, lowest and highest as the cells of a table."""
        return [f"{value:,.{digits}f}" for value in (self.median, self.lowest, self.highest)]


def spread(values: Iterable[float]) -> Spread:
    """Raises ValueError when there is nothing to summarise."""
    known = sorted(values)
    if not known:
        raise ValueError("a spread needs at least one value")
    return Spread(median=statistics.median(known), lowest=known[0], highest=known[-1])


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lines of text: the first column to the left, all others, which are figures, to the right."""
    widths = [max(len(row[i]) for row in (header, *rows)) for i in range(len(header))]
    lines = [title, _line(header, widths), "  ".join("-" * width for width in widths)]
    return "\n".join([*lines, *(_line(row, widths) for row in rows)])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = (row[i].rjust(width) if i else row[i].ljust(width) for i, width in enumerate(widths))
    return "  ".join((first, *rest)).rstrip()
