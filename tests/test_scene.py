"""A cutout and an output become a file."""

import re
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import numpy as np
import pytest
from PIL import Image

from cutout.codec import Header, Limits, Photo, encode_png
from cutout.errors import BadBackground, BadRecipe, NoSubject
from cutout.light import CAMERA, GRAPHIC
from cutout.pipeline import Cutout
from cutout.preset import preset_names
from cutout.recipe import Output, Recipe
from cutout.staging.scene import Scene, render, scene_of

LIMITS = Limits(max_bytes=10_000_000, max_pixels=50_000_000)


def scene(cutout: Cutout, seen8: np.ndarray | None = None, **backgrounds: bytes) -> Scene:
    rgb8 = cutout.rgb8 if seen8 is None else seen8
    header = Header(format="PNG", width=rgb8.shape[1], height=rgb8.shape[0])
    photo = Photo(rgb8=rgb8, alpha8=None, header=header, notes=())
    return scene_of(photo, cutout, backgrounds, LIMITS)


def rendered(cutout: Cutout, output: Output) -> bytes:
    return render(scene(cutout), output).body


CUTOUT = Cutout(
    mixing=CAMERA,
    rgb8=np.array([[[255, 0, 0], [255, 0, 0], [0, 0, 0]]], np.uint8),
    alpha8=np.array([[255, 128, 0]], np.uint8),
)


def read(body: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(body)))


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


# ------------------------------------------------------------------ a ball on grey ground, 240 x 320


def ball(side: int = 240, wide: int = 320) -> Scene:
    """An orange ball of radius 60 in the middle, on grey, with a little noise."""
    y, x = np.mgrid[:side, :wide] + 0.5
    alpha = np.clip(60.5 - np.hypot(y - side / 2, x - wide / 2), 0, 1)
    noise = np.random.default_rng(1).integers(-3, 4, (side, wide, 1))
    orange = np.array([230, 120, 20]) + noise
    seen8 = np.rint(alpha[..., None] * orange + (1 - alpha[..., None]) * (150 + noise)).astype(np.uint8)
    rgb8 = (orange * (alpha > 0)[..., None]).astype(np.uint8)
    cutout = Cutout(rgb8=rgb8, alpha8=np.rint(255 * alpha).astype(np.uint8), mixing=CAMERA)
    sky8 = np.full((30, 40, 3), (20, 90, 250), np.uint8)
    return scene(
        cutout, seen8, **{"backgrounds/sky.png": encode_png(sky8), "backgrounds/note.txt": b"no picture"}
    )


BALL = ball()


def shown(output: Output) -> np.ndarray:
    return read(render(BALL, output).body)


def made(**fields: object) -> Output:
    [output] = Recipe.model_validate({"outputs": [fields]}).outputs
    return output


def test_nothing_that_stands_out_is_no_result() -> None:
    nothing = Cutout(rgb8=np.zeros((9, 9, 3), np.uint8), alpha8=np.full((9, 9), 2, np.uint8), mixing=CAMERA)

    with pytest.raises(NoSubject, match="No subject was found"):
        scene(nothing)


def test_a_crop_is_the_subject_with_its_margin() -> None:
    assert shown(made(layout={"crop": True})).shape == (120, 120, 4)
    assert shown(made(layout={"crop": True, "margin": "10px"})).shape == (140, 140, 4)
    assert shown(made(layout={"crop": True, "margin": "0px 5px 10px 50%"})).shape == (130, 185, 4)


def test_a_canvas_holds_the_frame_a_crop_or_a_share() -> None:
    sizes = {
        name: np.flatnonzero((shown(made(layout=layout))[..., 3] > 127).any(0)).size
        for name, layout in {
            "frame": {"canvas": [640, 640]},
            "crop": {"canvas": [640, 640], "crop": True},
            "margin": {"canvas": [640, 640], "crop": True, "margin": "10%"},
            "fill": {"canvas": [640, 640], "fill": {"share": 0.5}},
            "small": {"canvas": [640, 640], "fill": {"share": 0.5}, "enlarge": False},
            "own": {"fill": {"share": 0.25, "side": "width"}},
        }.items()
    }

    assert sizes == {"frame": 240, "crop": 640, "margin": 512, "fill": 320, "small": 120, "own": 80}


def test_a_position_says_where_the_rest_goes() -> None:
    alpha8 = shown(made(layout={"canvas": [300, 300], "fill": {"share": 0.4}, "position": "100% 0%"}))[..., 3]

    assert (alpha8[:120, 180:].max(), alpha8[121:].max(), alpha8[:, :179].max()) == (255, 0, 0)


def test_a_subject_that_the_frame_cuts_stays_at_the_edge_of_any_canvas() -> None:
    """The whole frame, 320 x 240 in 640 x 240, lies at the right where its right edge cuts the ball."""
    alpha8 = np.zeros_like(BALL.cutout.alpha8)
    alpha8[:, 120:] = BALL.cutout.alpha8[:, :-120]  # its middle is at 280: a third of it is beyond the frame
    cut = scene(replace(BALL.cutout, alpha8=alpha8), BALL.photo.rgb8)
    layout = {"canvas": [640, 240]}

    glued, free = (
        read(render(cut, made(layout=layout | {"glue": glue})).body)[..., 3] for glue in (True, False)
    )

    assert glued[120, -1] == 255
    assert free[120, -1] == 0


def test_a_position_alone_moves_the_subject_within_its_frame() -> None:
    alpha8 = shown(made(layout={"position": "0% 100%"}))[..., 3]

    assert alpha8.shape == (240, 320)
    assert (alpha8[120:, :120].max(), alpha8[:119].max(), alpha8[:, 121:].max()) == (255, 0, 0)


