"""The REST API: what is asked of it, and who answers.

Owner = digest of the API key; a key sees only its own jobs, everything else is 404.
"""

import time
from http import HTTPStatus
from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, CORSConfig, Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from about_views import Health, Models, Presets, deployed_models
from answers import JSON, UnsupportedMedia, answer_faults
from asking import Cursor, IdempotencyKey, Limit, admitted, caller_in, elsewhere, owner_in
from batch_routes import router as batch_routes
from bodies import body_of, json_of, media_type_of
from clients import services
from cutout.preset import load_preset, preset_names
from cutout.service.accounts import month_of
from cutout.service.jobs import Status, timestamp
from cutout.service.limiter import Allowance
from cutout.service.report import PIPELINE_VERSION
from descriptions import described
from hook_routes import router as hook_routes
from job_reads import Wanted
from job_requests import MATTE_KINDS, RenderRequest, read_job_request
from job_views import JobPage, JobView
from rates import rate_headers
from removebg_answer import Answer
from removebg_jobs import Call
from usage_view import UsageView, usage_view
from webhook_routes import router as webhook_routes

ALLOWED_HEADERS = ["x-api-key", "idempotency-key", "content-type"]
SHOWN_HEADERS = [
    *("location", "retry-after", "x-job-id", "x-cutout-notes", "x-credits-charged"),
    *("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"),
    *("x-width", "x-height", "x-type"),
    *("x-foreground-left", "x-foreground-top", "x-foreground-width", "x-foreground-height"),
]

logger = Logger(service="api")
app = APIGatewayRestResolver(
    cors=CORSConfig(allow_headers=ALLOWED_HEADERS, expose_headers=SHOWN_HEADERS),
    strip_prefixes=["/api"],
    enable_validation=True,
    response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR,
)
answer_faults(app)
for routes in (batch_routes, hook_routes, webhook_routes):
    app.include_router(routes)

Month = Annotated[str | None, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="Default: this month")]
ForReview = Annotated[
    bool | None, Query(description="Only those that wait for review, or only those that do not")
]
OfStatus = Annotated[Status | None, Query(description="Only those that stand so")]


@app.post("/v1/jobs", **described("make_job"))
def make_job(idempotency_key: IdempotencyKey = None) -> Response[JobView]:
    """Make a job."""
    request, image = read_job_request(app.current_event)
    caller, allowance = caller_in(app.current_event, idempotency_key), admitted(app.current_event)
    return _made(services().calls.make(request, image, caller), allowance)


@app.get("/v1/jobs", **described("list_jobs"))
def list_jobs(
    limit: Limit = 20, cursor: Cursor = None, status: OfStatus = None, review: ForReview = None
) -> JobPage:
    """List the caller's jobs."""
    return services().reads.page(
        owner_in(app.current_event), limit, cursor, Wanted(status=status, review=review)
    )


@app.get("/v1/jobs/<job_id>", **described("get_job"))
def get_job(job_id: str) -> JobView:
    """Ask how a job stands."""
    reads = services().reads
    return reads.view(reads.state_of(job_id, owner_in(app.current_event)))


@app.delete("/v1/jobs/<job_id>", **described("delete_job"), enable_validation=False)
def delete_job(job_id: str) -> Response[Any]:
    """Delete an ended job."""
    services().ends.delete(job_id, owner_in(app.current_event))
    return Response(status_code=HTTPStatus.NO_CONTENT, body="")


@app.post("/v1/jobs/<job_id>/cancel", **described("cancel_job"))
def cancel_job(job_id: str) -> JobView:
    """End an open job."""
    return services().ends.cancel(job_id, owner_in(app.current_event))


@app.get("/v1/jobs/<job_id>/report", **described("get_report"), enable_validation=False)
def get_report(job_id: str) -> Response[Any]:
    """Go to a job's report."""
    return elsewhere(services().reads.report_link(job_id, owner_in(app.current_event)))


@app.get("/v1/jobs/<job_id>/results/<name>", **described("get_result"), enable_validation=False)
def get_result(job_id: str, name: str) -> Response[Any]:
    """Go to a job's result."""
    return elsewhere(services().reads.result_link(job_id, name, owner_in(app.current_event)))


