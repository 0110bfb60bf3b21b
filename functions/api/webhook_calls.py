"""What the API does with webhooks: register, change, try out, look at what was delivered, deliver again."""

import json
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from answers import InvalidRequest, NotFound, Refused
from cutout.service.connections import Deadline
from cutout.service.deliveries import CALLBACKS, Delivery, DeliveryState
from cutout.service.delivery_table import DeliveryTable
from cutout.service.endpoints import MOST_ENDPOINTS, Endpoint, EndpointTable, new_endpoint
from cutout.service.events import body_of
from cutout.service.jobs import timestamp
from cutout.service.webhooks import Letter, Sender, endpoint_secret, secret_name
from webhook_views import (
    DeliveryPage,
    DeliveryView,
    EndpointRequest,
    Endpoints,
    EndpointView,
    PingView,
    delivery_view,
    endpoint_view,
    ping_view,
)

DELIVERY_ID = re.compile("[0-9a-f]{32}")
LOOK_UP_SECONDS = 3.0


class TooManyEndpoints(Refused):
    """As many endpoints as are allowed."""

    status, code = HTTPStatus.CONFLICT, "too_many_webhooks"


class Disabled(Refused):
    """Nothing is delivered to this endpoint."""

    status, code = HTTPStatus.CONFLICT, "webhook_disabled"


@dataclass(frozen=True, kw_only=True)
class WebhookCalls:
    """What the routes about webhooks need. ``master`` answers with the stack's master secret."""

    endpoints: EndpointTable
    deliveries: DeliveryTable
    sender: Sender
    master: Callable[[], str]

    def create(self, request: EndpointRequest, owner: str) -> EndpointView:
        """Register an endpoint; raises BadCallback and TooManyEndpoints."""
        self.sender.guard.admit(request.url, "body.url", Deadline.after(LOOK_UP_SECONDS))
        now = timestamp(time.time())
        endpoint = new_endpoint(request.url, request.events, request.description, now)
        if not self.endpoints.add(owner, endpoint):
            raise TooManyEndpoints(f"This key has {MOST_ENDPOINTS} webhooks; allowed: at most that many.")
        return self._with_secret(endpoint, now)

    def every(self, owner: str) -> Endpoints:
        """All of the owner's endpoints."""
        now = timestamp(time.time())
        return Endpoints(webhooks=tuple(endpoint_view(e, now) for e in self.endpoints.of(owner)))

    def one(self, endpoint_id: str, owner: str) -> EndpointView:
        """One of the owner's endpoints; raises NotFound."""
        return endpoint_view(self._found(endpoint_id, owner), timestamp(time.time()))

    def delete(self, endpoint_id: str, owner: str) -> None:
        """Forget an endpoint; what is still on its way to it is not sent any more. Raises NotFound."""
        self._found(endpoint_id, owner)
        self.endpoints.remove(owner, endpoint_id)

    def rotate(self, endpoint_id: str, owner: str) -> EndpointView:
        """Give an endpoint a new secret; raises NotFound."""
        now = timestamp(time.time())
        return self._with_secret(self._changed(endpoint_id, owner, lambda e: e.rotate(now)), now)

    def disable(self, endpoint_id: str, owner: str) -> EndpointView:
        """Tell an endpoint nothing any more; raises NotFound."""
        changed = self._changed(endpoint_id, owner, lambda e: e.disable("Disabled by its owner."))
        return endpoint_view(changed, timestamp(time.time()))

    def enable(self, endpoint_id: str, owner: str) -> EndpointView:
        """Tell an endpoint of what happens from now on; raises NotFound."""
        changed = self._changed(endpoint_id, owner, Endpoint.enable)
        return endpoint_view(changed, timestamp(time.time()))

    def ping(self, endpoint_id: str, owner: str) -> PingView:
        """Send a signed test to an endpoint, once, whether it is enabled or not; raises NotFound."""
        endpoint, now = self._found(endpoint_id, owner), timestamp(time.time())
        letter = Letter(
            url=endpoint.url,
            id=f"ping-{secrets.token_hex(8)}",
            body=body_of("ping", now, {"webhook": endpoint.id}),
            secrets=[self._secret(endpoint.id, version) for version in endpoint.secret_versions(now)],
        )
        return ping_view(self.sender.send(letter).made)

    def page(self, endpoint_id: str, owner: str, limit: int, cursor: str | None) -> DeliveryPage:
        """Some of an endpoint's deliveries, newest first; raises NotFound and InvalidRequest."""
        if endpoint_id != CALLBACKS:
            self._found(endpoint_id, owner)
        after = None if cursor is None else self._delivery_at(cursor, endpoint_id, owner)
        states, more = self.deliveries.page_of(endpoint_id, owner, limit, after)
        here = _cursor(states[-1].delivery) if more and states else None
        return DeliveryPage(deliveries=tuple(map(delivery_view, states)), cursor=here)

    def redeliver(self, endpoint_id: str, delivery_id: str, owner: str) -> DeliveryView:
        """Send an event once more, with the whole plan of retries; raises NotFound and Disabled."""
        if endpoint_id != CALLBACKS and self._found(endpoint_id, owner).status == "disabled":
            raise Disabled(f"The webhook {endpoint_id!r} is disabled; enable it first.")
        state = self._delivery(delivery_id, endpoint_id, owner)
        if state is None:
            raise NotFound(f"There is no delivery {delivery_id[:40]!r} of {endpoint_id[:40]!r}.")
        begun = self.deliveries.redeliver(state, time.time())
        return delivery_view(
            begun or state
        )  # else an attempt has ended just now: it is seen at the next look

    def _found(self, endpoint_id: str, owner: str) -> Endpoint:
        endpoint = self.endpoints.find(owner, endpoint_id)
        if endpoint is None:
            raise NotFound(f"There is no webhook {endpoint_id[:40]!r}.")
        return endpoint

    def _changed(self, endpoint_id: str, owner: str, step: Callable[[Endpoint], Endpoint]) -> Endpoint:
        changed = self.endpoints.update(owner, endpoint_id, step)
        if changed is None:
            raise NotFound(f"There is no webhook {endpoint_id[:40]!r}.")
        return changed

    def _with_secret(self, endpoint: Endpoint, now: str) -> EndpointView:
        secret = self._secret(endpoint.id, endpoint.secret_version)
        return endpoint_view(endpoint, now).model_copy(update={"secret": secret})

    def _secret(self, endpoint_id: str, version: int) -> str:
        return endpoint_secret(self.master(), secret_name(endpoint_id, version))

    def _delivery(self, delivery_id: str, endpoint_id: str, owner: str) -> DeliveryState | None:
        """One of an endpoint's deliveries; None for anything else."""
        state = self.deliveries.find(delivery_id) if DELIVERY_ID.fullmatch(delivery_id) else None
        if state is None or (state.delivery.owner, state.delivery.endpoint) != (owner, endpoint_id):
            return None
        return state

    def _delivery_at(self, cursor: str, endpoint_id: str, owner: str) -> Delivery:
        """The delivery that a page ended with."""
        state = self._delivery(_id_in(cursor), endpoint_id, owner)
        if state is None:
            raise InvalidRequest(
                f"cursor is {cursor[:80]!r}; allowed: the one that your last page came with."
            )
        return state.delivery


def _cursor(delivery: Delivery) -> str:
    return urlsafe_b64encode(json.dumps({"after": delivery.id}).encode()).decode().rstrip("=")


def _id_in(cursor: str) -> str:
    """The id in a cursor of ours; an empty one in anything else."""
    try:
        return str(json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))["after"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
