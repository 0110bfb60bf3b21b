"""Every look rendered, and what stands beside it, as files for the page."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from bench.gallery_looks import Where
from bench.gallery_naive import naive, pasted
from bench.gallery_sources import LIMITS, Shown
from cutout.codec import decode, encode_jpeg, encode_png
from cutout.errors import CustomerError, NoSubject
from cutout.pipeline import with_edge
from cutout.recipe import Original, Output, Recipe, recipe_from
from cutout.staging.layouts import placed_for
from cutout.staging.scene import Rendered, Scene, render, scene_of

Picture8 = NDArray[np.uint8]

SIDE = 96  # pixels of the output in an enlarged crop
QUALITY = 90
SEEN = {"png", "jpeg", "webp", "avif"}  # by browsers
DECODED = {"png", "jpeg", "webp"}


@dataclass(frozen=True, kw_only=True)
class Hung:
    """A picture on the wall: paths relative to the page, and what the label says. Without files there is a reason."""

    files: tuple[Path, ...] = ()
    """ours, its crop, the naive one, its crop: as many as there are"""
    link: Path | None = None
    note: str = ""
    checks: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class Wall:
    """What the page writes into ``folder``, which lies beside it; keys are those of the background pictures."""

    folder: Path
    grounds: dict[str, bytes]

    def hang(self, name: str, shown: Shown, fields: dict[str, Any], zoom: Where) -> Hung:
        """One look at one picture; what a customer would be told instead, if there is no picture."""
        recipe = recipe_from(fields)
        output = recipe.outputs[0]
        try:
            scene = self.scene(shown, recipe)
            rendered = render(scene, output)
        except CustomerError as error:
            return Hung(note=str(error))
        return self.beside(name, shown, (scene, output, rendered), zoom)

    def scene(self, shown: Shown, recipe: Recipe) -> Scene:
        """As compose makes it."""
        return scene_of(shown.photo, with_edge(shown.cutout, recipe.edge), self.grounds, LIMITS)

    def beside(self, name: str, shown: Shown, made: tuple[Scene, Output, Rendered], zoom: Where) -> Hung:
        """Ours and the naive one, whole and enlarged."""
        scene, output, rendered = made
        link = self.write(f"{name}.{output.file_name.partition('.')[2]}", rendered.body)
        note = f"{rendered.width} x {rendered.height}, {len(rendered.body):,} bytes"
        if output.format not in DECODED or output.channels == "alpha":
            seen = (link,) if output.format in SEEN else ()
            return Hung(files=seen, link=link, note=note, checks=rendered.checks)
        photo = decode(rendered.body, LIMITS)
        corner = corner_of(scene, output, zoom)
        files = self.pair(name, link, photo.rgb8, photo.alpha8, corner)
        if isinstance(output.background, Original):  # the photograph itself: no two ways
            return Hung(files=files, link=link, note=note, checks=rendered.checks)
        try:
            rgb8, alpha8 = naive(pasted(scene, shown.naive8), output)
        except NoSubject:
            return Hung(
                files=files, link=link, note=f"{note}; the network sees nothing", checks=rendered.checks
            )
        other = self.picture(f"{name}-naive", rgb8, alpha8)
        files += self.pair(f"{name}-naive", other, rgb8, alpha8, corner)
        return Hung(files=files, link=link, note=note, checks=rendered.checks)

    def pair(
        self, name: str, whole: Path, rgb8: Picture8, alpha8: Picture8 | None, corner: tuple[int, int] | None
    ) -> tuple[Path, ...]:
        """The whole and its crop."""
        if corner is None:
            return (whole,)
        box = tuple(slice(at, at + SIDE) for at in corner)
        crop = encode_png(rgb8[box], None if alpha8 is None else alpha8[box])
        return whole, self.write(f"{name}-zoom.png", crop)

    def picture(self, name: str, rgb8: Picture8, alpha8: Picture8 | None) -> Path:
        """A whole picture in a file that browsers open."""
        if alpha8 is None:
            return self.write(f"{name}.jpg", encode_jpeg(rgb8, QUALITY))
        return self.write(f"{name}.png", encode_png(rgb8, alpha8))

    def write(self, name: str, body: bytes) -> Path:
        """A file of the gallery, as the page refers to it."""
        (self.folder / name).write_bytes(body)
        return Path(self.folder.name) / name


def corner_of(scene: Scene, output: Output, zoom: Where) -> tuple[int, int] | None:
    """Top left of the crop on the canvas; None where nothing is enlarged."""
    if zoom == "nowhere":
        return None
    alpha8 = scene.cutout.alpha8
    placement = placed_for(scene, output).placement
    y, x = softest(alpha8, round(SIDE / placement.scale)) if zoom == "edge" else lowest(alpha8)
    on_canvas = placement.top + placement.scale * y, placement.left + placement.scale * x
    sides = placement.height, placement.width
    top, left = (
        max(0, min(round(at) - SIDE // 2, side - SIDE)) for at, side in zip(on_canvas, sides, strict=True)
    )
    return top, left


def softest(alpha8: Picture8, side: int) -> tuple[int, int]:
    """The middle of the square, ``side`` pixels wide, of which most is soft."""
    soft = ((alpha8 > 0) & (alpha8 < 255)).astype(np.float32)
    density = ndimage.uniform_filter(soft, max(3, side // 2), mode="constant")
    y, x = np.unravel_index(density.argmax(), density.shape)
    return int(y), int(x)


def lowest(alpha8: Picture8) -> tuple[int, int]:
    """Where the subject stands: the middle of its lowest row."""
    row = int(np.flatnonzero((alpha8 > 127).any(1))[-1])
    columns = np.flatnonzero(alpha8[row] > 127)
    return row, int(columns[len(columns) // 2])


def caption(fields: dict[str, Any]) -> str:
    """A recipe as its label says it."""
    output = fields["outputs"][0]
    around = {name: value for name, value in fields.items() if name != "outputs"}
    return json.dumps({**around, **output})
