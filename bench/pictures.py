"""Photographs to measure with: ``python -m bench.pictures FOLDER COUNT [--image FILE] [--megapixels 2]``.

A process of its own, so that the pixels are not in the memory that is measured. Each picture has other pixels
than the one before, because a matte of the same pixels would be used again and nothing would be measured.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cutout.codec import Limits, decode, encode_jpeg, resize, to_uint8
from cutout.errors import CustomerError
from cutout.pipeline import opaque
from local.run import example_photo

ROWS, COLUMNS = 3000, 4000
GRAIN = 9 / 255  # of each colour alone, as a sensor has it; the file then has 3 MB, as a photograph would
QUALITY = 89
CUT_COLUMNS = 4
LIMITS = Limits(max_bytes=200_000_000, max_pixels=200_000_000)


def portrait() -> NDArray[np.uint8]:
    """Rgb8 (ROWS, COLUMNS, 3): the astronaut's head and shoulders, enlarged, with fine grain."""
    photo = decode(example_photo().read_bytes(), LIMITS).rgb8
    height = photo.shape[1] * ROWS // COLUMNS
    large = resize(photo[:height], ROWS, COLUMNS, "lanczos")
    random = np.random.default_rng(12)
    for top in range(0, ROWS, 250):  # in bands: floats of the whole picture would be 144 MB
        band = large[top : top + 250]
        grain = GRAIN * random.standard_normal(band.shape, np.float32)
        band[:] = to_uint8((band / 255 + grain).astype(np.float32))
    return large


def variants(rgb8: NDArray[np.uint8], count: int) -> Iterator[NDArray[np.uint8]]:
    """The picture ``count`` times, each time without CUT_COLUMNS more columns on its left: every pixel moves."""
    return (rgb8[:, i * CUT_COLUMNS :] for i in range(count))


def reduced(rgb8: NDArray[np.uint8], megapixels: float) -> NDArray[np.uint8]:
    """The picture with at most that many megapixels."""
    rows, columns = rgb8.shape[:2]
    share = min(1.0, (megapixels * 1e6 / (rows * columns)) ** 0.5)
    return resize(rgb8, round(rows * share), round(columns * share), "lanczos")


def main() -> int:
    """Write the pictures as 00.jpg, 01.jpg, ... and print their paths."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--image", type=Path, help="a photograph; a composed one if left out")
    parser.add_argument(
        "--megapixels", type=float, default=1000.0, help="the picture is made no larger than this"
    )
    options = parser.parse_args()
    try:
        rgb8 = opaque(decode(options.image.read_bytes(), LIMITS)) if options.image else portrait()
    except (CustomerError, OSError) as error:
        print(f"{options.image}: {error}", file=sys.stderr)
        return 2
    options.folder.mkdir(parents=True, exist_ok=True)
    for i, variant in enumerate(variants(reduced(rgb8, options.megapixels), options.count)):
        path = options.folder / f"{i:02}.jpg"
        path.write_bytes(encode_jpeg(variant, QUALITY))
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
