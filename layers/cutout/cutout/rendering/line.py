"""A layout along one axis, and when a subject that the frame cuts twice reaches across the canvas."""

from dataclasses import dataclass

# Of a subject that is cut at one end, so much must stay when it spans the canvas the other way.
_SHOWN = 2 / 3


@dataclass(frozen=True, kw_only=True)
class Line:
    """The layout along one axis, in canvas pixels; ``start`` and ``side`` are the reference's, in the photograph."""

    start: int
    side: int
    canvas: int
    before: float
    after: float
    cut_before: bool
    cut_after: bool
    align: float
    breath: float
    """what stays free at one end when the subject reaches beyond the other"""

    @property
    def room(self) -> float:
        """What the margins leave."""
        return self.canvas - self.before - self.after

    @property
    def spanned(self) -> bool:
        """Whether the frame cuts the subject at both ends."""
        return self.cut_before and self.cut_after

    @property
    def cut_once(self) -> bool:
        """Whether the frame cuts it at one end, which is glued."""
        return self.cut_before != self.cut_after

    def origin(self, scale: float) -> float:
        """Where the photograph begins, laid out at ``scale``."""
        length = self.side * scale
        at = self.before + self.align * (self.room - length)
        if self.cut_once:
            # The cut end lies at the canvas's edge, or beyond it when there is more than fits.
            fits = length <= self.room
            at = self._glued(length) if fits else self._free_end(length)
        return at - self.start * scale

    def _glued(self, length: float) -> float:
        return 0 if self.cut_before else self.canvas - length

    def _free_end(self, length: float) -> float:
        gap = max(self.before, self.after, self.breath)
        return self.canvas - gap - length if self.cut_before else gap


def spanning(down: Line, across: Line) -> float | None:
    """The scale at which a subject that is cut on opposite sides reaches from edge to edge; None if it should not."""
    if down.spanned and across.spanned:
        return max(down.canvas / down.side, across.canvas / across.side)
    for line, other in ((down, across), (across, down)):
        scale = line.canvas / line.side
        least = other.side * scale * (_SHOWN if other.cut_once else 1)
        if line.spanned and least <= other.room - (other.breath if other.cut_once else 0):
            return scale
    return None
