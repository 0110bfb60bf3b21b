"""A cutout and an output become a file."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from balls import BALL, made, read, rendered, scene, shown
from cutout.errors import BadBackground, BadRecipe, NoSubject
from cutout.light import CAMERA, GRAPHIC
from cutout.pipeline import Cutout
from cutout.recipe import Output
from cutout.staging.scene import render

CUTOUT = Cutout(
    mixing=CAMERA,
    rgb8=np.array([[[255, 0, 0], [255, 0, 0], [0, 0, 0]]], np.uint8),
    alpha8=np.array([[255, 128, 0]], np.uint8),
)


def test_a_transparent_png_is_straight_alpha() -> None:
    assert read(rendered(CUTOUT, Output())).tolist() == [[[255, 0, 0, 255], [255, 0, 0, 128], [0, 0, 0, 0]]]


def test_display_alpha_is_for_viewers_that_blend_as_encoded() -> None:
    """Half a pixel of dark blue is thinner there; what is opaque or clear stays."""
    dark = Cutout(
        mixing=CAMERA,
        rgb8=np.array([[[0, 0, 90], [0, 0, 90], [0, 0, 0]]], np.uint8),
        alpha8=np.array([[255, 128, 0]], np.uint8),
    )

    [[opaque, half, clear]] = read(rendered(dark, Output(alpha="display"))).tolist()

    assert opaque == [0, 0, 90, 255]
    assert 67 < half[3] < 110
    assert clear == [0, 0, 0, 0]


def test_half_a_pixel_of_red_on_white_is_mixed_in_linear_light() -> None:
    """0.502 of linear red 1 and 0.498 of linear white 1: green and blue are 0.498 in linear light, 187 in sRGB."""
    mixed = read(rendered(CUTOUT, Output(background="white")))

    assert mixed.tolist() == [[[255, 0, 0], [255, 187, 187], [255, 255, 255]]]


def test_half_a_pixel_of_a_drawing_is_mixed_as_encoded() -> None:
    drawing = Cutout(rgb8=CUTOUT.rgb8, alpha8=CUTOUT.alpha8, mixing=GRAPHIC)

    mixed = read(rendered(drawing, Output(background="white")))

    assert mixed.tolist() == [[[255, 0, 0], [255, 127, 127], [255, 255, 255]]]


def test_every_format_is_what_it_says() -> None:
    formats = {
        Image.open(BytesIO(rendered(CUTOUT, Output(format=f)))).format for f in ("png", "webp", "jpeg")
    }

    assert formats == {"PNG", "WEBP", "JPEG"}


def test_a_picture_too_long_for_its_format_is_the_recipe_s_fault() -> None:
    long = Cutout(
        rgb8=np.zeros((1, 16_384, 3), np.uint8), alpha8=np.full((1, 16_384), 255, np.uint8), mixing=CAMERA
    )

    with pytest.raises(
        BadRecipe,
        match="Output 'cutout': A webp has at most 16,383 pixels a side and 45 megapixels, and the picture has 16,384",
    ):
        rendered(long, Output(format="webp"))
    assert read(rendered(long, Output())).shape == (1, 16_384, 4)


def test_nothing_that_stands_out_is_no_result() -> None:
    nothing = Cutout(rgb8=np.zeros((9, 9, 3), np.uint8), alpha8=np.full((9, 9), 2, np.uint8), mixing=CAMERA)

    with pytest.raises(NoSubject, match="No subject was found"):
        scene(nothing)


@pytest.mark.parametrize("kind", ["contact", "drop", "cast"])
def test_a_shadow_darkens_the_ground_and_nothing_of_the_subject(kind: str) -> None:
    bright = shown(made(background="#c0c0c0")).astype(int)
    dark = shown(made(background="#c0c0c0", shadow=kind)).astype(int)

    inside = BALL.cutout.alpha8 == 255
    assert (dark <= bright).all()
    assert np.array_equal(dark[inside], bright[inside])
    assert (bright - dark).max() > 15


def test_a_shadow_stays_in_a_transparent_file() -> None:
    plain, shadowed = (
        shown(made()),
        shown(made(shadow={"kind": "drop", "offset": "20px", "light_degrees": 0})),
    )

    below = shadowed[190, 160]  # the ball ends at 180, its shadow at 200
    assert below[:3].tolist() == [0, 0, 0]
    assert below[3] > 40 > plain[190, 160, 3]


def test_a_shadow_that_nothing_throws_is_said() -> None:
    """Cut by the canvas's lower border, nothing stands on visible ground."""
    layout = {"canvas": [200, 200], "fill": {"share": 1.0}, "position": "50% 100%"}
    low = scene(
        replace(
            BALL.cutout,
            alpha8=np.where(np.arange(240)[:, None] >= 120, 255, 0).repeat(320, 1).astype(np.uint8),
        )
    )

    assert render(low, made(shadow="contact", layout=layout)).notes == (
        "there is no shadow: nothing of the subject stands on ground that the canvas shows",
    )
    assert render(BALL, made(shadow="contact")).notes == ()


