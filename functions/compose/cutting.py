"""From a photograph and what is known of its matte to the cutout: kept, corrected, unmixed, or refined."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cutout.codec import Limits, Photo, decode, decode_grey
from cutout.corrected import cutout_with, read_matte
from cutout.kept import pack, unpack
from cutout.pipeline import Cutout, as_looked_at, clean, full_matte, in_frame, unmixed
from cutout.service.jobs import Job
from cutout.service.messages import ComposeMessage
from cutout.service.objects import open_upload, read_own_matte
from cutout.service.settings import ComposeSettings
from cutout.service.stopwatch import Stopwatch

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


@dataclass(frozen=True, kw_only=True)
class Cutting:
    """What cutting out needs, built once per process."""

    s3: "S3Client"
    settings: ComposeSettings

    @property
    def limits(self) -> Limits:
        """What we accept."""
        return Limits(max_bytes=self.settings.max_bytes, max_pixels=self.settings.max_pixels)

    def read(self, job: Job, watch: Stopwatch) -> Photo:
        """The photograph again, from the untouched source."""
        with watch.step("read"):
            body = open_upload(self.s3, job.source).read(self.settings.max_bytes)
        with watch.step("decode"):
            return decode(body, self.limits)

    def read_work(self, key: str, watch: Stopwatch) -> bytes:
        """One of our own objects."""
        with watch.step("read"):
            return self.s3.get_object(Bucket=self.settings.work_bucket, Key=key)["Body"].read()

    def read_coarse(self, key: str, watch: Stopwatch) -> Any:
        """What the network said."""
        body = self.read_work(key, watch)
        with watch.step("decode"):
            return decode_grey(body)

    def cut_out(self, message: ComposeMessage, photo: Photo, watch: Stopwatch) -> Cutout:
        """The cutout that is kept from an earlier job, else a new one, which is kept if the network was asked."""
        if message.cutout_is_kept:
            body = self.read_work(message.cutout_key, watch)
            with watch.step("unpack"):
                return unpack(body, photo)
        if message.treatment.lane == "corrected":
            cutout = self.cut_out_as_told(message.job, photo, watch)
            self.keep(message, cutout, photo, {"seen_as": "corrected"}, watch)
            return cutout
        coarse8 = self.read_coarse(message.matte_key, watch) if message.matte_key else None
        cutout = self.cut_out_anew(message, photo, coarse8, watch)
        if message.treatment.lane == "photo" and message.cutout_key and message.model:
            noted = {
                "seen_as": message.treatment.seen_as,
                "model": message.model.id,
                "model_sha256": message.model.sha256,
            }
            self.keep(message, cutout, photo, noted, watch)
        return cutout

    def keep(
        self, message: ComposeMessage, cutout: Cutout, photo: Photo, noted: dict[str, str], watch: Stopwatch
    ) -> None:
        """Put the cutout where later jobs find it."""
        with watch.step("pack"):
            body = pack(cutout, photo)
        with watch.step("keep"):
            self.s3.put_object(
                Bucket=self.settings.work_bucket, Key=message.cutout_key, Body=body, Metadata=noted
            )

    def cut_out_as_told(self, job: Job, photo: Photo, watch: Stopwatch) -> Cutout:
        """The cutout with the matte that the customer has corrected; raises BadMatte."""
        with watch.step("read"):
            body = read_own_matte(self.s3, job.source.bucket, job.matte_key, self.settings.max_bytes)
        with watch.step("decontaminate"):
            return cutout_with(photo, read_matte(body, self.limits), job.recipe)

    def cut_out_anew(self, message: ComposeMessage, photo: Photo, coarse8: Any, watch: Stopwatch) -> Cutout:
        """Find the alpha in the way that ingest has chosen, and the subject's own colours."""
        recipe = message.job.recipe
        looked_at = as_looked_at(photo, recipe)
        if message.treatment.lane != "photo":
            with watch.step("unmix"):
                return in_frame(unmixed(looked_at, message.treatment.lane, coarse8), photo, recipe.roi)
        with watch.step("refine"):
            matte = full_matte(looked_at, coarse8, recipe.interiors)
        with watch.step("decontaminate"):
            return in_frame(clean(looked_at, matte), photo, recipe.roi)
