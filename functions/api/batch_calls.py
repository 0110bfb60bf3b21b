"""What the API does with batches: make, watch, cancel."""

import hashlib
import json
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from answers import AlreadyEnded, InvalidRequest, KeyUsedTwice, NotEnded, NotFound, Refused
from batch_requests import BatchRequest, ManifestRequest
from batch_views import BatchPage, BatchView, ManifestView, batch_summary, batch_view
from cutout.service.backgrounds import check_backgrounds
from cutout.service.batch_table import BatchTable
from cutout.service.batches import (
    REPORT,
    Batch,
    BatchState,
    batch_file_key,
    own_places,
    places_of,
    request_batch_id,
)
from cutout.service.fetch import check_url
from cutout.service.jobs import timestamp
from cutout.service.keys import call_key
from cutout.service.ledger import Ledger
from cutout.service.manifests import MOST_BYTES, MOST_LINES, items_as_lines
from cutout.service.messages import BatchMessage
from cutout.service.settings import ApiSettings
from job_calls import Caller, JobCalls
from job_reads import JOB_ID
from job_views import UploadForm

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

GONE = {"404", "NoSuchKey"}
CHUNK_BYTES = 1_048_576


class NotGranted(Refused):
    """A part of the source bucket that is not the caller's to use."""

    status, code = HTTPStatus.FORBIDDEN, "not_granted"