def test_margins_that_leave_nothing_are_refused_with_the_output_s_name() -> None:
    output = made(name="shop", layout={"canvas": [100, 100], "crop": True, "margin": "60px"})

    with pytest.raises(
        BadRecipe, match=r"Output 'shop': The margins take 120 of the canvas's height of 100 pixels"
    ):
        render(BALL, output)


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


def test_the_report_names_the_limit_for_which_the_quality_was_raised() -> None:
    made_of = render(BALL, made(preset="myntra", quality=50, min_bytes=60_000, layout={"canvas": [300, 400]}))

    fixes = {f["fix"] for f in made_of.checks["findings"] if f["rule"] == "bytes"}
    assert len(fixes) == 1
    assert re.fullmatch(r"quality raised from 50 to \d+ for the limit of 60,000 bytes", fixes.pop())


def test_a_plain_product_reaches_the_least_size_of_its_market() -> None:
    """A smooth ball on light grey: at 1500 x 2000 quality 100 has two thirds of the 0.5 MB that Myntra asks for."""
    made_of = render(BALL, made(preset="myntra"))

    sizes = [f["status"] for f in made_of.checks["findings"] if f["rule"] == "bytes"]
    assert sizes == ["pass", "pass"]


def test_a_crop_leaves_no_room_for_the_shadow_of_what_stands_on_nothing() -> None:
    """A ball that the lower border of the photograph halves."""
    halved = ball(side=240)
    cutout = Cutout(
        rgb8=halved.cutout.rgb8[:120], alpha8=halved.cutout.alpha8[:120], mixing=halved.cutout.mixing
    )
    of_half = scene(cutout, halved.photo.rgb8[:120])

    assert read(render(of_half, made(shadow="cast", layout={"crop": True})).body).shape == (60, 120, 4)
    assert shown(made(shadow="cast", layout={"crop": True})).shape[1] > 160


@pytest.mark.parametrize("name", ["passport-canada", "passport-china", "passport-schengen"])
def test_an_identity_photo_on_its_own_ground_is_a_crop_and_nothing_else(name: str) -> None:
    """Also where nothing looks like a head, and the canvas around the subject is higher than the photograph."""
    made_of = render(ball(side=130), made(preset=name))

    unaltered = [f for f in made_of.checks["findings"] if f["rule"] == "background_unaltered"]
    assert [f["measured"] for f in unaltered] == [True]


def test_the_photograph_s_own_shadow_is_on_its_own_background_already() -> None:
    """Nothing has to be told apart, so no ground is too busy."""
    noise8 = np.random.default_rng(2).integers(0, 256, BALL.photo.rgb8.shape, np.uint8)

    made_of = render(scene(BALL.cutout, noise8), made(background="original", shadow="keep"))

    assert np.array_equal(read(made_of.body), noise8)


def test_pixels_of_a_shadow_are_the_canvas_s() -> None:
    """The ball is twice as large, its shadow's 20 pixels are not."""
    shadow = {"kind": "drop", "offset": "20px", "softness": "1px", "opacity": 1, "light_degrees": 0}
    layout = {"canvas": [640, 480], "fill": {"share": 0.5, "side": "height"}}

    dark = (shown(made(background="white", shadow=shadow, layout=layout)).max(2) < 128).any(1)

    assert np.flatnonzero(dark)[-1] == pytest.approx(360 + 20, abs=2)


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


def test_a_sticker_has_its_border_and_room_for_it() -> None:
    sticker = shown(made(outline={"width": "10px", "colour": "#00ff00"}, layout={"crop": True}))

    middle = sticker.shape[0] // 2
    assert sticker.shape[0] >= 142
    assert sticker[middle, 5].tolist() == [0, 255, 0, 255]
    assert sticker[middle, middle, 3] == 255


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


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_makes_a_file_and_says_how_it_stands(name: str) -> None:
    output = made(preset=name)

    result = render(BALL, output)

    assert result.checks is not None
    assert result.checks["preset"] == name
    assert {finding["status"] for finding in result.checks["findings"]} <= {
        "pass",
        "fail",
        "unsure",
        "not measured",
    }
    assert read(result.body).shape[:2] == (result.height, result.width)


def test_amazon_gets_its_white_and_its_share() -> None:
    result = render(BALL, made(preset="amazon"))

    picture = read(result.body)
    found = {finding["rule"]: finding for finding in result.checks["findings"]}
    columns = np.flatnonzero((picture.min(2) < 200).any(0))
    assert picture.shape == (2000, 2000, 3)
    assert (picture[[0, -1]] == 255).all()
    assert found["fill"]["measured"] == pytest.approx((columns[-1] - columns[0] + 1) / 2000, abs=0.005)
    assert found["fill"]["status"] == "pass"
    assert result.checks["verdict"] == "pass"


def test_a_veil_that_nobody_sees_does_not_cost_the_exact_white() -> None:
    """Mattes keep traces of 1 to 8 of 255 far from the subject; one level of a white background is too much."""
    veiled8 = np.maximum(BALL.cutout.alpha8, np.uint8(6))
    veiled = scene(
        replace(BALL.cutout, alpha8=veiled8, rgb8=np.full_like(BALL.cutout.rgb8, 40)), BALL.photo.rgb8
    )

    wishes = ({"preset": "amazon"}, {"background": "white"})
    amazon, plain = (read(render(veiled, made(**wish)).body) for wish in wishes)

    assert (amazon[:100] == 255).all()
    assert plain[0].max() < 255


def test_what_a_customer_changes_is_checked_all_the_same() -> None:
    result = render(BALL, made(preset="amazon", background="#eeeeee"))

    found = {finding["rule"]: finding["status"] for finding in result.checks["findings"]}
    assert (found["white_background"], found["fill"], result.checks["verdict"]) == ("fail", "pass", "fail")
