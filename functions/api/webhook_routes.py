"""The routes about webhooks."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from answers import JSON
from asking import Cursor, Limit, admitted, owner_in
from bodies import json_of
from clients import services
from descriptions import described
from rates import rate_headers
from webhook_views import DeliveryPage, DeliveryView, EndpointRequest, Endpoints, EndpointView, PingView

router = APIGatewayRouter()  # type: ignore[no-untyped-call]


@router.post("/v1/webhooks", **described("make_webhook"))
def make_webhook() -> Response[EndpointView]:
    """Register an endpoint."""
    request = EndpointRequest.model_validate_json(json_of(router.current_event))
    view = services().webhooks.create(request, owner_in(router.current_event))
    return Response(status_code=HTTPStatus.CREATED, body=view, content_type=JSON)


@router.get("/v1/webhooks", **described("list_webhooks"))
def list_webhooks() -> Endpoints:
    """List the caller's endpoints."""
    return services().webhooks.every(owner_in(router.current_event))


@router.get("/v1/webhooks/<webhook_id>", **described("get_webhook"))
def get_webhook(webhook_id: str) -> EndpointView:
    """Look at an endpoint."""
    return services().webhooks.one(webhook_id, owner_in(router.current_event))


@router.delete("/v1/webhooks/<webhook_id>", **described("delete_webhook"), enable_validation=False)
def delete_webhook(webhook_id: str) -> Response[Any]:
    """Forget an endpoint."""
    services().webhooks.delete(webhook_id, owner_in(router.current_event))
    return Response(status_code=HTTPStatus.NO_CONTENT, body="")


@router.post("/v1/webhooks/<webhook_id>/rotate", **described("rotate_webhook"))
def rotate_webhook(webhook_id: str) -> EndpointView:
    """Change an endpoint's secret."""
    return services().webhooks.rotate(webhook_id, owner_in(router.current_event))


@router.post("/v1/webhooks/<webhook_id>/ping", **described("ping_webhook"))
def ping_webhook(webhook_id: str) -> Response[PingView]:
    """Send a test to an endpoint."""
    allowance = admitted(router.current_event)
    view = services().webhooks.ping(webhook_id, owner_in(router.current_event))
    return Response(status_code=HTTPStatus.OK, body=view, content_type=JSON, headers=rate_headers(allowance))


@router.post("/v1/webhooks/<webhook_id>/disable", **described("disable_webhook"))
def disable_webhook(webhook_id: str) -> EndpointView:
    """Tell an endpoint nothing any more."""
    return services().webhooks.disable(webhook_id, owner_in(router.current_event))


@router.post("/v1/webhooks/<webhook_id>/enable", **described("enable_webhook"))
def enable_webhook(webhook_id: str) -> EndpointView:
    """Tell an endpoint again."""
    return services().webhooks.enable(webhook_id, owner_in(router.current_event))


@router.get("/v1/webhooks/<webhook_id>/deliveries", **described("list_deliveries"))
def list_deliveries(webhook_id: str, limit: Limit = 20, cursor: Cursor = None) -> DeliveryPage:
    """List what was delivered to an endpoint."""
    return services().webhooks.page(webhook_id, owner_in(router.current_event), limit, cursor)


@router.post("/v1/webhooks/<webhook_id>/deliveries/<delivery_id>/redeliver", **described("redeliver_webhook"))
def redeliver_webhook(webhook_id: str, delivery_id: str) -> Response[DeliveryView]:
    """Send an event once more."""
    view = services().webhooks.redeliver(webhook_id, delivery_id, owner_in(router.current_event))
    return Response(status_code=HTTPStatus.ACCEPTED, body=view, content_type=JSON)
