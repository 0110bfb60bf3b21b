"""What hangs together."""

import numpy as np

from cutout.rendering.soft import Mask


def reached(mask: Mask, start: Mask) -> Mask:
    """The parts of ``mask`` that hang together with ``start``: along rows, then columns, until nothing changes.

    4-connected, (h, w). It takes as many rounds as the most winding part turns.
    """
    found = mask & start
    while True:
        more = _along_rows(_along_rows(found, mask).T, mask.T).T
        if np.array_equal(more, found):
            return found
        found = more


def _along_rows(found: Mask, mask: Mask) -> Mask:
    """Every run of ``mask`` in a row that has a found cell is found."""
    breaks = np.ones(mask.shape, np.bool_)
    breaks[:, 1:] = mask[:, 1:] != mask[:, :-1]
    starts = np.flatnonzero(breaks)
    any_found = np.logical_or.reduceat(np.ascontiguousarray(found).ravel(), starts)
    runs: Mask = any_found.repeat(np.diff(starts, append=mask.size)).reshape(mask.shape)
    return runs & mask