@app.post("/v1/jobs/<job_id>/render", **described("render_job"))
def render_job(job_id: str, idempotency_key: IdempotencyKey = None) -> Response[JobView]:
    """Render a job's picture once more."""
    request = RenderRequest.model_validate_json(json_of(app.current_event))
    caller, allowance = caller_in(app.current_event, idempotency_key), admitted(app.current_event)
    return _made(services().calls.render(job_id, request, caller), allowance)


@app.put("/v1/jobs/<job_id>/matte", **described("correct_job"))
def correct_job(job_id: str, idempotency_key: IdempotencyKey = None) -> Response[JobView]:
    """Render a job's picture once more, with a corrected matte."""
    if not media_type_of(app.current_event, MATTE_KINDS):  # a gateway may take it for text, and spoil it
        raise UnsupportedMedia(f"There is no Content-Type; allowed: {', '.join(MATTE_KINDS)}.")
    matte, caller, allowance = (
        body_of(app.current_event),
        caller_in(app.current_event, idempotency_key),
        admitted(app.current_event),
    )
    return _made(services().calls.correct(job_id, matte, caller), allowance)


@app.get("/v1/presets", **described("list_presets"))
def list_presets() -> Presets:
    """What a preset's name stands for."""
    return Presets(presets=tuple(load_preset(name) for name in preset_names()))


@app.get("/v1/models", **described("list_models"))
def list_models() -> Models:
    """The networks that are deployed."""
    return deployed_models()


@app.get("/v1/usage", **described("get_usage"))
def get_usage(month: Month = None) -> UsageView:
    """What the caller has used in a month."""
    now = timestamp(time.time())
    return usage_view(services().ledger.account_of(owner_in(app.current_event), now), month or month_of(now))


@app.get("/v1/health", **described("get_health"))
def get_health() -> Health:
    """Whether the API answers, and which version."""
    return Health(status="ok", version=PIPELINE_VERSION)


@app.get("/v1/openapi.json", **described("get_description"), enable_validation=False)
def get_description() -> Response[Any]:
    """This description."""
    # Here, not above: the models that it is built with take 66 ms of every cold start, for a page that few ask for.
    from openapi import description  # noqa: PLC0415

    # The path as it was called, with the stage or whatever a domain of one's own has in its place.
    address = app.current_event.request_context.path.removesuffix("/v1/openapi.json")
    return Response(status_code=HTTPStatus.OK, body=description(app, address), content_type=JSON)


@app.post("/v1.0/removebg", **described("removebg"), enable_validation=False)
def removebg() -> Response[Any]:
    """Cut one picture out, as remove.bg does."""
    return _as_response(services().removebg.remove(_call()))


@app.get("/v1.0/account", **described("removebg_account"), enable_validation=False)
def removebg_account() -> Response[Any]:
    """Tell the credits, as remove.bg does."""
    return _as_response(services().removebg.account(caller_in(app.current_event, None)))


@app.post("/v1.0/improve", **described("removebg_improve"), enable_validation=False)
def removebg_improve() -> Response[Any]:
    """Keep a bad case for its sender."""
    return _as_response(services().removebg.improve(_call()))


def _call() -> Call:
    event = app.current_event
    named = event.headers.get("Idempotency-Key") or None
    return Call(
        caller=caller_in(event, named),
        content_type=event.headers.get("content-type"),
        accept=event.headers.get("accept"),
        body=body_of(event),
    )


def _as_response(answer: Answer) -> Response[Any]:
    headers: dict[str, Any] = dict(answer.headers)
    kind = headers.pop("Content-Type", None)
    return Response(status_code=answer.status, body=answer.body, headers=headers, content_type=kind)


def _made(view: JobView, allowance: Allowance) -> Response[JobView]:
    """The answer about a job that was asked for: 200 once it has ended, else 202."""
    ended = view.status in {"done", "failed"}
    status = HTTPStatus.OK if ended else HTTPStatus.ACCEPTED
    return Response(status_code=status, body=view, content_type=JSON, headers=rate_headers(allowance))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry: API Gateway proxy events. Every line of the log has the request's id, as its caller got it."""
    logger.append_keys(request=event["requestContext"]["requestId"])
    return app.resolve(event, context)
