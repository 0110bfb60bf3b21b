"""Where a photograph lies on a canvas."""

from dataclasses import dataclass, replace
from typing import Self


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


def unchanged(height: int, width: int) -> Placement:
    """The photograph as it is."""
    return Placement(height=height, width=width, scale=1, top=0, left=0)
