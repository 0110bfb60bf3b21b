"""From an opened upload to what the next stage has to know: its header, its way to the alpha, its proxy."""

import hashlib
import math
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from cutout.codec import Limits, Photo, decode_small, encode_bmp, read_header
from cutout.pipeline import as_looked_at, make_proxy, region_of, way_of
from cutout.recipe import Recipe
from cutout.service import intake, limiter
from cutout.service.jobs import BUCKET_OWNER, Job
from cutout.service.keys import cutout_key, how_cut, proxy_key
from cutout.service.messages import ComposeMessage, MatteMessage, ModelUse, Picture, Treatment
from cutout.service.objects import Upload, metadata_of, read_background
from cutout.service.settings import IngestSettings
from cutout.service.stopwatch import Stopwatch
from cutout.service.table import JobTable
from cutout.staging.backgrounds import check_background
from own_mattes import OwnMattes

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client


@dataclass(frozen=True, kw_only=True)
class Preparing:
    """Prepares pictures for the network, or finds out that none is needed."""

    s3: "S3Client"
    table: JobTable
    settings: IngestSettings

    @property
    def limits(self) -> Limits:
        """What we accept."""
        return Limits(max_bytes=self.settings.max_bytes, max_pixels=self.settings.max_pixels)

    @property
    def own_mattes(self) -> OwnMattes:
        """Who looks at corrected mattes."""
        settings = self.settings
        return OwnMattes(
            s3=self.s3, limits=self.limits, model=settings.model, work_bucket=settings.work_bucket
        )

    def message(self, job: Job, upload: Upload, watch: Stopwatch) -> MatteMessage | ComposeMessage:
        """What has to be done next, as the message that the next stage takes.

        Raises
        ------
        CustomerError
            The picture, its matte or a background cannot be taken.
        """
        self.check_backgrounds(job)
        with watch.step("read"):
            body = upload.read(self.settings.max_bytes)
        header = read_header(body, self.limits)
        picture = Picture(width=header.width, height=header.height, format=header.format)
        self.note_pixels(job, picture)
        digest = hashlib.sha256(body).hexdigest()
        if job.matte_key:
            return self.own_mattes.message(job, picture, digest, watch)
        key = cutout_key(digest, how_cut(job.recipe, self.settings.model))
        made_by = self.kept(key, job.recipe.subject)
        if made_by is None:
            return self.to_cut_out(job, picture, body, key, watch)
        return ComposeMessage(
            job=job,
            picture=picture,
            model=made_by,
            treatment=Treatment(reason="the cutout of an earlier job is used again"),
            cutout_key=key,
            cutout_is_kept=True,
            stages=(watch.report(),),
        )

    def to_cut_out(
        self, job: Job, picture: Picture, body: bytes, key: str, watch: Stopwatch
    ) -> MatteMessage | ComposeMessage:
        """The message about a picture that has no kept cutout: to compose, if it needs no network."""
        photo = self.look(body, job.recipe, watch)
        with watch.step("recognise"):
            treatment = Treatment(**asdict(way_of(photo, job.recipe)))
        if not treatment.needs_network:
            return ComposeMessage(job=job, picture=picture, treatment=treatment, stages=(watch.report(),))
        digest = self.write_proxy(job.id, photo, watch)
        return MatteMessage(
            job=job,
            picture=picture,
            proxy_key=proxy_key(job.id, digest),
            proxy_sha256=digest,
            treatment=treatment,
            cutout_key=key,
            stages=(watch.report(),),
        )

    def note_pixels(self, job: Job, picture: Picture) -> None:
        """Count the picture against its key's megapixels a minute.

        The bucket's own uploads have no such limit, and a batch does not use up what its owner's calls may have.
        """
        if job.owner != BUCKET_OWNER and job.lane == "interactive":
            pixels, table = picture.width * picture.height, self.table
            limiter.note_pixels(table.client, table.name, job.owner, pixels, time.time())

    def kept(self, key: str, subject: str) -> ModelUse | None:
        """The model of a kept cutout that this job may use; None if there is none.

        Only the network's cutouts are kept. A picture that looks like a drawing has one if its sender called it
        something else, and what is asked of it by itself is still the drawing's own.
        """
        if subject in ("graphic", "signature"):
            return None
        noted = metadata_of(self.s3, self.settings.work_bucket, key)
        if noted is None or (subject == "auto" and noted["seen_as"] != "photo"):
            return None
        return ModelUse(id=noted["model"], sha256=noted["model_sha256"], reused=True)

    def look(self, body: bytes, recipe: Recipe, watch: Stopwatch) -> Photo:
        """The part of the picture that the recipe looks at, no larger than the proxy needs."""
        with watch.step("decode"):
            header = read_header(body, self.limits)
            region = region_of(recipe.roi, header.height, header.width)
            share = min(region.height / header.height, region.width / header.width)
            enough = math.ceil(self.settings.proxy_side / share)
            photo = decode_small(body, self.limits, enough)
            return as_looked_at(photo, recipe)

    def write_proxy(self, job_id: str, photo: Photo, watch: Stopwatch) -> str:
        """Make and write what the network reads; answers the digest of its pixels."""
        with watch.step("proxy"):
            proxy = make_proxy(photo, self.settings.proxy_side)
            file = encode_bmp(proxy)
        digest = hashlib.sha256(proxy.tobytes()).hexdigest()
        with watch.step("write"):
            key = proxy_key(job_id, digest)
            self.s3.put_object(Bucket=self.settings.work_bucket, Key=key, Body=file, ContentType="image/bmp")
        return digest

    def check_backgrounds(self, job: Job) -> None:
        """Refuse a background picture that compose could not read, before any work is queued; BadBackground."""
        for key in intake.background_keys(job.recipe, job.owner):
            body = read_background(self.s3, job.source.bucket, key, self.settings.max_bytes)
            check_background(key, body, self.limits)
