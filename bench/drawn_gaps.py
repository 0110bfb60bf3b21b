"""Scenes about what is open and what is solid: gaps that the subject encloses, and solid parts that look like a gap.

In ``mug``, ``wheel``, ``letters``, ``curls`` and ``doll`` background shows through gaps. In ``print`` and ``doll``
something opaque has the background's colour, in ``vase`` nearly all of the subject.
"""

from collections.abc import Callable

import numpy as np

from bench.drawing import COLUMNS, ROWS, Drawing, drawing_of, room, through
from bench.strokes import Colour, Layer, Plane, edge

_CURL = (0.09, 0.045, 0.02)
_WALL = (0.13, 0.24, 0.36)


def mug(random: np.random.Generator) -> Drawing:
    """A glazed mug with one handle on a kitchen table."""
    layer = Layer(ROWS, COLUMNS)
    handle = np.abs(np.hypot((layer.y - 385) / 1.2, layer.x - 500) - 92) - 19
    body = np.maximum(np.abs(layer.x - 350) - 160, np.abs(layer.y - 380) - 195)
    light = 1 - 0.65 * np.square((layer.x - 300) / 300)
    layer.cover(edge(handle), (0.06, 0.2, 0.22))
    layer.cover(edge(body), np.clip(light, 0.2, 1)[..., None] * np.array([0.1, 0.36, 0.38]))
    layer.cover(edge(np.maximum(body, layer.y - 203)), (0.55, 0.6, 0.6))
    return drawing_of(layer, (0.1, 0.36, 0.38), room(random, (0.5, 0.36, 0.22), (0.16, 0.1, 0.06)))


def wheel(random: np.random.Generator) -> Drawing:
    """A cart wheel: a dark tyre, a felloe, a hub, and ten spokes with gaps between them."""
    layer = Layer(ROWS, COLUMNS)
    far = np.hypot(layer.y - 360, layer.x - 400)
    grain = 0.8 + 0.2 * np.sin((layer.x + 0.4 * layer.y) / 5)
    for turn in np.linspace(0, 2 * np.pi, 10, endpoint=False):
        out = np.array([np.sin(turn), np.cos(turn)])
        ends = np.array([360.0, 400.0]) + np.outer((30, 130, 250), out)
        layer.stroke(ends, (19, 12), (0.34, 0.2, 0.09))
    layer.cover(edge(np.abs(far - 255) - 20), grain[..., None] * np.array([0.4, 0.24, 0.11]))
    layer.cover(edge(np.abs(far - 288) - 14), (0.025, 0.025, 0.03))
    layer.cover(edge(far - 46), (0.2, 0.12, 0.06))
    return drawing_of(layer, (0.34, 0.2, 0.09), room(random, (0.22, 0.34, 0.12), (0.5, 0.45, 0.34)))


def letters(random: np.random.Generator) -> Drawing:
    """Wooden letters, P A B O, in front of a room: every counter is open."""
    layer = Layer(ROWS, COLUMNS)
    grain = 0.75 + 0.25 * np.sin((layer.y + 6 * np.sin(layer.x / 37)) / 3.1)
    shapes = [_bar(layer, (230, left, 490, left), 21) for left in (110, 440)]
    shapes += [_bowl(layer, (297, 150), (67, 75)), _bowl(layer, (290, 478), (60, 68))]
    shapes += [_bowl(layer, (421, 484), (69, 78))]
    shapes += [_bar(layer, (230, 314, 490, 240), 21), _bar(layer, (230, 314, 490, 388), 21)]
    shapes += [_bar(layer, (405, 270, 405, 358), 17)]
    shapes += [np.abs(np.hypot((layer.y - 360) / 1.3, layer.x - 686) - 78) - 20]
    wood = grain[..., None] * np.array([0.55, 0.13, 0.06])
    layer.cover(edge(np.minimum.reduce(shapes)), wood)
    return drawing_of(layer, (0.5, 0.12, 0.05), room(random, (0.5, 0.42, 0.3), (0.2, 0.24, 0.2)))


def curls(random: np.random.Generator) -> Drawing:
    """A head of ringlets: hair that closes around small pieces of the street behind it."""
    layer = Layer(ROWS, COLUMNS)
    layer.cover(edge(np.hypot((layer.y - 330) / 1.2, layer.x - 400) - 125), _CURL)
    layer.cover(edge(np.hypot((layer.y - 790) / 0.75, layer.x - 400) - 270), (0.03, 0.1, 0.12))
    layer.cover(edge(np.maximum(np.abs(layer.x - 400) - 52, np.abs(layer.y - 560) - 120)), (0.4, 0.22, 0.14))
    for turn in random.uniform(-0.15 * np.pi, 1.15 * np.pi, 95):
        away = random.uniform(120, 185)
        y, x = 335 - 1.15 * away * np.sin(turn), 400 + away * np.cos(turn)
        radius, tone = random.uniform(11, 26), random.uniform(0.5, 2.2)
        for _ in range(4):
            centre = np.array([y, x]) + random.normal(0, 1.2, 2)
            _ringlet(layer, centre, radius + random.normal(0, 1.2), [tone * c for c in _CURL])
    layer.cover(edge(np.hypot((layer.y - 385) / 1.25, layer.x - 400) - 92), (0.4, 0.22, 0.14))
    return drawing_of(layer, _CURL, room(random, (0.6, 0.62, 0.65), (0.3, 0.2, 0.15)))


