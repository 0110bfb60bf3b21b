"""How well ink and flat inks are taken off: ``python -m bench.ink [FOLDER]``.

The drawn pages and logos, then every case of FOLDER (see ``bench.cases``) whose name begins with ``sig_`` or
``logo_``. Errors are mean |alpha - true|: off ink where the truth is 0, on ink where it is not, where it is more than
half, and over the whole picture; ``colour`` is the mean difference in levels where the truth is more than half.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.cases import LIMITS, read_case
from bench.drawing import photographed
from bench.drawn_ink import PAGES, draw_ink
from bench.drawn_logos import LOGOS
from bench.tables import table
from cutout.codec import decode, encode_jpeg
from cutout.matting.flat import flat_cutout
from cutout.matting.graphic import Graphic
from cutout.matting.ink import ink_cutout

Picture8 = NDArray[np.uint8]
KEPT = Path(".local/quality/colours")
QUALITIES = (92, 80, 60)
HEADER = ("picture", "off", "on", "on half", "whole", "colour", "worst", "ms")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?")
    folder = parser.parse_args().folder
    print(table("Ink", HEADER, [*_pages(), *_others(folder, "sig_", _ink)]))
    print()
    print(table("Flat graphics", HEADER, [*_logos(), *_others(folder, "logo_", flat_cutout)]))


def row(
    name: str,
    cut: Callable[[Picture8], Graphic],
    rgb8: Picture8,
    alpha8: Picture8,
    colour: NDArray[np.float64],
) -> list[str]:
    """The figures of one picture; ``colour`` in levels."""
    started = time.perf_counter()
    found = cut(rgb8)
    took = time.perf_counter() - started
    error = np.abs(found.alpha8.astype(np.float64) - alpha8) / 255
    half = alpha8 > 127
    means = [error[alpha8 == 0], error[alpha8 > 0], error[half], error]
    shift = np.abs(found.rgb8[half] - colour[half]).mean()
    cells = [f"{part.mean():.4f}" for part in means]
    return [name, *cells, f"{shift:.1f}", f"{error.max() * 255:.0f}", f"{took * 1000:.0f}"]


def _ink(rgb8: Picture8) -> Graphic:
    return ink_cutout(rgb8, None)


def _pages() -> Iterator[list[str]]:
    for name in PAGES:
        exact = draw_ink(name)
        yield row(name, _ink, exact.rgb8, exact.alpha8, exact.colour8.astype(np.float64))


def _logos() -> Iterator[list[str]]:
    for name, draw in LOGOS.items():
        exact = photographed(draw(), np.random.default_rng(0))
        colour = exact.colour8.astype(np.float64)
        yield row(name, flat_cutout, exact.rgb8, exact.alpha8, colour)
        for quality in QUALITIES:
            rgb8 = decode(encode_jpeg(exact.rgb8, quality), LIMITS).rgb8
            yield row(f"{name}, JPEG {quality}", flat_cutout, rgb8, exact.alpha8, colour)


def _others(folder: Path | None, prefix: str, cut: Callable[[Picture8], Graphic]) -> Iterator[list[str]]:
    if folder is None:
        return
    for path in sorted(folder.glob(f"{prefix}*/alpha.png")):
        case = read_case(path.parent, KEPT)
        yield row(case.name, cut, case.rgb8, case.alpha8, case.colour * 255)


if __name__ == "__main__":
    main()
