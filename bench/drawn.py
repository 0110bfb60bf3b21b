"""The drawn set: scenes whose alpha, colours and background are known exactly. Mostly edges; gaps in ``drawn_gaps``."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.drawing import COLUMNS, ROWS, Drawing, Exact, drawing_of, photographed, room, through, write
from bench.drawn_gaps import GAPS
from bench.strokes import Layer, Plane, edge

HAIR = (0.055, 0.03, 0.016)
SKIN = (0.58, 0.33, 0.22)


def draw(name: str) -> Exact:
    """A scene of ``SCENES``, photographed; always the same pixels."""
    number = list(SCENES).index(name)
    return photographed(scene(name), np.random.default_rng(1000 + number))


def scene(name: str) -> Drawing:
    """A scene of ``SCENES`` as it is drawn each time."""
    return SCENES[name](np.random.default_rng(list(SCENES).index(name)))


def draw_all(folder: Path) -> None:
    """Write every scene of ``SCENES`` as a case into ``folder``."""
    for name in SCENES:
        write(draw(name), folder / name)


def strands(random: np.random.Generator) -> Drawing:
    """A head whose hair flies in front of a bright window and a dark wall."""
    ground = room(random, (0.75, 0.78, 0.82), (0.1, 0.14, 0.1))
    return _head(random, ground)


def green_screen(random: np.random.Generator) -> Drawing:
    """The same kind of head in front of a screen."""
    return _head(random, np.broadcast_to(np.array([0.05, 0.42, 0.1]), (ROWS, COLUMNS, 3)))


def fur(random: np.random.Generator) -> Drawing:
    """A round animal with short fur and two ears on grass."""
    layer = Layer(ROWS, COLUMNS)
    parts = ((420.0, 400.0, 190.0), (235.0, 300.0, 70.0), (235.0, 500.0, 70.0))
    for y, x, radius in parts:
        shade = 0.7 + 0.3 * np.sin(layer.x / 23) * np.cos(layer.y / 31)
        body = edge(np.hypot(layer.y - y, layer.x - x) - radius)
        layer.cover(body, shade[..., None] * np.array([0.42, 0.24, 0.1]))
        for angle in np.sort(random.uniform(0, 2 * np.pi, int(9 * radius))):
            out = np.array([np.sin(angle), np.cos(angle)])
            root = np.array([y, x]) + out * (radius - random.uniform(2, 14))
            tip = root + out * random.uniform(16, 34) + random.normal(0, 6, 2)
            tone = random.uniform(0.55, 1.25)
            bend = (root + tip) / 2 + random.normal(0, 2, 2)
            layer.stroke(np.stack([root, bend, tip]), (2.2, 0.5), [tone * c for c in (0.42, 0.24, 0.1)])
    for x in (340.0, 460.0):
        layer.cover(edge(np.hypot(layer.y - 380, layer.x - x) - 17), (0.01, 0.01, 0.012))
    return drawing_of(layer, (0.42, 0.24, 0.1), room(random, (0.1, 0.3, 0.05), (0.28, 0.42, 0.1)))


def mesh(random: np.random.Generator) -> Drawing:
    """A wire basket: a solid rim, and diagonal wires over a street."""
    layer = Layer(ROWS, COLUMNS)
    rim = np.maximum(np.abs(layer.y - 370) - 230, np.abs(layer.x - 400) - 270)
    for slope in (1, -1):
        across = (layer.y + slope * layer.x) / 2**0.5
        wire = np.abs((across + 11) % 22 - 11) - 1.2
        layer.cover(np.where(rim < 0, edge(wire), 0), (0.33, 0.34, 0.36))
    layer.cover(edge(np.abs(rim) - 9), (0.2, 0.21, 0.23))
    return drawing_of(layer, (0.33, 0.34, 0.36), room(random, (0.75, 0.2, 0.1), (0.1, 0.2, 0.5)))


def plate(random: np.random.Generator) -> Drawing:
    """A perforated steel disc: every hole is open."""
    layer = Layer(ROWS, COLUMNS)
    disc = np.hypot(layer.y - 360, layer.x - 400) - 280
    holes = 9 - np.hypot((layer.y + 18) % 36 - 18, (layer.x + 18) % 36 - 18)
    shade = 0.35 + 0.3 * layer.x / COLUMNS
    layer.cover(
        edge(np.maximum(disc, np.minimum(holes, -30 - disc))), shade[..., None] * np.array([0.9, 0.95, 1.0])
    )
    return drawing_of(layer, (0.5, 0.52, 0.55), room(random, (0.4, 0.25, 0.1), (0.12, 0.07, 0.03)))


def rails(random: np.random.Generator) -> Drawing:
    """A chair of thin tubes and wires with a solid seat."""
    layer = Layer(ROWS, COLUMNS)
    steel = (0.05, 0.05, 0.06)
    for x in np.linspace(262, 538, 9):  # the back
        layer.stroke(through((90, x), (230, x + 8), (400, x)), (1.6, 1.6), steel)
    for y, width in ((90, 5.0), (180, 2.0), (280, 2.0)):
        layer.stroke(through((y, 250), (y - 20, 400), (y, 550)), (width, width), steel)
    for x, foot in ((250, 205), (550, 595), (330, 300), (470, 500)):
        layer.stroke(through((90 if x in (250, 550) else 420, x), (420, x), (690, foot)), (6, 3.5), steel)
    layer.stroke(through((600, 222), (570, 400), (600, 578)), (1.2, 1.2), steel)
    seat = np.maximum(np.abs(layer.y - 415) - 28, np.abs(layer.x - 400) - 165)
    layer.cover(edge(seat), (0.45, 0.08, 0.05))
    return drawing_of(layer, steel, room(random, (0.65, 0.6, 0.5), (0.3, 0.22, 0.15)))


def glass(random: np.random.Generator) -> Drawing:
    """A tumbler that lets half of the light through, with a solid foot and rim."""
    layer = Layer(ROWS, COLUMNS)
    half_width = 170 - 0.1 * (layer.y - 120)
    sides = np.abs(layer.x - 400) - half_width
    body = np.maximum(sides, np.abs(layer.y - 370) - 250)
    layer.cover(0.5 * edge(body), (0.62, 0.72, 0.75))
    layer.cover(edge(np.maximum(np.abs(sides + 4) - 4, np.abs(layer.y - 370) - 250)), (0.5, 0.55, 0.6))
    layer.cover(edge(np.maximum(sides, np.abs(layer.y - 600) - 20)), (0.42, 0.48, 0.52))
    return drawing_of(layer, (0.62, 0.72, 0.75), room(random, (0.35, 0.15, 0.05), (0.1, 0.2, 0.12)))


def cloth(random: np.random.Generator) -> Drawing:
    """A shirt in checks, part of it as white as the wall behind it."""
    layer = Layer(ROWS, COLUMNS)
    trunk = np.maximum(np.abs(layer.x - 400) - 150, np.abs(layer.y - 400) - 260)
    slant = np.abs(layer.x - 400) - 150 - 0.9 * (layer.y - 140)
    sleeves = np.maximum(np.maximum(slant, -slant - 190), np.abs(layer.x - 400) - 290)
    neck = np.maximum(62 - np.hypot(layer.y - 160, layer.x - 400), 160 - layer.y)
    stripes = ((layer.x // 26) % 2 + (layer.y // 26) % 2)[..., None] / 2
    colour = (1 - stripes) * np.array([0.86, 0.86, 0.85]) + stripes * np.array([0.08, 0.12, 0.4])
    layer.cover(edge(np.maximum(np.minimum(trunk, sleeves), neck)), colour)
    falling = 0.9 - 0.15 * layer.y / ROWS + 0.004 * random.standard_normal((ROWS, 1))
    return drawing_of(layer, (0.8, 0.8, 0.8), np.repeat(falling[..., None], 3, axis=2))


def logo(_random: np.random.Generator) -> Drawing:
    """Flat colours with sharp edges and counters, on white."""
    layer = Layer(640, 900)
    ring = np.abs(np.hypot(layer.y - 320, layer.x - 250) - 130) - 42
    layer.cover(edge(ring), (0.9, 0.16, 0.1))
    for left, top, right, bottom in ((450, 150, 490, 490), (450, 150, 620, 190), (450, 300, 590, 340)):
        bar = np.maximum(np.abs(layer.x - (left + right) / 2) - (right - left) / 2, 0 * layer.y - 1e9)
        layer.cover(
            edge(np.maximum(bar, np.abs(layer.y - (top + bottom) / 2) - (bottom - top) / 2)), (0, 0.2, 0.6)
        )
    dot = np.hypot(layer.y - 440, layer.x - 720) - 50
    layer.cover(edge(np.maximum(dot, 16 - np.hypot(layer.y - 440, layer.x - 720))), (0.98, 0.7, 0))
    white = np.ones((640, 900, 3))
    return Drawing(alpha=layer.alpha, colour=layer.colour((0.9, 0.16, 0.1)), ground=white, graphic=True)


def _head(random: np.random.Generator, ground: Plane) -> Drawing:
    layer = Layer(ROWS, COLUMNS)
    face = np.hypot((layer.y - 360) / 1.3, layer.x - 400) - 105
    neck = np.maximum(np.abs(layer.x - 400) - 55, np.abs(layer.y - 560) - 120)
    shoulders = np.hypot((layer.y - 800) / 0.75, layer.x - 400) - 270
    layer.cover(edge(np.hypot((layer.y - 330) / 1.25, layer.x - 400) - 130), HAIR)
    layer.cover(edge(np.minimum(face, neck)), SKIN)
    layer.cover(edge(shoulders), (0.3, 0.06, 0.08))
    for angle in random.uniform(-0.15 * np.pi, 1.15 * np.pi, 620):
        out = np.array([-np.sin(angle), np.cos(angle)])
        root = np.array([330.0, 400.0]) + out * np.array([1.25, 1.0]) * random.uniform(85, 128)
        length = random.uniform(25, 110) * (2.2 if random.random() < 0.12 else 1.0)
        bend = root + out * length * 0.6
        tip = bend + (out * 0.4 + np.array([random.uniform(0, 0.9), 0.0])) * length + random.normal(0, 14, 2)
        tone = random.uniform(0.5, 3.0)
        layer.stroke(np.stack([root, bend, tip]), (random.uniform(1.2, 2.6), 0.35), [tone * c for c in HAIR])
    face_front = np.hypot((layer.y - 385) / 1.25, layer.x - 400) - 92
    layer.cover(edge(face_front), SKIN)
    return drawing_of(layer, HAIR, ground)


SCENES: dict[str, Callable[[np.random.Generator], Drawing]] = {
    "strands": strands,
    "green_screen": green_screen,
    "fur": fur,
    "mesh": mesh,
    "plate": plate,
    "rails": rails,
    "glass": glass,
    "cloth": cloth,
    "logo": logo,
    **GAPS,
}
