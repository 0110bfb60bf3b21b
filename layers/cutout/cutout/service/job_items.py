"""How a job lies in the table: its key, its state, and the update that ends it."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from cutout.errors import Cancelled
from cutout.service.accounts import month_of
from cutout.service.holds import Hold
from cutout.service.jobs import Job, Outcome, Status
from cutout.service.prices import price_of

OPEN = "#status IN (:queued, :ingested, :matted)"
OPEN_VALUES = {f":{status}": {"S": status} for status in ("queued", "ingested", "matted")}
DAY_SECONDS = 86_400


class JobState(BaseModel):
    """A job and where it stands."""

    model_config = ConfigDict(frozen=True)

    job: Job
    status: Status
    updated: str
    outcome: Outcome | None = None
    hold: Hold | None = None
    """what was taken from its account when it was admitted; None for a job from before there were accounts"""
    deleted: bool = False
    """its owner has deleted it: what is left of it keeps a late repetition of an event from making it anew"""
    corrected_by: str = ""
    """the job that has rendered its picture with a corrected matte; empty: none"""

    @property
    def waits_for_review(self) -> bool:
        """Whether somebody should look at its results, and nobody has corrected them yet."""
        marked = self.outcome is not None and self.outcome.review is not None
        return marked and not self.corrected_by and not self.deleted

    @property
    def is_closed(self) -> bool:
        """Whether the owner wants nothing of it any more: whatever still arrives for it is let be."""
        cancelled = self.outcome is not None and self.outcome.code == Cancelled.code
        return self.deleted or cancelled

    @property
    def taken(self) -> Hold:
        """Its hold; one of nothing, for a job that has none."""
        account = self.job.payer or self.job.owner
        return self.hold or Hold(account=account, amount=0, month=month_of(self.job.created))

    @property
    def rendering_price(self) -> int:
        """What it costs to render its picture once more: nothing, when the picture was delivered and paid in full.

        A job that is still open may yet be released, and a preview has paid for a quarter of a megapixel only.
        """
        is_first = self.job.rendering_of is None and not self.job.corrects
        was_paid = self.hold is None or not is_first or self.taken.amount >= price_of("picture")
        return price_of("render" if self.status == "done" and was_paid else "picture")


def job_key(job_id: str) -> dict[str, Any]:
    """The key of the job's item."""
    return {"pk": {"S": f"job#{job_id}"}, "sk": {"S": "job"}}


def new_item(job: Job, hold: Hold, now: str) -> dict[str, Any]:
    """What every new job's item has. The hold is the truth of what it will cost, whatever a message says."""
    return {
        **job_key(job.id),
        "job": {"S": job.model_dump_json()},
        "owner": {"S": job.owner},
        "created": {"S": job.created},
        "updated": {"S": now},
        "hold": {"N": str(hold.amount)},
        "hold_account": {"S": hold.account},
        "hold_month": {"S": hold.month},
    }


def ending(outcome: Outcome, now: str) -> dict[str, Any]:
    """The update that ends an open job.

    One that is done leaves the deadline index. One that failed stays there until its end has been told: whoever ended
    it may be killed before, and no message comes again for it.
    """
    leave = "" if outcome.status == "failed" else " REMOVE deadline, deadline_shard"
    return {
        "UpdateExpression": f"SET #status = :ended, #outcome = :outcome, updated = :now{leave}",
        "ConditionExpression": OPEN,
        "ExpressionAttributeNames": {"#status": "status", "#outcome": "outcome"},
        "ExpressionAttributeValues": {
            **OPEN_VALUES,
            ":ended": {"S": outcome.status},
            ":outcome": {"S": outcome.model_dump_json()},
            ":now": {"S": now},
        },
    }


def state_from(item: Any) -> JobState:
    """The job in its item, and where it stands."""
    outcome = item.get("outcome")
    return JobState(
        job=Job.model_validate_json(item["job"]["S"]),
        status=item["status"]["S"],
        updated=item["updated"]["S"],
        outcome=Outcome.model_validate_json(outcome["S"]) if outcome else None,
        hold=_hold(item) if "hold" in item else None,
        deleted="deleted" in item,
        corrected_by=item["corrected_by"]["S"] if "corrected_by" in item else "",
    )


def _hold(item: Any) -> Hold:
    return Hold(
        account=item["hold_account"]["S"], amount=int(item["hold"]["N"]), month=item["hold_month"]["S"]
    )