def print_(random: np.random.Generator) -> Drawing:
    """A navy shirt, printed with dots and bars in the colour of the wall: all of it is solid."""
    layer, wall = Layer(ROWS, COLUMNS), room(random, (0.62, 0.42, 0.12), (0.52, 0.34, 0.1))
    trunk = np.maximum(np.abs(layer.x - 400) - 165, np.abs(layer.y - 410) - 265)
    slant = np.abs(layer.x - 400) - 160 - 0.9 * (layer.y - 145)
    sleeves = np.maximum(np.maximum(slant, -slant - 190), np.abs(layer.x - 400) - 290)
    neck = np.maximum(62 - np.hypot(layer.y - 150, layer.x - 400), 150 - layer.y)
    shirt = np.maximum(np.minimum(trunk, sleeves), neck)
    folds = 0.85 + 0.15 * np.sin(layer.x / 41 + layer.y / 97)
    layer.cover(edge(shirt), folds[..., None] * np.array([0.025, 0.04, 0.13]))
    dots = np.hypot((layer.y - 280) % 62 - 31, (layer.x - 400) % 62 - 31) - 17
    bars = np.maximum(np.abs((layer.y - 500) % 54 - 27) - 11, np.abs(layer.x - 400) - 105)
    printed = np.where(layer.y < 470, np.maximum(dots, np.abs(layer.x - 400) - 130), bars)
    layer.cover(edge(np.maximum(printed, shirt + 22)), folds[..., None] * np.array([0.58, 0.385, 0.11]))
    return drawing_of(layer, (0.025, 0.04, 0.13), wall)


def doll(random: np.random.Generator) -> Drawing:
    """A doll, arms akimbo: the gaps at its sides are open; its eyes and buttons, in the wall's colour, are not."""
    layer = Layer(ROWS, COLUMNS)
    skin, dress = (0.72, 0.46, 0.36), (0.42, 0.05, 0.06)
    for side in (-1, 1):
        arm = through((330, 400 + side * 60), (390, 400 + side * 330), (520, 400 + side * 75))
        layer.stroke(arm, (36, 30), skin)
    waist = np.abs(layer.x - 400) - 75 - 0.55 * np.maximum(layer.y - 480, 0)
    layer.cover(edge(np.maximum(waist, np.abs(layer.y - 482) - 183)), dress)
    layer.cover(edge(np.hypot(layer.y - 195, layer.x - 400) - 128), (0.3, 0.17, 0.05))
    layer.cover(edge(np.hypot(layer.y - 212, layer.x - 400) - 108), skin)
    for x in (356.0, 444.0):
        layer.cover(edge(np.hypot((layer.y - 205) / 0.8, layer.x - x) - 24), _WALL)
        layer.cover(edge(np.hypot(layer.y - 205, layer.x - x) - 8), (0.01, 0.01, 0.01))
    for y in (380.0, 440.0, 500.0):
        layer.cover(edge(np.hypot(layer.y - y, layer.x - 400) - 15), _WALL)
    layer.cover(edge(np.maximum(np.abs(layer.y - 272) - 4, np.abs(layer.x - 400) - 26)), (0.5, 0.1, 0.1))
    return drawing_of(layer, skin, room(random, _WALL, (0.11, 0.21, 0.33)))


def vase(random: np.random.Generator) -> Drawing:
    """A white vase before a white wall; only its shading tells them apart."""
    layer = Layer(ROWS, COLUMNS)
    width = 95 + 75 * np.sin(np.clip((layer.y - 120) / 500, 0, 1) * 1.25 * np.pi + 0.35)
    sides = np.abs(layer.x - 400) - width
    light = 0.84 - 0.2 * np.square((layer.x - 340) / 200)
    layer.cover(edge(np.maximum(sides, np.abs(layer.y - 370) - 250)), np.repeat(light[..., None], 3, axis=2))
    falling = 0.88 - 0.1 * layer.y / ROWS + 0.004 * random.standard_normal((ROWS, 1))
    return drawing_of(layer, (0.8, 0.8, 0.8), np.repeat(falling[..., None], 3, axis=2))


def _bar(layer: Layer, ends: tuple[float, float, float, float], half: float) -> Plane:
    """Distance to a bar between two points (y, x, y, x) with flat ends above and below."""
    y0, x0, y1, x1 = ends
    length = float(np.hypot(y1 - y0, x1 - x0))
    across = np.abs((layer.y - y0) * (x1 - x0) - (layer.x - x0) * (y1 - y0)) / length
    along = ((layer.y - y0) * (y1 - y0) + (layer.x - x0) * (x1 - x0)) / length
    bar: Plane = np.maximum(across - half, np.maximum(-along - half, along - length - half))
    return bar


def _bowl(layer: Layer, centre: Colour, reach: Colour) -> Plane:
    """Distance to the right half of a ring, 2 x 19 wide: what P and B have beside their stem."""
    y, x = layer.y - centre[0], layer.x - centre[1]
    ring = np.abs(np.hypot(y * reach[1] / reach[0], x) - reach[1]) - 19
    bowl: Plane = np.maximum(ring, -x - 40)
    return bowl


def _ringlet(layer: Layer, centre: Plane, radius: float, colour: Colour) -> None:
    for quarter in range(4):
        turns = np.pi / 2 * (quarter + np.array([0.0, 0.5, 1.0]))
        # A quadratic curve that touches a quarter of the circle at both ends bends over the tangents' corner.
        away = radius * np.array([1.0, 2**0.5, 1.0])
        points = centre + away[:, None] * np.stack([np.sin(turns), np.cos(turns)], axis=1)
        layer.stroke(points, (1.7, 1.7), colour)


GAPS: dict[str, Callable[[np.random.Generator], Drawing]] = {
    "mug": mug,
    "wheel": wheel,
    "letters": letters,
    "curls": curls,
    "print": print_,
    "doll": doll,
    "vase": vase,
}
