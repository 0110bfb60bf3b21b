"""The body of a request: its bytes, its kind, and the fields of a form with files."""

from base64 import b64decode
from collections.abc import Collection

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from python_multipart.multipart import parse_options_header

from answers import JSON, InvalidRequest, UnsupportedMedia
from multipart_body import BrokenForm, Part, parts_of

FORM = "multipart/form-data"
MOST_PARTS = 50


def body_of(event: APIGatewayProxyEvent) -> bytes:
    """The body as it was sent: whoever reads it judges its bytes."""
    body = event.body or ""
    return b64decode(body) if event.is_base64_encoded else body.encode()


def media_type_of(event: APIGatewayProxyEvent, allowed: Collection[str]) -> str:
    """What the request says its body is, empty if it says nothing; raises UnsupportedMedia for any other kind."""
    kind, _ = parse_options_header(event.headers.get("content-type"))
    said = kind.decode("latin-1")
    if said and said not in allowed:
        raise UnsupportedMedia(f"Content-Type is {said[:80]!r}; allowed: {', '.join(allowed)}.")
    return said


def json_of(event: APIGatewayProxyEvent) -> bytes:
    """A body that is JSON; no body is an empty object. Raises UnsupportedMedia."""
    media_type_of(event, [JSON])
    return body_of(event) or b"{}"


def parts_in(event: APIGatewayProxyEvent) -> list[Part]:
    """The fields of a form with files, in their order; raises InvalidRequest for what is no whole form."""
    _, options = parse_options_header(event.headers.get("content-type"))
    try:
        return parts_of(options.get(b"boundary"), body_of(event), MOST_PARTS)
    except BrokenForm as error:
        raise InvalidRequest(str(error)) from error
