"""Where the subject goes: crop, margins, canvas, size and position become one placement."""

from dataclasses import dataclass
from math import floor
from typing import Literal

from cutout.errors import BadRecipe
from cutout.rendering.line import Line, spanning
from cutout.rendering.placement import Box, Placement
from cutout.rendering.subject import Side, Subject

Ends = tuple[tuple[float, float], ...]


_OPPOSITE: dict[Side, Side] = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}


@dataclass(frozen=True, kw_only=True)
class Length:
    """Pixels, or per cent of a side that the place where it is used names; not negative."""

    value: float
    unit: Literal["px", "%"] = "px"

    def of(self, side: float) -> float:
        """In pixels."""
        return self.value if self.unit == "px" else self.value / 100 * side


@dataclass(frozen=True, kw_only=True)
class Margins:
    """What is kept free around the subject."""

    top: Length = Length(value=0)
    right: Length = Length(value=0)
    bottom: Length = Length(value=0)
    left: Length = Length(value=0)


@dataclass(frozen=True, kw_only=True)
class Fill:
    """The subject takes ``share`` (above 0, at most 1) of a side of the canvas; of ``longest``: of that side of which
    it takes more. Less where the other side, or the margins, would not hold it."""

    share: float
    side: Literal["longest", "width", "height"] = "longest"


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a cutout lies in its output.

    ``reference`` is what is laid out: the subject's box, or the photograph's whole frame.

    ``canvas`` is (height, width) in pixels; ``frame``: as large as the photograph; ``reference``: as large as the
    reference with its margins, at its own scale. Margins in per cent are of the side of a given canvas, or of the
    reference itself where the canvas follows from it.

    ``size`` on a canvas of a given size: ``contain``, as large as the margins allow; ``cover``, the least that leaves
    no gap; ``original``, one pixel of the photograph is one of the canvas; or a ``Fill``.

    ``align`` is (down, across), 0 to 1, of the space that is left: .5 is the middle.

    ``glue``: a side of the subject that the frame cuts lies at the canvas's edge, without margin. Cut on two opposite
    sides, it spans the canvas there, if what the frame did not cut keeps its room: what is too much goes beyond
    a third side that the frame cuts, as long as two thirds are seen. Cut on all four, it covers the canvas.
    """

    reference: Literal["subject", "frame"] = "frame"
    canvas: tuple[int, int] | Literal["frame", "reference"] = "reference"
    size: Fill | Literal["contain", "cover", "original"] = "contain"
    margins: Margins = Margins()
    align: tuple[float, float] = (0.5, 0.5)
    glue: bool = True


def place(subject: Subject, frame: tuple[int, int], layout: Layout, most_pixels: int) -> Placement:
    """Lay a photograph of ``frame`` (height, width) out; whole pixels whenever its scale stays 1.

    Raises
    ------
    BadRecipe
        Naming the finding: margins that leave no room, a canvas of more than ``most_pixels``, a subject larger than
        its canvas at its original size, a fill without a canvas.
    """
    box = (
        subject.box if layout.reference == "subject" else Box(top=0, left=0, bottom=frame[0], right=frame[1])
    )
    cut = _glued(subject.cut, layout)
    if layout.canvas == "reference":
        down, across, scale = *_around(box, layout, cut), 1.0
    else:
        canvas = frame if layout.canvas == "frame" else layout.canvas
        _check_size(*canvas, most_pixels)
        down, across = _within(box, canvas, layout, cut)
        scale = _scale(down, across, layout)
    _check_size(down.canvas, across.canvas, most_pixels)
    top, left = down.origin(scale), across.origin(scale)
    if scale == 1:
        top, left = float(floor(top + 0.5)), float(floor(left + 0.5))
    return Placement(height=down.canvas, width=across.canvas, scale=scale, top=top, left=left)


def _glued(cut: frozenset[Side], layout: Layout) -> frozenset[Side]:
    """The sides that stay at the canvas's edge. A whole frame never grows for it: cut on both sides, it is on none."""
    if not layout.glue:
        return frozenset()
    if layout.reference == "subject":
        return cut
    return frozenset(side for side in cut if _OPPOSITE[side] not in cut)


