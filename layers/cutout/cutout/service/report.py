"""The JSON report beside every result: what was done, how long it took, what it cost."""

from dataclasses import dataclass
from typing import Any

from cutout.service.jobs import Job, Review
from cutout.service.messages import ModelUse, Picture, StageReport, Treatment

PIPELINE_VERSION = "0.1.0"

# us-east-1, on demand, US dollars, as listed on 2026-11-22; a template parameter can scale them.
USD_PER_GB_SECOND = {"x86_64": 0.0000166667, "arm64": 0.0000133334}
USD_PER_INVOCATION = 0.20 / 1e6
USD_PER_QUEUE_CALL = 0.40 / 1e6
USD_PER_PUT = 0.005 / 1e3
USD_PER_GET = 0.0004 / 1e3
USD_PER_TABLE_WRITE = 0.625 / 1e6
# Of one picture through the whole flow, as counted. Five queues, each with a send (the first is S3's), a receive and a
# deletion. A write of a transaction counts twice: admission and end are one each.
QUEUE_CALLS, PUTS, GETS, TABLE_WRITES = 14, 5, 6, 12


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What was found and decided, in shares, each 0 to 1."""

    soft_share: float
    """of the picture: neither subject nor background"""
    subject_share: float
    """of the picture: surely subject"""
    filled_share: float
    """of the subject: left half transparent by the network and made solid"""
    opened_share: float
    """as large, beside the subject, is the enclosed background that was opened"""
    uncertainty: float | None
    """how wrong the matte probably is; None where that was not asked, or is the customer's own affair"""


def cost_usd(stages: tuple[StageReport, ...]) -> float:
    """An estimate of what one picture costs in the deployer's account, in US dollars.

    Function time and the flow's requests; storage, traffic and cold starts are not in it.
    """
    gb_seconds = sum(stage.memory_mb / 1024 * stage.total_ms / 1000 for stage in stages)
    requests = (
        QUEUE_CALLS * USD_PER_QUEUE_CALL
        + PUTS * USD_PER_PUT
        + GETS * USD_PER_GET
        + TABLE_WRITES * USD_PER_TABLE_WRITE
        + len(stages) * USD_PER_INVOCATION
    )
    return gb_seconds * USD_PER_GB_SECOND["x86_64"] + requests


def done_report(
    *,
    job: Job,
    picture: Picture,
    treatment: Treatment,
    model: ModelUse | None,
    stages: tuple[StageReport, ...],
    figures: Figures,
    review: Review | None,
    results: list[dict[str, Any]],
    ended: str,
) -> dict[str, Any]:
    """The report of a finished job, ready for JSON."""
    return {
        "job": job.id,
        "status": "done",
        "source": job.source.model_dump(include={"bucket", "key", "version_id", "size_bytes"}),
        "picture": picture.model_dump(),
        "recipe": job.recipe.model_dump(),
        "results": results,
        "treatment": treatment.model_dump(include={"lane", "reason"}),
        "model": model.model_dump() if model else None,
        "pipeline_version": PIPELINE_VERSION,
        "milliseconds": {stage.stage: {**stage.steps_ms, "total": stage.total_ms} for stage in stages},
        "memory": {
            stage.stage: {"limit_mb": stage.memory_mb, "peak_mb": stage.peak_memory_mb} for stage in stages
        },
        "cost_usd": round(cost_usd(stages), 8),
        "soft_share": round(figures.soft_share, 6),
        "subject_share": round(figures.subject_share, 6),
        "filled_share": round(figures.filled_share, 6),
        "opened_share": round(figures.opened_share, 6),
        "uncertainty": figures.uncertainty,
        "review": review.model_dump() if review else None,
        "created": job.created,
        "ended": ended,
    }
