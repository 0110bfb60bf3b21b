"""Where a subject touches the ground, from its matte alone.

A camera looks down at the ground a little, so what touches it lies on the lower convex hull of the silhouette, and the
hull is not steep there: a level edge that runs away from the camera at 45 degrees rises by the sine of the camera's
tilt, at most about a half. Parts that reach down between others (the far legs of a table) touch it, too, if they end
not much higher. What is cut by the picture's lower border stands on nothing that can be seen, and if that is more than
a leg, nothing else does: a hand beside cut legs hangs in the air.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_unit
from cutout.rendering.connected import reached
from cutout.rendering.soft import Floats, Mask, gaussian, smoothstep

_NEAR = 0.012  # of the subject's height: so close to the hull is on it
_GENTLE, _STEEP = 0.5, 0.9  # slopes of the hull: ground, and no longer ground
_LOW, _HIGH = 0.15, 0.3  # of the height: as far from the lowest point the ground may rise
_LEG_LOW, _LEG_HIGH = 0.16, 0.28  # the same for what stands between others
_HOVER = 0.12  # of the height: as high over the ground, a third of the shade of a contact is left
_THICK = 0.2  # of the height: the part of a body that shades the ground under it
_BLOCK = 4  # pixels: crumbs are told from legs on a grid of these
_MASSIVE = 0.3  # of the subject's width
_DEEPEST = 0.5  # of its width: no camera that looks down a little sees a base deeper
_LEG_WIDTH = 0.2  # of the subject's width: what is wider is no leg


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """The ground under a silhouette of (h, w) pixels; lengths are in these pixels."""

    bottom: Floats
    """(w,) the lower end of what is in a column, as a distance from the picture's top; -1 in an empty one"""
    touch: Floats
    """(w,) 0..1: how surely this lower end stands on the ground"""
    subject_height: float

    level: float
    """the mean row of the contacts"""
    foot: Floats
    """(w,) the row of the ground under every column: the contacts' own, straight lines between them"""
    near: Floats
    """(w,) 0..1: how closely what is between the outermost contacts hovers over the ground"""
    depth: Floats
    """(w,) how far the ground that is stood on goes on behind the foot: under a box, not under a leg"""


def ground_under(alpha8: NDArray[np.uint8]) -> Ground | None:
    """The ground under a matte, (h, w); None if nothing stands on it. Meant for a reduced grid, up to 1000 pixels."""
    solid = _without_specks(alpha8 >= 128)
    height, rows, columns = alpha8.shape[0], np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    if rows.size == 0:
        return None
    bottom = np.where(solid.any(0), height - solid[::-1].argmax(0), -1).astype(np.float32)
    tall, wide = float(rows[-1] - rows[0] + 1), float(columns[-1] - columns[0] + 1)
    if np.count_nonzero(bottom >= height) > _LEG_WIDTH * wide:
        return None
    hull, slope = _hull(bottom, columns)
    above_lowest = (bottom.max() - bottom) / np.float32(tall)
    on_hull = np.exp(-np.square((hull - bottom) / np.float32(_NEAR * tall + 1)))
    on_hull *= (1 - smoothstep(slope, _GENTLE, _STEEP)) * (1 - smoothstep(above_lowest, _LOW, _HIGH))
    leg, end = _legs(bottom, tall, wide)
    # A corner that hovers (a bumper's) is on the hull, too: it is no leg, not wide, and not at the bottom.
    surely = np.maximum(leg, 1 - smoothstep(above_lowest, 0.04, 0.08))
    on_hull = np.maximum(_opened(on_hull, round(_LEG_WIDTH * wide / 2)), on_hull * surely)
    touch = np.maximum(on_hull, leg * end * (1 - smoothstep(above_lowest, _LEG_LOW, _LEG_HIGH)))
    touch[(bottom < 0) | (bottom >= height)] = 0
    stands = np.flatnonzero(touch > 0.5)
    if stands.size == 0:
        return None
    foot = np.interp(np.arange(touch.size), stands, _end(alpha8, bottom[stands], stands)).astype(np.float32)
    near = _near(solid, bottom, foot, tall)
    near[: stands[0]] = near[stands[-1] + 1 :] = 0
    return Ground(
        bottom=bottom,
        touch=touch.astype(np.float32),
        subject_height=tall,
        level=float(bottom[stands].mean()),
        foot=foot,
        near=near,
        depth=_depth(touch > 0.5, foot, wide),
    )


def feet_of(solid: Mask, ground: Ground) -> Floats:
    """The row of the ground under every cell of ``solid``, (h, w): what stands on a leg stands where the leg does.

    Row by row from below, cells have the foot of what carries them; between two legs there are straight lines, and
    what juts out has the foot of where it hangs. What nothing carries is above the ground of its column.
    """
    height, width = solid.shape
    feet = np.broadcast_to(ground.foot, (height, width)).copy()
    at = np.arange(width)
    for row in range(height - 2, -1, -1):
        here, below = solid[row], solid[row + 1]
        contact = here & (ground.touch > 0.5) & (row >= ground.bottom - 2)
        known = here & (below | contact)
        if not known.any():
            continue
        carried = np.where(contact, ground.foot, feet[row + 1])
        run = np.cumsum(np.diff(here, prepend=False) & here)
        place = at + run * float(1 << 30)  # so far apart that runs do not mix
        held = np.isin(run, run[known]) & here
        feet[row, held] = np.interp(place[held], place[known], carried[known])
        feet[row] = _evener(feet[row], held)
    return feet


