"""`make quality`: our edges beside the peers', on pictures with true mattes.

PYTHONPATH=layers/cutout .venv/bin/python -m bench.quality [FOLDER] [--given-coarse] [--peers]

Without FOLDER on a set that is drawn here, with exact alpha and colours. FOLDER holds one folder for every case:
``image.*``, ``alpha.png``, and optionally ``fg.png``, ``bg.*``, ``trimap.png``.
"""

import argparse
import json
import sys
from pathlib import Path

from bench import quality_summary, viewers
from bench.cases import Case, exact_coarse, faulty_coarse, read_cases, sure_coarse
from bench.contest import Contest, coarse_contest, colour_contest, network_contest
from bench.cutting import NOBODY, PEERS, Rivals
from bench.drawn import draw_all
from bench.quality_sheet import write_sheet
from bench.quality_tables import NOTES, as_json, as_text
from local.deploy import ROOT

FOLDER = ROOT / ".local" / "quality"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", help="cases; a drawn set if left out")
    parser.add_argument("--json", type=Path, help="write everything into this file, too")
    parser.add_argument("--html", type=Path, help="write index.html with enlarged edges into this folder")
    parser.add_argument(
        "--given-coarse", action="store_true", help="mattes made from the truth instead of the network's"
    )
    parser.add_argument("--peers", action="store_true", help="rembg and PyMatting as well")
    options = parser.parse_args()
    cases = _cases(options.folder)
    rivals = PEERS if options.peers else NOBODY
    measure = _from_the_truth if options.given_coarse else _from_the_network
    measured = measure(cases, rivals)
    told = [
        text for contest in measured for text in (as_text(contest), viewers.as_text(contest, cases)) if text
    ]
    print("\n\n".join([*told, NOTES, quality_summary.as_text(measured)]))
    if options.json is not None:
        options.json.write_text(json.dumps([as_json(contest) for contest in measured], indent=2))
    if options.html is not None:
        write_sheet(options.html, cases, measured)
    return 0


def _cases(folder: Path | None) -> list[Case]:
    if folder is None:
        folder = FOLDER / "drawn"
        print("  drawing ...", file=sys.stderr, flush=True)
        draw_all(folder)
    return read_cases(folder, FOLDER / "colours")


def _from_the_network(cases: list[Case], rivals: Rivals) -> list[Contest]:
    return [network_contest(cases, FOLDER, rivals)]


def _from_the_truth(cases: list[Case], rivals: Rivals) -> list[Contest]:
    return [
        coarse_contest("Given the true alpha at 320 px", exact_coarse, cases, FOLDER / "exact", rivals),
        coarse_contest("Given it blurred and too sure", sure_coarse, cases, FOLDER / "sure", rivals),
        coarse_contest(
            "Given it thin in places and gaps filled", faulty_coarse, cases, FOLDER / "faulty", rivals
        ),
        colour_contest(cases, FOLDER / "true", rivals),
    ]


if __name__ == "__main__":
    sys.exit(main())
