"""Is the background seen through what the matte calls solid? Networks take a clear glass for a solid one.

What lies behind is guessed from what lies beside: the background's colours are carried on into the subject. Where
the subject's own colours go up and down with them, it lets them through, or has them by chance. Only hues are
compared, because highlights, shade and rims are grey; and only what no slow change over the frame explains,
because one lamp lights the subject and the background.
"""

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize
from cutout.matting.region import Mask, grow, positions, shrink
from cutout.matting.windows import mean

_GRID = 64  # cells along the longer side: what lies behind is patches of colour, out of focus
_SAMPLES = 8  # pixels along either side of a cell, at least, whose mean is its colour
_SOLID8, _CLEAR8 = 250, 5
_RIM = 2  # cells: rims of glasses are solid, and edges are mixed
_REACH = 3  # cells: further from the edge, what lies behind is a guess
_ENOUGH = 60  # cells: fewer agree by chance
_HARDLY = 1e-6  # a weight that only keeps a division defined
_VARIED = 0.7  # levels: a plain background looks the same through anything

Floats = NDArray[np.float32]


def see_through(rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8]) -> float:
    """Correlation, 0 to 1, of the solid subject's hues near its edge with those of the background beside them.

    ``rgb8`` (H, W, 3) is the photograph, ``alpha8`` (H, W) its finished matte. 0 also where nothing can be said:
    too little is solid, or the background has the same hue everywhere.
    """
    height, width = alpha8.shape
    shrunk = min(1.0, _GRID / max(height, width))
    rows, columns = max(1, round(height * shrunk)), max(1, round(width * shrunk))
    step = max(1, int(1 / shrunk) // _SAMPLES)
    small8 = resize(rgb8[::step, ::step], rows, columns, "box")
    opacity8 = resize(alpha8, rows, columns, "box")
    ground = shrink(opacity8 <= _CLEAR8, 1)
    inside = shrink(opacity8 >= _SOLID8, _RIM) & grow(ground, _RIM + _REACH)
    if np.count_nonzero(inside) < _ENOUGH or not ground.any():
        return 0.0
    hues = _hues(small8)
    seen, behind = (_unexplained(plane, inside) for plane in (hues, _carried_on(hues, ground)))
    if np.sqrt(np.square(behind).mean()) < _VARIED:
        return 0.0
    scale = np.sqrt(np.square(seen).sum() * np.square(behind).sum())
    return float(max(0.0, (seen * behind).sum() / scale)) if scale > 0 else 0.0


def _hues(rgb8: NDArray[np.uint8]) -> Floats:
    """(h, w, 2): red and blue against green, which all greys have as 0."""
    rgb = rgb8.astype(np.float32)
    return rgb[..., [0, 2]] - rgb[..., [1]]


def _carried_on(planes: Floats, known: Mask) -> Floats:
    """``planes`` (h, w, c) where ``known``; beyond, cell by cell, means of what is known beside a cell."""
    found, weight = planes * known[..., None], known.astype(np.float32)
    for _ in range(_RIM + _REACH + 1):
        beside = mean(weight, 1)
        means = [mean(np.ascontiguousarray(plane), 1) for plane in np.moveaxis(found, 2, 0)]
        next_to = (weight == 0) & (beside > 0)
        guesses = np.stack(means, axis=2) / beside.clip(_HARDLY)[..., None]
        found = np.where(next_to[..., None], guesses, found)
        weight[next_to] = 1
    return found


def _unexplained(planes: Floats, where: Mask) -> NDArray[np.float64]:
    """(n, c): the planes' values at the n cells of ``where``, without the best quadratic in place."""
    y, x = positions(where)
    v, u = y / where.shape[0], x / where.shape[1]
    slow = np.stack([np.ones(y.size), u, v, u * u, u * v, v * v], axis=1)
    values = planes[y, x].astype(np.float64)
    found, *_ = np.linalg.lstsq(slow, values)
    return np.asarray(values - slow @ found, np.float64)
