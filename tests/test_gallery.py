"""The gallery: nothing that a recipe can ask for is missing on its page, and its drawn products are what they say."""

import dataclasses
import re
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from bench.drawn_products import PRODUCTS, draw_product
from bench.gallery import write_gallery
from bench.gallery_looks import Look, Section, sections
from bench.gallery_rooms import lowest, softest
from bench.gallery_sources import Shown, photo_of
from cutout.file_options import FORMATS
from cutout.light import CAMERA
from cutout.pipeline import Cutout
from cutout.preset import preset_names
from cutout.recipe import Background, Shadow, recipe_from
from scenes import disc


@pytest.fixture(scope="module")
def shown() -> Shown:
    scene = disc(128, 40, 6)
    cutout = Cutout(rgb8=scene.foreground8, alpha8=scene.alpha8, mixing=CAMERA)
    return Shown(name="disc", photo=photo_of(scene.rgb8), cutout=cutout, naive8=scene.alpha8, how="drawn")


def of_disc(section: Section) -> Section:
    looks = tuple(Look(recipe=look.recipe, on=("disc",)) for look in section.looks)
    return dataclasses.replace(section, looks=looks)


def outputs():
    return [recipe_from(look.recipe).outputs[0] for section in sections() for look in section.looks]


def kinds(union: object) -> set[str]:
    """The words by which a recipe tells the kinds of a part."""
    models = get_args(get_args(union)[0])
    return {get_args(model)[0].model_fields["kind"].default for model in models}


def test_every_preset_hangs_there():
    assert {output.preset for output in outputs()} >= set(preset_names())


def test_every_kind_of_background_hangs_there():
    found = {output.background.kind for output in outputs()}

    assert found == kinds(Background)
    assert found >= {"transparent", "colour", "linear", "radial", "image", "blur", "original"}


def test_every_kind_of_shadow_hangs_there():
    found = {output.shadow.kind for output in outputs()}

    assert found == kinds(Shadow)
    assert found >= {"none", "keep", "drop", "contact", "cast"}


def test_every_format_hangs_there():
    assert {output.format for output in outputs()} == set(FORMATS)


def test_light_hangs_there_at_nought_half_and_one():
    pairs = {(output.light.wrap, output.light.tone) for output in outputs()}

    assert pairs == {(wrap, tone) for wrap in (0, 0.5, 1) for tone in (0, 0.5, 1)}


def test_every_picture_that_a_look_is_shown_on_is_made_somewhere():
    lanes = next(section for section in sections() if section.title == "Cutouts, by lane")
    made = set(lanes.looks[0].on)

    assert {name for section in sections() for look in section.looks for name in look.on} <= made


def test_the_page_shows_every_look_and_links_to_files_that_are_there(shown: Shown, tmp_path: Path):
    hung = tuple(of_disc(section) for section in sections() if section.title not in ("Presets", "Light"))

    page = write_gallery(tmp_path, [shown], hung, (), lambda words: None)

    text = page.read_text()
    looks = sum(len(section.looks) for section in hung)
    links = set(re.findall(r'(?:href|src)="(gallery/[^"]*)"', text))
    assert text.count('class="recipe"') == looks
    assert len(links) > 2 * looks  # ours and the naive one
    assert [link for link in links if not (tmp_path / link).stat().st_size] == []


def test_a_preset_hangs_with_its_verdict_and_what_did_not_pass(shown: Shown, tmp_path: Path):
    look = Look(recipe={"outputs": [{"preset": "passport-india"}]}, on=("disc",))
    section = Section(title="Presets", looks=(look,), zoom="edge")

    text = write_gallery(tmp_path, [shown], (section,), (), lambda words: None).read_text()

    assert re.search(r'<b class="unsure">unsure: \d+ rules</b>', text)
    assert "not measured (required) head_height" in text


def test_what_cannot_be_made_is_said_on_the_page(shown: Shown, tmp_path: Path):
    """The disc's own shadow cannot be kept: its ground is not plain."""
    noise = np.random.default_rng(3).integers(0, 256, shown.photo.rgb8.shape, np.uint8)
    busy = dataclasses.replace(shown, photo=photo_of(noise))
    look = Look(recipe={"outputs": [{"background": "white", "shadow": "keep"}]}, on=("disc",))
    section = Section(title="Shadows", looks=(look,), zoom="ground")

    text = write_gallery(tmp_path, [busy], (section,), (), lambda words: None).read_text()

    assert "shadow &#x27;keep&#x27; needs a plain ground" in text


def test_a_folder_s_photographs_hang_where_a_section_takes_them(shown: Shown, tmp_path: Path):
    look = Look(recipe={"outputs": [{"background": "white"}]}, on=())
    taking = Section(title="Taking", looks=(look,), zoom="edge", photographs=True)
    others = Section(title="Others", looks=(look,), zoom="edge")

    text = write_gallery(tmp_path, [shown], (taking, others), ("disc",), lambda words: None).read_text()

    assert text.count("<b>disc</b>") == 2  # among the photographs, and in the section that takes them


def test_the_crop_is_where_the_soft_band_is_widest():
    alpha8 = np.zeros((200, 200), np.uint8)
    alpha8[50:52, 20:60] = 128
    alpha8[120:150, 130:160] = 128

    assert softest(alpha8, 60) == (135, 145)


def test_the_ground_is_under_the_lowest_row():
    alpha8 = np.zeros((60, 80), np.uint8)
    alpha8[10:41, 20:31] = 255
    alpha8[10:30, 31:60] = 255

    assert lowest(alpha8) == (40, 25)


@pytest.mark.parametrize(
    ("name", "open_at"), [("mug", (425, 560)), ("chair", (230, 410)), ("bottle", (150, 300))]
)
def test_a_product_is_open_where_its_ground_shows(name: str, open_at: tuple[int, int]):
    """Inside the mug's handle, between the chair's rungs, beside the bottle's neck."""
    product = draw_product(name).exact

    assert product.alpha8[open_at] == 0
    assert abs(product.rgb8[open_at].astype(int) - product.ground8[open_at]).max() < 10


@pytest.mark.parametrize("name", PRODUCTS)
def test_a_product_s_shadow_is_what_its_paper_lacks(name: str):
    product = draw_product(name)

    assert 100 < product.shade8.max() < 255
    assert product.shade8[:60].max() == 0
    darkest = np.unravel_index(product.shade8.argmax(), product.shade8.shape)
    assert product.exact.ground8[darkest].max() < product.exact.ground8[darkest[0] - 200, darkest[1]].min()