def _evener(values: Floats, held: Mask) -> Floats:
    """A little of the neighbours in the same run: further up, tufts of fur on the ground are one body."""
    before = np.where(held[:-1] & held[1:], np.diff(values) / 4, 0)
    evener: Floats = values + np.append(before, np.float32(0)) - np.insert(before, 0, 0)
    return evener


def _depth(stands: NDArray[np.bool_], foot: Floats, wide: float) -> Floats:
    """How far what stands on the ground in one wide piece goes on behind its foot: a base has its own far side.

    A base (a mug's circle, a box's rhomb) looks the same turned by half; the near half of its rim is seen.
    """
    depth = np.zeros_like(foot)
    for start, stop in _runs(stands):
        if stop - start > _MASSIVE * wide:
            near = foot[start:stop]
            depth[start:stop] = np.clip(near + near[::-1] - near[0] - near[-1], 0, _DEEPEST * (stop - start))
    return depth


def _end(alpha8: NDArray[np.uint8], bottom: Floats, columns: NDArray[np.intp]) -> Floats:
    """Where in its last cell, or in the next, a column's lower end lies: the edge of a shadow shows whole cells."""
    row = bottom.astype(np.intp)
    end: Floats = bottom - 1 + to_unit(alpha8[row - 1, columns]) + to_unit(alpha8[row, columns])
    return end


def _without_specks(solid: Mask) -> Mask:
    """Without crumbs of a matte, which would be taken for feet; legs that a gap cuts off are long, and stay."""
    height, width = solid.shape
    blocks = resize(np.uint8(255) * solid, max(1, height // _BLOCK), max(1, width // _BLOCK), "box") > 0
    large = blocks & (gaussian(blocks.astype(np.float32), 4, 4) > np.float32(0.07))
    if not large.any():
        return solid
    kept8 = resize(np.uint8(255) * reached(blocks, large), height, width, "bilinear")
    return solid & (kept8 > 0)


def _near(solid: Mask, bottom: Floats, foot: Floats, tall: float) -> Floats:
    """How closely a column's body hovers: a thick one, not the rail between a chair's legs."""
    rows = np.arange(solid.shape[0])[:, None]
    lowest_part = solid & (rows >= bottom - _THICK * tall)
    thick = lowest_part.sum(0, dtype=np.float32) / np.float32(_THICK * tall)
    near: Floats = np.exp(-np.abs(foot - bottom) / np.float32(_HOVER * tall)) * smoothstep(thick, 0.4, 0.8)
    return near


def _hull(bottom: Floats, columns: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """The lower convex hull under every column, and the gentler of its slopes at that column."""
    kept: list[tuple[float, float]] = []
    for x in columns.tolist():
        y = float(bottom[x])
        while len(kept) > 1 and _turns_in(kept[-2], kept[-1], (x, y)):
            kept.pop()
        kept.append((x, y))
    xs, ys = np.array(kept).T
    at = np.arange(bottom.size)
    hull = np.interp(at, xs, ys).astype(np.float32)
    if xs.size == 1:
        return hull, np.zeros(bottom.size, np.float32)
    slopes = np.abs(np.diff(ys) / np.diff(xs))
    before = slopes[np.clip(np.searchsorted(xs, at, "left") - 1, 0, slopes.size - 1)]
    after = slopes[np.clip(np.searchsorted(xs, at, "right") - 1, 0, slopes.size - 1)]
    return hull, np.minimum(before, after).astype(np.float32)


def _turns_in(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    """Whether b is no corner of the lower hull between a and c (rows count downwards)."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) >= 0


def _legs(bottom: Floats, tall: float, wide: float) -> tuple[Floats, Floats]:
    """Two shares (w,): of what is narrow and reaches down further than its surroundings; of its lowest part."""
    radius = max(1, round(_LEG_WIDTH * wide / 2))
    leg = smoothstep((bottom - _opened(bottom, radius)) / np.float32(tall), 0.02, 0.05)
    above_end = _around(bottom, max(1, radius // 2)).max(1) - bottom
    return leg, np.exp(-np.square(above_end / np.float32(_NEAR * tall + 1)))


def _opened(values: Floats, radius: int) -> Floats:
    """Values (w,) without everything high that is narrower than 2 ``radius`` + 1."""
    opened: Floats = _around(_around(values, radius).min(1), radius).max(1)
    return opened


def _around(rows: Floats, radius: int) -> Floats:
    """Every column's value and its ``radius`` neighbours on both sides; beyond the picture there is nothing."""
    padded = np.pad(rows, radius, constant_values=np.float32(-1))
    return np.lib.stride_tricks.sliding_window_view(padded, 2 * radius + 1)


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and one past the last of every run of set values."""
    steps = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return list(zip(steps[::2].tolist(), steps[1::2].tolist(), strict=True))