@dataclass(frozen=True, kw_only=True)
class BatchCalls:
    """What the routes about batches need, built once per process."""

    s3: "S3Client"
    sqs: "SQSClient"
    table: BatchTable
    ledger: Ledger
    jobs: JobCalls
    settings: ApiSettings

    def make(self, request: BatchRequest, caller: Caller) -> BatchView:
        """Make a batch, or find the one that this call stands for already.

        Raises
        ------
        NotGranted, NotFound, KeyUsedTwice, CustomerError
            Not the caller's to use; no such manifest; the Idempotency-Key stands for another batch; a recipe, an
            address or a manifest that cannot be taken.
        """
        self.check(request, caller.owner)
        batch_id = request_batch_id(caller.owner, caller.idempotency_key)
        asked = hashlib.sha256(request.model_dump_json().encode()).hexdigest()
        state = self.table.find(batch_id)
        if state is None:
            batch = self.new_batch(batch_id, asked, request, caller.owner)
            now = int(time.time())
            self.table.create(batch, now + self.settings.bulk_deadline_seconds)
            state = self.state_of(batch_id, caller.owner)
        if state.batch.asked != asked:
            raise KeyUsedTwice("This Idempotency-Key has been used for another batch; use a new one.")
        if state.status == "making":  # for a repeated call, too: the first may have broken off
            message = BatchMessage(batch=batch_id).model_dump_json()
            self.sqs.send_message(QueueUrl=self.settings.batch_queue, MessageBody=message)
        return self.answer(state)

    def check(self, request: BatchRequest, owner: str) -> None:
        """Refuse what could only fail: raises NotGranted and CustomerError."""
        self.jobs.check_callback(request.callback)
        check_backgrounds(request.recipe, owner, self.settings.fetch_exceptions)
        check_place("body.manifest", request.manifest, own_places(owner))
        places = places_of(owner, self.ledger.find(owner))
        check_place("body.prefix", request.prefix, places)
        for number, item in enumerate(request.items or ()):
            check_place(f"body.items[{number}].key", item.key, places)
            if item.url is not None:
                field = f"body.items[{number}].url"
                check_url(item.url, field=field, exceptions=self.settings.fetch_exceptions)
            if item.recipe is not None:
                check_backgrounds(item.recipe, owner, self.settings.fetch_exceptions)

    def new_batch(self, batch_id: str, asked: str, request: BatchRequest, owner: str) -> Batch:
        """The batch that is asked for, with its list in its place; raises NotFound and InvalidRequest."""
        manifest, etag = request.manifest or "", ""
        if request.items is not None:
            manifest = call_key(owner, batch_id, "items.jsonl")
            body = items_as_lines(request.items)
            written = self.s3.put_object(Bucket=self.settings.source_bucket, Key=manifest, Body=body)
            etag = written["ETag"].strip('"')
        elif request.manifest is not None:
            etag = self.checked_manifest(request.manifest)
        return Batch(
            id=batch_id,
            owner=owner,
            created=timestamp(time.time()),
            bucket=self.settings.source_bucket,
            manifest=manifest,
            manifest_etag=etag,
            prefix=request.prefix or "",
            recipe=request.recipe,
            callback=request.callback,
            name=request.name,
            asked=asked,
        )

    def checked_manifest(self, key: str) -> str:
        """The ETag of a list that is there and not too long; raises NotFound and InvalidRequest."""
        try:
            there = self.s3.get_object(Bucket=self.settings.source_bucket, Key=key)
        except self.s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                raise NotFound(f"There is no manifest {key[:200]!r}.") from error
            raise
        size = there["ContentLength"]
        if not 0 < size <= MOST_BYTES:
            there["Body"].close()
            raise InvalidRequest(f"body.manifest has {size:,} bytes; allowed: 1 to {MOST_BYTES:,}.")
        lines = sum(chunk.count(b"\n") for chunk in there["Body"].iter_chunks(CHUNK_BYTES))
        if lines > MOST_LINES + 1:  # the first may name the columns
            raise InvalidRequest(f"body.manifest has {lines:,} lines; allowed: at most {MOST_LINES:,}.")
        return there["ETag"].strip('"')

    def manifest_form(self, request: ManifestRequest, owner: str) -> ManifestView:
        """A form that uploads one list of pictures, where it starts nothing."""
        key = call_key(owner, secrets.token_hex(16), f"manifest.{request.format}")
        form = self.s3.generate_presigned_post(
            Bucket=self.settings.source_bucket,
            Key=key,
            Conditions=[["content-length-range", 1, MOST_BYTES]],
            ExpiresIn=self.settings.upload_seconds,
        )
        return ManifestView(key=key, upload=UploadForm(**form))

    def state_of(self, batch_id: str, owner: str) -> BatchState:
        """One of the owner's batches; raises NotFound for any other."""
        state = self.table.find(batch_id) if JOB_ID.fullmatch(batch_id) else None
        if state is None or state.batch.owner != owner:
            raise NotFound(f"There is no batch {batch_id[:40]!r}.")
        return state

    def view(self, batch_id: str, owner: str) -> BatchView:
        """How one of the owner's batches stands; raises NotFound."""
        state = self.state_of(batch_id, owner)
        return batch_view(state, self.table.counts(state))

    def answer(self, state: BatchState) -> BatchView:
        """The view of a batch for who made it: with what verifies its webhook."""
        view = batch_view(state, self.table.counts(state))
        if state.batch.callback is None:
            return view
        return view.model_copy(update={"webhook_secret": self.jobs.webhook_secret(state.batch.owner)})

    def cancel(self, batch_id: str, owner: str) -> BatchView:
        """Make no more of one of the owner's batches; raises NotFound and AlreadyEnded."""
        self.state_of(batch_id, owner)
        if not self.table.cancel(batch_id, timestamp(time.time())):
            raise AlreadyEnded(f"Batch {batch_id!r} has ended already.")
        return self.view(batch_id, owner)

    def report_link(self, batch_id: str, owner: str) -> str:
        """A link to a batch's report; raises NotFound and NotEnded."""
        if self.state_of(batch_id, owner).counts is None:
            raise NotEnded(f"Batch {batch_id!r} has not ended yet.")
        return self.jobs.reads.link(batch_file_key(batch_id, REPORT))

    def page(self, owner: str, limit: int, cursor: str | None) -> BatchPage:
        """Some of the owner's batches, newest first; raises InvalidRequest for a cursor that is not the owner's."""
        after = None if cursor is None else self._batch_at(cursor, owner)
        states, more = self.table.page_of(owner, limit, after)
        here = _cursor(states[-1].batch.id) if more and states else None
        return BatchPage(batches=tuple(map(batch_summary, states)), cursor=here)

    def _batch_at(self, cursor: str, owner: str) -> Batch:
        try:
            return self.state_of(_batch_id_in(cursor), owner).batch
        except NotFound as error:
            raise InvalidRequest(
                f"cursor is {cursor[:80]!r}; allowed: the one that your last page came with."
            ) from error


def check_place(field: str, key: str | None, places: tuple[str, ...]) -> None:
    """Refuse a key, or the beginning of keys, that is not below one of these places; raises NotGranted."""
    if key is not None and not key.startswith(places):
        raise NotGranted(f"{field} is {key[:200]!r}; allowed: what lies below {', '.join(places)}.")


def _cursor(batch_id: str) -> str:
    return urlsafe_b64encode(json.dumps({"after_batch": batch_id}).encode()).decode().rstrip("=")


def _batch_id_in(cursor: str) -> str:
    """The batch id in a cursor of ours; empty for anything else."""
    try:
        found: Any = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))["after_batch"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return found if isinstance(found, str) else ""
