"""Which lane a picture goes: a photograph that is taken for a drawing would be ruined."""

from io import BytesIO

import numpy as np
import pytest
import skimage.data
from PIL import Image, ImageFilter

from bench.drawing import photographed
from bench.drawn_ink import draw_ink
from bench.drawn_logos import LOGOS
from cutout.matting.recognise import recognise
from scenes import disc, mesh, strands

ROWS, COLUMNS = 360, 480


def logo(name):
    return photographed(LOGOS[name](), np.random.default_rng(0)).rgb8


def jpeg(rgb8, quality):
    file = BytesIO()
    Image.fromarray(rgb8).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def lit(colour, ground, noise):
    """A ball before a plain ground, lit from the front, seen through a lens."""
    y, x = np.mgrid[:ROWS, :COLUMNS]
    height = np.clip(1 - np.hypot((y - 180) / 130, (x - 240) / 130) ** 2, 0, 1) ** 0.5
    rgb = np.where(height[..., None] > 0, np.array(colour) * (0.3 + 0.7 * height[..., None]), ground)
    soft = Image.fromarray(np.rint(rgb.clip(0, 255)).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.8))
    noisy = np.asarray(soft) + np.random.default_rng(1).normal(0, noise, (ROWS, COLUMNS, 3))
    return np.rint(noisy.clip(0, 255)).astype(np.uint8)


def silhouette():
    """Before a white sky: everything is clipped, but the edge is a lens's."""
    rgb8 = lit((200, 180, 160), (255, 255, 255), 0)
    dark = np.where(rgb8.min(2) < 230, 0, 255).astype(np.uint8)
    soft = np.asarray(Image.fromarray(dark).filter(ImageFilter.GaussianBlur(1.6)))
    return np.repeat(soft[..., None], 3, 2)


def on_white(scene, ground=255):
    a = scene.alpha8[..., None] / 255
    return np.rint(a * scene.foreground8 + (1 - a) * ground).astype(np.uint8)


def cable():
    """A black cable with its highlight, before a wall of 180 levels, from frame to frame."""
    y, x = np.mgrid[:ROWS, :COLUMNS]
    far = np.abs(y - 180 - 60 * np.sin(x / 70))
    rgb = 180 - 150 * np.clip(4.5 - far, 0, 1) + 90 * np.clip(1.5 - far, 0, 1)
    noisy = rgb[..., None] + np.random.default_rng(2).normal(0, 1.5, (ROWS, COLUMNS, 3))
    return np.rint(noisy.clip(0, 255)).astype(np.uint8)


def coil():
    """The same cable, rolled up inside the frame."""
    y, x = np.mgrid[:ROWS, :COLUMNS]
    far = np.abs(np.hypot(y - 180, x - 240) - 100)
    rgb = 200 - 170 * np.clip(4.5 - far, 0, 1) + 60 * np.clip(1.5 - far, 0, 1)
    noisy = rgb[..., None] + np.random.default_rng(2).normal(0, 1.5, (ROWS, COLUMNS, 3))
    return np.rint(noisy.clip(0, 255)).astype(np.uint8)


@pytest.mark.parametrize(
    "rgb8",
    [
        logo("black"),
        logo("white on navy"),
        logo("badge"),
        logo("apart"),
        jpeg(logo("black"), 60),
        jpeg(logo("red"), 80),
        jpeg(logo("badge"), 80),
    ],
    ids=["black", "white", "badge", "apart", "black jpeg", "red jpeg", "badge jpeg"],
)
def test_flat_inks_are_recognised(rgb8):
    found = recognise(rgb8, "auto")

    assert (found.lane, found.gated) == ("flat", False)


@pytest.mark.parametrize("name", ["plain", "marker", "pencil", "two_inks"])
def test_writing_on_even_paper_is_recognised(name):
    found = recognise(draw_ink(name).rgb8, "auto")

    assert (found.lane, found.gated) == ("ink", False)


