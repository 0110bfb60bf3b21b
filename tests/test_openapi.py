"""The API's description: valid, complete, and true of what lies beside it."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

import api
import openapi
from answers import Refusal
from descriptions import ROUTES
from removebg_account import Complaint
from removebg_described import COMPLAINT, OPTIONS
from removebg_parameters import Parameters

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(openapi.description(api.app, "/api"))
    return found


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for operation in path.values()
    }


def test_the_description_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    validate(document)

    assert document["openapi"].startswith("3.1.")
    assert document["servers"] == [{"url": "/api"}]


def test_every_route_is_described_and_every_description_has_a_route(document: dict[str, Any]) -> None:
    assert set(operations(document)) == set(ROUTES)


def test_every_refusal_has_our_own_shape(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        refusals = {status: answer for status, answer in operation["responses"].items() if status >= "400"}

        assert {"400", "403", "429", "502", "504"} <= set(refusals), name
        for answer in refusals.values():
            assert answer["content"] == {
                "application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}
            }, name


def test_only_three_routes_need_no_key(document: dict[str, Any]) -> None:
    free = {name for name, operation in operations(document).items() if operation.get("security") == []}

    assert document["security"] == [{"key": []}]
    assert free == {"get_health", "get_description", "receive_hook"}


def test_the_gateway_lets_in_without_a_key_whom_the_description_lets_in() -> None:
    text = (ROOT / "template.yaml").read_text()
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.add_multi_constructor("!", lambda *_: None)
    events = yaml.load(text, loader)["Resources"]["ApiFunction"]["Properties"]["Events"].values()

    free = [
        f"{e['Properties']['Method']} {e['Properties']['Path']}"
        for e in events
        if e["Properties"].get("Auth") and e["Properties"]["Method"] != "OPTIONS"
    ]

    assert sorted(free) == ["GET /v1/health", "GET /v1/openapi.json", "POST /v1/hooks/{name}"]


def test_the_examples_of_bodies_are_good_requests(document: dict[str, Any]) -> None:
    models = {model.__name__: model for model in openapi.BODY_MODELS}
    checked = 0

    for body in openapi.BODIES.values():
        for content in body["content"].values():
            for example in content.get("examples", {}).values():
                models[content["schema"]["$ref"].rpartition("/")[2]].model_validate(example["value"])
                checked += 1
    assert checked == 7


def test_a_refusal_is_what_its_description_says() -> None:
    event = {
        "httpMethod": "GET",
        "path": "/v1/nowhere",
        "headers": {"origin": "https://shop.example"},
        "multiValueHeaders": {},
        "requestContext": {"stage": "api", "requestId": "r-1"},
        "body": None,
        "isBase64Encoded": False,
    }

    answer = api.handler(event, None)

    refusal = Refusal.model_validate_json(answer["body"])
    assert (answer["statusCode"], refusal.errors[0].code) == (404, "not_found")
    assert answer["multiValueHeaders"]["Access-Control-Allow-Origin"] == ["*"]


def test_the_listed_networks_are_the_deployed_ones_as_the_catalog_has_them() -> None:
    listed = json.loads((ROOT / "functions" / "api" / "deployed_models.json").read_text())
    deployed = [
        line.split()[1] for line in (ROOT / "template.yaml").read_text().splitlines() if " MODEL: " in line
    ]

    assert [model["id"] for model in listed] == deployed
    for model in listed:
        entry = json.loads((ROOT / "models" / "catalog.json").read_text())
        known = next(known for known in entry["models"] if known["id"] == model["id"])
        assert model.items() <= known.items()


def test_every_parameter_of_remove_bg_is_described() -> None:
    internal = {"shadow_types", "shadow_opacities"}

    assert set(OPTIONS) == set(Parameters.model_fields) - internal | {"bg_image_url"}
    assert set(COMPLAINT) == set(Complaint.model_fields)
