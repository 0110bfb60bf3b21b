"""What the outputs of a job share stays as it is, and is looked for once."""

import numpy as np
import pytest

from cutout.codec import Header, Limits, Photo, decode, encode_png
from cutout.light import CAMERA
from cutout.pipeline import Cutout
from cutout.recipe import Output, recipe_from
from cutout.staging import scene as staging
from cutout.staging.scene import Scene, render, scene_of
from scenes import disc

LIMITS = Limits(max_bytes=2**20, max_pixels=2**20)
STEPS = [{"at": 0, "colour": "#ffffff"}, {"at": 1, "colour": "#203040"}]
LOOKS = {
    "transparent": {},
    "for viewers": {"alpha": "display"},
    "drop shadow": {"shadow": "drop"},
    "outline": {"outline": {}},
    "white": {"background": "white"},
    "contact shadow": {"background": "white", "shadow": "contact"},
    "cast shadow": {"background": "white", "shadow": "cast"},
    "blur": {"background": "blur", "light": {"wrap": 1, "tone": 1}},
    "gradient": {"background": {"kind": "linear", "stops": STEPS}},
    "picture": {"background": {"kind": "image", "key": "beach"}},
    "original": {"background": "original"},
    "original with an outline": {"background": "original", "outline": {}},
}


def output(**fields: object) -> Output:
    return recipe_from({"outputs": [fields]}).outputs[0]


@pytest.fixture
def scene() -> Scene:
    """A disc whose arrays nobody can write into."""
    drawn = disc(60, 20, 4)
    arrays = drawn.rgb8.copy(), drawn.foreground8.copy(), drawn.alpha8.copy()
    for array in arrays:
        array.setflags(write=False)
    header = Header(format="PNG", width=60, height=60)
    photo = Photo(rgb8=arrays[0], alpha8=None, header=header, notes=())
    cutout = Cutout(rgb8=arrays[1], alpha8=arrays[2], mixing=CAMERA)
    return scene_of(photo, cutout, {"beach": encode_png(drawn.background8)}, LIMITS)


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_an_output_leaves_the_cutout_to_the_next_one(scene, look):
    """Where nothing moves, outputs are made from the cutout's own arrays: writing into them would raise."""
    rendered = render(scene, output(**look))

    assert (rendered.width, rendered.height) == (60, 60)


def test_a_transparent_file_in_the_photographs_frame_is_the_cutout(scene):
    file = decode(render(scene, output()).body, LIMITS)

    assert np.array_equal(file.rgb8, scene.cutout.rgb8)
    assert np.array_equal(file.alpha8, scene.cutout.alpha8)


def test_the_original_background_in_its_own_frame_is_the_photograph(scene):
    file = decode(render(scene, output(background="original")).body, LIMITS)

    assert np.array_equal(file.rgb8, scene.photo.rgb8)


def test_the_head_is_looked_for_once_a_job(scene, monkeypatch):
    """Each passport asks for it, and it takes a tenth of a second."""
    calls = []
    monkeypatch.setattr(staging, "find_head", lambda rgb8, alpha8: calls.append(rgb8))

    for name in ("passport-us", "passport-uk"):
        render(scene, output(preset=name))

    assert len(calls) == 1


def test_the_photographs_own_shadow_is_looked_for_once_a_job(scene, monkeypatch):
    calls = []
    monkeypatch.setattr(staging, "kept", lambda rgb8, alpha8: calls.append(rgb8) or np.zeros_like(alpha8))

    for background in ("white", "#808080"):
        render(scene, output(background=background, shadow="keep"))

    assert len(calls) == 1
