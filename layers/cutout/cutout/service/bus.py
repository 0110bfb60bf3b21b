"""The event bus of the account: what webhooks tell outside is told there too, to whoever has a rule for it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from cutout.service.events import Event

SOURCE = "cutout"
MOST_ENTRIES, MOST_BYTES = 10, 250_000  # that one call takes


class EventsClient(Protocol):
    """What is used of boto3's client ``events``."""

    def put_events(self, *, Entries: Sequence[dict[str, Any]]) -> Any:
        """Answers with one entry for each that was sent."""


@dataclass(frozen=True, kw_only=True)
class Bus:
    """Puts events on one bus."""

    client: EventsClient
    name: str

    def put(self, events: Sequence[Event]) -> dict[str, str]:
        """Put them there; answers with those that were refused: event id -> the reason's code."""
        refused: dict[str, str] = {}
        for some in _calls([(event, self._entry(event)) for event in events]):
            answer = self.client.put_events(Entries=[entry for _, entry in some])
            for (event, _), entry in zip(some, answer["Entries"], strict=True):
                if "ErrorCode" in entry:
                    refused[event.id] = str(entry["ErrorCode"])
        return refused

    def _entry(self, event: Event) -> dict[str, Any]:
        told = {"id": event.id, "type": event.type, "timestamp": event.timestamp, "data": event.data}
        return {
            "EventBusName": self.name,
            "Source": SOURCE,
            "DetailType": event.type,
            "Time": datetime.fromisoformat(event.timestamp),
            "Detail": json.dumps(told, ensure_ascii=False),
        }


def _calls(entries: Sequence[tuple[Event, dict[str, Any]]]) -> Iterator[list[tuple[Event, dict[str, Any]]]]:
    """The entries in as few calls as their number and size allow."""
    call: list[tuple[Event, dict[str, Any]]] = []
    size_bytes = 0
    for event, entry in entries:
        more_bytes = len(entry["Detail"].encode())
        if call and (len(call) == MOST_ENTRIES or size_bytes + more_bytes > MOST_BYTES):
            yield call
            call, size_bytes = [], 0
        call.append((event, entry))
        size_bytes += more_bytes
    if call:
        yield call
