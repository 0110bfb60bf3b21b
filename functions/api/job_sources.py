"""Where the pictures of jobs lie: in the source bucket, once they have come."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from answers import NotFound
from cutout.service.fetch import check_url
from cutout.service.jobs import Job, Source
from cutout.service.keys import call_key, job_of_key, upload_key
from cutout.service.settings import ApiSettings
from job_requests import JobRequest
from job_views import UploadForm

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

GONE = {"404", "NoSuchKey"}
KINDS = {
    "jpg": "jpeg",
    "jpeg": "jpeg",
    "png": "png",
    "webp": "webp",
    "tif": "tiff",
    "tiff": "tiff",
    "avif": "avif",
}


@dataclass(frozen=True, kw_only=True)
class JobSources:
    """What bringing pictures needs, built once per process."""

    s3: "S3Client"
    settings: ApiSettings

    def of(
        self, request: JobRequest, image: bytes | None, job_id: str, owner: str
    ) -> tuple[Source, str | None]:
        """Where a job's picture is or will be, and whose picture it is if an earlier job brought it.

        Raises
        ------
        NotFound, BadUrl
            No such picture of the owner's; an address that would not be fetched, whatever it leads to.
        """
        bucket = self.settings.source_bucket
        if request.key is not None:
            return self.lying_at(request.key, owner), job_of_key(owner, request.key)
        if request.url is not None:
            check_url(request.url, field="body.url", exceptions=self.settings.fetch_exceptions)
            key = call_key(owner, job_id, request.file_name)
            return Source(bucket=bucket, key=key, url=request.url), None
        make_key = upload_key if image is None else call_key
        return Source(bucket=bucket, key=make_key(owner, job_id, request.file_name)), None

    def lying_at(self, key: str, owner: str) -> Source:
        """An object that one of the owner's calls has brought; raises NotFound for any other."""
        missing = NotFound(f"There is no picture {key[:200]!r} of yours.")
        if job_of_key(owner, key) is None:
            raise missing
        bucket = self.settings.source_bucket
        try:
            there = self.s3.head_object(Bucket=bucket, Key=key)
        except self.s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                raise missing from error
            raise
        etag, size = there["ETag"].strip('"'), there["ContentLength"]
        return Source(bucket=bucket, key=key, etag=etag, size_bytes=size)

    def put(self, job: Job, image: bytes) -> Job:
        """The job with its picture in its place."""
        source = job.source
        answer = self.s3.put_object(Bucket=source.bucket, Key=source.key, Body=image)
        there = {"etag": answer["ETag"].strip('"'), "size_bytes": len(image)}
        return job.arrived(source.model_copy(update=there))

    def put_matte(self, job: Job, matte: bytes) -> None:
        """Bring a corrected matte to its place."""
        self.s3.put_object(Bucket=job.source.bucket, Key=job.matte_key, Body=matte)

    def upload_form(self, key: str) -> UploadForm:
        """A form that uploads one picture to this key only, for a while, up to the size limit."""
        settings = self.settings
        kind = KINDS.get(key.rpartition(".")[2].lower(), "unknown")
        form = self.s3.generate_presigned_post(
            Bucket=settings.source_bucket,
            Key=key,
            Fields={"Content-Type": f"image/{kind}"},
            Conditions=[
                ["content-length-range", 1, settings.max_bytes],
                ["starts-with", "$Content-Type", "image/"],
            ],
            ExpiresIn=settings.upload_seconds,
        )
        return UploadForm(**form)
