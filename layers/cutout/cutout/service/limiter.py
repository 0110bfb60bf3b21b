"""How much one key may ask for in a minute: requests, and megapixels.

Windows of one minute, the same for everybody, each an item that counts. Both counts are looked at when a request is
admitted. What its picture has in pixels is known only when ingest has read the header, and is added then: so a window
may be overdrawn by what was admitted before, and the next request of that minute is refused; a new minute begins empty.
A message that SQS delivers twice may count its picture twice.

An ``Allowance`` speaks of pictures of one megapixel, as remove.bg's headers do: so many fit into a minute, and so many
are left. A picture of ten megapixels takes ten of them, one of a quarter at least one request.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cutout.errors import CustomerError
from cutout.service.ledger import Ledger

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

WINDOW_SECONDS = 60
KEEP_SECONDS = 3600
PIXELS = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """What the headers say: ``X-RateLimit-Limit``, ``-Remaining`` and ``-Reset``."""

    limit: int
    """pictures of one megapixel that fit into a minute"""
    remaining: int
    """those that are left in this one"""
    reset_seconds: int
    """until the next minute begins, 1 to 60"""
    reset_at: int
    """when that is, in epoch seconds"""


class TooManyRequests(CustomerError):
    """The key has used up its minute. ``allowance`` is for the headers."""

    code = "rate_limit_exceeded"

    def __init__(self, message: str, allowance: Allowance) -> None:
        super().__init__(message)
        self.allowance = allowance

    @property
    def retry_after_seconds(self) -> int:
        """When to try again."""
        return self.allowance.reset_seconds


@dataclass(frozen=True, kw_only=True)
class Limiter:
    """Admits requests. The limits are the stack's; an account may have its own."""

    client: "DynamoDBClient"
    name: str
    requests_per_minute: int
    megapixels_per_minute: int

    def admit(self, owner: str, now: float) -> Allowance:
        """Count one request of an owner; what is left after it.

        Raises
        ------
        TooManyRequests
            The owner's requests or megapixels of this minute are used up; the request is not counted.
        """
        requests, megapixels = self.limits_of(owner)
        try:
            answer = self.client.update_item(
                TableName=self.name,
                Key=_window(owner, now),
                UpdateExpression="SET #ttl = :ttl ADD requests :one",
                ConditionExpression="(attribute_not_exists(requests) OR requests < :requests) "
                "AND (attribute_not_exists(pixels) OR pixels < :pixels)",
                ExpressionAttributeNames={"#ttl": "ttl"},
                ExpressionAttributeValues={
                    ":one": {"N": "1"},
                    ":ttl": _forgotten(now),
                    ":requests": {"N": str(requests)},
                    ":pixels": {"N": str(megapixels * PIXELS)},
                },
                ReturnValues="ALL_NEW",
            )
        except self.client.exceptions.ConditionalCheckFailedException as error:
            raise TooManyRequests(
                f"This key may send {requests} requests and {megapixels} megapixels a minute, and has.",
                _allowance(min(requests, megapixels), 0, now),
            ) from error
        seen = answer["Attributes"]
        pixels_left = megapixels * PIXELS - int(seen.get("pixels", {"N": "0"})["N"])
        left = min(requests - int(seen["requests"]["N"]), pixels_left // PIXELS)
        return _allowance(min(requests, megapixels), max(0, left), now)

    def limits_of(self, owner: str) -> tuple[int, int]:
        """Requests and megapixels a minute: the account's own, else the stack's."""
        account = Ledger(client=self.client, name=self.name).find(owner)
        if account is None:
            return self.requests_per_minute, self.megapixels_per_minute
        requests, megapixels = account.requests_per_minute, account.megapixels_per_minute
        return (
            self.requests_per_minute if requests is None else requests,
            self.megapixels_per_minute if megapixels is None else megapixels,
        )


def note_pixels(client: "DynamoDBClient", table: str, owner: str, pixels: int, now: float) -> None:
    """Add what an admitted picture turned out to have to the owner's window of this minute."""
    client.update_item(
        TableName=table,
        Key=_window(owner, now),
        UpdateExpression="SET #ttl = :ttl ADD pixels :pixels",
        ExpressionAttributeNames={"#ttl": "ttl"},
        ExpressionAttributeValues={":pixels": {"N": str(pixels)}, ":ttl": _forgotten(now)},
    )


def _window(owner: str, now: float) -> dict[str, Any]:
    return {"pk": {"S": f"owner#{owner}"}, "sk": {"S": f"rate#{int(now // WINDOW_SECONDS)}"}}


def _forgotten(now: float) -> Any:
    return {"N": str(int(now) + KEEP_SECONDS)}


def _allowance(limit: int, remaining: int, now: float) -> Allowance:
    reset_at = (int(now // WINDOW_SECONDS) + 1) * WINDOW_SECONDS
    return Allowance(
        limit=limit, remaining=remaining, reset_seconds=max(1, round(reset_at - now)), reset_at=reset_at
    )
