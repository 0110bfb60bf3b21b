"""The quality bench's tables: a row for every case and method, and means."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from bench.contest import Contest
from bench.scoring import COLUMNS
from bench.tables import table

FOUND = 0.5  # overlap of the plain matte with the truth from which on the network has seen the subject
HARD = 120.0  # a soft-band error of the plain matte above which no refinement decides
NOTES = """SAD, Grad, Conn in thousands, MSE x 1000, whole picture. band: mean |error| x 1000 in the unknown zone of
the trimap, else within 2 px of the true soft band; bias: the same, signed, x 1. inside %: of the surely solid
pixels, those with alpha under .98. closed %: of the enclosed background, what is more than half covered. colour,
halo, black ... spill: levels of 255, mixed as browsers mix; colour: over the true soft band, also where the method's
own alpha is 0. s/MP: without the network and without files; peak: of the method's own process, without the network.
band/plain: mean and worst ratio of the band error to plain rembg's, else to our network's enlarged mask.
* the plain matte overlaps the subject by less than half. ~ nobody knows this case's colours: they are estimates
from the true alpha, so colour, halo and spill say something in comparison only."""


def as_text(contest: Contest) -> str:
    """All tables of a contest."""
    missed = _cases(contest) - found(contest)
    rows = []
    for score in sorted(contest.scores, key=lambda s: (s.case, contest.methods.index(s.method))):
        marks = ("*" if score.case in missed else "") + ("~" if score.case in contest.relative else "")
        rows.append((f"{score.case}{marks}", score.method, *_cells(score.figures)))
    header = ("case", "method", *(column.heading for column in COLUMNS.values()))
    parts = [table(contest.title, header, rows)]
    for title, names in groups(contest).items():
        parts.append(_mean_table(f"{contest.title}: mean of {title} ({len(names)})", contest, names))
    return "\n\n".join(parts)


def as_json(contest: Contest) -> dict[str, Any]:
    """Everything of a contest."""
    return {
        "title": contest.title,
        "means": {
            title: {
                method: means(contest, method, names) | against_plain(contest, method, names)
                for method in contest.methods
            }
            for title, names in groups(contest).items()
        },
        "peak_mb": contest.peak_mb,
        "scores": [dataclasses.asdict(score) for score in contest.scores],
    }


def baseline(contest: Contest) -> str:
    """The method that decides which cases are fair: plain rembg where it ran."""
    return "rembg" if "rembg" in contest.methods else "plain"


def found(contest: Contest) -> set[str]:
    """The cases whose subject the network has seen."""
    return {
        score.case
        for score in contest.scores
        if score.method == baseline(contest) and score.figures["overlap"] >= FOUND
    }


def groups(contest: Contest) -> dict[str, set[str]]:
    """What is averaged over: a title and the cases' names. Empty groups and the same ones again are left out."""
    base = baseline(contest)
    easy = {s.case for s in contest.scores if s.method == base and s.figures["band"] < HARD}
    named = {
        "all cases": _cases(contest),
        f"cases whose subject {base} overlaps by half": found(contest),
        f"cases with a band error of {base} under .12": easy,
        "cases whose true colours are known": _cases(contest) - contest.relative,
    }
    different: dict[str, set[str]] = {}
    for title, names in named.items():
        if names and names not in different.values():
            different[title] = names
    return different


def means(contest: Contest, method: str, names: set[str]) -> dict[str, float]:
    """The mean of every figure over some cases."""
    chosen = [s.figures for s in contest.scores if s.method == method and s.case in names]
    return {key: float(np.mean([figures[key] for figures in chosen])) for key in COLUMNS}


def against_plain(contest: Contest, method: str, names: set[str]) -> dict[str, float]:
    """Mean and largest ratio of the band error to the plain method's; 1 where that one has no error."""
    ratios = [_ratio(contest, method, name) for name in sorted(names)]
    return {"ratio": float(np.mean(ratios)), "worst ratio": max(ratios)}


def worst_case(contest: Contest, method: str, names: set[str]) -> str:
    """The case with the largest of these ratios."""
    return max(sorted(names), key=lambda name: _ratio(contest, method, name))


def _ratio(contest: Contest, method: str, name: str) -> float:
    plain = contest.score(name, baseline(contest)).figures["band"]
    return contest.score(name, method).figures["band"] / plain if plain else 1.0


def _mean_table(title: str, contest: Contest, names: set[str]) -> str:
    rows = []
    for method in contest.methods:
        ratios = against_plain(contest, method, names).values()
        rows.append(
            (
                method,
                *_cells(means(contest, method, names)),
                *(f"{ratio:.2f}" for ratio in ratios),
                f"{contest.peak_mb[method]:,.0f}",
            )
        )
    headings = (column.heading for column in COLUMNS.values())
    return table(title, ("method", *headings, "band/plain", "worst", "peak MB"), rows)


def _cells(figures: Mapping[str, float]) -> list[str]:
    return [column.text(figures[key]) for key, column in COLUMNS.items()]


def _cases(contest: Contest) -> set[str]:
    return {score.case for score in contest.scores}
