"""Where the subject stands in the picture: everything that follows from the laid-out matte."""

import numpy as np
from numpy.typing import NDArray

from cutout.compliance.delivered import Delivered, edges_touched
from cutout.compliance.measured import Figure, Measured, NotMeasured
from cutout.rendering.subject import solid_box
from cutout.rule_words import Measure

_EMPTY = NotMeasured(why="there is no subject: no pixel of the matte reaches half")
OF_BOX: tuple[Measure, ...] = ("fill", "fill_width", "fill_height", "centring", "centring_x")


def place(delivered: Delivered) -> dict[Measure, Figure]:
    """All of the subject's place, by the definitions of ``cutout.rule_words``."""
    return {
        **_of_box(delivered.alpha8),
        "edges_touched": Measured(value=edges_touched(delivered.alpha8)),
        "cut_edges": Measured(value=delivered.cut_edges),
        "enlargement": Measured(value=round(delivered.enlargement, 4)),
        "background_unaltered": Measured(value=delivered.background_unaltered),
    }


def _of_box(alpha8: NDArray[np.uint8]) -> dict[Measure, Figure]:
    box, (height, width) = solid_box(alpha8), alpha8.shape
    if box is None:
        return dict.fromkeys(OF_BOX, _EMPTY)
    across, down = box.width / width, box.height / height
    aside = abs((box.left + box.right) / 2 - width / 2) / width
    above = abs((box.top + box.bottom) / 2 - height / 2) / height
    values = (max(across, down), across, down, max(aside, above), aside)
    return {name: Measured(value=round(value, 5)) for name, value in zip(OF_BOX, values, strict=True)}


def in_circle(alpha8: NDArray[np.uint8]) -> dict[Measure, Figure]:
    """The share of the matte that a round frame shows."""
    height, width = alpha8.shape
    radius, inside = min(height, width) / 2, 0
    columns = np.arange(width) + 0.5 - width / 2
    for y, row in enumerate(alpha8):
        reach = radius**2 - (y + 0.5 - height / 2) ** 2
        inside += int(row[columns**2 <= reach].sum(dtype=np.int64))
    total = int(alpha8.sum(dtype=np.int64))
    return {"in_circle": Measured(value=round(inside / total, 5)) if total else _EMPTY}
