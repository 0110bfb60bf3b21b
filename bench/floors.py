"""What the pipeline reaches on the drawn scenes: the floors below which no change may fall.

PYTHONPATH=layers/cutout .venv/bin/python -m bench.floors > tests/recorded_floors.py

Half as large as `make quality` draws them, so that the tests take seconds: every scene, from three mattes that are
made from the truth, and colours alone from the true alpha. No network and no file takes part.
"""

import datetime
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np

from bench import metrics
from bench.cases import Case, Picture8, exact_coarse, faulty_coarse, sure_coarse
from bench.cutting import our_colours, ours
from bench.drawing import halved, photographed
from bench.drawn import SCENES, scene
from bench.mattes import as_photo
from bench.scoring import halo

SIDE = 160  # of the coarse mattes: the pictures are half as large, too
RISE = 1.01  # an error may be so much larger than recorded
# ... and by this much more: what float sums that round otherwise on another processor can change, and the last
# digit that is recorded. A share moves in steps, when a pixel beside its threshold does.
SLACK = {"band": 0.05, "bias": 0.0005, "halo": 0.02, "colour": 0.05, "inside": 0.0005, "closed": 0.001}

Figures = dict[str, float]
MODES: dict[str, Callable[[Picture8], Picture8]] = {
    "exact": partial(exact_coarse, side=SIDE),
    "sure": partial(sure_coarse, side=SIDE),
    "faulty": partial(faulty_coarse, side=SIDE),
    "colours": np.copy,
}


def small_case(name: str) -> Case:
    """A scene of the drawn set at half its size."""
    random = np.random.default_rng(2000 + list(SCENES).index(name))
    exact = photographed(halved(scene(name)), random)
    return Case(
        name=name,
        image=Path(f"{name}.png"),
        rgb8=exact.rgb8,
        alpha8=exact.alpha8,
        colour=exact.colour8 / 255,
        ground=exact.ground8 / 255,
        own_colours=True,
        edge=metrics.band(exact.alpha8 / 255, metrics.REACH),
    )


def measure(case: Case, mode: str) -> Figures:
    """The errors of one scene in one of ``MODES``: a figure for every key of ``SLACK``."""
    cut = our_colours if mode == "colours" else ours
    rgb8, alpha8 = cut(as_photo(case), MODES[mode](case.alpha8))
    alpha, true = alpha8 / 255, case.alpha8 / 255
    return {
        "band": metrics.mean_error(alpha, true, case.edge),
        "bias": metrics.bias(alpha, true, case.edge),
        "halo": halo(case, rgb8, alpha8),
        "colour": metrics.colour_error(rgb8 / 255, case.colour, true),
        "inside": metrics.dissolved_share(alpha, true),
        "closed": metrics.closed_share(alpha, true),
    }


def risen(recorded: Mapping[str, float], found: Mapping[str, float]) -> list[str]:
    """A sentence for every error that is larger than its floor allows; a bias counts in both directions."""
    return [
        f"{key} {found[key]:.4g}, recorded {recorded[key]:.4g}"
        for key, slack in SLACK.items()
        if abs(found[key]) > abs(recorded[key]) * RISE + slack
    ]


def as_module(floors: Mapping[tuple[str, str], Figures], day: datetime.date) -> str:
    """Python text of a table."""
    rows = "".join(
        f"    {key!r}: ({', '.join(_literal(figures[name]) for name in SLACK)}),\n".replace("'", '"')
        for key, figures in floors.items()
    )
    return (
        '"""Errors on the drawn scenes, written by ``python -m bench.floors``; see there for what they are of."""\n\n'
        f'RECORDED_ON = "{day}"\n'
        f"# Scene and mode: {', '.join(SLACK)}.\n"
        f"FLOORS = {{\n{rows}}}\n"
    )


def _literal(value: float) -> str:
    return repr(float(f"{value:.4g}"))


def main() -> None:
    """Measure everything and print it as a module."""
    cases = [small_case(name) for name in SCENES]
    floors = {(case.name, mode): measure(case, mode) for case in cases for mode in MODES}
    print(as_module(floors, datetime.datetime.now(datetime.UTC).date()), end="")


if __name__ == "__main__":
    main()
