"""The report of a batch: its sums, and every job of it; and its failures once more as a table.

Written entry by entry into files that leave the memory when they grow: a batch may have a million jobs.
"""

import csv
import io
import json
from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any

from cutout.service.batch_items import Entry
from cutout.service.batches import FAILURES, REPORT, BatchState, Counts, batch_file_key

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

IN_MEMORY_BYTES = 8_000_000
COLUMNS = ("source", "job", "status", "code", "reason")


def write_report(s3: "S3Client", *, bucket: str, state: BatchState, entries: Iterable[Entry]) -> None:
    """Write ``report.json`` and ``failures.csv`` of a batch that ends as ``state`` says."""
    with (
        SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as report,
        SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as failures,
    ):
        _write(state, entries, report, failures)
        for file, name, kind in ((failures, FAILURES, "text/csv"), (report, REPORT, "application/json")):
            file.seek(0)
            key = batch_file_key(state.batch.id, name)
            s3.put_object(Bucket=bucket, Key=key, Body=file, ContentType=kind)


def _write(state: BatchState, entries: Iterable[Entry], report: IO[bytes], failures: IO[bytes]) -> None:
    report.write(json.dumps(_head(state), ensure_ascii=False, indent=2).encode()[:-2])
    report.write(b',\n  "jobs": [')
    failures.write(_row(COLUMNS))
    between = b"\n    "
    for entry in entries:
        said = entry.model_dump(exclude_defaults=True) | {"status": entry.status}
        report.write(between + json.dumps(said, ensure_ascii=False).encode())
        between = b",\n    "
        if entry.status != "done":
            failures.write(_row([getattr(entry, column) for column in COLUMNS]))
    report.write(b"\n  ]\n}\n")


def _head(state: BatchState) -> dict[str, Any]:
    batch, counts = state.batch, state.counts or Counts()
    return {
        "batch": batch.id,
        "name": batch.name,
        "status": state.status,
        "reason": state.reason,
        "created": batch.created,
        "ended": state.updated,
        "total": counts.made,
        "done": counts.done,
        "failed": counts.failed,
        "open": counts.made - counts.ended,
        "review": counts.review,
        "credits": counts.charged / 100,
    }


def _row(fields: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(fields)
    return text.getvalue().encode()
