"""How pictures and jobs end: deleted, corrected, overdue, and with what a kill leaves behind."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from chaos.visitor import NotAsPromised, Visitor
from cutout.codec import encode_grey
from cutout.service.intake import upload_job
from cutout.service.jobs import BUCKET_OWNER, Job, Source, timestamp
from cutout.service.messages import ComposeMessage, Picture


def deleted_source(visitor: Visitor) -> None:
    """A source whose results expire when it is deleted."""
    key, s3 = f"season/{next(visitor.numbers)}.png", visitor.stack.client("s3")
    place = {"Bucket": visitor.stack.name("SourceBucket"), "Key": key}
    s3.put_object(**place, Body=visitor.new_picture(), Tagging="cutout-preset=ebay")
    visitor.ended_at(key)
    s3.delete_object(**place)
    report = {"Bucket": visitor.stack.name("ResultBucket"), "Key": f"{key}/report.json"}
    visitor.until(lambda: s3.get_object_tagging(**report)["TagSet"])
    s3.put_object(**place, Body=visitor.new_picture())
    visitor.quiet()


def deleted_before_its_end(visitor: Visitor) -> None:
    """Jobs whose source was deleted before compose, or sweep, ended them: their reports expire, too."""
    for finish in (_compose, _overdue):
        source = Source(
            bucket=visitor.stack.name("SourceBucket"),
            key=f"season/gone-{next(visitor.numbers)}.png",
            etag="0" * 32,
            sequencer=f"{next(visitor.numbers):016X}",
        )
        now = time.time()
        job = upload_job(source, BUCKET_OWNER, now).model_copy(update={"on_delete": "expire"})
        visitor.table.create(job, int(now) + 300, timestamp(now))
        finish(visitor, job.model_dump())
        state = visitor.ended(job.id, "failed")
        visitor.quiet()
        assert state.outcome is not None
        place = {"Bucket": visitor.stack.name("ResultBucket"), "Key": state.outcome.report_key}
        if not visitor.stack.client("s3").get_object_tagging(**place)["TagSet"]:
            raise NotAsPromised(f"{place} does not expire")


def bucket_correction(visitor: Visitor) -> None:
    """A corrected matte beside a picture of the bucket."""
    key = visitor.put(visitor.new_picture())
    done = visitor.ended_at(key).outcome
    assert done is not None
    matte = np.full((done.results[0].height, done.results[0].width), 255, np.uint8)
    bucket, at = visitor.stack.name("SourceBucket"), f"corrections/{key}.png"
    visitor.stack.client("s3").put_object(Bucket=bucket, Key=at, Body=encode_grey(matte))
    visitor.until(lambda: (s := visitor.newest_at(key)) and s.job.corrects and s.outcome)
    visitor.quiet()


def overdue_everywhere(visitor: Visitor) -> None:
    """Overdue jobs of both lanes that wait before every stage: sweep looks at each queue before it ends them."""
    now, jobs = time.time(), []
    for lane in ("interactive", "bulk"):
        for stages in ((), ("ingested",), ("ingested", "matted")):
            source = Source(
                bucket=visitor.stack.name("SourceBucket"),
                key=f"visit/{next(visitor.numbers)}.png",
                sequencer="01",
            )
            job = upload_job(source, BUCKET_OWNER, now).model_copy(update={"lane": lane})
            visitor.table.create(job, int(now) - 1, timestamp(now))
            for stage in stages:
                visitor.table.advance(job.id, stage, timestamp(now))  # type: ignore[arg-type]
            jobs.append(job.id)
    visitor.host.invoke("SweepFunction", b"{}")
    for job_id in jobs:
        visitor.ended(job_id, "failed")
    visitor.quiet()


def left_behind(visitor: Visitor) -> None:
    """Jobs that fail in every function, each with a result that killed work has left: nothing of it stays."""
    for fail in (_no_picture, _compose_announced, _overdue, _cancel):
        job = visitor.call("POST", "/v1/jobs", 202, {"file_name": "a.png"})
        state = visitor.table.find(job["id"])
        assert state is not None
        s3, bucket = visitor.stack.client("s3"), visitor.stack.name("ResultBucket")
        noted = {"sequencer": "01", "job": job["id"]}
        s3.put_object(Bucket=bucket, Key=f"{state.job.folder}/cutout.png", Body=b"left", Metadata=noted)
        fail(visitor, job)
        visitor.ended(job["id"], "failed")
        visitor.quiet()
        listed = s3.list_objects_v2(Bucket=bucket, Prefix=f"{state.job.folder}/")["Contents"]
        if [found["Key"] for found in listed] != [f"{state.job.folder}/report.json"]:
            raise NotAsPromised(f"{listed} are left of job {job['id']}")


def _no_picture(visitor: Visitor, job: Any) -> None:
    fields = [*job["upload"]["fields"].items(), ("file", ("a.png", b"no picture", "image/png"))]
    visitor.http.request("POST", job["upload"]["url"], fields=fields)


def _compose_announced(visitor: Visitor, job: Any) -> None:
    """Compose gets a job whose picture is not there: it was deleted after the stages before."""
    state = visitor.table.find(job["id"])
    assert state is not None
    _compose(visitor, state.job.model_dump())


def _cancel(visitor: Visitor, job: Any) -> None:
    visitor.call("POST", f"/v1/jobs/{job['id']}/cancel", 200)


def _overdue(visitor: Visitor, job: Any) -> None:
    now = time.time()
    visitor.table.postpone(job["id"], int(now) - 1, timestamp(now))
    visitor.host.invoke("SweepFunction", b"{}")


def _compose(visitor: Visitor, job: Any) -> None:
    message = ComposeMessage(job=Job.model_validate(job), picture=Picture(width=1, height=1, format="PNG"))
    url = visitor.stack.name("BulkComposeQueue")
    visitor.stack.client("sqs").send_message(QueueUrl=url, MessageBody=message.model_dump_json())


ENDING_SCENARIOS: dict[str, Callable[[Visitor], None]] = {
    scenario.__name__: scenario
    for scenario in (
        deleted_source,
        deleted_before_its_end,
        bucket_correction,
        overdue_everywhere,
        left_behind,
    )
}
