"""One attempt of one delivery. What the receiver does wrong is noted and tried again, and is never a fault of ours."""

from collections.abc import Callable
from dataclasses import dataclass, field

from aws_lambda_powertools import Logger

from cutout.service.deliveries import CALLBACKS, Delivery, DeliveryState, DeliveryStatus, Try
from cutout.service.delivery_table import DeliveryTable
from cutout.service.endpoints import Endpoint, EndpointTable
from cutout.service.jobs import timestamp
from cutout.service.messages import DeliveryMessage
from cutout.service.metrics import Measures
from cutout.service.pauses import PauseTable
from cutout.service.retry_plan import RetryPlan
from cutout.service.webhooks import Letter, Sender, Sent, endpoint_secret, secret_name

GONE = 410
GONE_REASON = "It answered 410: gone."

logger = Logger(service="notify", child=True)


@dataclass(frozen=True, kw_only=True)
class Delivering:
    """What delivering needs, built once per process. ``master`` answers with the stack's master secret."""

    deliveries: DeliveryTable
    endpoints: EndpointTable
    pauses: PauseTable
    sender: Sender
    plan: RetryPlan
    master: Callable[[], str]
    clock: Callable[[], float]
    lease_seconds: int
    measures: Measures = field(default_factory=Measures)

    def take(self, message: DeliveryMessage) -> None:
        """Make the attempt, if it still is to be made."""
        state = self.deliveries.claim(message, self.clock(), self.lease_seconds)
        if state is None:
            logger.info("not due any more", delivery=message.delivery, attempt=message.attempt)
            return
        letter = self._letter(state.delivery)
        if letter is None:
            self._end(state, "disabled", None)
            return
        turn = self.pauses.turn(state.delivery.owner, letter.url, self.clock())
        if turn.at > self.clock():
            self._put_off(state, turn.at)
            return
        sent = self.sender.send(letter)
        self._note(state, sent)
        self.pauses.note(state.delivery.owner, letter.url, turn, sent, self.clock())

    def _letter(self, delivery: Delivery) -> Letter | None:
        """What is to be sent where; None: nobody wants it any more."""
        if delivery.endpoint == CALLBACKS:
            url, names = delivery.url, [delivery.owner]
        else:
            endpoint = self.endpoints.find(delivery.owner, delivery.endpoint)
            if endpoint is None or endpoint.status == "disabled":
                return None
            versions = endpoint.secret_versions(timestamp(self.clock()))
            url, names = endpoint.url, [secret_name(endpoint.id, version) for version in versions]
        secrets = [endpoint_secret(self.master(), name) for name in names]
        return Letter(url=url, id=delivery.event_id, body=delivery.body, secrets=secrets)

    def _put_off(self, state: DeliveryState, until: float) -> None:
        """Leave the receiver alone for now; but not beyond the time that the whole plan may take."""
        if until > state.begun + self.plan.longest_seconds:
            self._end(state, "given_up", None)
            self._change(state.delivery, Endpoint.gave_up)
        else:
            self.deliveries.put_off(state, until, self.clock())
            about = state.delivery
            logger.info("put off", correlation_id=about.subject, delivery=about.id, until=timestamp(until))

    def _note(self, state: DeliveryState, sent: Sent) -> None:
        """Write down what became of the attempt, and what follows from it."""
        made = sent.made
        logger.info(
            "attempt",
            correlation_id=state.delivery.subject,
            event=state.delivery.event_id,
            delivery=state.delivery.id,
            attempt=state.next_attempt,
            status=made.status,
            error=made.error,
            milliseconds=made.milliseconds,
        )
        if made.accepted:
            self._end(state, "delivered", made)
            self._change(state.delivery, Endpoint.accepted)
        elif made.status == GONE:
            self._change(state.delivery, lambda endpoint: endpoint.disable(GONE_REASON))
            self._end(state, "given_up", made)
        else:
            self._later(state, sent)

    def _later(self, state: DeliveryState, sent: Sent) -> None:
        """Plan the next try, or give up."""
        delay = self.plan.delay_seconds(state.tries + 1, sent.wish_seconds)
        if delay is None:
            self._end(state, "given_up", sent.made)
            self._change(state.delivery, Endpoint.gave_up)
        else:
            self.deliveries.try_later(state, sent.made, delay, self.clock())

    def _end(self, state: DeliveryState, status: DeliveryStatus, made: Try | None) -> None:
        self.deliveries.close(state, status, made)
        self.measures.note({"Webhooks": 1}, outcome=status)
        about = state.delivery
        logger.info(
            "ended", correlation_id=about.subject, delivery=about.id, event=about.event_id, status=status
        )

    def _change(self, delivery: Delivery, step: Callable[[Endpoint], Endpoint]) -> None:
        """Change the endpoint; a job's own callback has nothing to change."""
        if delivery.endpoint != CALLBACKS:
            self.endpoints.update(delivery.owner, delivery.endpoint, step)
