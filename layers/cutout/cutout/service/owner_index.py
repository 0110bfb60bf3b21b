"""The index ``owner``: what an owner has of one kind, newest first, page by page."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


def page_in(
    client: "DynamoDBClient", table: str, listed_under: str, most: int, after: dict[str, Any] | None
) -> tuple[list[Any], bool]:
    """At most ``most`` items listed under this name, and whether there are more.

    ``after`` is the item that the last page ended with: its key and its ``created``; None: from the newest.
    """
    start = {"ExclusiveStartKey": {**after, "owner": {"S": listed_under}}} if after is not None else {}
    answer = client.query(
        TableName=table,
        IndexName="owner",
        KeyConditionExpression="#owner = :owner",
        ExpressionAttributeNames={"#owner": "owner"},
        ExpressionAttributeValues={":owner": {"S": listed_under}},
        ScanIndexForward=False,
        Limit=most,
        **start,  # type: ignore[arg-type]
    )
    return answer["Items"], "LastEvaluatedKey" in answer


def place_of(key: dict[str, Any], created: str) -> dict[str, Any]:
    """Where an item stands in the index, for the page after it."""
    return {**key, "created": {"S": created}}
