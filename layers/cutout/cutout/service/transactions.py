"""Several writes, all or none, with patience for others who write the same items at the same moment.

DynamoDB does not queue writers: while one transaction holds an item, every other write to it is turned away. That is
no answer about any condition, so it is tried again, after a random pause that grows, for some seconds; then raised.
Many short pauses do better here than few long ones: the item is free again after milliseconds.
"""

import random
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

ATTEMPTS = 20
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.02, 0.25  # at most 4.3 s in all
CONDITION = "ConditionalCheckFailed"
PASSING = {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}

Answer = TypeVar("Answer")


class ConditionFailed(Exception):
    """A transaction was refused: the conditions of some of its writes do not hold, and nothing was written."""

    def __init__(self, codes: tuple[str, ...]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes

    def at(self, index: int) -> bool:
        """Whether the condition of this write (in the order they were given) did not hold."""
        return self.codes[index] == CONDITION


class TooBusy(Exception):
    """Others held the same items all the time; nothing was written, and it may be tried again later."""


def commit(client: "DynamoDBClient", writes: Sequence[dict[str, Any]]) -> None:
    """Do all of the writes or none.

    Every call has a request token of its own (the SDK makes it, and keeps it in its own repeats), so a transaction
    whose answer was lost on the way is not done twice.

    Raises
    ------
    ConditionFailed
        A write's condition does not hold.
    TooBusy
        The items stayed busy for all the attempts.
    TransactionCanceledException
        The request is wrong: our fault.
    """
    for attempt in range(ATTEMPTS):
        try:
            client.transact_write_items(TransactItems=list(writes))  # type: ignore[arg-type]
        except client.exceptions.TransactionCanceledException as error:
            codes = tuple(str(reason.get("Code")) for reason in error.response["CancellationReasons"])
            if CONDITION in codes:
                raise ConditionFailed(codes) from error
            if not set(codes) <= PASSING | {"None"}:
                raise
            last = error
        else:
            return
        time.sleep(pause_seconds(attempt))
    raise TooBusy(f"a transaction was turned away {ATTEMPTS} times") from last


def patiently(client: "DynamoDBClient", write: Callable[[], Answer]) -> Answer:
    """The answer of a single write, repeated while somebody's transaction holds its item; raises TooBusy."""
    for attempt in range(ATTEMPTS):
        try:
            return write()
        except client.exceptions.TransactionConflictException as error:
            last = error
        time.sleep(pause_seconds(attempt))
    raise TooBusy(f"a write was turned away {ATTEMPTS} times") from last


def pause_seconds(attempt: int) -> float:
    """How long to wait after the attempt of this number, from 0: anything up to twice as long each time."""
    longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0**attempt)
    return random.uniform(0, longest)  # noqa: S311 to spread writers, no secret
