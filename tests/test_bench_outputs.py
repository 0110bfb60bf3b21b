"""What `make bench` measures of outputs, and says of them."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.outputs import (
    AMAZON,
    BYTE_LIMITS,
    LISTS,
    Measured,
    again_as_text,
    limits_as_text,
    lists_as_text,
    peaks_as_text,
)
from bench.outputs_process import LIMITS, PARTS, Job, once, parts_of_render
from cutout.codec import decode, encode_grey, encode_jpeg
from cutout.kept import pack
from cutout.light import CAMERA
from cutout.pipeline import Cutout
from cutout.recipe import recipe_from
from cutout.service.stopwatch import Stopwatch
from scenes import coarse, disc


def measured(**seconds: float) -> Measured:
    return Measured(
        seconds=seconds,
        parts={"encode": 0.2},
        cpu_seconds=2 * sum(seconds.values()),
        encodes=[3],
        bytes=[99_000],
        peak_mb=1246.4,
    )


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A small disc, from a coarse matte."""
    scene = disc(120, 40, 4)
    (tmp_path / "photo.jpg").write_bytes(encode_jpeg(scene.rgb8, 92))
    (tmp_path / "coarse.png").write_bytes(encode_grey(coarse(scene.alpha8, 60)))
    return Job(
        photo=str(tmp_path / "photo.jpg"),
        coarse=str(tmp_path / "coarse.png"),
        kept=None,
        recipe={"outputs": [AMAZON | {"layout": {"canvas": [200, 100]}}]},
        rounds=1,
    )


def test_a_new_cutout_goes_through_every_step_of_compose(job: Job):
    watch = Stopwatch("outputs", 0)

    made = once(job, recipe_from(job.recipe), watch)

    assert list(watch.steps_ms) == ["decode", "refine", "decontaminate", "keep", "subject", "render"]
    assert [(output.width, output.height) for output in made] == [(200, 100)]


def test_a_kept_cutout_is_only_unpacked(job: Job, tmp_path: Path):
    photo = decode(Path(job.photo).read_bytes(), LIMITS)
    alpha8 = disc(120, 40, 4).alpha8
    kept = Cutout(rgb8=photo.rgb8 * (alpha8 == 255)[..., None], alpha8=alpha8, mixing=CAMERA)
    (tmp_path / "kept").write_bytes(pack(kept, photo))
    watch = Stopwatch("outputs", 0)

    once(replace(job, kept=str(tmp_path / "kept")), recipe_from(job.recipe), watch)

    assert list(watch.steps_ms) == ["decode", "unpack", "subject", "render"]


def test_every_part_of_a_marketplace_render_is_seen(job: Job):
    """A function that goes by another name would count as nothing."""
    parts = parts_of_render(job, recipe_from(job.recipe))

    assert list(parts) == [*PARTS, "rest"]
    assert min(parts[name] for name in PARTS) > 0


@pytest.mark.parametrize("outputs", [*LISTS.values(), BYTE_LIMITS])
def test_what_is_measured_is_a_recipe(outputs):
    assert len(recipe_from({"outputs": outputs}).outputs) == len(outputs)


def test_the_steps_of_a_second_recipe_are_told_one_by_one_and_together():
    text = again_as_text(measured(decode=0.08, render=0.25))

    assert [line.split() for line in text.splitlines()[3:-1]] == [
        ["decode", "0.08"],
        ["render", "0.25"],
        ["encode", "0.20"],
        ["together", "0.33"],
    ]


def test_lists_of_outputs_are_compared_to_one():
    text = lists_as_text({"amazon": measured(refine=0.5, render=0.5), "four": measured(refine=0.5, render=1)})

    assert text.splitlines()[-2].split() == ["four", "0.50", "1.00", "1.50", "3.00", "1.50"]


def test_a_byte_limit_stands_beside_what_it_took():
    text = limits_as_text([{"name": "small", "max_bytes": 100_000}], measured(render=1))

    assert text.splitlines()[-2].split() == ["small", "100,000", "99,000", "3"]


def test_peaks_are_told_by_picture_and_outputs():
    text = peaks_as_text({(25, "four"): measured(render=4.25)})

    assert text.splitlines()[-2].split() == ["25", "megapixels,", "four", "4.2", "1,246"]
