"""What an edge pixel of a flat graphic is mixed of: the ground and an ink, or two inks."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from cutout.matting.palette import Palette

_EXPLAINED = 2.0  # levels of distance: two roundings
_EXPLAINED_LOSSY = 44.0  # JPEG at half the resolution of colour

Picture8 = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class Edge:
    """Pixels of edges."""

    rgb8: Picture8
    """(n, 3)"""
    around: Picture8
    """(n,): bits of what is near: 1 the ground, 2 << i ink number i"""
    extreme8: Picture8
    """(n, 3): the colour near it that is farthest from the ground"""


class _Best:
    """The nearest explanation of every pixel so far."""

    def __init__(self, seen: Floats) -> None:
        self.seen = seen
        self.distance = np.full(len(seen), np.inf, np.float32)
        self.alpha = np.ones(len(seen), np.float32)
        self.colour = seen.copy()

    def try_ink(self, at: NDArray[np.intp], ground: Floats, ink: Floats) -> None:
        """For the pixels ``at``: ``ink``, (3,) or one for each, over the ground."""
        share, distance = _to_segment(self.seen[at], ground, ink)
        better = distance < self.distance[at]
        chosen = at[better]
        self.distance[chosen], self.alpha[chosen] = distance[better], share[better]
        self.colour[chosen] = np.broadcast_to(ink, (at.size, 3))[better]

    def try_opaque(self, at: NDArray[np.intp], one: Floats, other: Floats) -> None:
        """For the pixels ``at``: a mixture of two inks."""
        _, distance = _to_segment(self.seen[at], one, other)
        chosen = at[distance < self.distance[at]]
        self.distance[chosen], self.alpha[chosen] = distance[distance < self.distance[at]], 1
        self.colour[chosen] = self.seen[chosen]


def explained(edge: Edge, palette: Palette) -> tuple[Floats, Picture8]:
    """Opacity, (n,), and the ink's colour, (n, 3)."""
    seen, ground = edge.rgb8.astype(np.float32), palette.ground.astype(np.float32)
    inks = palette.inks.astype(np.float32)
    best = _Best(seen)
    open_ = (edge.around & 1) > 0
    _try(best, edge.around, open_, ground, inks)
    enough = _EXPLAINED_LOSSY if palette.tolerance else _EXPLAINED
    puzzling = best.distance > enough
    _try(best, np.where(puzzling, np.uint8(255), np.uint8(0)), open_ & puzzling, ground, inks)
    unknown = np.flatnonzero((best.distance > enough) & open_)
    best.try_ink(unknown, ground, edge.extreme8[unknown].astype(np.float32))
    if not palette.tolerance:  # JPEG moves colours along that way, too, where all is opaque
        _try_hidden(best, edge.around, ~open_ & (best.distance > enough), ground, inks)
    return best.alpha, np.rint(best.colour).astype(np.uint8)


def _try_hidden(
    best: _Best, around: Picture8, hidden: NDArray[np.bool_], ground: Floats, inks: Floats
) -> None:
    """In the narrowest corner of a letter no pixel is all ground, and it shines through all the same."""
    trial = _Best(best.seen)
    _try(trial, np.where(hidden, around, np.uint8(0)), hidden, ground, inks)
    found = hidden & (trial.distance <= _EXPLAINED)
    best.alpha[found], best.colour[found] = trial.alpha[found], trial.colour[found]


def _try(best: _Best, around: Picture8, open_: NDArray[np.bool_], ground: Floats, inks: Floats) -> None:
    """All inks and pairs of inks that are ``around``; what has no ground near is opaque whatever it is mixed of."""
    for i, ink in enumerate(inks):
        near = (around & (2 << i)) > 0
        best.try_ink(np.flatnonzero(near & open_), ground, ink)
    for i, j in combinations(range(len(inks)), 2):
        bits = (2 << i) | (2 << j)
        best.try_opaque(np.flatnonzero((around & bits) == bits), inks[i], inks[j])


def _to_segment(seen: Floats, start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Where on the way from ``start`` to ``end`` the nearest point is, 0 to 1, and how far away, in levels."""
    along = end - start
    length = np.square(along).sum(-1).clip(1)
    share = (((seen - start) * along).sum(1) / length).clip(0, 1)
    missed = seen - start - share[:, None] * along
    return share.astype(np.float32), np.sqrt(np.square(missed).sum(1))
