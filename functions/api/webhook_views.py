"""What a caller sends and sees of webhooks: endpoints, and the log of what was delivered to them."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from cutout.recipe import Strict
from cutout.service.addresses import without_secrets
from cutout.service.deliveries import DeliveryState, DeliveryStatus, Try
from cutout.service.endpoints import Endpoint
from cutout.service.events import EVENT_TYPES, EventType
from cutout.service.jobs import timestamp
from job_views import Told, View


class EndpointRequest(Strict):
    """The body of ``POST /v1/webhooks``."""

    url: Annotated[
        str, Field(min_length=1, max_length=2000, description="Where events go: https, port 443, public")
    ]
    events: Annotated[
        tuple[EventType, ...], Field(min_length=1, max_length=len(EVENT_TYPES), description="Default: all")
    ] = EVENT_TYPES
    description: Annotated[str, Field(max_length=200, description="A word for yourself")] = ""

    @field_validator("events")
    @classmethod
    def _each_once(cls, events: tuple[EventType, ...]) -> tuple[EventType, ...]:
        twice = sorted({event for event in events if events.count(event) > 1})
        if twice:
            raise ValueError(f"{twice[0]!r} is given twice; allowed: each event once")
        return events


class EndpointView(View):
    """An endpoint of the caller's."""

    id: str = Field(examples=["we-0123456789abcdef"])
    url: str
    events: tuple[EventType, ...]
    description: str
    created: str = Field(examples=["2026-11-22T09:00:00.000Z"])
    status: Literal["enabled", "disabled"]
    reason: Told[str] = Field(None, description="Why it is disabled")
    old_secret_until: Told[str] = Field(
        None, description="Until when the secret before the last change signs too"
    )
    secret: Told[str] = Field(
        None,
        description="What the receiver verifies with; shown here and never again",
        examples=["whsec_..."],
    )


class Endpoints(View):
    """All of the caller's endpoints."""

    webhooks: tuple[EndpointView, ...]


class TryView(View):
    """One POST and what became of it."""

    at: str = Field(examples=["2026-11-22T09:00:02.000Z"])
    status: Told[int] = Field(None, description="The HTTP status; left out where there was no answer")
    error: Told[str] = Field(None, description="Why there was no answer")
    milliseconds: int


class PingView(TryView):
    """What became of a ping."""

    accepted: bool = Field(description="Whether the answer was 2xx")


class DeliveryView(View):
    """One event on its way to one endpoint."""

    id: str = Field(pattern="^[0-9a-f]{32}$")
    webhook_id: str = Field(description="What the receiver gets as webhook-id, the same at every attempt")
    type: str = Field(examples=["job.completed"])
    url: Told[str] = Field(None, description="A job's own callback, without its query")
    status: DeliveryStatus
    created: str
    next_attempt: Told[str] = Field(None, description="When it is tried again, where it will be")
    attempts: tuple[TryView, ...] = Field(description="Oldest first, at most the last 30")


class DeliveryPage(View):
    """Some of an endpoint's deliveries, newest first."""

    deliveries: tuple[DeliveryView, ...]
    cursor: Told[str] = Field(None, description="Where to go on: there may be more")


def endpoint_view(endpoint: Endpoint, now: str) -> EndpointView:
    """An endpoint without its secret."""
    shown = endpoint.model_dump(include={"id", "url", "events", "description", "created", "status"})
    until = endpoint.old_secret_until
    return EndpointView(
        **shown, reason=endpoint.reason or None, old_secret_until=until if until > now else None
    )


def delivery_view(state: DeliveryState) -> DeliveryView:
    """A delivery with its attempts."""
    delivery = state.delivery
    return DeliveryView(
        id=delivery.id,
        webhook_id=delivery.event_id,
        type=delivery.event_type,
        url=without_secrets(delivery.url) if delivery.url else None,
        status=state.status,
        created=delivery.created,
        next_attempt=timestamp(state.due) if state.status == "pending" else None,
        attempts=tuple(TryView(**_shown(made)) for made in state.attempts),
    )


def ping_view(made: Try) -> PingView:
    """What became of a ping."""
    return PingView(**_shown(made), accepted=made.accepted)


def _shown(made: Try) -> dict[str, object]:
    return made.model_dump() | {"error": made.error or None}
