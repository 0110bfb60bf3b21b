"""One figure, and how sure it is."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A value in the unit of its measure; ``cutout.rule_words`` says exactly of what."""

    value: float | bool | str | tuple[str, ...]
    plus_minus: float = 0.0
    """half the width of the interval in which the true value lies; 0 where counting leaves no doubt"""
    how: str | None = None
    """where the figure is an estimate: from what"""


@dataclass(frozen=True, kw_only=True)
class NotMeasured:
    """There is no figure, and why."""

    why: str


Figure = Measured | NotMeasured
