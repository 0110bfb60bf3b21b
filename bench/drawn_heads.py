"""Drawn portraits whose geometry is known: skull, hair, eyes, mouth, chin, neck and shoulders, each a simple shape."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize

Hair = Literal["none", "short", "long"]
SKINS = {"light": (224, 172, 140), "middle": (184, 128, 96), "dark": (110, 72, 52), "grey": (170, 170, 170)}


@dataclass(frozen=True, kw_only=True)
class Portrait:
    """rgb8 (H, W, 3) and alpha8 (H, W), and the true rows and columns in pixels."""

    rgb8: NDArray[np.uint8]
    alpha8: NDArray[np.uint8]
    hair_top: float
    skull_top: float
    chin: float
    eye_line: float
    centre: float
    apart: float


@cache
def portrait(
    *,
    height: int = 480,
    width: int = 400,
    apart: float = 60,
    hair: Hair = "short",
    hat: float = 0,
    skin: str = "light",
    tilt_degrees: float = 0,
    eyes: float = 1,
) -> Portrait:
    """A face of usual proportions, ``apart`` pixels between its eyes.

    The head is 3.5 eye distances high, the eyes are in its middle; ``hat`` is how far one reaches above the hair, in
    eye distances. ``eyes`` is how visible eyes, brows and mouth are, 0 to 1. Drawn at twice its size, then reduced.
    """
    scale, a = 2, 2 * apart
    y, x = np.mgrid[: height * scale, : width * scale] + 0.5
    middle_x, eye_y = width * scale / 2, height * scale * 0.42
    turn = math.radians(tilt_degrees)
    v = (
        (y - eye_y) * math.cos(turn) - (x - middle_x) * math.sin(turn)
    ) / a  # below the eyes, in eye distances
    u = ((x - middle_x) * math.cos(turn) + (y - eye_y) * math.sin(turn)) / a  # right of their middle
    tone = np.array(SKINS[skin], float)
    rgb = np.full((*y.shape, 3), 215.0)
    alpha = np.zeros(y.shape)

    def paint(where: NDArray[np.bool_], colour: object, visible: float = 1.0) -> None:
        rgb[where] = (1 - visible) * rgb[where] + visible * np.asarray(colour, float)
        alpha[where] = 1

    if hair == "long":
        paint(
            (np.hypot(u / 1.5, (v + 0.6) / 1.5) < 1) | ((abs(u) < 1.5) & (v > -0.6) & (v < 2.9)), (60, 40, 30)
        )
    paint((abs(u) < 0.62) & (v > 1) & (v < 3.5), tone * 0.72)
    paint((np.hypot(u / 3.2, (v - 4.2) / 1.7) < 1), (50, 60, 90))
    if hair == "short":
        paint(np.hypot(u / 1.32, (v + 0.35) / 1.65) < 1, (60, 40, 30))
    paint(np.hypot(u / 1.15, v / 1.75) < 1, tone)
    if hair != "none":
        paint((np.hypot(u / 1.15, v / 1.75) < 1) & (v < -0.95), (60, 40, 30))
    for side in (-0.5, 0.5):
        paint(np.hypot((u - side) / 0.2, v / 0.09) < 1, (40, 30, 30), eyes)
        paint((abs(u - side) < 0.26) & (abs(v + 0.36) < 0.045), (60, 45, 35), eyes)
    paint((np.hypot(u / 0.42, (v - 1.12) / 0.07) < 1), tone * 0.55, eyes)
    skull = _top(0, 1.15, 1.75, turn)
    top = {"none": skull, "short": _top(-0.35, 1.32, 1.65, turn), "long": _top(-0.6, 1.5, 1.5, turn)}[hair]
    if hat:
        paint((abs(u) < 1.3) & (v > top - hat) & (v < -0.8), (120, 30, 30))
        top -= hat
    return Portrait(
        rgb8=resize(np.rint(rgb).astype(np.uint8), height, width, "box"),
        alpha8=resize(np.rint(alpha * 255).astype(np.uint8), height, width, "box"),
        hair_top=(eye_y + top * a) / scale,
        skull_top=(eye_y + skull * a) / scale,
        chin=(eye_y + 1.75 * a * math.cos(turn)) / scale,
        eye_line=eye_y / scale,
        centre=middle_x / scale,
        apart=apart,
    )


def _top(below: float, half_width: float, half_height: float, turn: float) -> float:
    """The highest point, below the eyes, of a turned ellipse whose middle is ``below`` them on the head's axis."""
    return below * math.cos(turn) - math.hypot(half_height * math.cos(turn), half_width * math.sin(turn))
