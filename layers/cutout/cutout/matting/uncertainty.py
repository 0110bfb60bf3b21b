"""How far a matte can be trusted, from the matte itself: what is measured here, ``cutout.review`` says in words.

Softness along an edge is what an edge looks like; softness where no edge is, is doubt. So 4 a (1 - a) counts only
where everything beside it is soft, too. Both passes are asked, the network's with its interiors decided and the
finished one: what one of them doubts is doubted. Beside true mattes this ranks the errors better than the plain
sum of 4 a (1 - a) does, which says of every chair with thin legs that it went wrong.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_unit
from cutout.matting.region import shrink
from cutout.matting.see_through import see_through

_GRID = 384  # cells along either side, at most: an edge is one or two of them wide
_EDGE = 1  # radius: what is left of the softness without its edges
_WIDE = 4  # radius: about a hundredth of the frame, wider than hair and blur
_HALF8 = 128

Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Doubts:
    """What speaks against a matte. Shares of the subject's area may exceed 1: an area is a sum of alpha."""

    undecided: float
    """of the subject's area: soft, and no edge"""
    wide: float
    """of the subject's area: the part of that which is wider than hair"""
    thin: float
    """of the subject's area: all that is soft, edges too; much of it where the subject is nothing but edges"""
    seen_through: float
    """0 to 1: how well the solid part's hues follow the background's beside it"""
    subject_share: float
    """of the picture: the subject's area, 0 to 1"""
    frame_share: float
    """of the picture's frame: where the subject meets it, 0 to 1"""


def doubts_of_photo(
    rgb8: NDArray[np.uint8], settled8: NDArray[np.uint8], alpha8: NDArray[np.uint8]
) -> Doubts:
    """Doubts about the finished ``alpha8`` (H, W) of the photograph ``rgb8`` (H, W, 3).

    ``settled8`` is the coarse matte, (S, S) stretched over the frame, that it was made from. No array is larger than
    the coarse matte; of the picture only reduced copies are made.
    """
    return _doubts(_on_grid(alpha8, alpha8), _on_grid(settled8, alpha8), alpha8, see_through(rgb8, alpha8))


def doubts_of_drawing(alpha8: NDArray[np.uint8]) -> Doubts:
    """Doubts about an alpha (H, W) that was found without a network, from colours alone.

    Ink is thin and faint, and that is no doubt: only what is soft and wider than strokes counts.
    """
    alpha = _on_grid(alpha8, alpha8)
    doubts = _doubts(alpha, alpha, alpha8, 0.0)
    return replace(doubts, undecided=doubts.wide, thin=0.0)


def _doubts(alpha: Floats, settled: Floats, alpha8: NDArray[np.uint8], seen_through: float) -> Doubts:
    soft = np.maximum(_softness(alpha), _softness(settled))
    area = max(
        float(alpha.sum()), 1.0
    )  # a cell at least: nothing to divide by is no doubt but an empty matte
    return Doubts(
        undecided=float(shrink(soft, _EDGE).sum()) / area,
        wide=float(shrink(soft, _WIDE).sum()) / area,
        thin=float(_softness(alpha).sum()) / area,
        seen_through=seen_through,
        subject_share=float(alpha.mean()),
        frame_share=_frame_share(alpha8),
    )


def _on_grid(matte8: NDArray[np.uint8], picture: NDArray[np.uint8]) -> Floats:
    """A matte that is stretched over the picture, on the grid; never on more cells than the picture has pixels."""
    rows, columns = (min(_GRID, side) for side in picture.shape)
    return to_unit(resize(matte8, rows, columns, "box"))


def _softness(alpha: Floats) -> Floats:
    """0 where alpha is sure, 1 where it is a half."""
    soft: Floats = 4 * alpha * (1 - alpha)
    return soft


def _frame_share(alpha8: NDArray[np.uint8]) -> float:
    frame8 = np.concatenate([alpha8[0], alpha8[-1], alpha8[:, 0], alpha8[:, -1]])
    return float((frame8 >= _HALF8).mean())
