"""What outputs cost: seconds by step, encodes by byte limit, and memory at 25 megapixels and at what the formats hold.

PYTHONPATH=layers/cutout .venv/bin/python -m bench.outputs [--rounds 4]

The photograph is that of ``bench.full_size``, as a JPEG, with a coarse matte in place of the network's. Each row has a
process of its own, whose peak memory is what is told: what compose holds, less the AWS SDK. Seconds are the least of
the rounds, with numpy on one thread.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.full_size import picture
from bench.outputs_process import LIMITS
from bench.tables import table
from cutout.codec import decode, encode_grey, encode_jpeg
from cutout.kept import pack
from cutout.pipeline import clean, full_matte
from local.deploy import ROOT

SOFT = 0.05
FRAMES = {12: (3000, 4000), 25: (4330, 5774), 30: (4743, 6324), 45: (5809, 7745), 50: (6124, 8165)}
# What compose is measured with: the goal's size, and the largest that every format of the list holds.
PEAKS = {"four": (25, 50), "four costly looks": (25, 45), "four transparent formats": (25, 30)}
"""megapixels -> rows and columns"""
Output = dict[str, Any]
AMAZON: Output = {"name": "amazon", "preset": "amazon"}
SHOPIFY: Output = {"name": "shopify", "preset": "shopify"}
STEPS: list[Output] = [{"at": 0, "colour": "#ffffff"}, {"at": 1, "colour": "#203040"}]
FOUR: list[Output] = [
    AMAZON,
    SHOPIFY,
    {"name": "png"},
    {"name": "webp", "format": "webp", "layout": {"canvas": [1200, 1200]}},
]
MARKETPLACES: list[Output] = [
    AMAZON,
    SHOPIFY,
    {"name": "ebay", "preset": "ebay"},
    {"name": "etsy", "preset": "etsy"},
]
# These and the formats are all as large as the photograph.
COSTLY: list[Output] = [
    {"name": "blur", "format": "jpeg", "background": "blur", "light": {"wrap": 0.5}},
    {"name": "cast", "format": "jpeg", "background": "white", "shadow": "cast"},
    {"name": "outline", "outline": {}},
    {"name": "gradient", "format": "webp", "background": {"kind": "linear", "stops": STEPS}},
]
LARGE: list[Output] = [{"name": name, "format": name} for name in ("png", "zip", "webp", "avif")]
LISTS = {
    "amazon": [AMAZON],
    "four": FOUR,
    "four marketplaces": MARKETPLACES,
    "four costly looks": COSTLY,
    "four transparent formats": LARGE,
}
FEATHERED = {"edge": {"feather_px": 2}}
BYTE_LIMITS: list[Output] = [
    {"name": "jpeg", "preset": "amazon", "max_bytes": 400_000},
    {"name": "small", "preset": "amazon", "max_bytes": 100_000},
    {"name": "tiny", "preset": "amazon", "max_bytes": 50_000},
    {"name": "between", "preset": "amazon", "min_bytes": 240_000, "max_bytes": 250_000},
    {"name": "at-least", "preset": "amazon", "min_bytes": 600_000, "max_bytes": 700_000},
    {"name": "frame", "format": "jpeg", "background": "original", "max_bytes": 500_000},
    {"name": "webp", "format": "webp", "max_bytes": 60_000, "layout": {"canvas": [1200, 1200]}},
    {"name": "avif", "format": "avif", "max_bytes": 12_000, "layout": {"canvas": [600, 600]}},
]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one process tells."""

    seconds: dict[str, float]
    """the steps, in the order in which they ran"""
    parts: dict[str, float]
    """of the step ``render``"""
    cpu_seconds: float
    """of all steps"""
    encodes: list[int]
    bytes: list[int]
    peak_mb: float

    @property
    def together(self) -> float:
        """Seconds of all steps."""
        return sum(self.seconds.values())


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A photograph's file, its coarse matte's, and where its cutout is kept."""

    photo: Path
    coarse: Path
    kept: Path

    def measure(self, recipe: dict[str, Any], *, rounds: int, again: str | None = None) -> Measured:
        """Make the recipe's outputs in a new process; ``again``: from this file of a kept cutout."""
        job = {
            "photo": str(self.photo),
            "coarse": str(self.coarse),
            "kept": again,
            "recipe": recipe,
            "rounds": rounds,
        }
        done = subprocess.run(
            [sys.executable, "-m", "bench.outputs_process"],
            cwd=ROOT,
            input=json.dumps(job),
            stdout=subprocess.PIPE,
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            text=True,
            check=True,
        )
        return Measured(**json.loads(done.stdout))


