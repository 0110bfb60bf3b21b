"""The routes about batches."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from answers import JSON
from asking import Cursor, IdempotencyKey, Limit, admitted, caller_in, elsewhere, owner_in
from batch_requests import BatchRequest, ManifestRequest
from batch_views import BatchPage, BatchView, ManifestView
from bodies import json_of
from clients import services
from descriptions import described
from rates import rate_headers

router = APIGatewayRouter()  # type: ignore[no-untyped-call]


@router.post("/v1/batches", **described("make_batch"))
def make_batch(idempotency_key: IdempotencyKey = None) -> Response[BatchView]:
    """Make a batch."""
    request = BatchRequest.model_validate_json(json_of(router.current_event))
    caller, allowance = caller_in(router.current_event, idempotency_key), admitted(router.current_event)
    view = services().batches.make(request, caller)
    headers = rate_headers(allowance)
    return Response(status_code=HTTPStatus.ACCEPTED, body=view, content_type=JSON, headers=headers)


@router.get("/v1/batches", **described("list_batches"))
def list_batches(limit: Limit = 20, cursor: Cursor = None) -> BatchPage:
    """List the caller's batches."""
    return services().batches.page(owner_in(router.current_event), limit, cursor)


@router.get("/v1/batches/<batch_id>", **described("get_batch"))
def get_batch(batch_id: str) -> BatchView:
    """Ask how a batch stands."""
    return services().batches.view(batch_id, owner_in(router.current_event))


@router.post("/v1/batches/<batch_id>/cancel", **described("cancel_batch"))
def cancel_batch(batch_id: str) -> BatchView:
    """Make no more of a batch."""
    return services().batches.cancel(batch_id, owner_in(router.current_event))


@router.get("/v1/batches/<batch_id>/report", **described("get_batch_report"), enable_validation=False)
def get_batch_report(batch_id: str) -> Response[Any]:
    """Go to a batch's report."""
    return elsewhere(services().batches.report_link(batch_id, owner_in(router.current_event)))


@router.post("/v1/manifests", **described("make_manifest"))
def make_manifest() -> ManifestView:
    """Get a form to upload a list of pictures with."""
    request = ManifestRequest.model_validate_json(json_of(router.current_event))
    return services().batches.manifest_form(request, owner_in(router.current_event))
