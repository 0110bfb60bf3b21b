"""Drawn pictures whose alpha, foreground and background are known exactly, and how to compare with them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Scene:
    """rgb8 is alpha F + (1 - alpha) B, mixed in linear light and then encoded as a camera does."""

    rgb8: NDArray[np.uint8]
    alpha8: NDArray[np.uint8]
    foreground8: NDArray[np.uint8]
    background8: NDArray[np.uint8]


def disc(size: int, radius: float, softness: float) -> Scene:
    """An orange disc, shaded from left to right, on textured blue; its edge takes ``softness`` pixels."""
    y, x = _grid(size)
    distance = np.hypot(y - size / 2, x - size / 2)
    alpha = np.clip((radius - distance) / softness + 0.5, 0, 1)
    shade = 0.5 + 0.5 * x / size
    texture = 0.8 + 0.2 * np.sin(y / 7) * np.cos(x / 11)
    return _mix(alpha, _paint(shade, (0.9, 0.4, 0.05)), _paint(texture, (0.1, 0.25, 0.8)))


def strands(size: int, count: int, seed: int) -> Scene:
    """Dark hair in front of a green screen: ``count`` straight strands, 1 to 3 pixels wide."""
    rng = np.random.default_rng(seed)
    y, x = _grid(size)
    clear = np.ones((size, size))
    for _ in range(count):
        angle, offset, width = rng.uniform(-0.5, 0.5), rng.uniform(0.1, 0.9) * size, rng.uniform(1, 3)
        distance = np.abs((x - offset) * np.cos(angle) + (y - size / 2) * np.sin(angle))
        clear *= 1 - np.clip(width / 2 + 0.5 - distance, 0, 1)
    clear[: size // 4] *= np.clip((y[: size // 4] - size / 8) / 4, 0, 1)  # a solid head above
    shade = 0.8 + 0.2 * np.sin(x / 5)
    return _mix(1 - clear, _paint(shade, (0.08, 0.05, 0.03)), _paint(np.ones_like(x), (0.05, 0.45, 0.12)))


def mesh(size: int, pitch: int, wire: float) -> Scene:
    """A grey wire mesh in front of red and white stripes as wide as its holes: two grounds in a window."""
    y, x = _grid(size)
    distance = np.minimum(np.abs((y + x) % pitch - pitch / 2), np.abs((y - x) % pitch - pitch / 2))
    alpha = np.clip(wire / 2 + 0.5 - distance, 0, 1)
    alpha[(np.abs(y - size / 2) > size / 3) | (np.abs(x - size / 2) > size / 3)] = 0
    stripes = ((x // pitch) % 2)[..., None]
    background = stripes * np.array([0.8, 0.1, 0.1]) + (1 - stripes) * np.array([0.9, 0.9, 0.9])
    return _mix(alpha, _paint(np.ones_like(x), (0.4, 0.4, 0.4)), background)


def moved(scene: Scene, colour: tuple[float, float, float]) -> Scene:
    """The same subject in front of another plain background, given in linear light."""
    background = np.broadcast_to(np.array(colour), scene.rgb8.shape)
    return _mix(scene.alpha8 / 255, _decode(scene.foreground8), background)


def coarse(alpha8: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """What an ideal network of ``size`` x ``size`` would see: the mean alpha of every block."""
    rows, columns = alpha8.shape[0] // size, alpha8.shape[1] // size
    blocks = alpha8[: rows * size, : columns * size].reshape(size, rows, size, columns)
    return np.rint(blocks.mean((1, 3))).astype(np.uint8)


def assert_close(
    expected: NDArray[np.uint8], actual: NDArray[np.uint8], *, worst: float, mean: float
) -> None:
    """Both in levels; a failure says by how much and where."""
    assert expected.shape == actual.shape, (expected.shape, actual.shape)
    error = np.abs(expected.astype(float) - actual.astype(float))
    at = tuple(map(int, np.unravel_index(error.argmax(), error.shape)))
    within = error.max() <= worst and error.mean() <= mean
    assert within, f"worst {error.max():.2f} at {at} (limit {worst}), mean {error.mean():.3f} (limit {mean})"


def _grid(size: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    y, x = np.mgrid[:size, :size] + 0.5
    return y, x


def _paint(shade: NDArray[np.float64], colour: tuple[float, float, float]) -> NDArray[np.float64]:
    return shade[..., None] * np.array(colour)


def _mix(
    alpha: NDArray[np.float64], foreground: NDArray[np.float64], background: NDArray[np.float64]
) -> Scene:
    """From linear light. Alpha is rounded to levels first, so that it is exact."""
    alpha8 = np.rint(alpha * 255).astype(np.uint8)
    a = alpha8[..., None] / 255
    return Scene(
        rgb8=_encode(a * foreground + (1 - a) * background),
        alpha8=alpha8,
        foreground8=_encode(foreground),
        background8=_encode(background),
    )


def _decode(levels8: NDArray[np.uint8]) -> NDArray[np.float64]:
    encoded = levels8 / 255
    return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)


def _encode(linear: NDArray[np.float64]) -> NDArray[np.uint8]:
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(encoded * 255).astype(np.uint8)
