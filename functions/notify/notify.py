"""Deliver signed webhooks: one POST a message, repeated by the queue until the receiver accepts it."""

import os
from dataclasses import dataclass
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.parameters import get_secret

from cutout.errors import BadCallback
from cutout.service import webhooks
from cutout.service.addresses import Endpoint
from cutout.service.batch import each_message
from cutout.service.connections import Deadline
from cutout.service.messages import NotifyMessage
from cutout.service.settings import NotifySettings

SECRET_AGE_SECONDS = 300

logger = Logger(service="notify")


@dataclass(frozen=True, kw_only=True)
class Notify:
    """What notify works with, built once per process."""

    settings: NotifySettings

    def take(self, body: str) -> None:
        """Deliver one message's news to the address its job was given."""
        message = NotifyMessage.model_validate_json(body)
        if message.job.callback is None:
            return
        deadline = Deadline.after(self.settings.delivery_timeout_seconds)
        try:
            endpoint = self.endpoint(message.job.callback, deadline)
        except BadCallback as error:
            # The address was fine when the job came; it would not become better by repeating.
            logger.warning("callback refused", job=message.job.id, reason=str(error))
            return
        master = str(get_secret(self.settings.secret, max_age=SECRET_AGE_SECONDS))
        webhooks.deliver(
            endpoint,
            webhooks.payload(message, self.settings.result_bucket),
            event_id=f"{message.job.id}-{message.outcome.status}",  # the same on every repeat
            secret=webhooks.endpoint_secret(master, message.job.owner),
            deadline=deadline,
        )
        logger.info("delivered", job=message.job.id)

    def endpoint(self, url: str, deadline: Deadline) -> Endpoint:
        """Check the address anew at every delivery: a name can move."""
        if self.settings.allow_private_callbacks:
            return webhooks.resolve_any(webhooks.check_private_callback(url), deadline)
        return webhooks.resolve_public(webhooks.check_callback(url), deadline)


@cache
def service() -> Notify:
    """Read the settings, once per process."""
    return Notify(settings=NotifySettings.read(os.environ))


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry: SQS messages from whatever ended a job."""
    return each_message(event, context, logger, service().take)
