"""The route that other people's webhooks take. No key: whoever sends signs."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayRouter

from answers import JSON
from bodies import body_of
from clients import services
from descriptions import described
from hook_calls import HookView

router = APIGatewayRouter()  # type: ignore[no-untyped-call]


@router.post("/v1/hooks/<name>", **described("receive_hook"))
def receive_hook(name: str) -> Response[HookView]:
    """Take a webhook of somebody else."""
    event = router.current_event
    view = services().hooks.receive(name, event.headers, body_of(event))
    status = HTTPStatus.ACCEPTED if view.accepted else HTTPStatus.OK
    return Response(status_code=status, body=view, content_type=JSON)
