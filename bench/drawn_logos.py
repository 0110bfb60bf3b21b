"""Drawn logos: flat inks on a flat ground, mixed as encoded, with exact alpha and colours."""

from collections.abc import Callable

import numpy as np

from bench.drawing import Drawing, through
from bench.strokes import Colour, Layer, Plane, edge

HEIGHT, WIDTH = 480, 720
WHITE, BLACK, NAVY, RED, YELLOW, GREY, GREEN = (
    *((1.0, 1.0, 1.0), (0.0, 0.0, 0.0), (0.08, 0.16, 0.42)),
    *((0.86, 0.12, 0.16), (1.0, 0.78, 0.08), (0.55, 0.55, 0.55), (0.1, 0.55, 0.25)),
)


def letters(colour: Colour, ground: Colour) -> Drawing:
    """One ink: rings with counters, bars, a hairline and a dot."""
    layer = Layer(HEIGHT, WIDTH)
    _letters(layer, colour, 0)
    return _on(layer, colour, ground)


def badge() -> Drawing:
    """Three inks that touch: a disc in a ring, and a star's arm over both."""
    layer = Layer(HEIGHT, WIDTH)
    far = np.hypot(layer.y - 240, layer.x - 360)
    layer.cover(edge(far - 190), NAVY)
    layer.cover(edge(far - 150), YELLOW)
    layer.cover(edge(np.maximum(np.abs(layer.x - 360) - 40, np.abs(layer.y - 240) - 215)), RED)
    layer.cover(edge(far - 16), NAVY)
    return _on(layer, NAVY, WHITE)


def outlined() -> Drawing:
    """A black outline, two pixels wide, around green, and grey writing below."""
    layer = Layer(HEIGHT, WIDTH)
    far = np.hypot((layer.y - 170) / 0.8, layer.x - 360)
    layer.cover(edge(far - 140), BLACK)
    layer.cover(edge(far - 138), GREEN)
    for i in range(9):
        x = 200 + 38.3 * i
        layer.stroke(through((360, x), (390, x + 9), (420, x + 3.7)), (1.6, 1.6), GREY)
        layer.cover(edge(np.abs(np.hypot(layer.y - 408, layer.x - x - 20) - 9) - 1.2), GREY)
    return _on(layer, GREY, WHITE)


def apart() -> Drawing:
    """Four inks that do not touch, on navy."""
    layer = Layer(HEIGHT, WIDTH)
    for i, ink in enumerate((WHITE, RED, YELLOW, GREY)):
        far = np.hypot(layer.y - 160, layer.x - 120 - 160 * i)
        layer.cover(edge(np.abs(far - 50) - 18), ink)
        layer.stroke(through((300, 70 + 160 * i), (380, 120 + 160 * i), (300, 170 + 160 * i)), (3, 0.8), ink)
    return _on(layer, WHITE, NAVY)


LOGOS: dict[str, Callable[[], Drawing]] = {
    "black": lambda: letters(BLACK, WHITE),
    "red": lambda: letters(RED, WHITE),
    "white on navy": lambda: letters(WHITE, NAVY),
    "grey on white": lambda: letters((0.75, 0.75, 0.75), WHITE),
    "yellow": lambda: letters(YELLOW, WHITE),
    "badge": badge,
    "outlined": outlined,
    "apart": apart,
}
ONE_INK = ("black", "red", "white on navy", "grey on white", "yellow")


def _letters(layer: Layer, colour: Colour, left: float) -> None:
    far = np.hypot(layer.y - 200, layer.x - 150 - left)
    layer.cover(edge(np.abs(far - 70) - 22), colour)
    for top, right in ((100, 420), (190, 390), (280, 420)):
        layer.cover(edge(_bar(layer, (top, 290), (top + 26, right))), colour)
    layer.cover(edge(_bar(layer, (100, 270), (306, 300))), colour)
    layer.stroke(through((330, 90), (420, 360), (330, 640)), (5, 0.6), colour)
    layer.cover(edge(np.hypot(layer.y - 240, layer.x - 560) - 60.3), colour)
    layer.cover(edge(np.hypot(layer.y - 120, layer.x - 640) - 2.2), colour)


def _bar(layer: Layer, top_left: tuple[float, float], bottom_right: tuple[float, float]) -> Plane:
    (top, left), (bottom, right) = top_left, bottom_right
    down = np.abs(layer.y - (top + bottom) / 2) - (bottom - top) / 2
    across = np.abs(layer.x - (left + right) / 2 - 0.3) - (right - left) / 2
    return np.asarray(np.maximum(down, across), np.float64)


def _on(layer: Layer, elsewhere: Colour, ground: Colour) -> Drawing:
    flat = np.broadcast_to(np.array(ground), (*layer.alpha.shape, 3))
    return Drawing(alpha=layer.alpha, colour=layer.colour(elsewhere), ground=flat, graphic=True)
