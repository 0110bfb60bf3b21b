"""Tell how jobs and batches ended: on the account's event bus, and by signed webhooks.

Two queues: news become events and deliveries, deliveries become POSTs. So a receiver that is slow delays no news.
"""

import json
import os
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.parameters import get_secret
from botocore.config import Config

from cutout.service import webhooks
from cutout.service.batch import each_message
from cutout.service.bus import Bus
from cutout.service.delivery_table import DeliveryTable
from cutout.service.endpoints import EndpointTable
from cutout.service.events import Places
from cutout.service.messages import DeliveryMessage
from cutout.service.pauses import PauseTable
from cutout.service.retry_plan import RetryPlan
from cutout.service.settings import NotifySettings
from cutout.service.user_agent import USER_AGENT
from delivering import Delivering
from telling import Telling

SECRET_AGE_SECONDS = 300

CLIENTS = Config(user_agent=USER_AGENT)

logger = Logger(service="notify")


@dataclass(frozen=True, kw_only=True)
class Notify:
    """The two halves of notify, built once per process."""

    telling: Telling
    delivering: Delivering

    def run(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Work through a batch of one of the two queues."""
        bodies = [record["body"] for record in event["Records"]]
        batch = self.telling.publish([body for body in bodies if not is_delivery(body)])

        def take(body: str) -> None:
            if is_delivery(body):
                self.delivering.take(DeliveryMessage.model_validate_json(body))
            else:
                batch.tell(body, time.time())

        return each_message(event, context, logger, take)


def is_delivery(body: str) -> bool:
    """Whether a message asks for an attempt; everything else is news, or broken."""
    try:
        document = json.loads(body)
    except ValueError:
        return False
    return isinstance(document, dict) and document.get("kind") == "delivery"


@cache
def service() -> Notify:
    """Open the clients, once per process."""
    settings = NotifySettings.read(os.environ)
    dynamodb = boto3.client("dynamodb", config=CLIENTS)
    endpoints = EndpointTable(client=dynamodb, name=settings.table)
    deliveries = DeliveryTable(
        client=dynamodb,
        sqs=boto3.client("sqs", config=CLIENTS),
        name=settings.table,
        queue=settings.delivery_queue,
        grace_seconds=settings.retry_grace_seconds,
    )
    return Notify(
        telling=Telling(
            bus=Bus(client=boto3.client("events", config=CLIENTS), name=settings.event_bus),
            endpoints=endpoints,
            deliveries=deliveries,
            places=Places(result_bucket=settings.result_bucket, api_address=settings.api_address),
        ),
        delivering=Delivering(
            deliveries=deliveries,
            endpoints=endpoints,
            pauses=PauseTable(
                client=dynamodb,
                name=settings.table,
                scale=settings.retry_scale,
                probe_seconds=settings.lease_seconds,
            ),
            sender=webhooks.Sender(
                guard=webhooks.ANYWHERE if settings.allow_private_callbacks else webhooks.PUBLIC,
                timeout_seconds=settings.delivery_timeout_seconds,
            ),
            plan=RetryPlan(scale=settings.retry_scale),
            master=lambda: str(get_secret(settings.secret, max_age=SECRET_AGE_SECONDS)),
            clock=time.time,
            lease_seconds=settings.lease_seconds,
        ),
    )


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Lambda's entry: SQS messages from whatever ended a job or a batch, and attempts that are due."""
    return service().run(event, context)
