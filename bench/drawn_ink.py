"""Drawn signatures: exact alpha and colour on paper with uneven light, shadows, lines, textures and a desk.

Mixed as encoded, as scanners, drawing programs and the sets that others measure with do; then noise and JPEG.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from bench.drawing import Exact, Picture8
from bench.strokes import Colour, Layer, Plane, edge
from cutout.codec import Limits, decode, encode_jpeg, resize, to_uint8

HEIGHT, WIDTH = 480, 1100
NOISE = 2.5 / 255
QUALITY = 88

BLUE, BLACK, RED, PENCIL = (0.08, 0.13, 0.5), (0.07, 0.07, 0.08), (0.72, 0.08, 0.12), (0.42, 0.42, 0.44)


@dataclass(frozen=True, kw_only=True, eq=False)
class Page:
    """Ink and what it is written on, encoded, in [0, 1]."""

    layer: Layer
    paper: Plane
    ink: Colour


def draw_ink(name: str) -> Exact:
    """A page of ``PAGES``, scanned: always the same pixels. The truth is that before blur, noise and JPEG."""
    random = np.random.default_rng(list(PAGES).index(name))
    page = PAGES[name](random)
    alpha8 = to_uint8(page.layer.alpha.astype(np.float32))
    a = alpha8[..., None] / 255
    colour, paper = page.layer.colour(page.ink), page.paper
    mixed = a * colour + (1 - a) * paper + NOISE * random.standard_normal(paper.shape)
    file = encode_jpeg(to_uint8(mixed.astype(np.float32)), QUALITY)
    return Exact(rgb8=_read(file), alpha8=alpha8, colour8=_levels(colour), ground8=_levels(paper))


def plain(random: np.random.Generator) -> Page:
    """Blue ball pen on white paper, as from a scanner."""
    return Page(layer=_signed(random, BLUE, 3.2), paper=_sheet((0.97, 0.97, 0.96), _one()), ink=BLUE)


def uneven(random: np.random.Generator) -> Page:
    """Ball pen; light from one side."""
    light = 1 - 0.4 * Layer(HEIGHT, WIDTH).x / WIDTH
    return Page(layer=_signed(random, BLUE, 2.6), paper=_sheet((0.95, 0.94, 0.9), light), ink=BLUE)


def finger(random: np.random.Generator) -> Page:
    """Black ink under the soft shadow of a hand."""
    at = Layer(HEIGHT, WIDTH)
    inside = np.hypot((at.y - 520) / 1.1, at.x - 760) - 330
    light = 0.96 - 0.5 * np.clip(0.5 - inside / 90, 0, 1)
    return Page(layer=_signed(random, BLACK, 4.0), paper=_sheet((0.96, 0.95, 0.93), light), ink=BLACK)


def hard_shadow(random: np.random.Generator) -> Page:
    """Black ink; a window frame's shadow with an edge of a few pixels runs through it."""
    at = Layer(HEIGHT, WIDTH)
    bar = np.abs(at.x - 0.4 * at.y - 420) - 110
    light = 0.97 - 0.42 * np.clip(0.5 - bar / 9, 0, 1)
    return Page(layer=_signed(random, BLACK, 3.6), paper=_sheet((0.95, 0.95, 0.94), light), ink=BLACK)


def vignette(random: np.random.Generator) -> Page:
    """Red on cream, darker towards the corners."""
    at = Layer(HEIGHT, WIDTH)
    light = 1 - 0.45 * ((at.x / WIDTH - 0.5) ** 2 + (at.y / HEIGHT - 0.5) ** 2) * 2
    return Page(layer=_signed(random, RED, 3.4), paper=_sheet((0.98, 0.94, 0.82), light), ink=RED)


def ruled(random: np.random.Generator) -> Page:
    """A page of an exercise book, a little askew: pale blue lines and a red margin."""
    at = Layer(HEIGHT, WIDTH)
    slanted = at.y + 0.012 * at.x
    paper = _sheet((0.96, 0.96, 0.95), 1 - 0.15 * at.y / HEIGHT)
    paper = _printed(paper, edge(np.abs((slanted + 22) % 44 - 22) - 0.9), (0.62, 0.74, 0.9))
    paper = _printed(paper, edge(np.abs(at.x - 0.012 * at.y - 120) - 1.0), (0.9, 0.55, 0.55))
    return Page(layer=_signed(random, BLACK, 3.6), paper=paper, ink=BLACK)


def squared(random: np.random.Generator) -> Page:
    """Blue ink on grey squares."""
    at = Layer(HEIGHT, WIDTH)
    lines = np.minimum(np.abs((at.y + 15) % 30 - 15), np.abs((at.x + 15) % 30 - 15)) - 0.7
    paper = _printed(_sheet((0.97, 0.97, 0.97), _one()), edge(lines), (0.74, 0.76, 0.78))
    return Page(layer=_signed(random, BLUE, 3.2), paper=paper, ink=BLUE)


