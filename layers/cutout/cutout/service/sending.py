"""Many messages into one queue, ten a call."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

MOST_A_CALL, MOST_BYTES_A_CALL = 10, 200_000  # SQS takes 262,144 bytes in all, of which some are its own


class NotSent(Exception):
    """Some messages were not taken: our fault, to be tried again."""


def send_all(sqs: "SQSClient", queue: str, bodies: Sequence[str]) -> None:
    """Send all of the messages; raises NotSent, when some may have been sent, too."""
    for group in _groups(bodies):
        entries = [{"Id": str(i), "MessageBody": body} for i, body in enumerate(group)]
        answer = sqs.send_message_batch(QueueUrl=queue, Entries=entries)  # type: ignore[arg-type]
        failed = answer.get("Failed", [])
        if failed:
            raise NotSent(f"{len(failed)} of {len(entries)} messages were refused: {failed[0]['Code']}")


def _groups(bodies: Sequence[str]) -> Iterator[list[str]]:
    group: list[str] = []
    size = 0
    for body in bodies:
        length = len(body.encode())
        if group and (len(group) == MOST_A_CALL or size + length > MOST_BYTES_A_CALL):
            yield group
            group, size = [], 0
        group.append(body)
        size += length
    if group:
        yield group
