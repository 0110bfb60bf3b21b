"""Batches whose jobs have all ended: one report, one piece of news. And those that nobody carries on any more."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from cutout.service.batch_report import write_report
from cutout.service.batch_table import BatchTable
from cutout.service.batches import REPORT, BatchState, BatchStatus, Counts, batch_file_key
from cutout.service.jobs import timestamp
from cutout.service.messages import BatchNews
from cutout.service.metrics import Measures

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

NOT_MADE = "Its jobs could not all be made in time; those that were made go on."
NOT_ENDED = "Some of its jobs have not ended in time."

logger = Logger(service="sweep", child=True)


@dataclass(frozen=True, kw_only=True)
class Batches:
    """What ending batches needs."""

    s3: "S3Client"
    sqs: "SQSClient"
    table: BatchTable
    result_bucket: str
    notify_queue: str
    measures: Measures = field(default_factory=Measures)

    def run(self, now: float) -> int:
        """Look at every open batch; answers how many have ended."""
        ended = 0
        faults: list[Exception] = []
        for seen in list(self.table.open()):
            try:
                ended += self.look_at(seen.batch.id, now)
            except ClientError as error:  # the others shall not wait for this one
                logger.exception("cannot be ended", batch=seen.batch.id)
                faults.append(error)
        if faults:
            raise faults[0]
        return ended

    def look_at(self, batch_id: str, now: float) -> bool:
        """End a batch if it is time, and tell of it; answers whether it has ended now."""
        state = self.table.find(batch_id)  # the index lags behind
        if state is None:
            return False
        if state.counts is not None:  # whoever ended it was killed before everybody was told
            self.tell(state)
            return False
        counts = self.table.counts(state)
        verdict = verdict_of(state, counts, now)
        if verdict is None:
            return False
        return self.end(state, *verdict, counts, now)

    def end(self, state: BatchState, status: BatchStatus, reason: str, counts: Counts, now: float) -> bool:
        """Report, then end, then tell: a crash in between is made good a minute later."""
        ended = timestamp(now)
        write_report(
            self.s3,
            bucket=self.result_bucket,
            state=state.model_copy(
                update={"status": status, "reason": reason, "counts": counts, "updated": ended}
            ),
            entries=self.table.entries(state.batch.id),
        )
        if not self.table.end(state, status, counts, ended, reason):
            return False
        self.measures.note({"Batches": 1}, outcome=status)
        logger.info("batch ended", batch=state.batch.id, status=status, **counts.model_dump())
        known = self.table.find(state.batch.id)
        if known is not None:
            self.tell(known)
        return True

    def tell(self, state: BatchState) -> None:
        """Send the news, then let the batch go out of sight."""
        batch, counts = state.batch, state.counts or Counts()
        news = BatchNews(
            batch=batch.id,
            owner=batch.owner,
            name=batch.name,
            status=state.status,
            reason=state.reason,
            **counts.model_dump(),
            ended=state.updated,
            report_key=batch_file_key(batch.id, REPORT),
            callback=batch.callback,
        )
        self.sqs.send_message(QueueUrl=self.notify_queue, MessageBody=news.model_dump_json())
        self.table.settle(batch.id)


def verdict_of(state: BatchState, counts: Counts, now: float) -> tuple[BatchStatus, str] | None:
    """How a batch ends, and why so; None: it goes on."""
    is_late = now > state.deadline
    if state.status == "making":
        status: BatchStatus = "cancelled" if state.cancelled else "failed"
        return (status, NOT_MADE) if is_late else None
    if counts.ended < counts.made:
        return ("failed", NOT_ENDED) if is_late else None
    if state.cancelled:
        return "cancelled", "It was cancelled."
    return ("failed", state.reason) if state.reason else ("completed", "")
