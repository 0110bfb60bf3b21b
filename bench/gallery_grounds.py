"""Drawn pictures to stand before: files, as customers upload them, by the keys that the gallery's recipes name."""

import numpy as np

from bench.strokes import Layer, Plane, edge
from cutout.codec import encode_jpeg, encode_png
from cutout.light import to_srgb8

HEIGHT, WIDTH = 900, 1200
QUALITY = 92


def grounds() -> dict[str, bytes]:
    """Every background picture's file."""
    return {
        "table.jpg": _jpeg(table()),
        "window.jpg": _jpeg(window()),
        "dusk.jpg": _jpeg(dusk()),
        "tile.png": encode_png(to_srgb8(tile().astype(np.float32))),
    }


def table() -> Plane:
    """A wooden table before a pale wall, out of focus."""
    at = Layer(HEIGHT, WIDTH)
    wall = (0.75 - 0.25 * at.x / WIDTH)[..., None] * np.array([0.86, 0.84, 0.78])
    grain = 1 + 0.1 * np.sin(at.y / 4 + 3 * np.sin(at.x / 140)) + 0.06 * np.sin(at.y / 1.7 + at.x / 90)
    near = np.clip((at.y - 560) / 340, 0, 1)
    wood = ((0.7 + 0.3 * near) * grain)[..., None] * np.array([0.46, 0.27, 0.13])
    share = np.clip((at.y - 545) / 30, 0, 1)[..., None]
    mixed: Plane = (1 - share) * wall + share * wood
    return mixed


def window() -> Plane:
    """A dark room with one bright window, right behind where the subject stands."""
    at = Layer(HEIGHT, WIDTH)
    frame = np.maximum(np.abs(at.x - 700) - 330, np.abs(at.y - 360) - 300)
    bars = np.minimum(np.abs(at.x - 700), np.abs(at.y - 360)) - 9
    glass = edge(np.maximum(frame, -bars) / 4)
    glow = 0.25 * np.exp(-np.maximum(frame, 0) / 90)
    room = np.array([0.035, 0.03, 0.03]) + glow[..., None] * np.array([0.5, 0.55, 0.6])
    mixed: Plane = glass[..., None] * np.array([0.88, 0.95, 1.0]) + (1 - glass[..., None]) * room
    return mixed


def dusk() -> Plane:
    """A red evening sky over a dark shore."""
    at = Layer(HEIGHT, WIDTH)
    height = np.clip(1 - at.y / 620, 0, 1)[..., None]
    sky = (1 - height) * np.array([0.95, 0.35, 0.1]) + height * np.array([0.12, 0.1, 0.3])
    shore = edge((620 + 14 * np.sin(at.x / 80) - at.y) / 6)[..., None]
    mixed: Plane = shore * np.array([0.03, 0.02, 0.03]) + (1 - shore) * sky
    return mixed


def tile() -> Plane:
    """One tile of a floor."""
    at = Layer(96, 96)
    joint = 44 - np.maximum(np.abs(at.y - 48), np.abs(at.x - 48))
    share = edge(joint)[..., None]
    mixed: Plane = share * np.array([0.3, 0.32, 0.36]) + (1 - share) * np.array([0.55, 0.6, 0.66])
    return mixed


def _jpeg(linear: Plane) -> bytes:
    return encode_jpeg(to_srgb8(linear.astype(np.float32)), QUALITY)
