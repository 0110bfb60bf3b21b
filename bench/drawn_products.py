"""Drawn products on a sweep of paper: exact alpha, colours and shadow, shaded by one lamp, photographed with noise.

Everything is in linear light. The shadow is drawn on the paper, not on the product: what a photographer would keep.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.drawing import Drawing, Exact, Picture8, photographed, through
from bench.strokes import Layer, Plane, edge
from cutout.codec import to_uint8

SIDE = 800


@dataclass(frozen=True, kw_only=True, eq=False)
class Product:
    """A photograph of a product and what is true of it; shade8 (H, W): how much of the paper's light is taken."""

    exact: Exact
    shade8: Picture8


def draw_product(name: str) -> Product:
    """A product of ``PRODUCTS``, always the same pixels."""
    layer, paper, shade = PRODUCTS[name]()
    ground = paper * (1 - shade[..., None])
    drawing = Drawing(alpha=layer.alpha, colour=layer.colour((0.5, 0.5, 0.5)), ground=ground)
    random = np.random.default_rng(7000 + list(PRODUCTS).index(name))
    return Product(exact=photographed(drawing, random), shade8=to_uint8(shade.astype(np.float32)))


def mug() -> tuple[Layer, Plane, Plane]:
    """A red mug with a handle that is open, on white paper."""
    layer = Layer(SIDE, SIDE)
    y, x = layer.y, layer.x
    across = (x - 370) / 150
    glaze = _round(across)[..., None] * np.array([0.42, 0.035, 0.03])
    handle = np.hypot((y - 425) / 1.15, x - 520) - 84
    thick = np.abs(handle) - 19
    layer.cover(
        edge(thick), (0.45 + 0.35 * (1 - np.abs(handle) / 19))[..., None] * np.array([0.42, 0.035, 0.03])
    )
    layer.cover(_tube(layer, across, 150, (250, 590)), glaze + _stripe(across, -0.5, 0.09, 0.55))
    layer.cover(edge(_ellipse(layer, (250, 370), (30, 150))), (0.5, 0.07, 0.06))
    inside = 0.35 + 0.35 * np.clip((x - 300) / 200, 0, 1)
    layer.cover(edge(_ellipse(layer, (252, 370), (25, 141))), inside[..., None] * np.array([0.7, 0.66, 0.6]))
    shade = _together(
        _blot(layer, (586, 374), (15, 160), 0.62),
        _blot(layer, (596, 450), (34, 240), 0.4),
        _blot(layer, (592, 520), (24, 110), 0.2),
    )
    return layer, _paper(layer, (0.9, 0.9, 0.89)), shade


def chair() -> tuple[Layer, Plane, Plane]:
    """A wooden chair on four thin legs, with a back of rungs, on grey."""
    layer = Layer(SIDE, SIDE)
    wood, dark = np.array([0.36, 0.19, 0.075]), (0.16, 0.08, 0.03)
    for x, foot, low in ((318, 305, 650), (505, 520, 650)):  # the far legs
        layer.stroke(through((440, x), (550, (x + foot) / 2), (low, foot)), (13, 8), dark)
    for x, foot in ((300, 290), (520, 535)):  # the posts of the back
        layer.stroke(through((450, x), (280, foot + 4), (110, foot)), (12, 10), tuple(0.8 * wood))
    for row in (135, 200, 265, 330):
        layer.stroke(
            through((row, 292), (row - 14, 410), (row, 533)), (10, 10), tuple(wood * (0.7 + row / 900))
        )
    layer.stroke(through((600, 270), (604, 410), (600, 555)), (5, 5), dark)
    for x, foot in ((262, 240), (560, 583)):
        layer.stroke(through((460, x), (600, (x + foot) / 2), (722, foot)), (16, 9), tuple(wood * 0.9))
    lean = (layer.y - 440) * 0.9
    seat = np.maximum(np.abs(layer.y - 450) - 24, np.abs(layer.x - 411) - 125 - lean)
    grain = 1 + 0.12 * np.sin(layer.y * 1.1 + 2 * np.sin(layer.x / 60))
    light = np.where(layer.y > 466, 0.45, 0.95) * grain
    layer.cover(edge(seat), light[..., None] * wood)
    feet = [
        _blot(layer, (low + 4, foot + 6), (6, 22), 0.6)
        for low, foot in ((722, 240), (722, 583), (650, 305), (650, 520))
    ]
    shade = _together(*feet, _blot(layer, (690, 440), (52, 220), 0.34))
    return layer, _paper(layer, (0.55, 0.55, 0.57)), shade


