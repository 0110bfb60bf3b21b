"""What the API does with the webhooks of others: it judges who sent them, and queues what they name."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.parameters import get_secret
from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError
from pydantic import BaseModel, ConfigDict, Field

from answers import NotFound, Refused
from cutout.service.hook_jobs import Desk, delivery_id_of
from cutout.service.hook_payloads import BadPayload, look
from cutout.service.hook_shelf import HookShelf
from cutout.service.hook_signatures import Delivery, NotSigned, check_signature, secrets_in
from cutout.service.hooks import Hook
from cutout.service.known_jobs import newest_attempts
from cutout.service.messages import JobMessage
from cutout.service.onward import Lanes
from cutout.service.sending import send_all
from cutout.service.settings import ApiSettings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_sqs.client import SQSClient

MOST_BYTES = 1_000_000
SECRET_AGE_SECONDS = 60

logger = Logger(service="api")


class Unsigned(Refused):
    """A delivery that is not from the hook's sender, or too old."""

    status, code = HTTPStatus.UNAUTHORIZED, "bad_signature"


class PayloadTooLarge(Refused):
    """A payload over our own limit."""

    status, code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "payload_too_large"


class NoSecret(Exception):
    """A hook's secret cannot be read. Our own fault, and AWS's words for it do not say which secret it is."""


class HookView(BaseModel):
    """What became of a delivery."""

    model_config = ConfigDict(frozen=True)

    accepted: int = Field(description="Pictures that are new and wait to be cut out")
    known: int = Field(description="Pictures that have a job already")
    ignored: int = Field(description="Entries without a URL")
    jobs: tuple[str, ...] = Field(description="The jobs of all pictures, new and known, in their order")


NOTHING = HookView(accepted=0, known=0, ignored=0, jobs=())


@dataclass(frozen=True, kw_only=True)
class HookCalls:
    """What taking deliveries needs, built once per process. ``secret_of`` reads a secret by its name."""

    shelf: HookShelf
    dynamodb: "DynamoDBClient"
    sqs: "SQSClient"
    queues: Lanes
    settings: ApiSettings
    secret_of: Callable[[str], str]

    def receive(self, name: str, headers: Mapping[str, str], body: bytes) -> HookView:
        """Take a delivery: the answer comes once its pictures wait in a queue.

        Raises
        ------
        NotFound, PayloadTooLarge, Unsigned
            No such hook; too large; not from its sender.
        BadPayload
            Not what the hook's document expects.
        """
        now = time.time()
        hook = self.shelf.find(name)
        if hook is None:
            raise NotFound(f"There is no hook {name[:50]!r}.")
        if len(body) > MOST_BYTES:
            raise PayloadTooLarge(f"The payload has {len(body):,} bytes; allowed: at most {MOST_BYTES:,}.")
        lower = {header.lower(): value for header, value in headers.items()}
        signed_id = self.judged(name, hook, Delivery(headers=lower, body=body, now=now))
        try:
            view = self.taken(name, hook, body, signed_id, now)
        except BadPayload as error:
            logger.warning("hook_payload", hook=name, detail=str(error))
            raise
        logger.info("hook", hook=name, jobs=list(view.jobs), accepted=view.accepted, known_jobs=view.known)
        return view

    def judged(self, name: str, hook: Hook, delivery: Delivery) -> str | None:
        """The delivery's id, if its sender has signed one; raises Unsigned."""
        secrets = secrets_in(self.secret_of(f"{self.settings.hook_secrets}/{name}"), hook.verify)
        try:
            return check_signature(hook.verify, secrets, delivery)
        except NotSigned as error:
            logger.warning("hook_unsigned", hook=name)
            raise Unsigned("The signature is missing, too old, or does not fit the body.") from error

    def taken(self, name: str, hook: Hook, body: bytes, signed_id: str | None, now: float) -> HookView:
        """Queue what is new in a delivery that is its sender's."""
        found = look(hook, body)
        if found is None:
            return NOTHING
        settings = self.settings
        desk = Desk(
            name=name,
            hook=hook,
            source_bucket=settings.source_bucket,
            bucket_account=settings.bucket_account,
        )
        jobs = desk.jobs(found, delivery_id_of(found, signed_id, body), now)
        attempts = newest_attempts(self.dynamodb, settings.table, jobs)
        new = [attempt.job for attempt in attempts if attempt.is_new]
        messages = [JobMessage(job=job).model_dump_json() for job in new]
        send_all(self.sqs, self.queues.of(hook.lane), messages)
        for job in new:  # a line of its own for each: it is found by the id that all its later lines have
            logger.info("queued", correlation_id=job.id, hook=name, lane=job.lane)
        return HookView(
            accepted=len(new),
            known=len(attempts) - len(new),
            ignored=found.without_url,
            jobs=tuple(attempt.job.id for attempt in attempts),
        )


def secret_called(name: str) -> str:
    """A secret's text, at most a minute old; raises NoSecret."""
    try:
        return str(get_secret(name, max_age=SECRET_AGE_SECONDS))
    except GetParameterError as error:
        raise NoSecret(f"{name}: {error}") from error
