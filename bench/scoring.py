"""One cutout against the truth: every figure of the quality bench."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench import metrics
from bench.cases import Case

BLACK, WHITE, MAGENTA = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (1.0, 0.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Score:
    """One method on one case; ``figures`` has a value for every key of ``COLUMNS`` and for the hidden ones."""

    case: str
    method: str
    figures: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Column:
    """How a figure is printed: its heading, its digits, and what it is multiplied with."""

    heading: str
    digits: int
    scale: float = 1.0
    signed: bool = False

    def text(self, value: float) -> str:
        """The figure as it stands in a table."""
        return f"{value * self.scale:{'+' if self.signed else ''},.{self.digits}f}"


COLUMNS = {
    "sad": Column(heading="SAD", digits=2),
    "mse": Column(heading="MSE", digits=2),
    "grad": Column(heading="Grad", digits=2),
    "conn": Column(heading="Conn", digits=2),
    "band": Column(heading="band", digits=1),
    "bias": Column(heading="bias", digits=3, signed=True),
    "dissolved": Column(heading="inside %", digits=1, scale=100),
    "closed": Column(heading="closed %", digits=1, scale=100),
    "colour": Column(heading="colour", digits=1),
    "halo": Column(heading="halo", digits=1),
    "black": Column(heading="black", digits=1),
    "white": Column(heading="white", digits=1),
    "magenta": Column(heading="magenta", digits=1),
    "opposite": Column(heading="opposite", digits=1),
    "spill": Column(heading="spill", digits=1, signed=True),
    "seconds": Column(heading="s/MP", digits=2),
}


def figures(case: Case, rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8]) -> dict[str, float]:
    """All figures but the time, of a cutout with straight alpha: (H, W, 3) and (H, W)."""
    colour, alpha, true = rgb8 / 255, alpha8 / 255, case.alpha8 / 255
    return {
        "sad": metrics.sad(alpha, true),
        "mse": metrics.mse(alpha, true),
        "grad": metrics.grad(alpha, true),
        "conn": metrics.conn(alpha, true),
        "band": metrics.mean_error(alpha, true, case.edge),
        "bias": metrics.bias(alpha, true, case.edge),
        "dissolved": metrics.dissolved_share(alpha, true),
        "closed": metrics.closed_share(alpha, true),
        "colour": metrics.colour_error(colour, case.colour, true),
        **_halos(case, colour, alpha),
        "overlap": metrics.overlap(alpha, true),
    }


def halo(case: Case, rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8]) -> float:
    """The mean halo of ``figures`` alone."""
    return _halos(case, rgb8 / 255, alpha8 / 255)["halo"]


def _halos(case: Case, colour: metrics.Plane, alpha: metrics.Plane) -> dict[str, float]:
    true = case.alpha8 / 255
    near = metrics.band(true, metrics.REACH)
    grounds = {"black": BLACK, "white": WHITE, "magenta": MAGENTA}
    grounds["opposite"] = metrics.opposite(case.ground.reshape(-1, 3))
    cutout, truth = (colour[near], alpha[near]), (case.colour[near], true[near])
    halos = metrics.halos(cutout, truth, grounds)
    spill = metrics.spill(cutout, truth, case.ground[near], grounds)
    return {"halo": float(np.mean(list(halos.values()))), **halos, "spill": spill}