def bottle() -> tuple[Layer, Plane, Plane]:
    """A dark green bottle with a label and the two windows of a studio in it, on grey."""
    layer = Layer(SIDE, SIDE)
    y, x = layer.y, layer.x
    rise = np.clip((y - 210) / 110, 0, 1)
    half = 34 + 66 * rise**2 * (3 - 2 * rise)
    across = (x - 400) / half
    green = (0.3 + 0.7 * np.abs(across) ** 3)[..., None] * np.array([0.015, 0.07, 0.03])
    foot = 30 * np.sqrt(np.clip(1 - across**2, 0, 1)) * 0.5
    shape = np.maximum(np.abs(x - 400) - half, np.maximum(90 - y, y - 690 - foot))
    lit = green + _stripe(across, -0.62, 0.08, 0.85) + _stripe(across, 0.74, 0.05, 0.4)
    layer.cover(edge(shape), lit)
    paper_label = np.maximum(
        np.abs(y - 530 - 6 * np.sqrt(np.clip(1 - across**2, 0, 1))) - 90, np.abs(x - 400) - half
    )
    cream = _round(across)[..., None] * np.array([0.82, 0.76, 0.6])
    layer.cover(edge(paper_label), cream + _stripe(across, -0.62, 0.08, 0.08))
    for row, wide in ((490, 46), (520, 62), (545, 30)):
        layer.cover(edge(np.maximum(np.abs(y - row) - 5, np.abs(x - 400) - wide)), (0.1, 0.05, 0.03))
    cap = np.maximum(np.abs(x - 400) - 38, np.abs(y - 105) - 32)
    layer.cover(
        edge(cap),
        _round((x - 400) / 38)[..., None] * np.array([0.6, 0.45, 0.12])
        + _stripe((x - 400) / 38, -0.5, 0.1, 0.5),
    )
    shade = _together(_blot(layer, (699, 404), (11, 110), 0.65), _blot(layer, (706, 460), (28, 190), 0.42))
    return layer, _paper(layer, (0.34, 0.35, 0.37)), shade


PRODUCTS: dict[str, Callable[[], tuple[Layer, Plane, Plane]]] = {"mug": mug, "chair": chair, "bottle": bottle}


def _tube(layer: Layer, across: Plane, half: float, ends: tuple[float, float]) -> Plane:
    """Coverage of an upright cylinder seen from a little above: its foot is the lower half of an ellipse."""
    foot = ends[1] + half * 0.2 * (np.sqrt(np.clip(1 - across**2, 0, 1)) - 1)
    return edge(np.maximum((np.abs(across) - 1) * half, np.maximum(ends[0] - layer.y, layer.y - foot)))


def _ellipse(layer: Layer, at: tuple[float, float], radii: tuple[float, float]) -> Plane:
    """Distance in pixels to an ellipse, negative inside; exact to the first order near its outline."""
    y, x = (layer.y - at[0]) / radii[0], (layer.x - at[1]) / radii[1]
    far = np.hypot(y, x)
    steepness = np.hypot(y / radii[0], x / radii[1])
    distance: Plane = (far - 1) * far / np.maximum(steepness, 1e-9)
    return distance


def _round(across: Plane) -> Plane:
    """A lamp from the left on a cylinder: across from -1 to 1."""
    turn = np.arcsin(np.clip(across, -1, 1))
    shaded: Plane = 0.22 + 0.78 * np.clip(np.cos(turn + 0.7), 0, 1)
    return shaded


def _stripe(across: Plane, at: float, width: float, strength: float) -> Plane:
    """A highlight along a cylinder, (H, W, 1)."""
    bright: Plane = strength * np.exp(-(((across - at) / width) ** 2))[..., None]
    return bright


def _blot(layer: Layer, at: tuple[float, float], size: tuple[float, float], strength: float) -> Plane:
    """A soft ellipse of shadow."""
    far = np.hypot((layer.y - at[0]) / size[0], (layer.x - at[1]) / size[1])
    dark: Plane = strength * np.exp(-(far**2))
    return dark


def _together(*shades: Plane) -> Plane:
    """Shadows over each other: what each lets through is multiplied."""
    through_all = np.ones_like(shades[0])
    for shade in shades:
        through_all = through_all * (1 - shade)
    return 1 - through_all


def _paper(layer: Layer, colour: tuple[float, float, float]) -> Plane:
    """(H, W, 3): paper that is lit evenly, a little less towards its corners."""
    far = np.hypot(layer.y / SIDE - 0.5, layer.x / SIDE - 0.5)
    lit: Plane = (1 - 0.12 * far**2)[..., None] * np.array(colour)
    return lit
