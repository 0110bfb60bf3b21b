"""The end of a quality run in few lines: what we gain, over whom, and where we lose most."""

from bench.contest import Contest
from bench.cutting import PEERS
from bench.quality_tables import against_plain, baseline, groups, means, worst_case
from bench.scoring import COLUMNS
from bench.tables import table

HEADER = (
    *("pictures", "band", "best rembg", "", "plain", "", "halo", "best rembg", "", "plain", ""),
    *("worst/plain", "bias", "inside %", "closed %"),
)
COLOURS_HEADER = ("pictures", "colour", "best other", "", "plain", "", "halo", "best other", "", "plain", "")


def as_text(contests: list[Contest]) -> str:
    """A table for every contest: one row for every group of cases, each figure beside its own best rival."""
    return "\n\n".join(_cutting(one) if "ours" in one.methods else _painting(one) for one in contests)


def _cutting(contest: Contest) -> str:
    rows = [
        (
            f"{title} ({len(names)})",
            *_gains(contest, "ours", names, ("band", "halo")),
            *_risks(contest, names),
        )
        for title, names in groups(contest).items()
    ]
    return table(f"Summary: {contest.title}", HEADER, rows)


def _painting(contest: Contest) -> str:
    rows = [
        (f"{title} ({len(names)})", *_gains(contest, "our colours", names, ("colour", "halo")))
        for title, names in groups(contest).items()
    ]
    return table(f"Summary: {contest.title}", COLOURS_HEADER, rows)


def _gains(contest: Contest, method: str, names: set[str], keys: tuple[str, ...]) -> list[str]:
    """Our mean of every figure, the best rival's with its name and our change, and the same for plain."""
    cells = []
    for key in keys:
        ours, plain = (means(contest, name, names)[key] for name in (method, baseline(contest)))
        cells += [COLUMNS[key].text(ours), *_best(contest, names, key, ours)]
        cells += [COLUMNS[key].text(plain), _change(ours, plain)]
    return cells


def _best(contest: Contest, names: set[str], key: str, ours: float) -> tuple[str, str]:
    """Of rembg's ways, or of those that only find colours, the one with the least error; a dash if none ran."""
    rivals = [m for m in contest.methods if m in PEERS.cutters]
    rivals = rivals or [m for m in contest.methods if m in PEERS.painters]
    theirs = {rival: means(contest, rival, names)[key] for rival in rivals}
    if not theirs:
        return "-", ""
    best = min(theirs, key=lambda rival: theirs[rival])
    return f"{best} {COLUMNS[key].text(theirs[best])}", _change(ours, theirs[best])


def _risks(contest: Contest, names: set[str]) -> tuple[str, ...]:
    ours = means(contest, "ours", names)
    worst = against_plain(contest, "ours", names)["worst ratio"]
    return (
        f"{worst:.2f} {worst_case(contest, 'ours', names)}",
        *(COLUMNS[key].text(ours[key]) for key in ("bias", "dissolved", "closed")),
    )


def _change(ours: float, theirs: float) -> str:
    return f"{ours / theirs - 1:+.0%}" if theirs else ""
