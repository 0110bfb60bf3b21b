"""`make run`: one photograph through the whole stack, to a picture one can look at.

Prints every stage as it is reached and the paths of the results as its last lines; exit 1 when the job fails.
"""

import argparse
import importlib.metadata
import json
import sys
import time
from pathlib import Path
from typing import Any

from cutout.errors import BadRecipe
from cutout.recipe import outputs_named, recipe_from
from cutout.service.jobs import BUCKET_OWNER
from cutout.service.keys import BACKGROUNDS_PREFIX
from cutout.service.table import JobState, JobTable
from local.deploy import ROOT
from local.stack import LocalStack, local_stack

WAIT_SECONDS = 300
POLL_SECONDS = 0.05
STAGES = {
    "queued": "uploaded; waits for ingest",
    "ingested": "ingest: read, upright, proxy made",
    "matted": "matte: the network has found the subject",
    "done": "compose: refined, decontaminated, rendered",
    "failed": "failed",
}


def example_photo() -> Path:
    """Scikit-image's public-domain portrait of the astronaut Eileen Collins."""
    files = importlib.metadata.files("scikit-image") or []
    return Path(str(next(f for f in files if f.match("skimage/data/astronaut.png")).locate()))


def recipe_for(options: argparse.Namespace) -> dict[str, Any]:
    """The recipe that the options ask for; BadRecipe if it is not possible."""
    recipe = json.loads(options.recipe.read_text()) if options.recipe else {}
    if options.preset:
        recipe["outputs"] = outputs_named(options.preset, "--preset")
    if options.background:
        background = {"kind": "image", "key": background_key(options.background)}
        # Where the recipe says nothing else; a zip is colours and alpha, without anything behind.
        recipe["outputs"] = [
            output if output.get("format") == "zip" else {"background": background} | output
            for output in recipe.get("outputs", [{}])
        ]
    recipe_from(recipe)
    return dict(recipe)


def background_key(picture: Path) -> str:
    """Where a background picture is put."""
    return f"{BACKGROUNDS_PREFIX}{picture.name}"


def upload(stack: LocalStack, photo: Path, background: Path | None, recipe: dict[str, Any]) -> str:
    """Put the photograph into the source bucket, and before it what lies behind; answers the photograph's key."""
    s3, bucket = stack.client("s3"), stack.name("SourceBucket")
    if background is not None:
        s3.put_object(Bucket=bucket, Key=background_key(background), Body=background.read_bytes())
    key = f"photos/{photo.name}"
    metadata = {"recipe": json.dumps(recipe)} if recipe else {}
    s3.put_object(Bucket=bucket, Key=key, Body=photo.read_bytes(), Metadata=metadata)
    return key


def follow(stack: LocalStack, key: str, started: float) -> JobState:
    """Print each stage of the upload's job as it is reached; answers the ended job."""
    table = JobTable(client=stack.client("dynamodb"), name=stack.name("JobTable"))
    shown = ""
    while time.monotonic() - started < WAIT_SECONDS:
        jobs = [state for state in table.newest_of(BUCKET_OWNER, 10) if state.job.source.key == key]
        if jobs and jobs[0].status != shown:
            shown = jobs[0].status
            print(f"  {time.monotonic() - started:6.2f} s  {STAGES[shown]}", flush=True)
        if jobs and jobs[0].outcome is not None:
            return jobs[0]
        time.sleep(POLL_SECONDS)
    raise SystemExit(f"The job did not end within {WAIT_SECONDS} s; see the logs in .local/run.")


def fetch(stack: LocalStack, state: JobState, photo: Path, out: Path) -> list[Path]:
    """Write the results and the report into ``out``; answers the paths, the report first."""
    assert state.outcome is not None
    out.mkdir(parents=True, exist_ok=True)
    keys = [state.outcome.report_key, *(result.key for result in state.outcome.results)]
    paths = []
    for key in keys:
        body = stack.client("s3").get_object(Bucket=stack.name("ResultBucket"), Key=key)["Body"].read()
        path = out / f"{photo.stem}-{Path(key).name}"
        path.write_bytes(body)
        paths.append(path)
    return paths


def summary(report: dict[str, Any]) -> str:
    """The report in a few lines."""
    total = {stage: f"{steps['total']:.0f} ms" for stage, steps in report["milliseconds"].items()}
    spent = ", ".join(f"{stage} {time}" for stage, time in total.items())
    peak = max(memory["peak_mb"] for memory in report["memory"].values())
    checks = [line for result in report["results"] for line in verdict(result)]
    return "\n".join([*figures(report, spent, peak), *checks])


def verdict(result: dict[str, Any]) -> list[str]:
    """What of a preset's rules was not met, or that all were."""
    if not result["checks"]:
        return []
    open_ = [
        f"    {found['status']}: {found['rule']} is {found['measured']}, allowed {found['limit']}"
        for found in result["checks"]["findings"]
        if found["level"] == "required" and found["status"] != "pass"
    ]
    return [f"  {result['name']}: {result['checks']['verdict']}", *open_]


def figures(report: dict[str, Any], spent: str, peak: float) -> list[str]:
    """Size, time, memory, money."""
    return [
        f"  {report['picture']['width']} x {report['picture']['height']} {report['picture']['format']}; {spent}",
        f"  soft band {report['soft_share']:.1%}, peak {peak:.0f} MB, about ${report['cost_usd']:.5f} in AWS",
    ]


def main() -> int:
    """Run one photograph."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", type=Path, help="the photograph; scikit-image's astronaut if left out")
    parser.add_argument("--out", type=Path, default=Path("out"))
    parser.add_argument("--recipe", type=Path, help="a recipe, as JSON")
    parser.add_argument("--preset", help="what to make: a preset's name, or several with commas between")
    parser.add_argument("--background", type=Path, help="a picture to lay behind the subject")
    options = parser.parse_args()
    photo = options.image or example_photo()
    for path in (photo, options.recipe, options.background):
        if path is not None and not path.is_file():
            print(f"There is no file {path}.", file=sys.stderr)
            return 2
    try:
        recipe = recipe_for(options)
    except (BadRecipe, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    with local_stack(ROOT / ".local" / "run") as stack:
        print(f"{photo} -> s3://{stack.name('SourceBucket')}")
        started = time.monotonic()
        state = follow(stack, upload(stack, photo, options.background, recipe), started)
        report, *results = fetch(stack, state, photo, options.out)
    assert state.outcome is not None
    if state.outcome.status == "failed":
        print(f"The job failed: {state.outcome.reason}", file=sys.stderr)
        return 1
    print(summary(json.loads(report.read_text())))
    print(f"  report: {report}")
    for result in results:
        print(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
