"""What the API says when it refuses: one shape for every fault, and the exceptions that stand for one."""

from http import HTTPStatus
from typing import Any, ClassVar

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import (
    RequestValidationError,
    ResponseValidationError,
)
from pydantic import BaseModel, Field, ValidationError

from cutout.errors import CustomerError, NotAffordable
from cutout.recipe import explain, explain_faults
from cutout.service.limiter import TooManyRequests
from cutout.service.transactions import TooBusy
from rates import rate_headers

JSON = "application/json"


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    title: str = Field(description="The status in words", examples=["Bad Request"])
    code: str = Field(description="For programs; does not change", examples=["invalid_request"])
    detail: str = Field(
        description="For people: the field, the value and what is allowed",
        examples=["body.recipe.outputs has 0; allowed: at least 1."],
    )


class Refusal(BaseModel):
    """Why a request was refused."""

    errors: list[Fault] = Field(min_length=1)


class Refused(CustomerError):
    """The base of what the API refuses with another status than 400."""

    status: ClassVar[HTTPStatus]
    retry_after_seconds: ClassVar[int | None] = None
    """when the same call may be answered otherwise; None: nobody knows"""


class NotFound(Refused):
    """Nothing there, or somebody else's: the two cannot be told apart."""

    status, code = HTTPStatus.NOT_FOUND, "not_found"


class NoPictureYet(Refused):
    """A job whose picture has not arrived."""

    status, code = HTTPStatus.CONFLICT, "no_picture_yet"


class KeyUsedTwice(Refused):
    """An Idempotency-Key that stands for another request."""

    status, code = HTTPStatus.CONFLICT, "idempotency_key_used"


class NotEnded(Refused):
    """A job that is still open."""

    status, code = HTTPStatus.CONFLICT, "not_ended"


class Overloaded(Refused):
    """Too much is under way to begin another job; nothing was done, and nothing is held."""

    status, code = HTTPStatus.TOO_MANY_REQUESTS, "overloaded"
    retry_after_seconds = 3
    """about what a picture takes: then one of those under way has made room"""


class AlreadyEnded(Refused):
    """A job that has ended."""

    status, code = HTTPStatus.CONFLICT, "already_ended"


class UnsupportedMedia(Refused):
    """A body of a kind that the route does not read."""

    status, code = HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"


class InvalidRequest(CustomerError):
    """A request that does not fit its description, where pydantic is not the judge."""

    code = "invalid_request"


def refusal(
    status: HTTPStatus, code: str, detail: str, headers: dict[str, Any] | None = None
) -> Response[Any]:
    """The answer to a request that is refused."""
    body = {"errors": [{"title": status.phrase, "code": code, "detail": detail}]}
    return Response(status_code=status, body=body, content_type=JSON, headers=headers)


def answer_faults(app: APIGatewayRestResolver) -> None:
    """Give every kind of fault its answer. Ours have none: they are raised, and the gateway answers 502."""
    answer_limits(app)
    answer_lost(app)

    @app.exception_handler(ValidationError)  # type: ignore[untyped-decorator]
    def misfit(error: ValidationError) -> Response[Any]:
        return refusal(HTTPStatus.BAD_REQUEST, InvalidRequest.code, explain(error, "body"))

    @app.exception_handler(RequestValidationError)  # type: ignore[untyped-decorator]
    def misfit_outside_the_body(error: RequestValidationError) -> Response[Any]:
        return refusal(HTTPStatus.BAD_REQUEST, InvalidRequest.code, explain_faults(error.errors(), "request"))

    @app.exception_handler(ResponseValidationError)  # type: ignore[untyped-decorator]
    def our_own_misfit(error: ResponseValidationError) -> Response[Any]:
        # Its own text holds what was to be answered, signed links too: the log gets the places that do not fit.
        places = ", ".join(sorted({".".join(map(str, fault["loc"])) for fault in error.errors()}))
        raise RuntimeError(f"an answer does not fit its description at: {places}") from None

    @app.exception_handler(Refused)  # type: ignore[untyped-decorator]
    def refused(error: Refused) -> Response[Any]:
        wait = error.retry_after_seconds
        return refusal(error.status, error.code, str(error), {"Retry-After": str(wait)} if wait else None)

    @app.exception_handler(CustomerError)  # type: ignore[untyped-decorator]
    def refused_as_bad(error: CustomerError) -> Response[Any]:
        return refusal(HTTPStatus.BAD_REQUEST, error.code, str(error))


def answer_limits(app: APIGatewayRestResolver) -> None:
    """Say what the account, or its minute, does not allow now."""

    @app.exception_handler(NotAffordable)  # type: ignore[untyped-decorator]
    def not_affordable(error: NotAffordable) -> Response[Any]:
        return refusal(HTTPStatus.PAYMENT_REQUIRED, error.code, str(error))

    @app.exception_handler(TooManyRequests)  # type: ignore[untyped-decorator]
    def too_many(error: TooManyRequests) -> Response[Any]:
        headers = {"Retry-After": str(error.retry_after_seconds), **rate_headers(error.allowance)}
        return refusal(HTTPStatus.TOO_MANY_REQUESTS, error.code, str(error), headers)

    @app.exception_handler(TooBusy)  # type: ignore[untyped-decorator]
    def too_busy(_: TooBusy) -> Response[Any]:
        detail = "The account is in use by too many calls at this moment; please repeat this one."
        return refusal(HTTPStatus.SERVICE_UNAVAILABLE, "busy", detail, {"Retry-After": "1"})


def answer_lost(app: APIGatewayRestResolver) -> None:
    """Say that there is no such route, or which methods it has."""

    @app.not_found
    def no_route(_: NotFoundError) -> Response[Any]:
        allowed = methods_of(app)
        event = app.current_event
        if not allowed:
            return refusal(HTTPStatus.NOT_FOUND, NotFound.code, f"There is no route {event.path[:200]!r}.")
        listed = ", ".join(allowed)
        detail = f"{event.http_method} is not a method of this route; allowed: {listed}."
        return refusal(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", detail, {"Allow": listed})


def methods_of(app: APIGatewayRestResolver) -> list[str]:
    """The methods that the called path has; none: there is no such path."""
    path = app._remove_prefix(app.current_event.path)
    routes = app._static_routes + app._dynamic_routes
    return sorted({route.method for route in routes if route.rule.match(path)})
