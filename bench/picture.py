"""Draws the README's pictures: the example photograph's cutout on three backgrounds, and what recipes make of things.

PYTHONPATH=layers/cutout .venv/bin/python -m bench.picture docs
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.drawn_products import draw_product
from bench.gallery import asking
from bench.gallery_sources import Shown, cut_out, with_truth
from cutout.codec import Limits, Photo, decode, encode_jpeg, resize
from cutout.recipe import recipe_from
from cutout.rendering.backgrounds import flatten
from cutout.staging.scene import render, scene_of
from local.run import example_photo
from local.stack import DEFAULT_CARD

GROUNDS = ((0, 0, 0), (255, 255, 255), (255, 0, 255))
SIDE = 400
LIMITS = Limits(max_bytes=10**8, max_pixels=10**8)
PAPER = {"kind": "linear", "stops": [{"at": 0, "colour": "#f3efe6"}, {"at": 1, "colour": "#cfc5b2"}]}
# What to make of which picture.
LOOKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("astronaut", {"preset": "passport-us"}),
    ("astronaut", {"preset": "profile-square"}),
    ("astronaut", {"background": "#7fb0d8", "outline": {"width": "3%"}, "layout": {"canvas": [400, 400]}}),
    ("mug", {"preset": "amazon", "shadow": "contact"}),
    (
        "chair",
        {"background": PAPER, "shadow": "cast", "layout": {"canvas": [400, 400], "fill": {"share": 0.8}}},
    ),
)


def main() -> None:
    """Run the pipeline without the flow around it, and write two sheets."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="the folder")
    out = parser.parse_args().out
    ask = asking(DEFAULT_CARD)
    photo = decode(example_photo().read_bytes(), LIMITS)
    shown = {"astronaut": cut_out("astronaut", photo, {}, ask)}
    shown |= {name: with_truth(name, draw_product(name).exact, ask) for name in ("mug", "chair")}
    cutout = shown["astronaut"].cutout
    panels = [photo.rgb8, *(flatten(cutout.rgb8, cutout.alpha8, ground, cutout.mixing) for ground in GROUNDS)]
    (out / "astronaut.jpg").write_bytes(encode_jpeg(np.hstack(panels), 88))
    looks = [look(shown[name], fields) for name, fields in LOOKS]
    (out / "looks.jpg").write_bytes(encode_jpeg(np.hstack(looks), 88))


def look(shown: Shown, fields: dict[str, Any]) -> NDArray[np.uint8]:
    """One output of a picture, ``SIDE`` pixels square."""
    [output] = recipe_from({"outputs": [{**fields, "format": "jpeg", "max_bytes": None}]}).outputs
    made: Photo = decode(render(scene_of(shown.photo, shown.cutout, {}, LIMITS), output).body, LIMITS)
    return resize(made.rgb8, SIDE, SIDE)


if __name__ == "__main__":
    main()
