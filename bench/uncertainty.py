"""How well a matte's uncertainty ranks what is really wrong with it: ``python -m bench.uncertainty [FOLDER]``.

Every picture goes through the whole pipeline, with the real network. Without FOLDER on the drawn sets: scenes,
products, and those that nobody promises (``drawn_doubtful``). FOLDER holds one folder for every case, with
``image.*`` and ``alpha.png``.

``error`` is the sum of |alpha - true| over the true subject's area, ``plain`` the sum of 4 a (1 - a) over the found
subject's area: the yardstick that a better score has to beat. Ranks are compared by Spearman's coefficient, and the
lowest and highest that come out when any one picture is left out stand beside it.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats

from bench import metrics
from bench.cases import LIMITS, Picture8
from bench.drawn import SCENES, draw
from bench.drawn_doubtful import DOUBTFUL, WAYS, draw_doubtful
from bench.drawn_products import PRODUCTS, draw_product
from bench.mattes import as_photo, our_mattes
from bench.tables import table
from cutout.codec import decode, decode_grey
from cutout.pipeline import full_matte, opaque
from cutout.review import judge
from local.deploy import ROOT

KEPT = ROOT / ".local" / "quality" / "network" / "mattes"
WRONG, RIGHT = (
    0.1,
    0.03,
)  # of the subject's area: more is wrong, less is right, between them one may think so or so
THRESHOLD = 0.5
HEADER = ("picture", "error", "MSE", "plain", "uncertainty", "marked")


@dataclass(frozen=True, kw_only=True, eq=False)
class Trial:
    """A picture and its true matte."""

    name: str
    rgb8: Picture8
    alpha8: Picture8


@dataclass(frozen=True, kw_only=True)
class Found:
    """What came out: how wrong the matte is, what is said of it, and why it is marked (no code: it is not)."""

    name: str
    error: float
    mse: float
    plain: float
    uncertainty: float
    codes: tuple[str, ...] = ()


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", help="cases; drawn sets if left out")
    parser.add_argument("--threshold", type=float, default=THRESHOLD, help="above it, a result is marked")
    options = parser.parse_args()
    sets = {"Pictures of the folder": read_trials(options.folder)} if options.folder else drawn_trials()
    measured = {title: measure(list(trials), options.threshold) for title, trials in sets.items()}
    for title, found in measured.items():
        print(table(title, HEADER, [row(one) for one in found]), end="\n\n")
    everything = [one for found in measured.values() for one in found]
    print("\n".join(ranking(everything)))
    print("\n".join(marks(everything)))
    return 0


def drawn_trials() -> dict[str, Iterator[Trial]]:
    """The drawn sets, by their titles."""
    scenes = ((name, draw(name)) for name in SCENES)
    products = ((name, draw_product(name).exact) for name in PRODUCTS)
    doubtful = ((f"{name} {way}", draw_doubtful(name, way)) for name in DOUBTFUL for way in range(WAYS))
    sets = {"Drawn scenes": scenes, "Drawn products": products, "What nobody promises": doubtful}
    return {
        title: (Trial(name=name, rgb8=exact.rgb8, alpha8=exact.alpha8) for name, exact in drawn)
        for title, drawn in sets.items()
    }


def read_trials(folder: Path) -> Iterator[Trial]:
    """Every case of a folder; SystemExit if there is none."""
    paths = sorted(folder.glob("*/alpha.png"))
    if not paths:
        raise SystemExit(f"{folder} has no case: a case is a folder with image.* and alpha.png.")
    for path in paths:
        image = next(path.parent.glob("image.*"))
        rgb8, alpha = (opaque(decode(file.read_bytes(), LIMITS)) for file in (image, path))
        yield Trial(name=path.parent.name, rgb8=rgb8, alpha8=alpha[..., 1].copy())


def measure(trials: list[Trial], threshold: float) -> list[Found]:
    """All trials through the pipeline."""
    found = []
    for trial, file in zip(trials, our_mattes(trials, KEPT), strict=True):
        matte = full_matte(as_photo(trial), decode_grey(file.read_bytes()))
        alpha, true = matte.alpha8 / 255, trial.alpha8 / 255
        verdict = judge(matte.doubts, threshold)
        assert verdict.uncertainty is not None, "a matte of the network is ours to doubt"
        found.append(
            Found(
                name=trial.name,
                error=float(np.abs(alpha - true).sum() / true.sum()),
                mse=metrics.mse(alpha, true),
                plain=float((4 * alpha * (1 - alpha)).sum() / max(alpha.sum(), 1)),
                uncertainty=verdict.uncertainty,
                codes=tuple(reason.code for reason in verdict.review.reasons) if verdict.review else (),
            )
        )
    return found


def row(one: Found) -> list[str]:
    """A picture's line in the table."""
    figures = (one.error, one.mse, one.plain, one.uncertainty)
    return [
        one.name,
        *(f"{figure:.{digits}f}" for figure, digits in zip(figures, (3, 2, 3, 2), strict=True)),
        ", ".join(one.codes),
    ]


def ranking(found: Sequence[Found]) -> Iterator[str]:
    """How well either score ranks either error."""
    yield f"Spearman over {len(found)} pictures (lowest and highest with one left out)"
    for of, error in (("SAD over area", lambda one: one.error), ("MSE", lambda one: one.mse)):
        for by, score in (("uncertainty", lambda one: one.uncertainty), ("plain sum", lambda one: one.plain)):
            most = spearman(found, score, error)
            without = [spearman([*found[:i], *found[i + 1 :]], score, error) for i in range(len(found))]
            yield f"  {of:<14} {by:<12} {most:5.2f}  ({min(without):.2f} to {max(without):.2f})"


def spearman(
    found: Sequence[Found], score: Callable[[Found], float], error: Callable[[Found], float]
) -> float:
    """Rank correlation, -1 to 1."""
    return float(stats.spearmanr([score(one) for one in found], [error(one) for one in found])[0])


def marks(found: Sequence[Found]) -> Iterator[str]:
    """Who is marked, of those that are wrong and of those that are right; and at what cost the plain sum does it."""
    wrong, right = _that(found, lambda one: one.error > WRONG), _that(found, lambda one: one.error < RIGHT)
    caught, spared = _that(wrong, lambda one: bool(one.codes)), _that(right, lambda one: not one.codes)
    yield f"Marked, of those that are wrong (error above {WRONG:.0%}): {len(caught)} of {len(wrong)}"
    yield f"Marked, of those that are right (error below {RIGHT:.0%}): {len(right) - len(spared)} of {len(right)}"
    if caught:
        level = sorted((one.plain for one in wrong), reverse=True)[len(caught) - 1]
        also = _that(right, lambda one: one.plain >= level)
        yield f"To mark as many that are wrong, the plain sum marks {len(also)} that are right."
    missed = ", ".join(one.name for one in wrong if not one.codes)
    yield f"Wrong and not marked: {missed or 'none'}."


def _that(found: Sequence[Found], fits: Callable[[Found], bool]) -> list[Found]:
    return [one for one in found if fits(one)]


if __name__ == "__main__":
    sys.exit(main())
