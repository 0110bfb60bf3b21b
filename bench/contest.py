"""Runs methods over cases: mattes in files, a process for every method, scores out."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.cases import LIMITS, Case, Picture8
from bench.cutting import Rivals
from bench.mattes import our_mattes, peer_mattes
from bench.scoring import Score, figures
from cutout.codec import decode, encode_grey
from local.deploy import ROOT


@dataclass(frozen=True, kw_only=True, eq=False)
class Contest:
    """One table: every method on every case.

    ``folder`` has the cutouts, ``<method>/<case>.png``; ``relative`` are the cases whose true colours are estimates.
    """

    title: str
    folder: Path
    methods: list[str]
    scores: list[Score]
    peak_mb: dict[str, float]
    relative: frozenset[str]

    def score(self, case: str, method: str) -> Score:
        """One method on one case."""
        return next(score for score in self.scores if (score.case, score.method) == (case, method))


def network_contest(cases: list[Case], folder: Path, rivals: Rivals) -> Contest:
    """The whole pipeline, from what the real network says; rembg hears it in its own way."""
    runner = _Runner("Whole pipeline, real network", cases, folder / "network")
    given = our_mattes(cases, folder / "mattes")
    masks = peer_mattes(cases, folder / "mattes") if rivals.cutters else []
    runner.run(("plain", "ours"), given)
    runner.run(rivals.cutters, masks)
    runner.run_under_our_alpha(rivals.painters)
    return runner.done()


def coarse_contest(
    title: str, make: Callable[[Picture8], Picture8], cases: list[Case], folder: Path, rivals: Rivals
) -> Contest:
    """Everything after the network, from mattes that are made from the truth."""
    runner = _Runner(title, cases, folder)
    runner.run(("plain", "ours", *rivals.cutters), _write_mattes(cases, make, folder / "mattes"))
    runner.run_under_our_alpha(rivals.painters)
    return runner.done()


def colour_contest(cases: list[Case], folder: Path, rivals: Rivals) -> Contest:
    """Only the colours, from the true alpha."""
    runner = _Runner("Given the true alpha: colours alone", cases, folder)
    given = _write_mattes(cases, np.copy, folder / "mattes")
    runner.run(("plain", "our colours", *rivals.painters), given)
    return runner.done()


class _Runner:
    def __init__(self, title: str, cases: list[Case], folder: Path) -> None:
        self.title, self.cases, self.folder = title, cases, folder
        self.methods: list[str] = []
        self.scores: list[Score] = []
        self.peak_mb: dict[str, float] = {}

    def run(self, methods: tuple[str, ...], mattes: list[Path]) -> None:
        """Each method on every case and its matte, in a new process."""
        for method in methods:
            print(f"  {self.title}: {method} ...", file=sys.stderr, flush=True)
            (self.folder / method).mkdir(parents=True, exist_ok=True)
            jobs = [
                [str(case.image.resolve()), str(matte.resolve()), str(self._cutout(method, case).resolve())]
                for case, matte in zip(self.cases, mattes, strict=True)
            ]
            answers = _answers(method, jobs)
            self.methods.append(method)
            self.peak_mb[method] = max(answer["peak_mb"] for answer in answers)
            for case, answer in zip(self.cases, answers, strict=True):
                self.scores.append(self._score(method, case, answer["seconds"]))

    def run_under_our_alpha(self, methods: tuple[str, ...]) -> None:
        """Those that only find colours get the alpha that we have found, and nothing else differs."""
        ours = {case.name: read_cutout(self._cutout("ours", case))[1] for case in self.cases}
        folder = self.folder / "our alphas"
        self.run(methods, _write_files(ours, folder))

    def done(self) -> Contest:
        return Contest(
            title=self.title,
            folder=self.folder,
            methods=self.methods,
            scores=self.scores,
            peak_mb=self.peak_mb,
            relative=frozenset(case.name for case in self.cases if not case.own_colours),
        )

    def _cutout(self, method: str, case: Case) -> Path:
        return self.folder / method / f"{case.name}.png"

    def _score(self, method: str, case: Case, seconds: float) -> Score:
        found = figures(case, *read_cutout(self._cutout(method, case)))
        return Score(case=case.name, method=method, figures=found | {"seconds": seconds / case.megapixels})


def read_cutout(path: Path) -> tuple[Picture8, Picture8]:
    """Colours (H, W, 3) and alpha (H, W) of a PNG; all 255 where it has no alpha."""
    cutout = decode(path.read_bytes(), LIMITS)
    alpha8 = np.full(cutout.rgb8.shape[:2], 255, np.uint8) if cutout.alpha8 is None else cutout.alpha8
    return cutout.rgb8, alpha8


def _write_mattes(cases: list[Case], make: Callable[[Picture8], Picture8], folder: Path) -> list[Path]:
    return _write_files({case.name: make(case.alpha8) for case in cases}, folder)


def _write_files(mattes: Mapping[str, Picture8], folder: Path) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{name}.png" for name in mattes]
    for file, matte8 in zip(files, mattes.values(), strict=True):
        file.write_bytes(encode_grey(matte8))
    return files


def _answers(method: str, jobs: list[list[str]]) -> list[dict[str, float]]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.cutting_process", method],
        cwd=ROOT,
        input="".join(f"{json.dumps(job)}\n" for job in jobs),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