PHOTOGRAPHS = {
    "person": skimage.data.astronaut(),
    "cat": skimage.data.chelsea(),
    "still life": skimage.data.coffee(),
    "night": np.repeat(skimage.data.moon()[..., None], 3, 2),
    "grey": np.repeat(skimage.data.camera()[..., None], 3, 2),
    "print": np.repeat(skimage.data.page()[..., None], 3, 2),
    "ball": lit((210, 50, 40), (150, 160, 120), 1.5),
    "on white": lit((210, 50, 40), (255, 255, 255), 1.0),
    "on white jpeg": jpeg(lit((210, 50, 40), (255, 255, 255), 1.0), 75),
    "pale on white": lit((235, 232, 228), (255, 255, 255), 1.0),
    "rendered": lit((34, 34, 38), (240, 240, 240), 0),
    "rendered jpeg": jpeg(lit((34, 34, 38), (240, 240, 240), 0), 60),
    "silhouette": silhouette(),
    "silhouette jpeg": jpeg(silhouette(), 80),
    "disc": disc(300, 100, 4).rgb8,
    "shaded disc on white": on_white(disc(300, 100, 3)),
    "hair on white": on_white(strands(300, 40, 1)),
    "hair on paper": on_white(strands(300, 40, 1), 236),
    "mesh": mesh(300, 20, 3).rgb8,
    "cable": cable(),
    "coil": coil(),
    "noise": np.random.default_rng(2).integers(0, 256, (200, 300, 3), np.uint8),
    "one colour": np.full((200, 300, 3), 200, np.uint8),
    "pixel": np.zeros((1, 1, 3), np.uint8),
}


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_a_photograph_is_never_taken(name):
    found = recognise(PHOTOGRAPHS[name], "auto")

    assert (found.lane, found.gated) == ("photo", True)


def test_a_signature_is_ink_whatever_it_lies_on():
    plain, desk = (recognise(draw_ink(name).rgb8, "signature") for name in ("plain", "desk"))

    assert (plain.lane, plain.gated) == ("ink", False)
    assert (desk.lane, desk.gated) == ("ink", True)


def test_a_graphic_on_no_flat_ground_goes_to_the_network_and_says_why():
    found = recognise(skimage.data.astronaut(), "graphic")

    assert (found.lane, found.gated) == ("photo", True)
    assert found.reason.startswith("The recipe says that it is a graphic, but only ")
    assert found.reason.endswith(" % of its frame has one colour: the network cuts it out.")


def test_a_graphic_with_gradients_goes_to_the_network():
    y, x = np.mgrid[:ROWS, :COLUMNS]
    inside = np.hypot(y - 180, x - 240) < 130
    rgb8 = np.full((ROWS, COLUMNS, 3), 255, np.uint8)
    rgb8[inside] = np.stack([x / 2, y / 2, 255 - x / 2], -1)[inside].astype(np.uint8)

    found = recognise(rgb8, "graphic")

    assert found.lane == "photo"
    assert found.reason == (
        "The recipe says that it is a graphic, but it does not consist of a few flat colours: the network cuts it out."
    )


def test_a_graphic_of_thin_type_that_is_no_flat_colour_any_more_is_ink():
    """A hint never leads to less than no hint does: the network loses the dots and accents of type."""
    written = draw_ink("plain").rgb8

    found = recognise(written, "graphic")

    assert (found.lane, found.gated) == ("ink", False)
    assert found.reason == recognise(written, "auto").reason


def test_the_reason_says_what_was_measured():
    assert recognise(logo("badge"), "auto").reason == (
        "66 % of the picture is one flat colour, and the rest 3 inks."
    )
    assert recognise(logo("black"), "graphic").reason == (
        "86 % of the picture is one flat colour, and the rest one ink."
    )


@pytest.mark.parametrize("hint", ["person", "product", "animal", "car"])
def test_any_other_subject_is_a_photograph(hint):
    found = recognise(logo("badge"), hint)

    assert (found.lane, found.gated) == ("photo", True)


def test_a_large_picture_s_own_frame_counts():
    """Only its middle is looked at closely; a band along its edge is not in there."""
    rgb8 = np.full((2600, 2600, 3), 255, np.uint8)
    rgb8[1000:1600, 1000:1600] = (200, 30, 40)
    whole = recognise(rgb8, "auto")
    rgb8[:40] = (10, 20, 90)

    assert whole.lane == "flat"
    assert recognise(rgb8, "auto").lane == "photo"
