"""From a photograph's bytes to its outputs, as compose does it, in a process of its own, so that the memory is its own.

Standard input: one JSON object, a ``Job``. Standard output: one JSON object with the seconds of every step, those of a
render's parts, the encodes and bytes of every output, and the peak memory.
"""

import cProfile
import json
import pstats
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cutout.codec import Limits, Photo, decode, decode_grey
from cutout.compliance.inspection import inspect
from cutout.encode import encode
from cutout.kept import pack, unpack
from cutout.pipeline import Cutout, clean, full_matte
from cutout.recipe import Recipe, recipe_from
from cutout.rendering.backgrounds import composite
from cutout.rendering.resample import laid_out
from cutout.service.stopwatch import Stopwatch, peak_memory_mb
from cutout.staging.layouts import placed_for
from cutout.staging.scene import Rendered, render, scene_of

LIMITS = Limits(max_bytes=60_000_000, max_pixels=60_000_000)
# What a render consists of; what else it does is the rest.
PARTS: dict[str, Callable[..., Any]] = {
    "place": placed_for,
    "resample": laid_out,
    "lay over": composite,
    "encode": encode,
    "check": inspect,
}


@dataclass(frozen=True, kw_only=True)
class Job:
    """Files, a recipe, and how often.

    After ``rounds`` one more is under a profiler. Without any there is but one, and nothing is told of the parts.
    """

    photo: str
    kept: str | None
    """the cutout of an earlier job; None: it is made of ``coarse``, and packed"""
    coarse: str
    recipe: dict[str, Any]
    rounds: int


def once(job: Job, recipe: Recipe, watch: Stopwatch) -> list[Rendered]:
    """Every step, from bytes to files."""
    with watch.step("decode"):
        photo = decode(Path(job.photo).read_bytes(), LIMITS)
    cutout = _cutout(job, photo, watch)
    with watch.step("subject"):
        scene = scene_of(photo, cutout, {}, LIMITS)
    made = []
    for output in recipe.outputs:
        with watch.step("render"):
            made.append(render(scene, output))
    return made


def _cutout(job: Job, photo: Photo, watch: Stopwatch) -> Cutout:
    if job.kept is not None:
        with watch.step("unpack"):
            return unpack(Path(job.kept).read_bytes(), photo)
    with watch.step("refine"):
        matte = full_matte(photo, decode_grey(Path(job.coarse).read_bytes()))
    with watch.step("decontaminate"):
        cutout = clean(photo, matte)
    with watch.step("keep"):
        pack(cutout, photo)
    return cutout


def parts_of_render(job: Job, recipe: Recipe) -> dict[str, float]:
    """Seconds of ``PARTS`` in one more round, under a profiler, which adds about a tenth."""
    profile, watch = cProfile.Profile(), Stopwatch("outputs", 0)
    profile.enable()
    once(job, recipe, watch)
    profile.disable()
    # The library keeps this table, file, line and name -> (..., seconds with all that was called, callers), untyped.
    stats: dict[tuple[str, int, str], tuple[int, int, float, float, Any]] = vars(pstats.Stats(profile))[
        "stats"
    ]
    seconds = {}
    for name, part in PARTS.items():
        code = part.__code__
        seconds[name] = stats.get((code.co_filename, code.co_firstlineno, code.co_name), (0, 0, 0, 0.0))[3]
    return seconds | {"rest": watch.steps_ms["render"] / 1000 - sum(seconds.values())}


def main() -> None:
    """Measure once."""
    job = Job(**json.load(sys.stdin))
    recipe = recipe_from(job.recipe)
    rounds, cpu = [], []
    for _ in range(max(1, job.rounds)):
        watch, began = Stopwatch("outputs", 0), time.process_time()
        made = once(job, recipe, watch)
        cpu.append(time.process_time() - began)
        rounds.append(watch.steps_ms)
    answer = {
        # The least: what else the machine does only ever adds.
        "seconds": {step: min(one[step] for one in rounds) / 1000 for step in rounds[0]},
        "cpu_seconds": min(cpu),
        "encodes": [output.encodes for output in made],
        "bytes": [len(output.body) for output in made],
        "peak_mb": peak_memory_mb(),
        "parts": parts_of_render(job, recipe) if job.rounds else {},
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
