"""Drawings and photographs, told apart. Every picture is drawn here; a photograph is one with light and a lens."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from cutout.light import CAMERA, GRAPHIC
from cutout.matting.graphic import mixing_of

ROWS, COLUMNS = 360, 480


def jpeg(rgb8, quality):
    file = BytesIO()
    Image.fromarray(rgb8).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def drawn(ground, *shapes):
    """Shapes on a ground, four times as large and then averaged, so that edges are antialiased."""
    picture = Image.new("RGB", (4 * COLUMNS, 4 * ROWS), ground)
    pen = ImageDraw.Draw(picture)
    for name, points, colour in shapes:
        getattr(pen, name)([4 * point for point in points], fill=colour)
    return np.asarray(picture.resize((COLUMNS, ROWS), Image.Resampling.BOX))


def badge(ground="white"):
    return drawn(
        ground,
        ("ellipse", (90, 30, 390, 330), (20, 90, 180)),
        ("ellipse", (140, 80, 340, 280), (250, 200, 30)),
        ("polygon", (240, 110, 310, 240, 170, 240), (200, 30, 60)),
    )


def screenshot():
    boxes = [((20 + 152 * i, 70, 156 + 152 * i, 180), "white") for i in range(3)]
    bars = [((30 + 44 * i, 340 - 17 * (i * 5 % 7), 60 + 44 * i, 340), (16, 185, 129)) for i in range(10)]
    shapes = [("rectangle", points, colour) for points, colour in boxes + bars]
    rgb8 = drawn((243, 244, 246), ("rectangle", (0, 0, 480, 44), (31, 41, 55)), *shapes)
    picture = Image.fromarray(rgb8)
    ImageDraw.Draw(picture).text((30, 80), "Revenue", fill=(55, 65, 81), font=ImageFont.load_default(24))
    return np.asarray(picture)


def lit(colour, ground, noise):
    """A ball in front of a plain ground, lit from the front, as a camera sees it: shaded, soft and noisy."""
    y, x = np.mgrid[:ROWS, :COLUMNS]
    height = np.clip(1 - np.hypot((y - 180) / 130, (x - 240) / 130) ** 2, 0, 1) ** 0.5
    shaded = np.array(colour) * (0.3 + 0.7 * height[..., None])
    rgb = np.where(height[..., None] > 0, shaded, ground)
    rgb8 = np.rint(np.clip(rgb, 0, 255)).astype(np.uint8)
    soft = np.asarray(Image.fromarray(rgb8).filter(ImageFilter.GaussianBlur(0.8))).astype(float)
    soft += np.random.default_rng(1).normal(0, noise, (ROWS, COLUMNS, 3))
    return np.rint(np.clip(soft, 0, 255)).astype(np.uint8)


def grey(rgb8):
    return np.asarray(Image.fromarray(rgb8).convert("L").convert("RGB"))


def cut_out(rgb8, ground):
    """As a shop's retoucher leaves it: nothing but one level around the subject."""
    y, x = np.mgrid[:ROWS, :COLUMNS]
    return np.where((np.hypot(y - 180, x - 240) < 128)[..., None], rgb8, np.uint8(ground))


RED, DARK, PALE = (210, 50, 40), (34, 34, 38), (235, 232, 228)


@pytest.mark.parametrize(
    "rgb8",
    [
        badge(),
        badge((30, 60, 120)),
        jpeg(badge(), 90),
        jpeg(badge(), 60),
        badge()[::2, ::2],
        screenshot(),
        jpeg(screenshot(), 75),
        drawn("white", ("rectangle", (60, 60, 100, 300), RED), ("rectangle", (60, 60, 260, 100), RED)),
    ],
    ids=["badge", "on blue", "jpeg 90", "jpeg 60", "half", "screen", "screen jpeg", "letter"],
)
def test_flat_colours_are_a_drawing(rgb8):
    assert mixing_of(rgb8) is GRAPHIC


@pytest.mark.parametrize(
    "rgb8",
    [
        lit(RED, (150, 160, 120), 1.5),
        jpeg(lit(RED, (150, 160, 120), 1.5), 40),
        lit(RED, (255, 255, 255), 1.0),
        jpeg(lit(PALE, (255, 255, 255), 1.0), 75),
        lit(RED, (240, 240, 240), 0),
        jpeg(lit(DARK, (240, 240, 240), 0), 80),
        jpeg(cut_out(lit(RED, (200, 200, 200), 1.0), 255), 85),
        cut_out(lit(PALE, (200, 200, 200), 0), 236),
        grey(lit(RED, (150, 160, 120), 1.0)),
        jpeg(grey(lit(PALE, (90, 90, 90), 0)), 60),
        jpeg((lit(RED, (150, 160, 120), 1.5) * 0.08).astype(np.uint8), 80),
        (lit(DARK, (150, 160, 120), 0) * 0.2).astype(np.uint8),
        np.clip(lit(RED, (255, 255, 255), 1.0).astype(int) * 6 - 700, 0, 255).astype(np.uint8),
    ],
    ids=[
        *("noisy", "noisy jpeg", "on white", "pale on white", "rendered", "dark rendered", "retouched"),
        *("retouched on grey", "grey", "grey jpeg", "night", "dark", "silhouette"),
    ],
)
def test_light_on_a_thing_is_a_photograph(rgb8):
    assert mixing_of(rgb8) is CAMERA


@pytest.mark.parametrize(
    "rgb8",
    [
        np.full((200, 200, 3), 200, np.uint8),
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((3, 900, 3), np.uint8),
        np.random.default_rng(2).integers(0, 256, (100, 100, 3), np.uint8),
    ],
    ids=["one colour", "pixel", "line", "noise"],
)
def test_what_tells_nothing_counts_as_a_photograph(rgb8):
    assert mixing_of(rgb8) is CAMERA
