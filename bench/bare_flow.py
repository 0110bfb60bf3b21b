"""The bare flow, put beside ours into the same emulated AWS: buckets, queues and five functions that only copy."""

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

from local.deploy import ROOT
from local.host import at_a_time
from local.runtime import FunctionSpec
from local.stack import LocalStack

STAGES = {"sort": 1769, "ingest": 1769, "matte": 3008, "compose": 1769, "notify": 256}
"""in their order, each with the memory that ours has, in MB: the host gives it as many processes"""

TIMEOUT_SECONDS, VISIBILITY_SECONDS = 15, 90
BUCKET = "bare-source"
ROLE = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:*", "sqs:*", "dynamodb:*"], "Resource": "*"}],
}


def empty_archive() -> bytes:
    """What the emulator wants for a function's code; the host knows where the code is."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("bare.py", "")
    return file.getvalue()


@dataclass(frozen=True, kw_only=True)
class BareFlow:
    """The bare flow in a running stack: its table and its two other buckets are ours."""

    stack: LocalStack

    def build(self) -> str:
        """Make all of it; answers the bucket that its pictures go into."""
        role = self.make_role()
        queues = {stage: self.make_queue(stage) for stage in STAGES}
        following = [*list(queues)[1:], "notify"]
        for stage, after in zip(STAGES, following, strict=True):
            self.make_function(stage, role, queues[stage], queues[after])
        s3 = self.stack.client("s3")
        s3.create_bucket(Bucket=BUCKET)
        told = [{"QueueArn": self.arn(queues["sort"]), "Events": ["s3:ObjectCreated:*"]}]
        s3.put_bucket_notification_configuration(
            Bucket=BUCKET, NotificationConfiguration={"QueueConfigurations": told}
        )
        return BUCKET

    def ended(self) -> int:
        """How many jobs have ended."""
        item = (
            self.stack.client("dynamodb")
            .get_item(
                TableName=self.stack.name("JobTable"),
                Key={"pk": {"S": "bare-account"}, "sk": {"S": "account"}},
            )
            .get("Item")
        )
        return int(item["ended"]["N"]) if item else 0

    def make_role(self) -> str:
        """A role that may do everything here."""
        iam = self.stack.client("iam")
        role = iam.create_role(RoleName="bare", AssumeRolePolicyDocument=json.dumps(ROLE))["Role"]
        iam.put_role_policy(RoleName="bare", PolicyName="all", PolicyDocument=json.dumps(EVERYTHING))
        return str(role["Arn"])

    def make_queue(self, stage: str) -> str:
        """The queue before a stage."""
        sqs, attributes = self.stack.client("sqs"), {"VisibilityTimeout": str(VISIBILITY_SECONDS)}
        url: str = sqs.create_queue(QueueName=f"bare-{stage}", Attributes=attributes)["QueueUrl"]
        anybody: dict[str, Any] = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": self.arn(url)}
            ],
        }
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(anybody)})
        return url

    def arn(self, url: str) -> str:
        """A queue's name among all."""
        asked = self.stack.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return str(asked["Attributes"]["QueueArn"])

    def make_function(self, stage: str, role: str, queue: str, following: str) -> None:
        """A function, its place at the host and its queue."""
        host, lambdas, name = self.stack.host, self.stack.client("lambda"), f"bare-{stage}"
        lambdas.create_function(
            FunctionName=name,
            Role=role,
            Handler=f"bare.{stage}",
            Runtime="python3.13",
            Code={"ZipFile": empty_archive()},
            Timeout=600,
            Environment={"Variables": {"MINISTACK_LAMBDA_PROXY_URL": f"{host.url}/invoke/{name}"}},
        )
        spec = FunctionSpec(
            name=name,
            arn=name,
            handler=f"bare.{stage}",
            folder=ROOT / "bench" / "bare",
            python_path=(),
            memory_mb=STAGES[stage],
            timeout_seconds=TIMEOUT_SECONDS,
            environment={
                "TABLE": self.stack.name("JobTable"),
                "WORK": self.stack.name("WorkBucket"),
                "RESULT": self.stack.name("ResultBucket"),
                "NEXT_QUEUE": following,
            },
            log=ROOT / ".local" / "bench-throughput" / f"{name}.log",
        )
        host.add(name, spec, role)
        lambdas.create_event_source_mapping(
            EventSourceArn=self.arn(queue),
            FunctionName=name,
            BatchSize=10 if stage == "sort" else 1,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            ScalingConfig={"MaximumConcurrency": max(2, at_a_time(STAGES[stage]))},
        )
