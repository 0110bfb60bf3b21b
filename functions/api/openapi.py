"""The API's description, OpenAPI 3.1: the routes as the resolver knows them, and what it cannot know.

That is: the bodies, which the routes read themselves because they come in several kinds, and who needs a key.
Other dialects add their bodies to ``BODIES``.
"""

import json
from functools import cache
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler.openapi.models import APIKey, APIKeyIn
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import removebg_described as removebg
from answers import JSON
from batch_requests import BatchRequest, ManifestRequest
from bodies import FORM
from cutout.service.report import PIPELINE_VERSION
from descriptions import ROUTES
from job_requests import MATTE_KINDS, FormRequest, JobRequest, RenderRequest
from webhook_views import EndpointRequest

URLENCODED = "application/x-www-form-urlencoded"
REF = "#/components/schemas/"
BODY_MODELS: tuple[type[BaseModel], ...] = (
    BatchRequest,
    EndpointRequest,
    FormRequest,
    JobRequest,
    ManifestRequest,
    RenderRequest,
)
FILE = {"type": "string", "contentMediaType": "application/octet-stream", "minLength": 1}
FIRST_FILE = {"name": "$response.body#/results/0/file_name"}
# Where one can go from a job that was made: an open one, and one that has ended.
Ways = dict[str, tuple[str, dict[str, str]]]
OPEN: Ways = {"job": ("get_job", {}), "cancel": ("cancel_job", {})}
ENDED: Ways = {
    "job": ("get_job", {}),
    "report": ("get_report", {}),
    "first_result": ("get_result", FIRST_FILE),
    "render": ("render_job", {}),
    "correct": ("correct_job", {}),
    "delete": ("delete_job", {}),
}


def _of(model: type[BaseModel], **examples: Any) -> dict[str, Any]:
    named = {name: {"value": value} for name, value in examples.items()}
    return {"schema": {"$ref": REF + model.__name__}, "examples": named}


BODIES: dict[str, dict[str, Any]] = {
    "make_job": {
        "required": False,
        "content": {
            JSON: _of(
                JobRequest,
                upload={"file_name": "chair.jpg"},
                url={
                    "url": "https://example.com/chair.jpg",
                    "recipe": {"outputs": [{"background": {"kind": "colour", "colour": "white"}}]},
                },
            ),
            FORM: {
                "schema": {
                    "type": "object",
                    "properties": {
                        "image": FILE,
                        "request": {
                            "type": "string",
                            "contentMediaType": JSON,
                            "contentSchema": {"$ref": REF + "FormRequest"},
                        },
                    },
                    "required": ["image"],
                    "additionalProperties": False,
                },
            },
        },
    },
    "render_job": {
        "required": True,
        "content": {JSON: _of(RenderRequest, amazon={"recipe": {"outputs": [{"preset": "amazon"}]}})},
    },
    "correct_job": {"required": True, "content": {kind: {"schema": {}} for kind in MATTE_KINDS}},
    "make_webhook": {
        "required": True,
        "content": {JSON: _of(EndpointRequest, shop={"url": "https://example.com/hooks/cutout"})},
    },
    "receive_hook": {"required": True, "content": {JSON: {"schema": {}}, URLENCODED: {"schema": {}}}},
    "make_batch": {
        "required": True,
        "content": {
            JSON: _of(
                BatchRequest,
                items={
                    "items": [{"url": "https://example.com/chair.jpg", "name": "chair", "preset": "amazon"}]
                },
                prefix={"prefix": "catalog/2026/", "recipe": {"outputs": [{"preset": "shopify"}]}},
            )
        },
    },
    "make_manifest": {"required": False, "content": {JSON: _of(ManifestRequest, csv={"format": "csv"})}},
    **removebg.BODIES,
}


def description(app: APIGatewayRestResolver, address: str) -> str:
    """The description as JSON, of an API whose routes lie below this address (``/api``, say)."""
    return json.dumps(_document(app) | {"servers": [{"url": address or "/"}]}, ensure_ascii=False)


@cache
def _document(app: APIGatewayRestResolver) -> dict[str, Any]:
    described = app.get_openapi_schema(
        title="Cutout",
        version=PIPELINE_VERSION,
        description="Background removal in one's own AWS account. Errors have one shape, on every route.",
        security_schemes={"key": APIKey(name="x-api-key", **{"in": APIKeyIn.header})},
        security=[{"key": []}],
    )
    document: dict[str, Any] = described.model_dump(mode="json", by_alias=True, exclude_none=True)
    _add_models(document["components"]["schemas"])
    for operations in document["paths"].values():
        for operation in operations.values():
            _complete(operation)
    return document


def _add_models(schemas: dict[str, Any]) -> None:
    """The models of the bodies beside those of the answers; raises ValueError where one name means two things."""
    _, made = models_json_schema(
        [(model, "validation") for model in BODY_MODELS], ref_template=REF + "{model}"
    )
    for unused in ("ValidationError", "HTTPValidationError", "ResponseValidationError"):
        del schemas[unused]  # the resolver's own answers: ours is Refusal, and what is our fault is a 502
    for name, schema in made["$defs"].items():
        if name in schemas:
            raise ValueError(f"two models are called {name!r}")
        schemas[name] = schema


def _complete(operation: dict[str, Any]) -> None:
    name = operation["operationId"]
    for unused in ("422", "500"):
        operation["responses"].pop(unused, None)
    if name in removebg.ANSWERS:
        operation["responses"]["200"]["content"] = removebg.ANSWERS[name]
    if name in BODIES:
        operation["requestBody"] = BODIES[name]
    if name in {"make_job", "render_job", "correct_job"}:
        for status, ways in (("200", ENDED), ("202", OPEN)):
            operation["responses"][status]["links"] = _links(ways)
    if not ROUTES[name].needs_key:
        operation["security"] = []


def _links(ways: Ways) -> dict[str, Any]:
    return {
        name: {"operationId": route, "parameters": {"job_id": "$response.body#/id", **more}}
        for name, (route, more) in ways.items()
    }
