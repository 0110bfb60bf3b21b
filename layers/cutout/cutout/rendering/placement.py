"""Where a photograph lies on a canvas."""

from dataclasses import dataclass, replace
from math import ceil, floor, sqrt
from typing import Self

_NO_PIXEL = 1e-6  # what floats are off by


@dataclass(frozen=True, kw_only=True)
class Box:
    """Whole pixels, half open: rows ``top`` to ``bottom`` - 1, columns ``left`` to ``right`` - 1."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """In pixels."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """In pixels."""
        return self.right - self.left

    @property
    def slices(self) -> tuple[slice, slice]:
        """The box as an index of a picture."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def moved(self, down: int, right: int) -> Self:
        """The same box farther down and to the right."""
        return replace(
            self,
            top=self.top + down,
            left=self.left + right,
            bottom=self.bottom + down,
            right=self.right + right,
        )


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A canvas, and the similarity that lays the photograph on it: canvas = scale x photograph + (top, left)."""

    height: int
    """of the canvas, in pixels"""
    width: int
    scale: float
    """canvas pixels per pixel of the photograph, the same both ways; above 1 the photograph is enlarged"""
    top: float
    """canvas row of the upper edge of the photograph's frame; negative if it is above the canvas"""
    left: float

    @property
    def copies(self) -> bool:
        """Whether pixels fall on pixels, so that nothing has to be resampled."""
        return self.scale == 1 and self.top == int(self.top) and self.left == int(self.left)

    def on_canvas(self, box: Box) -> tuple[float, float, float, float]:
        """(top, left, bottom, right) of a part of the photograph, in canvas pixels; it may lie outside."""
        top, left = self.top + self.scale * box.top, self.left + self.scale * box.left
        return top, left, top + self.scale * box.height, left + self.scale * box.width

    def seen(self, box: Box) -> Box:
        """Every canvas pixel that a part of the photograph touches; empty where it lies outside."""
        top, left, bottom, right = self.on_canvas(box)
        first_row, first_column = max(floor(top + _NO_PIXEL), 0), max(floor(left + _NO_PIXEL), 0)
        return Box(
            top=first_row,
            left=first_column,
            bottom=max(min(ceil(bottom - _NO_PIXEL), self.height), first_row),
            right=max(min(ceil(right - _NO_PIXEL), self.width), first_column),
        )

    def then(self, other: "Placement") -> "Placement":
        """This canvas, laid on another one as if it were the photograph."""
        return replace(
            other,
            scale=self.scale * other.scale,
            top=self.top * other.scale + other.top,
            left=self.left * other.scale + other.left,
        )


def within(placement: Placement, photo: tuple[int, int]) -> Placement:
    """The same canvas with nothing but photograph, of (height, width), on it: moved no further than needed.

    Enlarged about the canvas's middle only where the photograph is too small for it.
    """
    canvas = placement.height, placement.width
    scale = max(placement.scale, *(side / of for side, of in zip(canvas, photo, strict=True)))
    larger = scale / placement.scale
    top, left = (
        min(0.0, max(side - scale * of, side / 2 - (side / 2 - start) * larger))
        for side, of, start in zip(canvas, photo, (placement.top, placement.left), strict=True)
    )
    return replace(placement, scale=scale, top=top, left=left)


def reduced(height: int, width: int, most_pixels: float) -> Placement:
    """A photograph in the largest frame of its shape with at most ``most_pixels``, filled to its edges; never larger.

    Sides are rounded down, so one of them may lose up to a pixel of the photograph, half at either end.
    """
    # The second: of a strip of one row that row remains.
    scale = min(sqrt(most_pixels / (height * width)), most_pixels / max(height, width))
    if scale >= 1:
        return unchanged(height, width)
    down, across = (max(floor(side * scale + _NO_PIXEL), 1) for side in (height, width))
    top, left = (down - scale * height) / 2, (across - scale * width) / 2
    return Placement(height=down, width=across, scale=scale, top=top, left=left)


def unchanged(height: int, width: int) -> Placement:
    """The photograph as it is."""
    return Placement(height=height, width=width, scale=1, top=0, left=0)