def pencil(random: np.random.Generator) -> Page:
    """Grey lead that the paper's grain lets through, on uneven light."""
    layer = _signed(random, PENCIL, 3.4)
    grain = 0.72 + 0.28 * resize(
        random.uniform(0, 1, (HEIGHT // 2, WIDTH // 2)).astype(np.float32), HEIGHT, WIDTH
    )
    layer.paint *= np.clip(grain, 0.4, 1)[..., None]
    light = 0.97 - 0.25 * layer.y / HEIGHT
    return Page(layer=layer, paper=_sheet((0.95, 0.95, 0.94), light), ink=PENCIL)


def marker(random: np.random.Generator) -> Page:
    """A felt marker, 14 pixels wide."""
    light = 1 - 0.2 * Layer(HEIGHT, WIDTH).x / WIDTH
    return Page(layer=_signed(random, BLACK, 14.0), paper=_sheet((0.94, 0.94, 0.95), light), ink=BLACK)


def two_inks(random: np.random.Generator) -> Page:
    """A black signature over a red stamp's rings. They are opaque: thin ink and pale ink look the same."""
    layer = Layer(HEIGHT, WIDTH)
    layer.cover(edge(np.abs(np.hypot(layer.y - 230, layer.x - 800) - 120) - 4), RED)
    layer.cover(edge(np.abs(np.hypot(layer.y - 230, layer.x - 800) - 98) - 1.5), RED)
    _sign(layer, random, BLACK, 3.6)
    return Page(layer=layer, paper=_sheet((0.96, 0.96, 0.94), _one()), ink=BLACK)


def coloured(random: np.random.Generator) -> Page:
    """Black on yellow paper."""
    light = 1 - 0.3 * Layer(HEIGHT, WIDTH).y / HEIGHT
    return Page(layer=_signed(random, BLACK, 3.0), paper=_sheet((0.97, 0.86, 0.42), light), ink=BLACK)


def faint(random: np.random.Generator) -> Page:
    """A pen that hardly writes, on recycled paper."""
    ink = (0.52, 0.54, 0.62)
    layer = _signed(random, ink, 2.6)
    texture = 1 + 0.03 * resize(
        random.standard_normal((HEIGHT // 6, WIDTH // 6)).astype(np.float32), HEIGHT, WIDTH
    )
    return Page(layer=layer, paper=_sheet((0.8, 0.79, 0.76), texture.astype(np.float64)), ink=ink)


def desk(random: np.random.Generator) -> Page:
    """A sheet lying askew on a wooden desk, with a dark shadow along its edges."""
    layer = Layer(HEIGHT, WIDTH)
    turned_y, turned_x = layer.y + 0.07 * (layer.x - 550) - 240, layer.x - 0.07 * (layer.y - 240) - 550
    outside = np.maximum(np.abs(turned_y) - 185, np.abs(turned_x) - 440)
    rings = np.sin(layer.y / 5 + 2.5 * np.sin(layer.x / 90)) + 0.6 * np.sin(layer.y / 1.7 + layer.x / 60)
    wood = np.array([0.5, 0.33, 0.2]) * (0.85 + 0.12 * rings[..., None])
    wood *= (1 - 0.5 * np.clip(1 - outside / 14, 0, 1))[..., None]
    on_sheet = edge(outside)[..., None]
    sheet = _sheet((0.93, 0.93, 0.92), 1 - 0.15 * layer.x / WIDTH)
    signed = _signed(random, BLUE, 3.2)
    signed.paint *= edge(outside + 12)[..., None]
    return Page(layer=signed, paper=on_sheet * sheet + (1 - on_sheet) * wood, ink=BLUE)


def dusty(random: np.random.Generator) -> Page:
    """Dots that belong to the writing, and dust of one or two pixels that does not."""
    layer = _signed(random, BLACK, 3.4)
    for _ in range(5):
        y, x = random.uniform(120, 300), random.uniform(250, 900)
        layer.cover(edge(np.hypot(layer.y - y, layer.x - x) - 3.5), BLACK)
    paper = _sheet((0.96, 0.96, 0.95), _one())
    at = random.integers(0, HEIGHT, 60), random.integers(0, WIDTH, 60)
    paper[at] *= 0.4
    return Page(layer=layer, paper=paper, ink=BLACK)


PAGES: dict[str, Callable[[np.random.Generator], Page]] = {
    page.__name__: page
    for page in (
        *(plain, uneven, finger, hard_shadow, vignette, ruled, squared, pencil, marker, two_inks),
        *(coloured, faint, desk, dusty),
    )
}
SHADOWED = ("finger", "hard_shadow")


def _signed(random: np.random.Generator, ink: Colour, width: float) -> Layer:
    layer = Layer(HEIGHT, WIDTH)
    _sign(layer, random, ink, width)
    return layer


def _sign(layer: Layer, random: np.random.Generator, ink: Colour, width: float) -> None:
    """One running hand: loops up and down from left to right, thinner where the pen is fast."""
    knots = [np.array([random.uniform(180, 300), 180.0])]
    for i in range(15):
        up = random.uniform(80, 200) if i % 2 else random.uniform(260, 390)
        knots.append(np.array([up, knots[-1][1] + random.uniform(-25, 110)]))
    widths = width * random.uniform(0.45, 1.1, len(knots) + 1)
    middles = [(a + b) / 2 for a, b in pairwise(knots)]
    for i in range(len(middles) - 1):
        layer.stroke(np.stack([middles[i], knots[i + 1], middles[i + 1]]), (widths[i], widths[i + 1]), ink)


def _one() -> Plane:
    return np.ones((HEIGHT, WIDTH))


def _sheet(colour: Colour, light: Plane) -> Plane:
    """(H, W, 3): ``light`` (H, W) on paper of one colour."""
    lit: Plane = light[..., None] * np.array(colour)
    return lit


def _printed(paper: Plane, share: Plane, colour: Colour) -> Plane:
    """What was printed on the paper before: it takes the paper's light."""
    printed: Plane = paper * (1 - share[..., None] * (1 - np.array(colour)))
    return printed


def _levels(rgb: Plane) -> Picture8:
    return to_uint8(rgb.astype(np.float32))


def _read(file: bytes) -> Picture8:
    return decode(file, Limits(max_bytes=len(file), max_pixels=HEIGHT * WIDTH)).rgb8