def upload(folder: Path, megapixels: int) -> Upload:
    """Draw a photograph and cut it out once."""
    rgb8, coarse8 = picture(SOFT, *FRAMES[megapixels])
    files = Upload(**{name: folder / f"{megapixels}.{name}" for name in ("photo", "coarse", "kept")})
    files.photo.write_bytes(encode_jpeg(rgb8, 92))
    files.coarse.write_bytes(encode_grey(coarse8))
    photo = decode(files.photo.read_bytes(), LIMITS)
    files.kept.write_bytes(pack(clean(photo, full_matte(photo, coarse8)), photo))
    return files


def again_as_text(measured: Measured) -> str:
    """One row a step, those of the render below it."""
    rows = [(step, f"{seconds:.2f}") for step, seconds in measured.seconds.items()]
    rows += [(f"  {part}", f"{seconds:.2f}") for part, seconds in measured.parts.items()]
    title = "A 2000 x 2000 marketplace JPEG of a kept cutout, 12 megapixels"
    return table(title, ("step", "seconds"), [*rows, ("together", f"{measured.together:.2f}")]) + (
        "\nGoal: render under 0.5 s."
    )


def lists_as_text(measured: dict[str, Measured]) -> str:
    """One row a list of outputs, its CPU time compared to the first: other programs disturb that least."""
    one, *_ = measured.values()
    steps = list(one.seconds)
    rows = [
        (
            name,
            *(f"{m.seconds[step]:.2f}" for step in steps),
            f"{m.together:.2f}",
            f"{m.cpu_seconds:.2f}",
            f"{m.cpu_seconds / one.cpu_seconds:.2f}",
        )
        for name, m in measured.items()
    ]
    header = ("outputs", *(f"{step} s" for step in steps), "together s", "CPU s", "of one")
    return (
        table("From upload to files, 12 megapixels", header, rows) + "\nGoal: four cost less than 2 of one."
    )


def limits_as_text(outputs: list[Output], measured: Measured) -> str:
    """One row a byte limit."""
    rows = [
        (
            output["name"],
            f"{output['min_bytes']:,}" if "min_bytes" in output else "",
            f"{output['max_bytes']:,}",
            f"{size:,}",
            str(encodes),
        )
        for output, size, encodes in zip(outputs, measured.bytes, measured.encodes, strict=True)
    ]
    header = ("output", "at least", "at most", "bytes", "encodes")
    return table("Byte limits", header, rows) + "\nGoal: at most 6 encodes."


def peaks_as_text(measured: dict[tuple[int, str], Measured]) -> str:
    """One row a size and list of outputs."""
    rows = [
        (f"{size} megapixels, {name}", f"{m.together:.1f}", f"{m.peak_mb:,.0f}")
        for (size, name), m in measured.items()
    ]
    return table("Peak memory of compose", ("picture and outputs", "seconds", "peak MB"), rows) + (
        "\nGoal: under 1,700 MB at 25 megapixels; the AWS SDK adds to it."
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=4)
    rounds = parser.parse_args().rounds
    if rounds < 1:
        parser.error("--rounds must be at least 1")
    with tempfile.TemporaryDirectory() as name:
        files = upload(Path(name), 12)
        again = str(files.kept)
        print(again_as_text(files.measure({"outputs": [AMAZON]}, rounds=rounds, again=again)), end="\n\n")
        lists = ("amazon", "four", "four marketplaces")
        one_and_four = {key: files.measure({"outputs": LISTS[key]}, rounds=rounds) for key in lists}
        print(lists_as_text(one_and_four), end="\n\n")
        limited = files.measure({"outputs": BYTE_LIMITS}, rounds=0, again=again)
        print(limits_as_text(BYTE_LIMITS, limited), end="\n\n")
        peaks = {}
        for key, sizes in PEAKS.items():
            for size in sizes:
                files = upload(Path(name), size)
                peaks[size, key] = files.measure(FEATHERED | {"outputs": LISTS[key]}, rounds=0)
    print(peaks_as_text(peaks))
    return 0


if __name__ == "__main__":
    sys.exit(main())
