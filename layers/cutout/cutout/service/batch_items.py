"""How a batch lies in the table, and what the end of a job changes in its batch.

The counters of a batch change in the transaction that ends the job, so they are exact whatever is repeated. They are
spread over 16 items, so that the jobs of a batch do not wait for each other more than those of an account do.
"""

from typing import Any

from cutout.service.batches import Batch, BatchState, Counts, Position
from cutout.service.job_items import DAY_SECONDS
from cutout.service.jobs import Job, Outcome, Record

SHARDS = ("b0", "b1", "b2", "b3")  # of open batches, in the deadline index: none is called as a job's is
COUNTED = ("done", "failed", "review", "charged")


class Entry(Record):
    """One job of a batch, or one line that made none, as the report tells of it."""

    job: str
    source: str
    status: str = "open"
    code: str = ""
    reason: str = ""
    review: bool = False
    results_at: str = ""


def batch_key(batch_id: str) -> dict[str, Any]:
    """The key of the batch's item."""
    return {"pk": {"S": f"batch#{batch_id}"}, "sk": {"S": "batch"}}


def entry_key(batch_id: str, job_id: str) -> dict[str, Any]:
    """The key of what the batch knows of one of its jobs."""
    return {"pk": {"S": f"batch#{batch_id}"}, "sk": {"S": f"job#{job_id}"}}


def listed_under(owner: str) -> str:
    """What the owner's batches are called in the owners' index: apart from the owner's jobs."""
    return f"batches#{owner}"


def counted(table: str, job: Job, outcome: Outcome, charged: int, ttl: int) -> list[dict[str, Any]]:
    """The writes that count the end of a job in its batch; none, for a job of no batch."""
    if not job.batch:
        return []
    ended = {
        "status": {"S": outcome.status},
        "code": {"S": outcome.code},
        "reason": {"S": outcome.reason},
        "review": {"BOOL": outcome.review is not None},
    }
    update = _setting(entry_key(job.batch, job.id), ended, ttl)
    return [
        {"Update": {"TableName": table, **update}},
        added(table, (job.batch, job.id), outcome, charged=charged, ttl=ttl),
    ]


def added(table: str, place: tuple[str, str], outcome: Outcome, *, charged: int, ttl: int) -> dict[str, Any]:
    """The write that adds one end to the counters; ``place`` is a batch and one of its jobs."""
    batch_id, job_id = place
    changes = {
        "done": int(outcome.status == "done"),
        "failed": int(outcome.status == "failed"),
        "review": int(outcome.review is not None),
        "charged": charged,
    }
    update = {
        "TableName": table,
        "Key": {"pk": {"S": f"batch#{batch_id}"}, "sk": {"S": f"shard#{job_id[0]}"}},
        "UpdateExpression": "SET #ttl = :ttl ADD " + ", ".join(f"#{name} :{name}" for name in COUNTED),
        "ExpressionAttributeNames": {f"#{name}": name for name in ("ttl", *COUNTED)},
        "ExpressionAttributeValues": {f":{name}": {"N": str(n)} for name, n in changes.items()}
        | {":ttl": {"N": str(ttl)}},
    }
    return {"Update": update}


def _setting(key: dict[str, Any], values: dict[str, Any], ttl: int) -> dict[str, Any]:
    """An update that sets these attributes, whatever their names are."""
    values = values | {"ttl": {"N": str(ttl)}}
    return {
        "Key": key,
        "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in values),
        "ExpressionAttributeNames": {f"#{name}": name for name in values},
        "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
    }


def new_batch_item(batch: Batch, deadline: int, keep_days: int) -> dict[str, Any]:
    """What a new batch's item has."""
    return {
        **batch_key(batch.id),
        "batch": {"S": batch.model_dump_json()},
        "owner": {"S": listed_under(batch.owner)},
        "created": {"S": batch.created},
        "updated": {"S": batch.created},
        "status": {"S": "making"},
        "position": {"S": Position().model_dump_json()},
        "made": {"N": "0"},
        "deadline": {"N": str(deadline)},
        "deadline_shard": {"S": shard_of(batch.id)},
        "ttl": {"N": str(deadline + keep_days * DAY_SECONDS)},
    }


def shard_of(batch_id: str) -> str:
    """Where in the deadline index an open batch is found."""
    return SHARDS[int(batch_id[0], 16) % len(SHARDS)]


def batch_from(item: Any) -> BatchState:
    """The batch in its item, and where it stands."""
    return BatchState(
        batch=Batch.model_validate_json(item["batch"]["S"]),
        status=item["status"]["S"],
        position=Position.model_validate_json(item["position"]["S"]),
        made=int(item["made"]["N"]),
        updated=item["updated"]["S"],
        deadline=int(item["deadline"]["N"]),
        cancelled="cancelled" in item,
        reason=item.get("reason", {"S": ""})["S"],
        counts=Counts.model_validate_json(item["counts"]["S"]) if "counts" in item else None,
    )


def sums_of(shards: list[Any]) -> dict[str, int]:
    """The counters of a batch, from the items that they are spread over."""
    return {name: sum(int(shard[name]["N"]) for shard in shards) for name in COUNTED}


def entry_from(item: Any) -> Entry:
    """What the batch knows of one of its jobs."""
    text = {
        name: item[name]["S"] for name in ("source", "status", "code", "reason", "results_at") if name in item
    }
    return Entry(
        job=item["sk"]["S"].removeprefix("job#"),
        review=item.get("review", {"BOOL": False})["BOOL"],
        **{"source": ""} | text,
    )
