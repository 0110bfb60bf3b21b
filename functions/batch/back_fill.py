"""S3 Batch Operations: every object of its job is queued as if it had just been uploaded.

The bucket's rules count, but for the lane, which is always bulk. Its results lie where those of an upload lie. They may
replace what has been made of the same version, and never what a newer upload has made meanwhile: the job has the rank
of what has been answered at this moment.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote_plus

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from cutout.errors import BadRecipe, CustomerError
from cutout.recipe import Recipe, recipe_from
from cutout.service.batches import digest_of
from cutout.service.intake import upload_job
from cutout.service.jobs import Source
from cutout.service.keys import BACKGROUNDS_PREFIX, CALLS_PREFIX, UPLOAD_PREFIX, report_key
from cutout.service.messages import JobMessage
from cutout.service.objects import ORDER, metadata_of
from cutout.service.rules import Rule, RulesBroken
from cutout.service.rules_file import RulesFile

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_sqs.client import SQSClient

ResultCode = Literal["Succeeded", "TemporaryFailure", "PermanentFailure"]
VERSIONS = ("1.0", "2.0")
OTHERS = (UPLOAD_PREFIX, CALLS_PREFIX, BACKGROUNDS_PREFIX, "corrections/")  # no uploads to the bucket itself

logger = Logger(service="batch", child=True)


class NotBackFilled(CustomerError):
    """An object that cannot be queued, however often it is tried."""

    code = "not_back_filled"


def is_back_fill(event: dict[str, Any]) -> bool:
    """Whether S3 Batch Operations has sent this event."""
    return "invocationSchemaVersion" in event


@dataclass(frozen=True, kw_only=True)
class BackFill:
    """What taking tasks needs, built once per process."""

    s3: "S3Client"
    sqs: "SQSClient"
    source_bucket: str
    result_bucket: str
    jobs_queue: str
    payer: str
    rules: RulesFile

    def answer(self, event: dict[str, Any]) -> dict[str, Any]:
        """Queue every task; answers as S3 Batch Operations expects it. Raises ValueError for another version."""
        version = event["invocationSchemaVersion"]
        if version not in VERSIONS:
            raise ValueError(f"invocationSchemaVersion is {version!r}; allowed: {', '.join(VERSIONS)}")
        arguments = event["job"].get("userArguments") or {}
        results = [self.result(event["job"]["id"], task, arguments) for task in event["tasks"]]
        return {
            "invocationSchemaVersion": version,
            "treatMissingKeysAs": "TemporaryFailure",
            "invocationId": event["invocationId"],
            "results": results,
        }

    def result(self, job_id: str, task: dict[str, Any], arguments: dict[str, str]) -> dict[str, Any]:
        """Queue one task and say how it went; what may be better later is tried again by S3."""
        try:
            said = self.queue(job_id, task, recipe_in(arguments))
            code: ResultCode = "Succeeded"
        except CustomerError as error:
            code, said = "PermanentFailure", str(error)
        except (BotoCoreError, ClientError, RulesBroken) as error:  # a broken document will be repaired
            logger.exception("not queued")
            code, said = "TemporaryFailure", f"Not queued: {type(error).__name__}."
        return {"taskId": task["taskId"], "resultCode": code, "resultString": said}

    def queue(self, job_id: str, task: dict[str, Any], recipe: Recipe | None) -> str:
        """Queue the bulk job of one task, the same for every repetition; answers its id. Raises NotBackFilled."""
        key = self.key_of(task)
        rule = self.rules.current().of(key)
        if rule.ignore:
            raise NotBackFilled(f"The rule with the prefix {rule.prefix!r} ignores {key!r}.")
        source = self.source_of(task, key, rule)
        named = digest_of("s3 batch operations", job_id, source.key, source.version_id or "")
        job = rule.applied(upload_job(source, self.payer, time.time()))
        job = job.model_copy(update={"id": named, "lane": "bulk"})
        if recipe is not None:
            job = job.model_copy(update={"recipe": recipe, "recipe_is_final": True})
        self.sqs.send_message(QueueUrl=self.jobs_queue, MessageBody=JobMessage(job=job).model_dump_json())
        return f"job {job.id}"

    def key_of(self, task: dict[str, Any]) -> str:
        """The key of a task; raises NotBackFilled unless it is an upload to the bucket."""
        bucket = task.get("s3Bucket") or task["s3BucketArn"].rpartition(":")[2]
        key = unquote_plus(task["s3Key"])
        if bucket != self.source_bucket:
            raise NotBackFilled(f"The bucket is {bucket!r}; allowed: {self.source_bucket!r}.")
        if key.endswith("/"):
            raise NotBackFilled(f"{key!r} is a folder that a console has made; allowed: pictures.")
        if key.startswith(OTHERS):
            raise NotBackFilled(
                f"{key!r} is no upload to the bucket; allowed: keys not below {', '.join(OTHERS)}."
            )
        return key

    def source_of(self, task: dict[str, Any], key: str, rule: Rule) -> Source:
        """The object of a task as it lies there now, with the rank of what has been answered at the rule's place."""
        version = task.get("s3VersionId")
        version = None if version in {"", "null"} else version
        there = self.head(key)
        newest = there.get("VersionId")
        if version is not None and version != newest:
            raise NotBackFilled(f"Version {version!r} of {key!r} is not the newest one.")
        answered = metadata_of(self.s3, self.result_bucket, report_key(rule.results_for(key) or key)) or {}
        return Source(
            bucket=self.source_bucket,
            key=key,
            version_id=version,
            etag=there["ETag"].strip('"'),
            order=answered.get(ORDER, ""),
            size_bytes=there["ContentLength"],
        )

    def head(self, key: str) -> Any:
        """What S3 says of the object; raises NotBackFilled where there is none."""
        try:
            return self.s3.head_object(Bucket=self.source_bucket, Key=key)
        except self.s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in {"404", "NoSuchKey"}:
                raise NotBackFilled(f"{key!r} is not in the bucket.") from error
            raise


def recipe_in(arguments: dict[str, str]) -> Recipe | None:
    """The recipe of the preset that a job's arguments name; None: each object's own. Raises NotBackFilled."""
    unknown = sorted(set(arguments) - {"preset"})
    if unknown:
        raise NotBackFilled(f"userArguments.{unknown[0][:80]} is not a known argument; allowed: preset.")
    if "preset" not in arguments:
        return None
    try:
        return recipe_from({"outputs": [{"preset": arguments["preset"]}]})
    except BadRecipe as error:
        raise NotBackFilled(f"userArguments: {error}") from error
