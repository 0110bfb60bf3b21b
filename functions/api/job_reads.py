"""What the API tells about jobs: how one stands, where its files are, and the list of an owner's."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from answers import InvalidRequest, NotEnded, NotFound
from cutout.service.jobs import Job, Outcome, Result, Status
from cutout.service.settings import ApiSettings
from cutout.service.table import JobState, JobTable
from job_views import Box, JobPage, JobView, ResultView, summary_of

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

JOB_ID = re.compile("[0-9a-f]{32}")
LOOKED_AT_ONCE, MOST_LOOKED_AT = 100, 1000  # jobs, where a list is wanted of some only


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which jobs a list is to have; None: it does not matter."""

    status: Status | None = None
    review: bool | None = None
    """whether they wait for review"""

    def fits(self, state: JobState) -> bool:
        """Whether a job is one of them."""
        return self.status in {None, state.status} and self.review in {None, state.waits_for_review}


ANY = Wanted()


@dataclass(frozen=True, kw_only=True)
class JobReads:
    """What reading needs, built once per process."""

    s3: "S3Client"
    table: JobTable
    settings: ApiSettings

    def state_of(self, job_id: str, owner: str) -> JobState:
        """One of the owner's jobs; raises NotFound for any other, and for one that was deleted."""
        state = self.table.find(job_id) if JOB_ID.fullmatch(job_id) else None
        if state is None or state.job.owner != owner or state.deleted:
            raise NotFound(f"There is no job {job_id[:40]!r}.")
        return state

    def view(self, state: JobState) -> JobView:
        """A job as its owner sees it, with links that are good for a while."""
        summary = summary_of(state).model_dump()
        if state.outcome is None:
            return JobView(**summary)
        at = f"/v1/jobs/{state.job.id}"
        return JobView(
            **summary,
            results=tuple(self._result(result, at) for result in state.outcome.results),
            report_path=f"{at}/report",
            report_url=self.link(state.outcome.report_key),
        )

    def report_link(self, job_id: str, owner: str) -> str:
        """A link to a job's report; raises NotFound and NotEnded."""
        return self.link(self._outcome(job_id, owner).report_key)

    def result_link(self, job_id: str, name: str, owner: str) -> str:
        """A link to a job's result, named by its file or, where that is one file only, by its output.

        Raises
        ------
        NotFound, NotEnded
            No such job or result; a job that is still open.
        """
        results = self._outcome(job_id, owner).results
        found = [r for r in results if file_name_of(r) == name] or [r for r in results if r.name == name]
        if len(found) != 1:
            names = ", ".join(file_name_of(result) for result in results)
            raise NotFound(f"Job {job_id!r} has no one result {name[:60]!r}; it has: {names or 'none'}.")
        return self.link(found[0].key)

    def page(self, owner: str, limit: int, cursor: str | None, wanted: Wanted) -> JobPage:
        """Some of the owner's jobs, newest first; raises InvalidRequest for a cursor that is not the owner's."""
        after = None if cursor is None else self._job_at(cursor, owner)
        found: list[JobState] = []
        looked_at, more = 0, True
        while more and len(found) < limit and looked_at < MOST_LOOKED_AT:
            most = limit if wanted == ANY else LOOKED_AT_ONCE
            states, more = self.table.page_of(owner, most, after)
            looked_at += most
            for state in states:
                if len(found) == limit:
                    more = True
                    break
                after = state.job
                if wanted.fits(state):
                    found.append(state)
        here = _cursor(after) if more and after else None
        return JobPage(jobs=tuple(summary_of(state) for state in found), cursor=here)

    def link(self, key: str) -> str:
        """A link to one object of the result bucket, good for a while."""
        return self.s3.generate_presigned_url(
            "get_object",
            Params={"Bucket": self.settings.result_bucket, "Key": key},
            ExpiresIn=self.settings.link_seconds,
        )

    def _result(self, result: Result, at: str) -> ResultView:
        file_name = file_name_of(result)
        box = result.foreground
        return ResultView(
            **result.model_dump(include={"name", "key", "content_type", "size_bytes", "width", "height"}),
            file_name=file_name,
            foreground=Box(left=box[0], top=box[1], width=box[2], height=box[3]) if box else None,
            path=f"{at}/results/{file_name}",
            url=self.link(result.key),
        )

    def _outcome(self, job_id: str, owner: str) -> Outcome:
        outcome = self.state_of(job_id, owner).outcome
        if outcome is None:
            raise NotEnded(f"Job {job_id!r} has not ended yet.")
        return outcome

    def _job_at(self, cursor: str, owner: str) -> Job:
        """The job that a page ended with: one of the owner's, as it stands in the table."""
        job_id = _job_id_in(cursor)
        state = self.table.find(job_id) if job_id else None
        if state is None or state.job.owner != owner:
            raise InvalidRequest(
                f"cursor is {cursor[:80]!r}; allowed: the one that your last page came with."
            )
        return state.job


def file_name_of(result: Result) -> str:
    """What a result is called below its job's folder."""
    return result.key.rpartition("/")[2]


def _cursor(job: Job) -> str:
    return urlsafe_b64encode(json.dumps({"after": job.id}).encode()).decode().rstrip("=")


def _job_id_in(cursor: str) -> str | None:
    """The job id in a cursor of ours; None for anything else."""
    try:
        job_id = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))["after"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return job_id if isinstance(job_id, str) and JOB_ID.fullmatch(job_id) else None
