"""Making the jobs of a batch: one page a message, every page once, whatever is repeated or killed."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from cutout.errors import CustomerError
from cutout.service import fetch
from cutout.service.backgrounds import check_backgrounds
from cutout.service.batch_items import Entry
from cutout.service.batch_table import BatchTable
from cutout.service.batches import BatchState, batch_job, digest_of, places_of, said_of
from cutout.service.jobs import Job, timestamp
from cutout.service.ledger import Ledger
from cutout.service.manifests import BadManifest, BatchItem, Line
from cutout.service.messages import BatchMessage, JobMessage
from cutout.service.sending import send_all
from pages import Page, Pages

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

logger = Logger(service="batch", child=True)


class NotGranted(CustomerError):
    """An object that the batch's owner may not use."""

    code = "not_granted"


class BadLine(CustomerError):
    """A line that is no item."""

    code = "bad_line"


class PlaceTaken(CustomerError):
    """Two different items whose results would lie in the same place."""

    code = "name_taken"


@dataclass(frozen=True, kw_only=True)
class Making:
    """What making jobs needs, built once per process."""

    sqs: "SQSClient"
    table: BatchTable
    ledger: Ledger
    pages: Pages
    own_queue: str
    jobs_queue: str
    page_seconds: int
    """how long the next page may take to be made"""
    longest_seconds: int
    """how long the jobs may take that have been made"""
    fetch_exceptions: frozenset[str]

    def take(self, body: str) -> None:
        """Make the page that its batch has come to, and ask for the next.

        Of two deliveries of one message the one that notes the page first goes on; the other changes nothing.
        """
        message = BatchMessage.model_validate_json(body)
        state = self.table.find(message.batch)
        if state is None or state.status != "making":
            logger.info("nothing to make", batch=message.batch)
            return
        if self.make(state, time.time()):
            self.sqs.send_message(QueueUrl=self.own_queue, MessageBody=body)

    def make(self, state: BatchState, now: float) -> bool:
        """Make one page; whether there is another one that this delivery has to ask for."""
        if state.cancelled:
            self.close(state, 0, now, "")
            return False
        try:
            page = self.pages.page_of(state)
        except BadManifest as error:
            self.close(state, 0, now, str(error))
            return False
        jobs, refused = self.jobs_of(state, page, now)
        send_all(self.sqs, self.jobs_queue, [JobMessage(job=job).model_dump_json() for job in jobs])
        logger.info("page", batch=state.batch.id, jobs=len(jobs), refused=refused)
        made = len(jobs) + refused
        if page.to is None:
            self.close(state, made, now, "")
            return False
        return self.table.advance(
            state, to=page.to, made=made, deadline=int(now) + self.page_seconds, now=timestamp(now)
        )

    def close(self, state: BatchState, made: int, now: float, reason: str) -> None:
        """Note the last page."""
        deadline = int(now) + self.longest_seconds
        self.table.advance(state, to=None, made=made, deadline=deadline, now=timestamp(now), reason=reason)

    def jobs_of(self, state: BatchState, page: Page, now: float) -> tuple[list[Job], int]:
        """The jobs that this page makes, each once, and how many of its lines make none."""
        places = places_of(state.batch.owner, self.ledger.find(state.batch.owner))
        jobs: dict[str, Job] = {}
        refused = 0
        for line in page.lines:
            try:
                job = self.job_of(state, line, places, now)
            except CustomerError as error:
                refused += self.refuse(state, line, error, now)
            else:
                jobs |= {job.id: job} if job is not None else {}
        return list(jobs.values()), refused

    def job_of(self, state: BatchState, line: Line, places: tuple[str, ...], now: float) -> Job | None:
        """The job of a line, if this page is the one that makes it.

        Raises
        ------
        CustomerError
            No job can be made of it.
        """
        item = self.checked(state, line, places)
        job = batch_job(state.batch, item, timestamp(now))
        entry = Entry(job=job.id, source=item.key or item.url or "", results_at=job.results_at)
        ttl = self.table.ttl_from(timestamp(now))
        claim = self.table.claim(state.batch.id, entry, said=said_of(job), page=state.position, ttl=ttl)
        if claim == "something else":
            raise PlaceTaken(
                f"{line.where}: another item of this batch has its results at {job.results_at!r}; "
                "give each a name of its own."
            )
        # A listing has no doubles. A key that an earlier page has claimed was pushed out of that page by a new object,
        # between the delivery that was killed and the one that noted it: so it is this page's to send and count.
        return job if claim == "ours" or state.batch.prefix else None

    def checked(self, state: BatchState, line: Line, places: tuple[str, ...]) -> BatchItem:
        """The item of a line, if its owner may have it; raises CustomerError."""
        if line.item is None:
            raise BadLine(line.fault)
        item = line.item
        if item.key is not None and not item.key.startswith(places):
            raise NotGranted(f"{line.where}: {item.key!r} is not yours to use; allowed: {', '.join(places)}.")
        if item.url is not None:
            fetch.check_url(item.url, field=f"{line.where}: url", exceptions=self.fetch_exceptions)
        if item.own_recipe is not None:
            check_backgrounds(item.own_recipe, state.batch.owner, self.fetch_exceptions)
        return item

    def refuse(self, state: BatchState, line: Line, error: CustomerError, now: float) -> int:
        """Count a line as failed, once; answers 1 if it is this page's to count."""
        source = line.where if line.item is None else line.item.key or line.item.url or ""
        entry = Entry(
            job=digest_of(state.batch.id, "line", line.where),
            source=source,
            code=error.code,
            reason=str(error),
        )
        at, batch_id = timestamp(now), state.batch.id
        ttl = self.table.ttl_from(at)
        claim = self.table.claim(batch_id, entry, said=source, page=state.position, ttl=ttl)
        self.table.refuse(batch_id, entry, at)
        return int(claim == "ours")
