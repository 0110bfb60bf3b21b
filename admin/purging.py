"""Everything that is one owner's, deleted: pictures, results, what was kept of them, and what the table says.

It can be repeated, and has to be while workers are still busy with a job that it has cancelled: such a job's item stays
until then, because it is what tells them to take their results back.
"""

import hashlib
import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from admin.versions import Objects
from cutout.errors import Cancelled
from cutout.service.batch_items import batch_from
from cutout.service.batches import batch_file_key
from cutout.service.ending import Endings
from cutout.service.job_items import state_from
from cutout.service.keys import CALLS_PREFIX, UPLOAD_PREFIX, report_key, result_key
from cutout.service.ledger import REGISTER
from cutout.service.table import JobState

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
BOOKS = ("account", "charge#", "entry#", "reference#")  # what --keep-account leaves in the owner's partition
IMPROVE_PREFIX = "improve/"


@dataclass(frozen=True, kw_only=True)
class Purge:
    """Deletes one owner's data. ``kept_books``: what begins so in the owner's own partition stays."""

    dynamodb: "DynamoDBClient"
    table: str
    endings: Endings
    source: Objects
    work: Objects
    result: Objects
    owner: str
    kept_books: tuple[str, ...]

    def run(self) -> Counter[str]:
        """Delete everything; answers how much of each kind. What finds the rest goes last: a crash can be repeated."""
        jobs, batches = self.found()
        cancelled = {state.job.id for state in jobs if state.outcome is None and self.cancel(state)}
        done = Counter(self.objects(jobs))
        done["in the result bucket"] += sum(
            self.result.remove_below(batch_file_key(name, "")) for name in batches
        )
        done["jobs cancelled"] = len(cancelled)
        wanted = {self.owner, *batches, *(state.job.id for state in jobs)}
        for key in sorted(self.items(wanted), key=finds_others):
            if key["pk"]["S"].removeprefix("job#") in cancelled:
                continue
            self.dynamodb.delete_item(TableName=self.table, Key=key)
            done[f"items of {kind_of(key)}"] += 1
        return done

    def found(self) -> tuple[list[JobState], set[str]]:
        """The owner's jobs, also those that it has deleted itself, which no index lists; and its batches' ids.

        A batch may have none of its jobs left, or never have had one: what is noted of its lines names no owner.
        """
        jobs, batches = [], set()
        for item in self._everything():
            if item["sk"]["S"] == "job" and "job" in item:
                state = state_from(item)
                if state.job.owner == self.owner:
                    jobs.append(state)
                    batches |= {state.job.batch} - {""}
            elif item["sk"]["S"] == "batch" and "batch" in item:
                batch = batch_from(item).batch
                if batch.owner == self.owner:
                    batches.add(batch.id)
        return jobs, batches

    def cancel(self, state: JobState) -> bool:
        """End an open job; False: it has ended meanwhile."""
        return self.endings.failed(state.job, Cancelled("Its owner's data was purged."), time.time())

    def objects(self, jobs: Iterable[JobState]) -> dict[str, int]:
        """Delete what lies in the buckets; how many versions of objects in each."""
        owner = self.owner
        kept = sum(self.remove_kept(state) for state in jobs)
        result = sum(self.remove_results(state) for state in jobs)
        for prefix in (UPLOAD_PREFIX, CALLS_PREFIX, IMPROVE_PREFIX):
            result += self.result.remove_below(f"{prefix}{owner}/")
        source = sum(
            self.source.remove_below(f"{prefix}{owner}/") for prefix in (UPLOAD_PREFIX, CALLS_PREFIX)
        )
        return {
            "objects in the source bucket": source,
            "in the result bucket": result,
            "in the work bucket": kept,
        }

    def remove_kept(self, state: JobState) -> int:
        """Delete proxies, mattes and cutouts of a job.

        A job that was ended from outside does not know what its workers have kept: its mattes are found by its proxies,
        its cutouts by the picture.
        """
        job = state.job
        proxies = self.work.keys_below(f"work/{job.id}/")
        digests = [key.rpartition("/")[2].removesuffix(".bmp") for key in proxies]
        folders = [f"work/{job.id}/", *(f"mattes/{digest}/" for digest in digests)]
        known = state.outcome.kept if state.outcome else ()
        if not known and state.status != "done" and (picture := self.source.read(job.source.key)) is not None:
            folders.append(f"cutouts/{hashlib.sha256(picture).hexdigest()}/")
        return sum(map(self.work.remove_below, folders)) + sum(map(self.work.remove, known))

    def remove_results(self, state: JobState) -> int:
        """Delete a job's results and report, wherever they lie."""
        job, outcome = state.job, state.outcome
        keys = {result_key(job.folder, output.file_name) for output in job.recipe.outputs}
        keys |= {report_key(job.folder), *(result.key for result in (outcome.results if outcome else ()))}
        return sum(map(self.result.remove, sorted(keys)))

    def items(self, wanted: set[str]) -> Iterator[dict[str, Any]]:
        """The keys of all items that are the owner's, or about its jobs; other accounts' books are not."""
        for item in self._everything():
            if self.is_own(item, wanted):
                yield {"pk": item["pk"], "sk": item["sk"]}

    def is_own(self, item: dict[str, Any], wanted: set[str]) -> bool:
        """Whether an item is to go: by its key, its owner, or an id that it names."""
        pk, sk = item["pk"]["S"], item["sk"]["S"]
        if pk == REGISTER:
            return sk == self.owner and not self.kept_books
        if pk.startswith("owner#"):
            is_kept = bool(self.kept_books) and sk.startswith(self.kept_books)
            return pk == f"owner#{self.owner}" and not is_kept
        if pk.startswith("job#"):
            return pk.removeprefix("job#") in wanted
        others = DIGEST.fullmatch(item.get("owner", {}).get("S", ""))
        if others and others[0] != self.owner:
            return False
        return not wanted.isdisjoint(DIGEST.findall(json.dumps(item, default=str)))

    def _everything(self) -> Iterator[dict[str, Any]]:
        """Every item of the table: no index knows the deleted jobs, deliveries and whatever else there may be."""
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=self.table, ConsistentRead=True)
        return (item for page in pages for item in page["Items"])


def finds_others(key: dict[str, Any]) -> bool:
    """Whether an item is a job or a batch: these go last, because what is about them is found by them."""
    return bool(key["pk"]["S"].startswith("job#") or key["sk"]["S"] == "batch")


def kind_of(key: dict[str, Any]) -> str:
    """What an item is, for the count: the first word of its key, in an account's partition of the second."""
    pk, sk = key["pk"]["S"].partition("#")[0], key["sk"]["S"].partition("#")[0]
    return str(sk if pk == "owner" else pk)
