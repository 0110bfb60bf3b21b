"""The recipes in the documentation are run."""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cutout.codec import Header, Limits, Photo, encode_png
from cutout.light import CAMERA
from cutout.pipeline import Cutout, as_looked_at, in_frame, with_edge
from cutout.recipe import Image as PictureBehind
from cutout.recipe import recipe_from
from cutout.staging.scene import render, scene_of

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "docs/recipes.md")
LIMITS = Limits(max_bytes=10_000_000, max_pixels=50_000_000)
ENDINGS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF", "tiff": "TIFF"}


def examples() -> list[Any]:
    """Every recipe on the pages."""
    blocks = [
        json.loads(block)
        for page in PAGES
        for block in re.findall(r"```json\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    ]
    return [pytest.param(block, id=json.dumps(block)[:60]) for block in blocks]


def bottle() -> tuple[Photo, Cutout]:
    """A green bottle with a shoulder on an even ground, 160 x 200."""
    y, x = np.mgrid[:160, :200] + 0.5
    half = np.clip(8 + (y - 50) * 0.9, 8, 30)
    inside = np.clip(half - np.abs(x - 100) + 0.5, 0, 1) * np.clip(y - 19.5, 0, 1) * np.clip(140.5 - y, 0, 1)
    noise = np.random.default_rng(1).integers(-3, 4, (160, 200, 1))
    green, ground = np.array([30, 120, 60]) + noise, 190 + noise
    seen = inside[..., None] * green + (1 - inside[..., None]) * ground
    header = Header(format="PNG", width=200, height=160)
    photo = Photo(rgb8=np.rint(seen).astype(np.uint8), alpha8=None, header=header, notes=())
    colours = np.where(inside[..., None] > 0, green, 0).astype(np.uint8)
    return photo, Cutout(rgb8=colours, alpha8=np.rint(255 * inside).astype(np.uint8), mixing=CAMERA)


PHOTO, CUTOUT = bottle()
BEACH = encode_png(np.full((40, 60, 3), (240, 220, 170), np.uint8))


@pytest.mark.parametrize("document", examples())
def test_the_example_makes_its_files(document: dict[str, Any]) -> None:
    recipe = recipe_from(document)
    looked_at = as_looked_at(PHOTO, recipe)
    part = Cutout(
        rgb8=looked_at.rgb8, alpha8=as_looked_at(alpha_as_photo(), recipe).rgb8[..., 0], mixing=CAMERA
    )
    whole = with_edge(in_frame(part, PHOTO, recipe.roi), recipe.edge)
    keys = [o.background.key for o in recipe.outputs if isinstance(o.background, PictureBehind)]
    scene = scene_of(PHOTO, whole, dict.fromkeys(keys, BEACH), LIMITS)

    for output in recipe.outputs:
        result = render(scene, output)

        if output.format == "zip":
            assert result.body.startswith(b"PK")
            continue
        picture = Image.open(BytesIO(result.body))
        assert picture.format == ENDINGS[output.format]
        assert picture.size == (result.width, result.height)
        assert output.max_bytes is None or len(result.body) <= output.max_bytes


def alpha_as_photo() -> Photo:
    return Photo(rgb8=CUTOUT.alpha8[..., None].repeat(3, 2), alpha8=None, header=PHOTO.header, notes=())


def test_the_page_has_an_example_of_every_kind() -> None:
    page = (ROOT / "docs" / "recipes.md").read_text()

    for word in (
        "linear",
        "radial",
        "image",
        "blur",
        "contact",
        "cast",
        "drop",
        "amazon",
        "passport-us",
        "signature",
    ):
        assert f'"{word}"' in page, word
