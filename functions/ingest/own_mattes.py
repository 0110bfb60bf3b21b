"""Pictures whose matte the customer has corrected: they need no network, and keep a cutout of their own."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cutout.codec import Limits
from cutout.corrected import check_matte
from cutout.service.jobs import Job
from cutout.service.keys import corrected_key, how_cut
from cutout.service.messages import ComposeMessage, Picture, Treatment
from cutout.service.objects import exists, read_own_matte
from cutout.service.stopwatch import Stopwatch

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


@dataclass(frozen=True, kw_only=True)
class OwnMattes:
    """Looks at corrected mattes. ``model`` is the deployed network's, ``work_bucket`` where cutouts are kept."""

    s3: "S3Client"
    limits: Limits
    model: str
    work_bucket: str

    def message(self, job: Job, picture: Picture, source_sha256: str, watch: Stopwatch) -> ComposeMessage:
        """What compose is told of such a picture; raises BadMatte."""
        with watch.step("read"):
            matte = read_own_matte(self.s3, job.source.bucket, job.matte_key, self.limits.max_bytes)
        check_matte(matte, self.limits, picture.width, picture.height)
        choices = how_cut(job.recipe, self.model)
        key = corrected_key(source_sha256, hashlib.sha256(matte).hexdigest(), choices)
        return ComposeMessage(
            job=job,
            picture=picture,
            treatment=Treatment(lane="corrected", reason="the customer's own matte"),
            cutout_key=key,
            cutout_is_kept=exists(self.s3, self.work_bucket, key),
            stages=(watch.report(),),
        )
