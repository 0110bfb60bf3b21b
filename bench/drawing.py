"""What a drawn case is: exact alpha, colours and background, and the photograph that a camera would take of them.

Light is mixed in linear units, as a lens does, and only then encoded and made noisy; a graphic is mixed as encoded,
as a drawing program does, and has no noise. Alpha is rounded to levels first, so that it is exact.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.strokes import Colour, Layer, Plane
from cutout.codec import encode_grey, encode_png, resize, to_uint8
from cutout.light import to_srgb8

Picture8 = NDArray[np.uint8]

NOISE = 1.5 / 255  # standard deviation of a good camera's noise, encoded
ROWS, COLUMNS = 720, 800


@dataclass(frozen=True, kw_only=True, eq=False)
class Drawing:
    """Linear light, except a ``graphic``: its colours are encoded already."""

    alpha: Plane
    colour: Plane
    ground: Plane
    graphic: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Exact:
    """A photograph of a drawing and all that is true of it: levels, encoded as sRGB, (H, W, 3); alpha8 (H, W)."""

    rgb8: Picture8
    alpha8: Picture8
    colour8: Picture8
    ground8: Picture8


def photographed(drawing: Drawing, random: np.random.Generator) -> Exact:
    """Mix a drawing; ``random`` is the camera's noise."""
    alpha8 = to_uint8(drawing.alpha.astype(np.float32))
    a = alpha8[..., None] / 255
    encode = _encoded_graphic if drawing.graphic else _encoded_light
    rgb8 = encode(a * drawing.colour + (1 - a) * drawing.ground)
    if not drawing.graphic:
        noise = NOISE * random.standard_normal(rgb8.shape)
        rgb8 = to_uint8((rgb8 / 255 + noise).astype(np.float32))
    return Exact(rgb8=rgb8, alpha8=alpha8, colour8=encode(drawing.colour), ground8=encode(drawing.ground))


def halved(drawing: Drawing) -> Drawing:
    """The same scene with half as many pixels a side; exact again, because it is mixed afterwards."""
    alpha, light = _blocks(drawing.alpha), _blocks(drawing.alpha[..., None] * drawing.colour)
    seen = alpha[..., None] > 0
    return Drawing(
        alpha=alpha,
        colour=np.where(seen, light / np.where(seen, alpha[..., None], 1), _blocks(drawing.colour)),
        ground=_blocks(drawing.ground),
        graphic=drawing.graphic,
    )


def write(exact: Exact, folder: Path) -> None:
    """Write a photographed drawing as a case."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "image.png").write_bytes(encode_png(exact.rgb8))
    (folder / "alpha.png").write_bytes(encode_grey(exact.alpha8))
    (folder / "fg.png").write_bytes(encode_png(exact.colour8))
    (folder / "bg.png").write_bytes(encode_png(exact.ground8))


def drawing_of(layer: Layer, elsewhere: Colour, ground: Plane) -> Drawing:
    """What was painted, in front of ``ground``; ``elsewhere`` is the colour where nothing was."""
    return Drawing(alpha=layer.alpha, colour=layer.colour(elsewhere), ground=ground)


def through(start: Colour, bend: Colour, end: Colour) -> Plane:
    """Three points (y, x) as a stroke takes them."""
    return np.array([start, bend, end], np.float64)


def room(random: np.random.Generator, one: Colour, other: Colour) -> Plane:
    """(ROWS, COLUMNS, 3): two colours in soft patches, as a background out of focus, and some finer texture."""
    patches = sum(
        weight * _cloud(random, cells) for weight, cells in ((0.6, 4), (0.25, 11), (0.1, 40), (0.05, 160))
    )
    share = np.clip(patches, 0, 1)[..., None]
    mixed: Plane = share * np.array(one) + (1 - share) * np.array(other)
    return mixed


def _cloud(random: np.random.Generator, cells: int) -> Plane:
    grid = random.uniform(-0.2, 1.2, (cells, cells)).astype(np.float32)
    return resize(grid, ROWS, COLUMNS, "bicubic").astype(np.float64)


def _blocks(plane: Plane) -> Plane:
    """Means of 2 x 2 pixels; (H, W, ...) with even sides."""
    means: Plane = (plane[::2, ::2] + plane[1::2, ::2] + plane[::2, 1::2] + plane[1::2, 1::2]) / 4
    return means


def _encoded_light(linear: Plane) -> Picture8:
    return to_srgb8(linear.astype(np.float32))


def _encoded_graphic(encoded: Plane) -> Picture8:
    return to_uint8(encoded.astype(np.float32))