def _check_size(height: int, width: int, most_pixels: int) -> None:
    if height * width > most_pixels:
        raise BadRecipe(
            f"The canvas would have {width:,} x {height:,} pixels; allowed: {most_pixels:,} in all."
        )


def _around(box: Box, layout: Layout, cut: frozenset[Side]) -> tuple[Line, Line]:
    """A canvas that follows from the reference and its margins."""
    if isinstance(layout.size, Fill):
        raise BadRecipe(
            "A share of the canvas to fill was given, but no canvas; allowed: margins, or a canvas."
        )
    before = _margins(layout.margins, (box.height, box.width), cut)
    whole = tuple((round(start), round(end)) for start, end in before)
    return _lines(box, (sum(whole[0]) + box.height, sum(whole[1]) + box.width), whole, layout, cut)


def _within(box: Box, canvas: tuple[int, int], layout: Layout, cut: frozenset[Side]) -> tuple[Line, Line]:
    lines = _lines(box, canvas, _margins(layout.margins, canvas, cut), layout, cut)
    for line, name in zip(lines, ("height", "width"), strict=True):
        if line.room < 1:
            raise BadRecipe(
                f"The margins take {line.before + line.after:,.0f} of the canvas's {name} of {line.canvas:,} pixels "
                "and leave nothing for the subject."
            )
    return lines


def _margins(margins: Margins, sides: tuple[int, int], cut: frozenset[Side]) -> Ends:
    """(before, after) down and across, in pixels; none where the subject is glued."""
    down, across = sides
    return (
        (0 if "top" in cut else margins.top.of(down), 0 if "bottom" in cut else margins.bottom.of(down)),
        (0 if "left" in cut else margins.left.of(across), 0 if "right" in cut else margins.right.of(across)),
    )


def _lines(
    box: Box, canvas: tuple[int, int], margins: Ends, layout: Layout, cut: frozenset[Side]
) -> tuple[Line, Line]:
    down = Line(
        start=box.top,
        side=box.height,
        canvas=canvas[0],
        before=margins[0][0],
        after=margins[0][1],
        cut_before="top" in cut,
        cut_after="bottom" in cut,
        align=layout.align[0],
        breath=_breath(layout, "height") * canvas[0],
    )
    across = Line(
        start=box.left,
        side=box.width,
        canvas=canvas[1],
        before=margins[1][0],
        after=margins[1][1],
        cut_before="left" in cut,
        cut_after="right" in cut,
        align=layout.align[1],
        breath=_breath(layout, "width") * canvas[1],
    )
    return down, across


def _breath(layout: Layout, side: str) -> float:
    """The share of a side that a fill would leave free at either end."""
    if isinstance(layout.size, Fill) and layout.size.side in ("longest", side):
        return (1 - layout.size.share) / 2
    return 0


def _scale(down: Line, across: Line, layout: Layout) -> float:
    fitting = min(down.room / down.side, across.room / across.side)
    covering = max(down.room / down.side, across.room / across.side)
    match layout.size:
        case "original":
            return _original(down, across, fitting)
        case "cover":
            return covering
        case "contain":
            wanted = fitting
        case Fill():
            wanted = min(_filling(down, across, layout.size), fitting)
    return spanning(down, across) or wanted


def _original(down: Line, across: Line, fitting: float) -> float:
    if fitting < 1:
        raise BadRecipe(
            f"At its original size the subject has {across.side:,} x {down.side:,} pixels, and the canvas leaves it "
            f"{across.room:,.0f} x {down.room:,.0f}; allowed: a larger canvas, or another size."
        )
    return 1.0


def _filling(down: Line, across: Line, fill: Fill) -> float:
    shares = {
        "height": fill.share * down.canvas / down.side,
        "width": fill.share * across.canvas / across.side,
    }
    return shares.get(fill.side, min(shares.values()))
