"""A stage that takes nothing out of its queue for a while, and what waits there meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from driver import Driver


@contextmanager
def compose_stopped(flow: Driver) -> Iterator[None]:
    """While this lasts, compose takes nothing out of its bulk queue."""
    mapping, functions = flow.stack.name("ComposeFunctionBulk"), flow.stack.client("lambda")
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)


def taken_from(flow: Driver, name: str) -> str:
    """The body of the next message of a queue, which is taken out of it."""
    sqs, url = flow.stack.client("sqs"), flow.stack.name(f"{name}Queue")
    [message] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return str(message["Body"])


@contextmanager
def versions_kept(flow: Driver) -> Iterator[str]:
    """While this lasts, the source bucket keeps every version; answers its name."""
    s3, name = flow.stack.client("s3"), flow.stack.name("SourceBucket")
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    try:
        yield name
    finally:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
