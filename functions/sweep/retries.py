"""Webhooks whose next attempt is due: those that wait too long for a queue, and those whose message was lost."""

from dataclasses import dataclass

from aws_lambda_powertools import Logger

from cutout.service.delivery_table import DeliveryTable

MOST_PER_SHARD = 250  # 1,000 a run: what is left over is found a minute later

logger = Logger(service="sweep", child=True)


@dataclass(frozen=True, kw_only=True)
class Retries:
    """What queueing attempts needs."""

    deliveries: DeliveryTable

    def run(self, now: float) -> int:
        """Queue every attempt that is due and has no message any more; answers how many."""
        queued = 0
        for state in self.deliveries.overdue(now, MOST_PER_SHARD):
            self.deliveries.queue_again(state, now)
            logger.info(
                "queued",
                correlation_id=state.delivery.subject,
                delivery=state.delivery.id,
                attempt=state.next_attempt,
            )
            queued += 1
        return queued
