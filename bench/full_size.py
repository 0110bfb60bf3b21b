"""Seconds and memory of the steps that work on all pixels, at 12 megapixels, by the width of the soft band.

PYTHONPATH=layers/cutout .venv/bin/python -m bench.full_size [--rounds 3]

From a coarse matte to the cutout's colours: what the pipeline does between the network and the files. The picture is
drawn: a round animal with strands around it, grain, and a soft band of 2, 5 and 10 %. Each band has a process of its
own, whose peak memory is what is told, picture included.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.tables import table
from cutout.codec import resize, to_uint8
from cutout.light import to_srgb8
from local.deploy import ROOT

ROWS, COLUMNS = 3000, 4000
COARSE_SIDE = 1024
SHARES = (0.02, 0.05, 0.10)
GOAL = "Goal at 5 %: under 1.0 s and under 700 MB."

_RADIUS = 0.3  # of the rows
_STRANDS = 700  # around the animal
_STRIP = 250  # rows that are drawn at a time
_GRAIN = 2 / 255

Picture8 = NDArray[np.uint8]


def picture(share: float, rows: int = ROWS, columns: int = COLUMNS) -> tuple[Picture8, Picture8]:
    """Rgb8 (rows, columns, 3) and a coarse alpha8 of a subject about ``share`` of whose frame is soft."""
    width = share * columns / (2 * np.pi * _RADIUS)
    rgb8, alpha8 = np.empty((rows, columns, 3), np.uint8), np.empty((rows, columns), np.uint8)
    for top, strip, alpha in _strips(width, rows, columns):
        rgb8[top : top + _STRIP], alpha8[top : top + _STRIP] = strip, alpha
    return rgb8, resize(alpha8, COARSE_SIDE, COARSE_SIDE, "box")


def _strips(width: float, rows: int, columns: int) -> Iterator[tuple[int, Picture8, Picture8]]:
    random = np.random.default_rng(5)
    for top in range(0, rows, _STRIP):
        y, x = np.mgrid[top : min(top + _STRIP, rows), :columns].astype(np.float32)
        y, x = y - rows / 2, x - columns / 2
        beyond = (np.hypot(y, x) - _RADIUS * rows) / width  # -.5 to .5 in the band
        strands = np.cos(_STRANDS * np.arctan2(y, x) + 9 * np.sin(beyond * 7))
        alpha8 = to_uint8(np.clip(0.5 - beyond + 0.7 * np.maximum(0.25 - beyond**2, 0) * strands, 0, 1))
        shade, texture = 0.75 + 0.25 * np.sin(x / 41) * np.sin(y / 53), 0.8 + 0.2 * np.sin(x / 13 + y / 17)
        a = alpha8[..., None] / np.float32(255)
        light = a * shade[..., None] * np.array([0.5, 0.25, 0.1], np.float32)
        light += (1 - a) * texture[..., None] * np.array([0.1, 0.3, 0.2], np.float32)
        grain = _GRAIN * random.standard_normal(light.shape, np.float32)
        yield top, to_uint8(to_srgb8(light) / np.float32(255) + grain), alpha8


def measure(share: float, rounds: int) -> dict[str, float]:
    """Medians of ``rounds`` rounds after a first one, in a new process."""
    with tempfile.TemporaryDirectory() as name:
        files = [Path(name) / file for file in ("picture.npy", "coarse.npy")]
        for file, array in zip(files, picture(share), strict=True):
            np.save(file, array)
        done = subprocess.run(
            [sys.executable, "-m", "bench.full_size_process", *map(str, files), str(rounds)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def as_text(measured: list[dict[str, float]]) -> str:
    """One row a band."""
    rows = [
        (
            f"{m['soft']:.1%}",
            f"{m['matte']:.2f}",
            f"{m['clean']:.2f}",
            f"{m['matte'] + m['clean']:.2f}",
            f"{m['peak_mb']:,.0f}",
        )
        for m in measured
    ]
    header = ("soft band", "refine s", "decontaminate s", "together s", "peak MB")
    return table(f"Full size, {ROWS * COLUMNS / 1e6:.0f} megapixels", header, rows) + f"\n{GOAL}"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    print(as_text([measure(share, options.rounds) for share in SHARES]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
