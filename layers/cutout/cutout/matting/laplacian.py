"""The matting Laplacian on the soft band, with the coarse matte as soft data.

Levin, Lischinski, Weiss: "A Closed-Form Solution to Natural Image Matting", TPAMI 2008. In every window of 3 x 3
cells alpha shall be a linear function of the colours. The paper adds hard scribbles; here every cell is pulled
towards a target, and the rest of the picture stays as it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize
from cutout.matting.multilevel import block_means, covering
from cutout.matting.region import Mask, grow, positions

_EPS = 1e-6  # how far colours may stray from a line; at 1e-7 thin dark legs before a dark ground were eaten
_SOLVED = 1e-10  # what is left to gain, in squared alpha
_COARSEST = 128  # cells along the longest side
_STRIP = 1 << 13  # cells whose rows are made at a time: what the processor's cache holds

# The nine cells of a window, and the 25 places that two of them can have to each other.
_WINDOW = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]
_PLACES = [(y, x) for y in range(-2, 3) for x in range(-2, 3)]
_CENTRE = _PLACES.index((0, 0))
_BESIDE = [place for place in range(len(_PLACES)) if place != _CENTRE]

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class _Rows:
    """The rows of the band's n cells: what a cell's own value counts, and that of its 24 neighbours."""

    diagonal: Floats  # (n,)
    weights: Floats  # (24, n)
    neighbours: NDArray[np.int32]  # (24, n): their slots; n for those outside the band

    def times(self, vector: Floats) -> Floats:
        product: Floats = self.diagonal * vector
        padded = np.append(vector, np.float32(0))
        for weight, neighbour in zip(self.weights, self.neighbours, strict=True):
            term = padded.take(neighbour)
            term *= weight
            product += term
        return product


def solve(guide: Floats, band: Mask, start: Floats, pull: Floats, target: Floats, *, steps: int) -> Floats:
    """Alpha (h, w): ``start`` outside ``band``; inside, about the minimum of a' L a + sum of pull (a - target)^2.

    ``guide`` is (3, h, w), everything else (h, w), all in [0, 1]; ``pull`` > 0. ``start`` is also where the
    search begins. A quarter of the cells is solved first and its change is where the whole grid begins, down to
    ``_COARSEST`` cells: Bornemann and Deuflhard, "The cascadic multigrid method for elliptic problems", Numerische
    Mathematik 1996. On every grid ``steps`` of conjugate gradients are taken. Not only faster: what a coarse
    grid says of wide places is better than what the fine one would say in the end. Windows over the grid's border
    do not exist, so a grid under 3 cells a side is returned as it came.
    """
    if min(band.shape) < 3 or not band.any():
        return start.copy()
    if max(band.shape) > _COARSEST:
        # A coarse cell is pulled for four; the Laplacian is the same at every size.
        change = _coarser(np.concatenate([guide, [start, 4 * pull, target]]), band, steps)
        start = np.where(band, (start + change).clip(0, 1), start)
    return _solve_grid(guide, band, start, pull, target, steps=steps)


def _coarser(planes: Floats, band: Mask, steps: int) -> Floats:
    """The change from start to solution on a grid of a quarter of the cells, enlarged."""
    halved = block_means(planes, 2)
    solved = solve(halved[:3], covering(band, 2), *halved[3:], steps=steps)
    height, width = solved.shape
    enlarged = resize(solved - halved[3], 2 * height, 2 * width, "bilinear")
    return enlarged[: band.shape[0], : band.shape[1]]


def _solve_grid(
    guide: Floats, band: Mask, start: Floats, pull: Floats, target: Floats, *, steps: int
) -> Floats:
    y, x = positions(band)
    weights = np.empty((len(_PLACES), y.size), np.float32)
    for strip in _strips(y):
        weights[:, strip] = _strip_weights(guide, band, y[strip], x[strip])
    held = pull[y, x]
    rows = _Rows(
        diagonal=weights[_CENTRE] + held, weights=weights[_BESIDE], neighbours=_neighbours(band, y, x)
    )
    right = held * target[y, x] - _outside(weights, np.where(band, np.float32(0), start), y, x)
    alpha = start.copy()
    alpha[y, x] = _conjugate_gradients(rows, right, start[y, x], steps).clip(0, 1)
    return alpha


def _neighbours(band: Mask, y: Indices, x: Indices) -> NDArray[np.int32]:
    slots = np.full((band.shape[0] + 4, band.shape[1] + 4), y.size, np.int32)
    slots[y + 2, x + 2] = np.arange(y.size, dtype=np.int32)
    return np.stack([slots[y + 2 + dy, x + 2 + dx] for dy, dx in _PLACES if (dy, dx) != (0, 0)])


def _outside(weights: Floats, known: Floats, y: Indices, x: Indices) -> Floats:
    """What the cells around the band add to its rows."""
    around = np.pad(known, 2)
    total = np.zeros(y.size, np.float32)
    for weight, (dy, dx) in zip(weights, _PLACES, strict=True):
        total += weight * around[y + 2 + dy, x + 2 + dx]
    return total


def _strips(y: Indices) -> Iterator[slice]:
    """Runs of whole grid rows, of about ``_STRIP`` cells each; ``y`` ascends."""
    start = 0
    while start < y.size:
        last = y[min(start + _STRIP, y.size) - 1]
        stop = int(np.searchsorted(y, last, "right"))
        yield slice(start, stop)
        start = stop


def _strip_weights(guide: Floats, band: Mask, y: Indices, x: Indices) -> Floats:
    """(25, m): sums, over the windows that hold a cell, of what each says of the cell and its neighbours.

    Of the pair i, j a window says (9 delta_ij - 1 - z_i . z_j) / 9; see ``_whitened``.
    """
    height, width = band.shape
    top, bottom = int(y[0]) - 1, int(y[-1]) + 2  # rows in which windows have their middle
    holds = grow(np.pad(band, ((1, 1), (0, 0)))[top + 1 : bottom + 1], 1)
    inside = np.arange(top, bottom)
    holds[(inside < 1) | (inside > height - 2)] = False
    holds[:, [0, -1]] = False
    window_y, window_x = positions(holds)
    index = np.full((bottom - top, width + 2), window_y.size, np.int32)  # a margin, for cells on the border
    index[window_y, window_x + 1] = np.arange(window_y.size, dtype=np.int32)
    colours = _whitened(guide.reshape(3, -1), (window_y + top) * width + window_x, width)
    weights = np.zeros((len(_PLACES), y.size), np.float32)
    # For every place of a window: the one in which a cell has it.
    windows = [index[y - top - dy, x - dx + 1] for dy, dx in _WINDOW]
    said = np.zeros(window_y.size + 1, np.float32)  # the last: what a window that does not exist says
    for a, (ay, ax) in enumerate(_WINDOW):
        for b, (by, bx) in enumerate(_WINDOW[a:], a):
            said[:-1] = np.float32(8 if a == b else -1) - (colours[a] * colours[b]).sum(0)
            weights[_PLACES.index((by - ay, bx - ax))] += said.take(windows[a])
            if a != b:
                weights[_PLACES.index((ay - by, ax - bx))] += said.take(windows[b])
    weights *= np.float32(1 / 9)
    return weights


def _whitened(colours: Floats, at: Indices, width: int) -> Floats:
    """For the windows around ``at``: (9, 3, m) such that z_i . z_j = (c_i - mean)' (S + eps/9 1)^-1 (c_j - mean).

    S is the covariance of the nine colours. With S + eps/9 1 = L D L', z is D^-1/2 L^-1 (c - mean).
    """
    patch = np.stack([colours.take(at + dy * width + dx, axis=1) for dy, dx in _WINDOW])
    patch -= patch.mean(0)
    r, g, b = patch[:, 0], patch[:, 1], patch[:, 2]
    eps = np.float32(_EPS / 9)
    rg, rb, gb = _spread(r, g), _spread(r, b), _spread(g, b)
    d1 = _spread(r, r) + eps
    l21, l31 = rg / d1, rb / d1
    d2 = np.maximum(_spread(g, g) + eps - l21 * rg, eps)  # float32 may round a grey window below its least
    rest = gb - l31 * rg
    l32 = rest / d2
    d3 = np.maximum(_spread(b, b) + eps - l31 * rb - l32 * rest, eps)
    g -= l21 * r
    b -= l31 * r
    b -= l32 * g
    patch *= 1 / np.sqrt(np.stack([d1, d2, d3]))
    return patch


def _spread(one: Floats, other: Floats) -> Floats:
    """Mean over a window of the products of two channels; (9, m) to (m,)."""
    mean: Floats = np.einsum("km,km->m", one, other) * np.float32(1 / 9)
    return mean


def _conjugate_gradients(rows: _Rows, right: Floats, start: Floats, steps: int) -> Floats:
    """Solve the rows; the diagonal is also the preconditioner (Jacobi)."""
    solution = start.copy()
    rest = right - rows.times(solution)
    ahead = rest / rows.diagonal
    direction = ahead.copy()
    energy = float(rest @ ahead)
    for _ in range(steps):
        if energy < _SOLVED:
            break
        image = rows.times(direction)
        step = np.float32(energy / float(direction @ image))
        solution += step * direction
        rest -= step * image
        ahead = rest / rows.diagonal
        energy, before = float(rest @ ahead), energy
        direction *= np.float32(energy / before)
        direction += ahead
    return solution
