"""What the API does about an answer of its own that is wrong."""

import traceback
from http import HTTPStatus

import pytest
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from pydantic import BaseModel

from answers import answer_faults

EVENT = {
    "httpMethod": "GET",
    "path": "/view",
    "headers": {},
    "multiValueHeaders": {},
    "requestContext": {"stage": "api", "requestId": "r-1"},
    "body": None,
    "isBase64Encoded": False,
}


class View(BaseModel):
    url: str
    width: int


def test_an_answer_that_does_not_fit_raises_without_what_was_to_be_answered() -> None:
    app = APIGatewayRestResolver(
        enable_validation=True, response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR
    )
    answer_faults(app)

    @app.get("/view")
    def view() -> View:
        return {"url": "https://bucket/a.png?X-Amz-Signature=abc", "width": "wide"}  # type: ignore[return-value]

    with pytest.raises(RuntimeError, match=r"does not fit its description at: response\.width$") as fault:
        app.resolve(EVENT, None)

    assert "X-Amz-Signature" not in "".join(traceback.format_exception(fault.value))
