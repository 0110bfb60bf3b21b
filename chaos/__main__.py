"""Pictures come in while everything goes wrong, and afterwards every one of them is accounted for.

make chaos [SEED=1] [UPLOADS=500]
PYTHONPATH=layers/cutout python -m chaos [--seed 1] [--uploads 500]

First the calm run, whose results are the measure; then the same orders with the faults; docs/chaos.md says which.
Ends with 1 if one promise is broken.
"""

import argparse
import shutil
import sys
from pathlib import Path

from bench.tables import table
from chaos.disk import begin_again_on_own_disk, is_own_disk, may_mount
from chaos.orders import draw
from chaos.paces import LONG, LONG_NUMBERS
from chaos.runs import Hit, Plan, calm_run, faulty_run
from chaos.verdict import by_queue, counted
from local.deploy import ROOT

FOLDER = ROOT / ".local" / "chaos"
REST_SECONDS = 1.0  # a customer's pause between two orders
MOST_SHOWN = 10


def told(hit: Hit) -> int:
    """Print the run; answers the exit status."""
    rows = [[name, str(count)] for name, count in sorted(hit.injected.items())]
    print(table("Injected", ("", "times"), rows))
    rows = [[f"jobs {name}", str(count)] for name, count in sorted(counted(hit.evidence).items())]
    rows += [
        [f"dead letters of {queue}", str(count)] for queue, count in sorted(by_queue(hit.evidence).items())
    ]
    rows += [
        ["charges", str(hit.evidence.findings.charges)],
        ["webhooks received", str(hit.webhooks)],
        ["seconds", f"{hit.seconds:.0f}"],
    ]
    print("\n" + table("Left behind", ("", "number"), rows))
    rows = [[name, "kept" if not faults else f"BROKEN {len(faults)}"] for name, faults in hit.broken.items()]
    print("\n" + table("Promises", ("", ""), rows))
    for name, faults in hit.broken.items():
        for fault in faults[:MOST_SHOWN]:
            print(f"BROKEN: {name}: {fault}")
    for note in dict.fromkeys(hit.notes):
        print(note)
    return 1 if any(hit.broken.values()) else 0


def run(folder: Path, seed: int, uploads: int) -> int:
    """Both runs."""
    orders = draw(seed, uploads)
    print(f"{uploads} orders of seed {seed}: the calm run first.", flush=True)
    calm = calm_run(folder / "calm", orders)
    print("Now with the faults.\n", flush=True)
    plan = Plan(orders=orders, seed=seed, pace=LONG, rest_seconds=REST_SECONDS, numbers=LONG_NUMBERS)
    return told(faulty_run(folder / "hit", plan, calm))


def main() -> int:
    """From the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--uploads", type=int, default=500)
    options = parser.parse_args()
    if not is_own_disk(FOLDER) and may_mount():
        begin_again_on_own_disk(FOLDER, sys.argv[1:])
    shutil.rmtree(FOLDER / "calm", ignore_errors=True)
    shutil.rmtree(FOLDER / "hit", ignore_errors=True)
    return run(FOLDER, options.seed, options.uploads)


if __name__ == "__main__":
    sys.exit(main())