def test_a_light_from_the_right_throws_to_the_left() -> None:
    drop = shown(
        made(
            background="white",
            shadow={"kind": "drop", "offset": "30px", "softness": "2px", "light_degrees": 90},
        )
    )

    assert drop[120, 85].max() < 240 < drop[120, 235].min()


def test_a_shadow_that_cannot_be_told_from_its_ground_is_refused() -> None:
    noise8 = np.random.default_rng(2).integers(0, 256, BALL.photo.rgb8.shape, np.uint8)

    with pytest.raises(BadRecipe, match="Output 'cutout': shadow 'keep' needs a plain ground"):
        render(scene(BALL.cutout, noise8), made(background="white", shadow="keep"))


def test_the_photograph_s_own_shadow_is_on_its_own_background_already() -> None:
    """Nothing has to be told apart, so no ground is too busy."""
    noise8 = np.random.default_rng(2).integers(0, 256, BALL.photo.rgb8.shape, np.uint8)

    made_of = render(scene(BALL.cutout, noise8), made(background="original", shadow="keep"))

    assert np.array_equal(read(made_of.body), noise8)


def test_the_original_background_is_the_photograph_itself() -> None:
    assert np.array_equal(shown(made(background="original")), BALL.photo.rgb8)


def test_the_blurred_background_has_nothing_of_the_subject_beside_it() -> None:
    picture = shown(made(background={"kind": "blur", "radius": "3%"})).astype(int)

    outside = BALL.cutout.alpha8 == 0
    assert np.abs(picture[outside] - 150).max() < 12


def test_gradients_run_where_they_are_told() -> None:
    stops = [{"at": 0, "colour": "black"}, {"at": 1, "colour": "white"}]
    down, right = (
        shown(made(background={"kind": "linear", "stops": stops, "angle_degrees": angle}))
        for angle in (180, 90)
    )
    radial = shown(made(background={"kind": "radial", "stops": stops, "centre": "0% 0%"}))

    assert down[2, 10].max() < 8 < 240 < down[-2, 10].min()
    assert right[10, 2].max() < 8 < 240 < right[10, -2].min()
    assert radial[0, 0].max() < 8 < 240 < radial[-1, -1].min()


def test_a_picture_lies_behind() -> None:
    picture = shown(made(background={"kind": "image", "key": "backgrounds/sky.png"}))

    assert picture[5, 5].tolist() == [20, 90, 250]


def test_a_background_that_is_no_picture_is_refused_by_its_key() -> None:
    with pytest.raises(
        BadBackground, match=r"Output 'cutout': The background picture 'backgrounds/note.txt' cannot be used"
    ):
        shown(made(background={"kind": "image", "key": "backgrounds/note.txt"}))


def test_the_light_of_a_bright_background_comes_over_the_edge() -> None:
    plain = shown(made(background="white")).astype(int)
    wrapped = shown(made(background="white", light={"wrap": 1.0})).astype(int)

    assert (wrapped[120, 101:104] - plain[120, 101:104]).mean() > 10
    assert np.array_equal(wrapped[120, 158:162], plain[120, 158:162])


def test_a_zip_holds_colours_and_opacity() -> None:
    with ZipFile(BytesIO(render(BALL, made(format="zip")).body)) as archive:
        names = archive.namelist()
        alpha8 = read(archive.read("alpha.png"))

    assert names == ["color.jpg", "alpha.png"]
    assert np.array_equal(alpha8, BALL.cutout.alpha8)


def test_opacity_alone_is_grey() -> None:
    assert np.array_equal(shown(made(channels="alpha")), BALL.cutout.alpha8)


def test_a_byte_limit_is_kept() -> None:
    large, small = (
        render(BALL, made(format="jpeg", quality=95, max_bytes=most)).body for most in (10**6, 4_000)
    )

    assert len(large) > 4_000 >= len(small) > 3_000
