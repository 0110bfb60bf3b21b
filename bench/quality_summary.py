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
    """A table for every contest that we are in: one row for every group of cases, each figure beside its own best."""
    parts = []
    for contest in contests:
        if "ours" in contest.methods:
            rows = [
                (*_gains(contest, "ours", n, t, ("band", "halo")), *_risks(contest, n))
                for t, n in groups(contest).items()
            ]
            parts.append(table(f"Summary: {contest.title}", HEADER, rows))
        else:
            rows = [
                _gains(contest, "our colours", n, t, ("colour", "halo")) for t, n in groups(contest).items()
            ]
            parts.append(table(f"Summary: {contest.title}", COLOURS_HEADER, rows))
    return "\n\n".join(parts)


def _gains(
    contest: Contest, method: str, names: set[str], title: str, keys: tuple[str, ...]
) -> tuple[str, ...]:
    """Our mean of every figure, the best rival's with its name and our change, and the same for plain."""
    cutting = [m for m in contest.methods if m in PEERS.cutters]
    rivals = cutting or [m for m in contest.methods if m in PEERS.painters]
    cells = [f"{title} ({len(names)})"]
    for key in keys:
        ours = means(contest, method, names)[key]
        theirs = {rival: means(contest, rival, names)[key] for rival in (*rivals, baseline(contest))}
        best = min(rivals, key=lambda rival: theirs[rival]) if rivals else None
        cells.append(COLUMNS[key].text(ours))
        cells += (
            ["-", ""]
            if best is None
            else [f"{best} {COLUMNS[key].text(theirs[best])}", _change(ours, theirs[best])]
        )
        plain = theirs[baseline(contest)]
        cells += [COLUMNS[key].text(plain), _change(ours, plain)]
    return tuple(cells)


def _risks(contest: Contest, names: set[str]) -> tuple[str, ...]:
    ours = means(contest, "ours", names)
    worst = against_plain(contest, "ours", names)["worst ratio"]
    return (
        f"{worst:.2f} {worst_case(contest, 'ours', names)}",
        *(COLUMNS[key].text(ours[key]) for key in ("bias", "dissolved", "closed")),
    )


def _change(ours: float, theirs: float) -> str:
    return f"{ours / theirs - 1:+.0%}" if theirs else ""
