"""What is measured: the delivered file beside what the renderer knows of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cutout.rendering.subject import HALF8
from cutout.rule_words import Measure


@dataclass(frozen=True, kw_only=True, eq=False)
class Delivered:
    """One output: its bytes, and the subject's place in it."""

    body: bytes
    """the file as the customer gets it"""
    alpha8: NDArray[np.uint8]
    """(H, W) of the canvas: the matte as it was laid out, without shadows and outlines"""
    enlargement: float
    """pixels of the canvas for one pixel of the photograph, along a side"""
    cut_edges: tuple[str, ...]
    """``edges_touched`` of the photograph's own matte, in the frame of the upload"""
    background_unaltered: bool
    """the background is the photograph's own, with nothing done to it"""
    fixes: Mapping[Measure, str] = field(default_factory=dict)
    """what was done on the way to meet a rule, in words"""


def edges_touched(alpha8: NDArray[np.uint8]) -> tuple[str, ...]:
    """Of top, right, bottom, left: those whose outermost row or column has a pixel of alpha8 at least 128."""
    sides = {"top": alpha8[0], "right": alpha8[:, -1], "bottom": alpha8[-1], "left": alpha8[:, 0]}
    return tuple(name for name, line in sides.items() if line.max() >= HALF8)
