"""Scenes that nobody promises: glass, nets, clear plastic and what hardly differs from its ground.

Beside the drawn set, not in it: they say whether a doubtful matte is recognised as one, not how good it is. Each
scene is drawn in several ways, which differ in how much light comes through and in what lies behind.
"""

from collections.abc import Callable

import numpy as np

from bench.drawing import COLUMNS, ROWS, Drawing, Exact, drawing_of, photographed, room, through
from bench.strokes import Layer, Plane, edge

WAYS = 3
"""of drawing each scene"""

_GROUNDS = (
    ((0.35, 0.15, 0.05), (0.1, 0.2, 0.12)),
    ((0.7, 0.68, 0.62), (0.2, 0.26, 0.34)),
    ((0.06, 0.08, 0.1), (0.3, 0.24, 0.16)),
)


def draw_doubtful(name: str, way: int) -> Exact:
    """A scene of ``DOUBTFUL``, photographed; ``way`` is 0 to ``WAYS`` - 1. Always the same pixels."""
    number = list(DOUBTFUL).index(name) * WAYS + way
    random = np.random.default_rng(4000 + number)
    ground = room(random, *_GROUNDS[way])
    return photographed(DOUBTFUL[name](random, ground), np.random.default_rng(5000 + number))


def tumbler(random: np.random.Generator, ground: Plane) -> Drawing:
    """A glass with a foot, a rim, dark outlines and two lights on it; a fifth to a half is glass."""
    layer = Layer(ROWS, COLUMNS)
    y, x = layer.y, layer.x
    half = 150 + 0.12 * (360 - y) + random.uniform(-20, 20)
    body = np.maximum(np.abs(x - 400) - half, np.abs(y - 370) - 240)
    clear = random.uniform(0.2, 0.45)
    across = np.clip(np.abs(x - 400) / half, 0, 1)
    layer.cover((clear + 0.4 * across**8) * edge(body), (0.5, 0.56, 0.58))
    for place, width in ((-0.62, 0.07), (0.45, 0.03)):
        light = np.exp(-np.square(((x - 400) / half - place) / width)) * (np.abs(y - 350) < 170)
        layer.cover(0.85 * light * edge(body), (0.9, 0.93, 0.95))
    layer.cover(0.8 * edge(np.maximum(body, 585 - y)), (0.3, 0.34, 0.36))
    layer.cover(0.7 * edge(np.abs(np.hypot((y - 132) * 5.5, x - 400) - half) - 9), (0.75, 0.8, 0.82))
    return drawing_of(layer, (0.5, 0.56, 0.58), ground)


def bag(random: np.random.Generator, ground: Plane) -> Drawing:
    """A bag of thin film: folds that shine, hardly anything between them, and a red thing inside."""
    layer = Layer(ROWS, COLUMNS)
    y, x = layer.y, layer.x
    turn = np.arctan2(y - 380, x - 400)
    uneven = sum(random.uniform(4, 14) * np.sin(k * turn + random.uniform(0, 6)) for k in range(2, 9))
    film = np.hypot((y - 380) / 1.15, x - 400) - 230 - uneven
    layer.cover(edge(np.hypot(y - 450, (x - 380) / 1.3) - 70), (0.5, 0.05, 0.04))
    layer.cover((0.1 + random.uniform(0, 0.15)) * edge(film), (0.75, 0.77, 0.8))
    for _ in range(60):
        start, end = (np.array([380.0, 400.0]) + random.normal(0, 95, 2) for _ in range(2))
        bend = (start + end) / 2 + random.normal(0, 30, 2)
        layer.stroke(np.stack([start, bend, end]), (random.uniform(1, 5), 0.6), (0.85, 0.87, 0.9))
    return drawing_of(layer, (0.75, 0.77, 0.8), ground)


def net(random: np.random.Generator, ground: Plane) -> Drawing:
    """A bag of fine net with oranges in it: threads of a pixel or two over fruit and ground."""
    layer = Layer(ROWS, COLUMNS)
    y, x = layer.y, layer.x
    for at_y, at_x in ((470, 310), (480, 480), (360, 400)):
        shade = np.clip(1.1 - np.hypot(y - at_y + 40, x - at_x + 30) / 200, 0.3, 1)
        layer.cover(edge(np.hypot(y - at_y, x - at_x) - 92), shade[..., None] * np.array([0.7, 0.26, 0.02]))
    inside = np.maximum(np.abs(x - 400) - 40 - 0.42 * (y - 90).clip(0, 420), np.abs(y - 340) - 250)
    pitch, thin = random.uniform(9, 16), random.uniform(0.5, 0.9)
    for slope in (1, -1):
        along = (y * 0.8 + slope * x) / 1.28
        thread = np.abs(along % pitch - pitch / 2) - thin
        layer.cover(np.where(inside < 0, edge(thread), 0), (0.55, 0.1, 0.06))
    return drawing_of(layer, (0.55, 0.1, 0.06), ground)


def veil(random: np.random.Generator, ground: Plane) -> Drawing:
    """A head and shoulders under a veil that spreads far beyond them."""
    layer = Layer(ROWS, COLUMNS)
    y, x = layer.y, layer.x
    layer.cover(edge(np.hypot((y - 800) / 0.75, x - 400) - 240), (0.75, 0.73, 0.7))
    layer.cover(edge(np.hypot((y - 350) / 1.3, x - 400) - 95), (0.58, 0.33, 0.22))
    cloth = np.maximum(np.hypot((y - 330) / 1.1, x - 400) - 150 - 0.6 * (y - 330).clip(0), y - 680)
    folds = 0.25 + 0.12 * np.sin(x / random.uniform(11, 17) + y / 60)
    layer.cover((folds + random.uniform(-0.1, 0.1)) * edge(cloth), (0.85, 0.85, 0.86))
    return drawing_of(layer, (0.85, 0.85, 0.86), ground)


def camouflage(random: np.random.Generator, ground: Plane) -> Drawing:
    """A cushion whose cloth has the ground's own colours: only a seam and a shade tell it apart."""
    layer = Layer(ROWS, COLUMNS)
    y, x = layer.y, layer.x
    shape = np.maximum(np.abs(x - 400) - 210, np.abs(y - 380) - 170) + 0.0004 * np.square(x - 400)
    layer.cover(edge(shape), np.roll(ground, 97, axis=1) * random.uniform(0.82, 0.94))
    for side in (-1, 1):
        seam = through((380 - 150, 400 + side * 200), (380, 400 + side * 188), (380 + 150, 400 + side * 200))
        layer.stroke(seam, (2, 2), (0.12, 0.1, 0.08))
    return drawing_of(layer, (0.3, 0.3, 0.3), ground)


DOUBTFUL: dict[str, Callable[[np.random.Generator, Plane], Drawing]] = {
    "tumbler": tumbler,
    "bag": bag,
    "net": net,
    "veil": veil,
    "camouflage": camouflage,
}
