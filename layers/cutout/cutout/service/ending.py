"""The two ways in which a job ends: with results and a charge, or with a reason."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cutout.errors import CustomerError, Superseded
from cutout.service.deletions import after_ending
from cutout.service.jobs import Job, Outcome, Result, Review, timestamp
from cutout.service.keys import report_key
from cutout.service.messages import NotifyMessage
from cutout.service.metrics import Measures
from cutout.service.objects import write_result
from cutout.service.removals import remove_results, take_back
from cutout.service.table import JobState, JobTable

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient


def _failed_outcome(job: Job, error: CustomerError, kept: tuple[str, ...] = ()) -> Outcome:
    key = report_key(job.failure_folder)
    return Outcome(status="failed", report_key=key, code=error.code, reason=str(error), kept=kept)


def done_outcome(
    job: Job,
    results: tuple[Result, ...],
    lane: str,
    *,
    kept: tuple[str, ...] = (),
    review: Review | None = None,
) -> Outcome:
    """How a job ends whose results have been written."""
    return Outcome(
        status="done",
        results=results,
        report_key=report_key(job.folder),
        lane=lane,
        kept=kept,
        review=review,
    )


@dataclass(frozen=True, kw_only=True)
class Endings:
    """Ends jobs: the report goes to the result bucket, the state into the table, the news to notify.

    Results come before the transaction that charges for them, and notify comes last: a crash between two steps is
    healed by the message's next delivery.
    """

    s3: "S3Client"
    sqs: "SQSClient"
    table: JobTable
    result_bucket: str
    notify_queue: str
    measures: Measures = field(default_factory=Measures)

    def done(
        self,
        job: Job,
        outcome: Outcome,
        report: dict[str, Any],
        cost_usd: float,
        now: float,
        *,
        seen: JobState | None = None,
    ) -> bool:
        """End the job with results that have been written. False: it had ended before, nothing is charged.

        ``seen`` is the job as it was read when its work began, if it was.
        """
        self._write_report(job, job.folder, report)
        ended = self.table.finish(job, outcome, cost_usd, timestamp(now), seen=seen)
        if ended:
            self._count_done(job, outcome, now)
            self.tell(job, outcome, now)
        else:
            self.take_away(job, outcome.results)
            self.repeat(job, now)
        return ended

    def take_away(self, job: Job, results: tuple[Result, ...]) -> None:
        """Delete results that nobody was charged for: their job was cancelled or deleted while they were made."""
        state = self.table.find(job.id)
        if state is not None and state.is_closed:
            keys = [*(result.key for result in results), report_key(job.folder)]
            remove_results(self.s3, bucket=self.result_bucket, keys=keys, source=job.source)

    def failed(self, job: Job, error: CustomerError, now: float, kept: tuple[str, ...] = ()) -> bool:
        """End the job with a reason the customer understands. False: it had ended before.

        ``kept`` are the keys in the work bucket that hold this picture's pixels.
        """
        outcome = _failed_outcome(job, error, kept)
        ended = self.table.fail(job.id, outcome, timestamp(now))
        if ended:  # only now: the report of a job that was done meanwhile must stay
            self.measures.note({"Failed": 1}, code=outcome.code)
            self._conclude(job, outcome, now)
        else:
            self.repeat(job, now)
        return ended

    def refused(self, job: Job, error: CustomerError, now: float) -> bool:
        """Note a job that ended before it began, for a reason the customer understands. False: it exists."""
        outcome = _failed_outcome(job, error)
        is_new = self.table.refuse(job, outcome, timestamp(now))
        if is_new:
            self.measures.note({"Failed": 1}, code=outcome.code)
            self._write_failure_report(job, outcome, now)
            self.tell(job, outcome, now)
        else:
            self.repeat(job, now)
        return is_new

    def repeat(self, job: Job, now: float) -> None:
        """A message came for a job that has ended: say again how it ended, in case the first word was lost.

        Two events may race for one job (sweep and a late compose); the table decides, and the report that lies
        beside the results is made to agree with it.
        """
        state = self.table.find(job.id)
        if state is None or state.outcome is None or state.deleted:
            return
        if state.outcome.status == "failed":  # whoever made results until now has written them in vain
            self._conclude(job, state.outcome, now)
        else:
            self.tell(job, state.outcome, now)

    def _conclude(self, job: Job, outcome: Outcome, now: float) -> None:
        """All that follows from a failure. Until its end sweep still sees the job: it is gone through again then."""
        take_back(self.s3, self.result_bucket, job)
        self._write_failure_report(job, outcome, now)
        self.tell(job, outcome, now)
        self.table.settle(job.id)

    def tell(self, job: Job, outcome: Outcome, now: float) -> None:
        """Hand the news to notify, which knows who wants to hear of it."""
        message = NotifyMessage(job=job, outcome=outcome, ended=timestamp(now))
        self.sqs.send_message(QueueUrl=self.notify_queue, MessageBody=message.model_dump_json())

    def _count_done(self, job: Job, outcome: Outcome, now: float) -> None:
        self.measures.note(
            {"Delivered": 1, "CreditsCharged": job.price / 100, "Reviews": int(outcome.review is not None)}
        )
        age_seconds = now - datetime.fromisoformat(job.created).timestamp()
        self.measures.note({"JobSeconds": max(0.0, age_seconds)}, lane=job.lane)

    def _write_failure_report(self, job: Job, outcome: Outcome, now: float) -> None:
        report = {
            "job": job.id,
            "status": outcome.status,
            "code": outcome.code,
            "reason": outcome.reason,
            "source": job.source.model_dump(include={"bucket", "key", "version_id", "size_bytes"}),
            "created": job.created,
            "ended": timestamp(now),
        }
        try:
            self._write_report(job, job.failure_folder, report)
        except Superseded:
            return  # the report of the newer version is the one that belongs there

    def _write_report(self, job: Job, folder: str, report: dict[str, Any]) -> None:
        """The last object that a job writes: after it, it looks whether its source is still there."""
        write_result(
            self.s3,
            bucket=self.result_bucket,
            key=report_key(folder),
            body=json.dumps(report, indent=2, ensure_ascii=False).encode(),
            content_type="application/json",
            source=job.source,
            maker=job.id,
        )
        after_ending(self.s3, job, self.result_bucket)
