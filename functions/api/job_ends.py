"""What the API does to end jobs: cancel an open one, delete an ended one."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from answers import AlreadyEnded, NotEnded
from cutout.errors import Cancelled
from cutout.service.ending import Endings
from cutout.service.jobs import Job, Outcome, timestamp
from cutout.service.keys import own_folders, result_key
from cutout.service.removals import remove_below, remove_results
from cutout.service.table import JobTable
from job_reads import JobReads
from job_views import JobView

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


@dataclass(frozen=True, kw_only=True)
class JobEnds:
    """What ending jobs needs, built once per process."""

    s3: "S3Client"
    table: JobTable
    reads: JobReads
    endings: Endings

    def cancel(self, job_id: str, owner: str) -> JobView:
        """End one of the owner's open jobs; raises NotFound and AlreadyEnded."""
        job = self.reads.state_of(job_id, owner).job
        if not self.endings.failed(job, Cancelled("The job was cancelled by its owner."), time.time()):
            raise AlreadyEnded(f"Job {job_id!r} has ended already.")
        return self.reads.view(self.reads.state_of(job_id, owner))

    def delete(self, job_id: str, owner: str) -> None:
        """Delete what one of the owner's ended jobs has made and brought; raises NotFound and NotEnded.

        What it brought first, so that a crash in between leaves a job that can be deleted again. What it made again
        afterwards: a second delivery of its message may have written in between, and looks whether it was deleted
        only after writing.
        """
        state = self.reads.state_of(job_id, owner)
        if state.outcome is None:
            raise NotEnded(f"Job {job_id!r} has not ended yet; cancel it first.")
        for folder in own_folders(owner, job_id):
            remove_below(self.s3, state.job.source.bucket, folder)
        self.remove_made(state.job, state.outcome)
        self.table.forget(job_id, timestamp(time.time()))
        self.remove_made(state.job, state.outcome)

    def remove_made(self, job: Job, outcome: Outcome) -> None:
        """Delete the job's report and results, also those that it had written before it failed."""
        keys = {result_key(job.folder, output.file_name) for output in job.recipe.outputs}
        keys |= {outcome.report_key, *(result.key for result in outcome.results)}
        remove_results(self.s3, bucket=self.endings.result_bucket, keys=sorted(keys), source=job.source)
