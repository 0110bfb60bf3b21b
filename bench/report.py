"""What was measured, as tables and as JSON."""

import dataclasses
import statistics
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from bench.flow import OurRound
from bench.peer import PeerRound
from bench.processes import Peak
from bench.startup import Start
from bench.tables import Spread, spread, table

# Steps that any program would have to do for the same file. Reading, writing and keeping are the flow's.
PIXELS = {
    *("decode", "recognise", "proxy", "network", "refine", "decontaminate", "unmix", "pack", "unpack"),
    *("edge", "scene", "render"),
}
PROCESSES_TELL = sys.platform == "linux"

NOTES = """\
Ours is an upload into a bucket, three queues and three functions on an emulated AWS, and the matte is refined and
decontaminated at full size. rembg's is one call in one process, plain mode: the network's mask enlarged, the
colours as they are. Both run the same IS-Net weights on {threads} threads of onnxruntime. rembg gets the file as its
users have it (float32, all outputs, not optimised), in its session dis_custom, which does what its
isnet-general-use does without the download. The machine's load counts on both sides: compare the ratio."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One round: the same photograph through both."""

    ours: OurRound
    peer: PeerRound


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Everything one run finds out. Imports are in milliseconds."""

    machine: dict[str, Any]
    pairs: list[Pair]
    memory: list[Peak]
    imports_ms: dict[str, Spread]
    starts: dict[str, Start]


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One quantity on both sides, and ours / rembg: of the medians, and its lowest and highest in one round."""

    ours: Spread
    peer: Spread
    ratio: Spread


def compare(quantities: Iterable[tuple[float, float]]) -> Comparison:
    """From (ours, rembg's) of every round."""
    pairs = list(quantities)
    ours, peer = (spread(side) for side in zip(*pairs, strict=True))
    of_rounds = spread(mine / theirs for mine, theirs in pairs)
    ratio = dataclasses.replace(of_rounds, median=ours.median / peer.median)
    return Comparison(ours=ours, peer=peer, ratio=ratio)


def wall_time(pairs: list[Pair]) -> Comparison:
    """Seconds on the clock."""
    return compare((pair.ours.seconds, pair.peer.seconds) for pair in pairs)


def cpu_time(pairs: list[Pair]) -> Comparison:
    """Seconds of the CPUs: all threads, all processes; a busy machine changes them little."""
    return compare((pair.ours.cpu_seconds, pair.peer.cpu_seconds) for pair in pairs)


def steps_ms(pairs: list[Pair]) -> dict[str, Spread]:
    """Milliseconds of every step of our stages, by ``stage step``, from the reports; and what lies between them."""
    reports = [pair.ours.report["milliseconds"] for pair in pairs]
    names = [(stage, step) for stage, steps in reports[0].items() for step in steps if step != "total"]
    steps = {f"{stage} {step}": spread(r[stage][step] for r in reports) for stage, step in names}
    between = [
        1000 * pair.ours.seconds - sum(stage["total"] for stage in stages.values())
        for pair, stages in zip(pairs, reports, strict=True)
    ]
    return {**steps, "queues, table, report, upload": spread(between)}


def flow_share(pairs: list[Pair]) -> Spread:
    """What of the time on the clock no work on pixels took: requests, queues, the upload. 0 to 1."""
    return spread(
        1
        - sum(
            took
            for stage in pair.ours.report["milliseconds"].values()
            for step, took in stage.items()
            if step in PIXELS
        )
        / (1000 * pair.ours.seconds)
        for pair in pairs
    )


def as_json(measured: Measured) -> dict[str, Any]:
    """Everything, and the summary first."""
    return {
        "seconds": dataclasses.asdict(wall_time(measured.pairs)),
        "cpu_seconds": dataclasses.asdict(cpu_time(measured.pairs)),
        "steps_ms": {name: dataclasses.asdict(value) for name, value in steps_ms(measured.pairs).items()},
        "flow_share": dataclasses.asdict(flow_share(measured.pairs)),
        **dataclasses.asdict(measured),
    }


def as_text(measured: Measured) -> str:
    """All tables."""
    machine = "; ".join(f"{name} {value}" for name, value in measured.machine.items())
    parts = [
        _end_to_end(measured),
        _steps(measured),
        _memory(measured),
        _imports(measured),
        _starts(measured),
    ]
    notes = NOTES.format(threads=measured.machine["threads of the network"])
    return "\n\n".join([*parts, machine, notes])


def _end_to_end(measured: Measured) -> str:
    first, wall = measured.pairs[0].ours.report, wall_time(measured.pairs)
    rows = [
        ("ours, end to end, s", *wall.ours.cells(2)),
        ("rembg, s", *wall.peer.cells(2)),
        ("ours / rembg", *wall.ratio.cells(2)),
    ]
    if PROCESSES_TELL:
        cpu = cpu_time(measured.pairs)
        rows += [
            ("CPU time of ours, s", *cpu.ours.cells(2)),
            ("CPU time of rembg, s", *cpu.peer.cells(2)),
            ("ours / rembg", *cpu.ratio.cells(2)),
        ]
    size = f"{first['picture']['width']} x {first['picture']['height']}"
    title = f"One {size} JPEG of {first['source']['size_bytes'] / 1e6:.1f} MB to a PNG, {len(measured.pairs)} rounds"
    return table(title, ("", "median", "lowest", "highest"), rows) + "\n" + _sizes(measured.pairs)


def _sizes(pairs: list[Pair]) -> str:
    ours = statistics.median(pair.ours.size_bytes for pair in pairs) / 1e6
    peer = statistics.median(pair.peer.size_bytes for pair in pairs) / 1e6
    return f"The PNG has {ours:.1f} MB, rembg's {peer:.1f} MB."


def _steps(measured: Measured) -> str:
    soft = statistics.median(pair.ours.report["soft_share"] for pair in measured.pairs)
    rows = [(name, *value.cells(0)) for name, value in steps_ms(measured.pairs).items()]
    title = f"Where our time goes, ms (soft band {soft:.1%} of the picture)"
    own = flow_share(measured.pairs)
    ends = f"{own.lowest:.1%} to {own.highest:.1%}"
    said = f"The flow's own share, what no work on pixels took: {own.median:.1%} ({ends})"
    return table(title, ("stage and step", "median", "lowest", "highest"), rows) + "\n" + said


def _memory(measured: Measured) -> str:
    rows = [
        (
            peak.process,
            f"{peak.peak_mb:,.0f}" if peak.peak_mb else "unknown",
            f"{peak.limit_mb:,}" if peak.limit_mb else "",
        )
        for peak in measured.memory
    ]
    return table("Peak memory of every process, MB", ("process", "peak", "the template's limit"), rows)


def _imports(measured: Measured) -> str:
    rows = [(name, *value.cells(0)) for name, value in measured.imports_ms.items()]
    return table("Imports in a fresh interpreter, ms", ("", "median", "lowest", "highest"), rows)


def _starts(measured: Measured) -> str:
    rows = [
        (name, *start.seconds.cells(2), f"{start.peak_mb:,.0f}") for name, start in measured.starts.items()
    ]
    title = "Cold start: from a new process until it asks for its first event, s"
    return table(title, ("", "median", "lowest", "highest", "peak MB by then"), rows)
