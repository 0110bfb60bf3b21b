"""Interiors and gaps: what a network left half transparent is decided, where there is evidence.

Networks dissolve solid parts (patterned cloth, a second material, white on white) and leave veils of background.
On a small grid every unsure cell is asked for the logarithm of its odds to be subject, a sum of

    the matte      what the network says; a small thin place amid more opaque ones counts as a gap
    colour         is the cell's colour one of the sure subject's here, or of the sure background's? A colour of
                   neither, like the mixture in a pane or a blur, says nothing
    enclosure      doubts within a ring of solid cells are the subject's, if the network leans that way everywhere

Cells far to one side become solid, those far to the other open; the rest, glass and nets and hair, stays as it is.
What is solid now teaches its colours, and the question is asked again. A cell is only made solid on a plateau:
where the matte falls towards nothing within reach, it is an edge, and edges keep their shape. They follow their
plateau's level P, and the level Q of what was opened, as (alpha - Q) / (P - Q).

The evidence is Bayes' rule with local histograms, as in Ruzon and Tomasi: "Alpha Estimation in Natural Images",
CVPR 2000; teaching and asking again is the idea of Rother et al.: "GrabCut", SIGGRAPH 2004.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_uint8, to_unit
from cutout.matting.local_colours import colour_bins, densities, look_up
from cutout.matting.region import Mask, grow, positions, shrink
from cutout.matting.windows import lowest_connected, mean

_GRID = 320  # longest side, at most: what dissolves is large, and what is smaller is left to the refinement
_SAMPLES = 4  # pixels along either side of a cell, at least, whose mean is its colour
_CLEAR, _SOLID = 0.04, 0.96  # the network is believed
_LEAST = 0.1  # hardly anything: never made solid, whatever its colour
_ROUNDS = 12

_RARE = 5e-4  # a density that says no more than chance
_COLOUR = 3.0  # the most that colour alone can say for solid or against it
_LEANS = 0.6  # nowhere thinner: a pane of glass, as likely open as not, is no doubt to be filled
_ENCLOSED = 3.0  # enclosure outweighs colour: white squares of a shirt before a white wall

_GAP_AROUND, _GAP_MARGIN, _GAP = 10, 0.1, 6.0  # cells; matte; logits for every step of the matte
_OPEN = -4.5  # logits at which colour alone opens: hair before the same ground has -3
_VEIL = 0.5  # more opaque than that, a veil is not the background's that runs on
_FLAT = 0.2  # of the matte from a cell to the next ones, in an opening
_LEVEL = 1.4  # exponent: a plateau's level is taken a little lower, so that its ripples come out solid
_EVEN = 5  # cells within which glass lets the same through
_WAVERING = 0.02  # of the matte; where a network is in doubt there is more
_CLEARLY_THIN = 0.8
_FEW = 0.2  # of a window; along a straight border this is as far as the reach
_LEAST_RANGE = 0.05

Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Strength:
    """How much it takes to make a cell solid."""

    needed: float
    """logarithm of the odds"""
    reach: int
    """cells within which no background may lie: smaller dares to go nearer to edges and hair"""


NORMAL = Strength(needed=0.7, reach=5)
STRONG = Strength(needed=0.3, reach=3)


@dataclass(frozen=True, kw_only=True, eq=False)
class Settled:
    """A coarse matte, and how much of the subject was decided."""

    coarse8: NDArray[np.uint8]
    """(S, S) alpha8, stretched over the frame like the one that came"""
    filled_share: float
    """of the subject's area, what was made solid: 0 to 1"""
    opened_share: float
    """as large as this part of the subject's area is what was opened"""


@dataclass(frozen=True, kw_only=True)
class _Grid:
    """What is looked at, (h, w) cells."""

    rgb8: NDArray[np.uint8]
    matte: Floats  # means
    thinnest: Floats  # lowest values of the coarse matte: gaps finer than a cell
    sure: Mask
    ground: Mask

    @property
    def unsure(self) -> Mask:
        return ~self.sure & ~self.ground


