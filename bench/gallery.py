"""Every look side by side, beside what everybody tries first: ``python -m bench.gallery [FOLDER] [--out OUT]``.

Writes ``OUT``/gallery.html and the pictures beside it. FOLDER's photographs hang there too, reduced.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.gallery_grounds import grounds
from bench.gallery_looks import Look, Section, sections
from bench.gallery_page import room, sources, write_page
from bench.gallery_rooms import Hung, Wall, caption
from bench.gallery_sources import Ask, Shown, everything, photographs
from cutout.codec import Photo
from cutout.errors import CustomerError
from cutout.matting.tensor import to_alpha8, to_tensor
from cutout.network import load, read_card
from cutout.pipeline import make_proxy, opaque
from local.stack import DEFAULT_CARD

THREADS = os.cpu_count() or 1
Progress = Callable[[str], None]


def asking(card_path: Path) -> Ask:
    """The prepared network as compose's messages know it: a photograph to a coarse matte."""
    card, network = read_card(card_path), load(card_path.with_suffix(".onnx"), THREADS)
    answers: dict[bytes, NDArray[np.uint8]] = {}  # some pictures hang there twice

    def ask(photo: Photo) -> NDArray[np.uint8]:
        proxy8 = make_proxy(photo, card.input_size)
        key = sha256(proxy8.tobytes()).digest()
        if key not in answers:
            answers[key] = to_alpha8(network(to_tensor(proxy8, card.mean, card.std)))
        return answers[key]

    return ask


def write_gallery(
    out: Path, shown: Iterable[Shown], hung: tuple[Section, ...], guests: tuple[str, ...], say: Progress
) -> Path:
    """The page of these pictures and sections; ``guests`` are the pictures that came from a folder."""
    folder = out / "gallery"
    folder.mkdir(parents=True, exist_ok=True)
    wall = Wall(folder=folder, grounds=grounds())
    pictures = {picture.name: picture for picture in shown}
    photos = [
        (picture, wall.picture(f"photo-{i}", opaque(picture.photo), None))
        for i, picture in enumerate(pictures.values())
    ]
    rooms = [("Photographs", sources(photos))]
    for number, section in enumerate(hung):
        say(section.title)
        rooms.append((section.title, _room(wall, f"{number}", section, pictures, guests)))
    page = out / "gallery.html"
    write_page(page, rooms)
    return page


def _room(
    wall: Wall, prefix: str, section: Section, pictures: dict[str, Shown], guests: tuple[str, ...]
) -> str:
    rows = []
    with ThreadPoolExecutor(THREADS) as pool:
        for i, look in enumerate(section.looks):
            names = (*look.on, *guests) if section.photographs else look.on
            wanted = [name for name in names if name in pictures]
            hang = _hanging(wall, f"{prefix}-{i}", look, section, pictures)
            rows.append((caption(look.recipe), dict(zip(wanted, pool.map(hang, wanted), strict=True))))
    return room(rows)


def _hanging(
    wall: Wall, prefix: str, look: Look, section: Section, pictures: dict[str, Shown]
) -> Callable[[str], Hung]:
    def hang(name: str) -> Hung:
        file = f"{prefix}-{list(pictures).index(name)}"
        return wall.hang(file, pictures[name], look.recipe, section.zoom)

    return hang


def main() -> int:
    """Write the gallery and say where it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="photographs that hang there too")
    parser.add_argument("--out", type=Path, default=Path("out"))
    options = parser.parse_args()
    began, ask = time.monotonic(), asking(DEFAULT_CARD)

    def say(words: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {words}", flush=True)

    try:
        guests = tuple(photographs(options.folder, ask)) if options.folder else ()
    except (CustomerError, OSError) as error:
        print(f"{options.folder}: {error}", file=sys.stderr)
        return 2
    own = everything(ask)
    say("Cutting out")
    page = write_gallery(
        options.out, chain(own, guests), sections(), tuple(shown.name for shown in guests), say
    )
    say(f"{page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
