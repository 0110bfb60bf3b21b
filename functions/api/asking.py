"""What all routes share: who asks, how pages and repetitions are named, answers that lie elsewhere."""

import time
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

from clients import services
from cutout.service.jobs import owner_of
from cutout.service.limiter import Allowance
from job_calls import Caller

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=255,
        description="A name for this call: a repetition of it is the same job, another call with it is refused",
    ),
]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most")]
Cursor = Annotated[str | None, Query(max_length=200, description="As your last page came with it")]


def owner_in(event: APIGatewayProxyEvent) -> str:
    """Who asks: the digest of the key."""
    # The gateway has checked the key; it is read from the header because not every gateway repeats it in the event.
    return owner_of(event.headers["x-api-key"])


def caller_in(event: APIGatewayProxyEvent, idempotency_key: str | None) -> Caller:
    """Who asks, and under which name a repetition would come; an empty name is none."""
    return Caller(owner=owner_in(event), idempotency_key=idempotency_key or None)


def admitted(event: APIGatewayProxyEvent) -> Allowance:
    """Count the call; raises TooManyRequests."""
    return services().limiter.admit(owner_in(event), time.time())


def elsewhere(url: str) -> Response[Any]:
    """The answer that what is asked for lies there."""
    headers = {"Location": url, "Cache-Control": "no-store"}
    return Response(status_code=HTTPStatus.SEE_OTHER, body="", headers=headers)
