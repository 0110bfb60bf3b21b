"""What a viewer that blends as encoded shows of a transparent file, beside the mixture of light that was meant."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench import metrics
from bench.cases import Case
from bench.contest import Contest, read_cutout
from bench.metrics import Plane
from bench.tables import table
from cutout.light import to_linear, to_srgb8
from cutout.rendering.display import for_viewers

GREYS = {"black": 0.0, "mid grey": 0.5, "white": 1.0}
METHODS = ("ours", "our colours")

Picture8 = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Mean differences in levels near the edge: to the light mixture on every one of ``GREYS``, and ``encoded``:
    to the truth mixed as encoded, the mean over them; that is what the bench's halo means.
    """

    light: tuple[float, ...]
    encoded: float


def mixes_light(case: Case) -> bool:
    """Whether the case is a camera's: its colours and alpha explain it better in linear light than as encoded."""
    soft = metrics.band(case.alpha8 / 255, 0)
    a, colour, ground = case.alpha8[soft][:, None] / 255, case.colour[soft], case.ground[soft]
    mixtures = _light(colour, a, ground), a * colour + (1 - a) * ground
    light, encoded = (_levels(mixture - case.rgb8[soft] / 255) for mixture in mixtures)
    return light <= encoded


def shown(case: Case, rgb8: Picture8, alpha8: Picture8) -> Shown:
    """How far a file with these colours and this alpha is from the truth in a viewer that blends as encoded."""
    true = case.alpha8 / 255
    near = metrics.band(true, metrics.REACH)
    mine = rgb8[near] / 255, alpha8[near] / 255
    truth, opacity = (case.colour[near], true[near]), true[near][:, None]
    light, encoded = [], []
    for grey in GREYS.values():
        seen = metrics.shown(*mine, (grey, grey, grey))
        light.append(_levels(seen - _light(truth[0], opacity, np.full(3, grey))))
        encoded.append(_levels(seen - metrics.shown(*truth, (grey, grey, grey))))
    return Shown(light=tuple(light), encoded=float(np.mean(encoded)))


def as_text(contest: Contest, cases: list[Case]) -> str:
    """Our cutouts as they are and fitted to viewers, mean over the camera's pictures; empty without any."""
    method = next((name for name in METHODS if name in contest.methods), None)
    cameras = [case for case in cases if mixes_light(case)]
    if method is None or not cameras:
        return ""
    rows: dict[str, list[Shown]] = {"coverage": [], "display": []}
    for case in cameras:
        cutout = read_cutout(contest.folder / method / f"{case.name}.png")
        rows["coverage"].append(shown(case, *cutout))
        rows["display"].append(shown(case, *for_viewers(*cutout)))
    title = f"{contest.title}: files in viewers that blend as encoded, mean of the camera's ({len(cameras)})"
    header = ("alpha", *(f"on {grey}" for grey in GREYS), "all three", "from encoded")
    return table(title, header, [(name, *_cells(measured)) for name, measured in rows.items()])


def _cells(measured: list[Shown]) -> list[str]:
    light = np.mean([one.light for one in measured], axis=0)
    figures = [*light, light.mean(), np.mean([one.encoded for one in measured])]
    return [f"{figure:.1f}" for figure in figures]


def _levels(difference: Plane) -> float:
    return float(np.abs(difference).mean() * 255) if difference.size else 0.0


def _light(colour: Plane, opacity: Plane, ground: Plane) -> Plane:
    """The mixture as a lens makes it: encoded colours in, encoded colours out, in steps of a level."""
    above, below = (to_linear(np.rint(side * 255).astype(np.uint8)) for side in (colour, ground))
    mixed: Plane = to_srgb8((opacity * above + (1 - opacity) * below).astype(np.float32)) / 255
    return mixed
