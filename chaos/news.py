"""Whether every webhook arrived, signed, under one id for one event."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Sequence, Set
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from chaos.evidence import Evidence, number_of
from chaos.partners import ENDPOINT
from chaos.receiver import Delivery
from chaos.verdict import OVERTAKEN
from cutout.service.job_items import JobState

EVENTS = {"done": "job.completed", "failed": "job.failed"}
TOLERANCE_SECONDS = 300  # the specification's
Told = tuple[str, str, bool]
"""what a webhook is about, what has happened, and whether the registered endpoint hears it or the one who asked"""


def subject_of(delivery: Delivery) -> str:
    """The job or the batch that a webhook tells of."""
    data: dict[str, Any] = json.loads(delivery.body)["data"]
    return str(data["job"] if "job" in data else data["batch"])


def type_of(delivery: Delivery) -> str:
    """What a webhook says has happened."""
    return str(json.loads(delivery.body)["type"])


def events_of(state: JobState) -> set[str]:
    """What there is to tell of a job."""
    outcome = state.outcome
    if outcome is None:
        return set()
    return {EVENTS[outcome.status], *(["job.review"] if outcome.review is not None else [])}


def is_signed_by_hand(delivery: Delivery, secret: str) -> bool:
    """Whether one of its signatures is the one that the specification describes, computed here."""
    key = b64decode(secret.removeprefix("whsec_"))
    signed = f"{delivery.event_id}.{delivery.stamp}.".encode() + delivery.body
    right = "v1," + b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(right, said) for said in delivery.signature.split())


def is_signed(delivery: Delivery, secret: str) -> bool:
    """The same by the specification's own library, and that it was fresh when it arrived: a run may take longer."""
    moment = datetime.fromtimestamp(int(delivery.stamp), UTC)
    right = Webhook(secret).sign(delivery.event_id, moment, delivery.body.decode())
    is_fresh = abs(int(delivery.stamp) - delivery.arrived) <= TOLERANCE_SECONDS
    return is_fresh and right in delivery.signature.split()


def badly_signed(deliveries: Sequence[Delivery], secrets: Set[str]) -> list[str]:
    """Webhooks that neither judge lets pass, or only one of them."""
    return [
        f"webhook {delivery.event_id} is not signed"
        for delivery in deliveries
        if not any(is_signed(delivery, s) and is_signed_by_hand(delivery, s) for s in secrets)
    ]


def accepted(deliveries: Sequence[Delivery]) -> set[Told]:
    """What has been told so that nobody had to say it again."""
    return {
        (subject_of(one), type_of(one), one.path.endswith(f"/{ENDPOINT}"))
        for one in deliveries
        if one.accepted
    }


def untold(deliveries: Sequence[Delivery], evidence: Evidence, wanted: Set[int], owner: str) -> list[str]:
    """Ends of which somebody was not told who wanted it: the orders with these numbers, and the owner's endpoint.

    An older version that was overtaken before it was read is none of them: the address lay in what was overwritten.
    """
    told = accepted(deliveries)
    expected: set[Told] = set()
    for state in evidence.jobs:
        is_overtaken = state.outcome is not None and state.outcome.code in OVERTAKEN
        for kind in events_of(state):
            if number_of(state) in wanted and not is_overtaken:
                expected.add((state.job.id, kind, False))
            if state.job.owner == owner:
                expected.add((state.job.id, kind, True))
    for batch in evidence.batches:
        expected |= {(batch.batch.id, "batch.completed", listener) for listener in (True, False)}
    return [
        f"{'the endpoint' if is_endpoint else 'who asked'} was not told {kind} of {subject}"
        for subject, kind, is_endpoint in sorted(expected - told)
    ]


def given_up(evidence: Evidence) -> list[str]:
    """Webhooks that were not brought where they belong."""
    return [
        f"{state.delivery.event_id} for {state.delivery.endpoint} is {state.status}"
        for state in evidence.webhooks
        if state.status != "delivered"
    ]


def told_wrongly(deliveries: Sequence[Delivery], evidence: Evidence) -> list[str]:
    """Events with several ids, ids with several events, and news of an end that was none."""
    right = {state.job.id: events_of(state) for state in evidence.jobs}
    right |= {state.batch.id: {"batch.completed"} for state in evidence.batches}
    ids, events = defaultdict(set), defaultdict(set)
    untrue = set()
    for delivery in deliveries:
        event = subject_of(delivery), type_of(delivery)
        ids[event].add(delivery.event_id)
        events[delivery.event_id].add(event)
        if event[1] not in right.get(event[0], ()):
            untrue.add(f"{event[1]} was told of {event[0]}, which is not so")
    faults = [f"{event} has {len(names)} webhook ids" for event, names in ids.items() if len(names) > 1]
    faults += [f"webhook id {i} stands for {len(e)} events" for i, e in events.items() if len(e) > 1]
    return [*sorted(untrue), *faults]
