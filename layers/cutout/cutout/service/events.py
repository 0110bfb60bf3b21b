"""What there is to tell: one event for every way in which a job or a batch ends, the same on every repeat."""

import json
from dataclasses import dataclass
from typing import Any, Literal, get_args

from cutout.service.jobs import BUCKET_OWNER, Result
from cutout.service.messages import BatchNews, NotifyMessage

EventType = Literal["job.completed", "job.failed", "job.review", "batch.completed"]
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened. ``id`` is the webhook's id too: one for each job (or batch) and type, without dots."""

    id: str
    type: EventType
    timestamp: str
    owner: str
    callback: str | None
    """the address that the job itself came with"""
    data: dict[str, Any]

    @property
    def body(self) -> str:
        """The webhook's body: small, no pictures, no links that would be dead before the last retry."""
        return body_of(self.type, self.timestamp, self.data)


@dataclass(frozen=True, kw_only=True)
class Places:
    """Where results lie, and where the API answers: its base URL, without a slash at its end."""

    result_bucket: str
    api_address: str


def body_of(kind: str, timestamp: str, data: dict[str, Any]) -> str:
    """A webhook's body as JSON."""
    return json.dumps({"type": kind, "timestamp": timestamp, "data": data}, ensure_ascii=False)


def events_in(body: str, places: Places) -> tuple[Event, ...]:
    """The events in a message of news; raises ValueError for what is none."""
    document = json.loads(body)
    if isinstance(document, dict) and document.get("kind") == "batch":
        return (batch_event(BatchNews.model_validate(document), places),)
    return job_events(NotifyMessage.model_validate(document), places)


def job_events(news: NotifyMessage, places: Places) -> tuple[Event, ...]:
    """How a job ended, and that somebody should look at it, where it is so."""
    types: tuple[EventType, ...] = ("job.failed",) if news.outcome.status == "failed" else ("job.completed",)
    if news.outcome.review is not None:
        types = (*types, "job.review")
    data = job_data(news, places)
    return tuple(
        Event(
            id=f"{news.job.id}-{kind.partition('.')[2]}",
            type=kind,
            timestamp=news.ended,
            owner=news.job.owner,
            callback=news.job.callback,
            data=data,
        )
        for kind in types
    )


def job_data(news: NotifyMessage, places: Places) -> dict[str, Any]:
    """What is told of a job. Whoever has no API key gets no links, but the bucket and the keys."""
    job, outcome = news.job, news.outcome
    at = None if job.owner == BUCKET_OWNER else f"{places.api_address}/v1/jobs/{job.id}"
    data: dict[str, Any] = {
        "job": job.id,
        "status": outcome.status,
        "source": {"bucket": job.source.bucket, "key": job.source.key},
        "results": [_result(result, places.result_bucket, at) for result in outcome.results],
        "report": {"bucket": places.result_bucket, "key": outcome.report_key},
    }
    if at is not None:
        data["links"] = {"job": at, "report": f"{at}/report"}
    if job.batch:
        data["batch"] = job.batch
    if outcome.status == "failed":
        data |= {"code": outcome.code, "reason": outcome.reason}
    if outcome.review is not None:
        data["review"] = outcome.review.model_dump()
    return data


def batch_event(news: BatchNews, places: Places) -> Event:
    """How a batch ended."""
    data: dict[str, Any] = {
        "batch": news.batch,
        "status": news.status,
        "counts": {"made": news.made, "done": news.done, "failed": news.failed, "review": news.review},
        "credits": news.charged / 100,
        "report": {"bucket": places.result_bucket, "key": news.report_key},
    }
    if news.owner != BUCKET_OWNER:
        data["links"] = {"batch": f"{places.api_address}/v1/batches/{news.batch}"}
    if news.name:
        data["name"] = news.name
    if news.reason:
        data["reason"] = news.reason
    return Event(
        id=f"{news.batch}-completed",
        type="batch.completed",
        timestamp=news.ended,
        owner=news.owner,
        callback=news.callback,
        data=data,
    )


def _result(result: Result, bucket: str, at: str | None) -> dict[str, Any]:
    link = {} if at is None else {"link": f"{at}/results/{result.key.rpartition('/')[2]}"}
    return {"bucket": bucket, **result.model_dump(exclude_none=True), **link}
