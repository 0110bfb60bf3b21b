"""From news to events: onto the bus, and one delivery for everybody who listens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from aws_lambda_powertools import Logger

from cutout.service.bus import Bus
from cutout.service.deliveries import Delivery, for_callback, for_endpoint
from cutout.service.delivery_table import DeliveryTable
from cutout.service.endpoints import Endpoint, EndpointTable
from cutout.service.events import Event, Places, events_in
from cutout.service.jobs import BUCKET_OWNER, timestamp

logger = Logger(service="notify", child=True)


class BusRefused(Exception):
    """The bus did not take an event; its news go back to the queue."""


@dataclass(frozen=True, kw_only=True)
class Telling:
    """What telling needs, built once per process."""

    bus: Bus
    endpoints: EndpointTable
    deliveries: DeliveryTable
    places: Places

    def publish(self, bodies: Sequence[str]) -> "Batch":
        """Put all the events of a batch's news onto the bus; what cannot be read is left for its turn to fail."""
        events = [event for body in bodies for event in self._readable(body)]
        return Batch(telling=self, refused=self.bus.put(events))

    def events(self, body: str) -> tuple[Event, ...]:
        """The events in one message; raises ValueError."""
        return events_in(body, self.places)

    def _readable(self, body: str) -> tuple[Event, ...]:
        try:
            return self.events(body)
        except ValueError:
            return ()


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One batch of news whose events are on the bus, but for the refused ones: event id -> why."""

    telling: Telling
    refused: dict[str, str]
    known: dict[str, tuple[Endpoint, ...]] = field(default_factory=dict)
    """the endpoints of the owners that were met in this batch"""

    def tell(self, body: str, now: float) -> None:
        """Make the deliveries of one message; raises BusRefused where the bus did not take its events."""
        for event in self.telling.events(body):
            for delivery in self._deliveries(event, timestamp(now)):
                is_new = self.telling.deliveries.open(delivery, now)
                logger.info("delivery", event=event.id, delivery=delivery.id, is_new=is_new)
            if event.id in self.refused:
                raise BusRefused(f"{event.id}: {self.refused[event.id]}")

    def _deliveries(self, event: Event, now: str) -> Iterator[Delivery]:
        if event.callback is not None:
            yield for_callback(event, event.callback, now)
        for endpoint in self._endpoints(event.owner):
            if endpoint.wants(event.type):
                yield for_endpoint(event, endpoint, now)

    def _endpoints(self, owner: str) -> tuple[Endpoint, ...]:
        if owner == BUCKET_OWNER:
            return ()  # it has no API key, and only with one are endpoints registered
        if owner not in self.known:
            self.known[owner] = self.telling.endpoints.of(owner)
        return self.known[owner]