@dataclass(frozen=True, kw_only=True)
class _Verdict:
    solid: Mask  # sure cells included
    open: Mask
    thin: Mask  # see-through as far as one can tell: no edge of anything, and rather not solid


def settle(rgb8: NDArray[np.uint8], coarse8: NDArray[np.uint8], strength: Strength) -> Settled:
    """The coarse matte (S, S), alpha8 stretched over the photograph (H, W, 3), with interiors and gaps decided.

    Where nothing is sure, or nothing in doubt, the matte comes back as it was. No array is larger than the matte.
    """
    grid = _make_grid(rgb8, coarse8)
    if not grid.sure.any() or not grid.unsure.any():
        return Settled(coarse8=coarse8, filled_share=0.0, opened_share=0.0)
    verdict = _decide(grid, strength)
    subject = max(1, int(np.count_nonzero(verdict.solid | (grid.matte >= 0.5))))
    return Settled(
        coarse8=_levelled(grid, verdict, coarse8, strength.reach),
        filled_share=float(np.count_nonzero(verdict.solid & ~grid.sure) / subject),
        opened_share=float(np.count_nonzero(verdict.open) / subject),
    )


def _make_grid(rgb8: NDArray[np.uint8], coarse8: NDArray[np.uint8]) -> _Grid:
    height, width = rgb8.shape[:2]
    cells = min(_GRID, coarse8.shape[0], coarse8.shape[1])
    shrink = min(1.0, cells / max(height, width))
    rows, columns = max(1, round(height * shrink)), max(1, round(width * shrink))
    step = max(1, int(1 / shrink) // _SAMPLES)
    matte = resize(to_unit(coarse8), rows, columns, "box")
    thinnest = coarse8
    for axis, cells in ((0, rows), (1, columns)):
        starts = np.arange(cells) * thinnest.shape[axis] // cells
        thinnest = np.minimum.reduceat(thinnest, starts, axis)
    return _Grid(
        rgb8=resize(rgb8[::step, ::step], rows, columns, "box"),
        matte=matte,
        thinnest=to_unit(thinnest),
        sure=matte > _SOLID,
        ground=matte < _CLEAR,
    )


def _decide(grid: _Grid, strength: Strength) -> _Verdict:
    prior = _prior(grid.matte)
    least = shrink(prior, 1)  # beside a sure cell the matte is on its way up, and says nothing of a plateau
    odds_of_colour = _colour_evidence(grid)
    even = _even(grid.matte)
    plateau = (shrink(grid.thinnest, strength.reach) > grid.matte / 2) & (grid.matte > _LEAST)
    solid = grid.sure
    for _ in range(_ROUNDS):
        colour = odds_of_colour(grid.sure | _core(solid))
        odds = least + mean(colour.clip(-_COLOUR, _COLOUR), 1)
        before = solid
        solid = solid | _attached(grid, plateau & ~even & (odds > strength.needed))
        if np.array_equal(solid, before):
            solid = solid | (_enclosed(grid, solid, odds, strength.needed) & ~even)
            if np.array_equal(solid, before):
                break
    return _Verdict(
        solid=solid,
        open=_opened(grid, solid, prior, mean(colour, 1)),
        thin=plateau & ~solid & ((odds < 0) | even),
    )


def _colour_evidence(grid: _Grid) -> Callable[[Mask], Floats]:
    """From the cells that teach the subject's colours to logarithms of odds, (h, w); 0 where nothing is asked."""
    bins = colour_bins(grid.rgb8)
    asked = positions(grid.unsure)
    ground = look_up(densities(bins, grid.ground), bins, *asked) + np.float32(_RARE)

    def evidence(teachers: Mask) -> Floats:
        colour = np.zeros(teachers.shape, np.float32)
        subject = look_up(densities(bins, teachers), bins, *asked) + np.float32(_RARE)
        colour[asked] = np.log(subject / ground)
        return colour

    return evidence


def _core(mask: Mask) -> Mask:
    """The cells of ``mask`` that do not lie on its border, where colours are mixed."""
    return ~grow(~mask, 1)


def _prior(matte: Floats) -> Floats:
    """The network's own logarithm of the odds; less for a thin place that is smaller than its surroundings."""
    middle = mean(matte, 1)
    likely = middle.clip(0.01, 0.99)
    gap = (mean(matte, _GAP_AROUND) - middle - np.float32(_GAP_MARGIN)).clip(0)
    odds: Floats = np.log(likely / (1 - likely)) - np.float32(_GAP) * gap * (matte < 0.5)
    return odds


def _even(matte: Floats) -> Mask:
    """What lets the same share of light through everywhere: glass. A network in doubt wavers."""
    level = grow(matte, _EVEN) - shrink(matte, _EVEN) < _WAVERING
    return grow(level & (matte < _CLEARLY_THIN), _EVEN)


def _attached(grid: _Grid, mask: Mask) -> Mask:
    """The cells of ``mask`` that a way over opaque cells joins to a sure one."""
    return mask & (lowest_connected(np.where(grid.sure, 0, 1), mask | (grid.matte > 0.5)) < 0.5)


def _enclosed(grid: _Grid, solid: Mask, odds: Floats, needed: float) -> Mask:
    """Doubts in a ring of cells that speak for the subject, if nowhere thin and not against all evidence."""
    doubt = ~solid & (odds <= needed)
    return doubt & (odds > needed - _ENCLOSED) & (lowest_connected(grid.thinnest, doubt) > _LEANS)


def _opened(grid: _Grid, solid: Mask, prior: Floats, colour: Floats) -> Mask:
    """Cells that are background: by their colour alone, or because the background around reaches into them."""
    matte, doubt = grid.matte, ~solid & ~grid.ground
    flat = grow(matte, 1) - shrink(matte, 1) < _FLAT
    certain = flat & (prior + colour < _OPEN)
    elsewhere = np.ones(matte.shape, np.float32)
    elsewhere[[0, -1]] = elsewhere[:, [0, -1]] = 0
    thin = ~solid & (matte < _VEIL)
    outside = lowest_connected(np.where(grid.ground, elsewhere, 1), thin) < 0.5
    opened = doubt & (certain | (outside & (colour < -1)))
    return grow(_core(opened), 1)  # without what is thinner than three cells: hairs


def _levelled(grid: _Grid, verdict: _Verdict, coarse8: NDArray[np.uint8], reach: int) -> NDArray[np.uint8]:
    """The coarse matte between the levels of what is solid and what is open around every pixel."""
    matte = grid.matte
    top = _level(np.where(grid.sure, 1, matte ** np.float32(_LEVEL)), verdict.solid, reach + 4, 1.0)
    top[verdict.thin] = 1
    base = _level(np.where(grid.ground, 0, matte), verdict.open | grid.ground, reach + 4, 0.0)
    core = _core(verdict.solid)
    height, width = coarse8.shape
    planes = top, base, core.astype(np.float32)
    p, q, inside = (resize(plane, height, width, "bilinear") for plane in planes)
    alpha = (to_unit(coarse8) - q) / (p - q).clip(_LEAST_RANGE)
    return to_uint8(np.maximum(alpha, 2 * inside - 1))


def _level(plane: Floats, where: Mask, radius: int, otherwise: float) -> Floats:
    """Means of ``plane`` over the cells of ``where`` around every cell; ``otherwise`` where there are few or none.

    The change from one to the other is soft: a box around every decided cell would be seen.
    """
    share = mean(where.astype(np.float32), radius)
    total = mean(np.where(where, plane, 0).astype(np.float32), radius)
    found = total / share.clip(1e-4)
    level: Floats = otherwise + (found - otherwise) * (share / np.float32(_FEW)).clip(0, 1)
    return level
