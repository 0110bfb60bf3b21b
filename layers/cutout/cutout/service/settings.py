"""What each function reads from its environment: checked once, frozen, handed on.

The fields of a class are the function's environment variables in template.yaml, in lower case; a test keeps the
two equal.
"""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from cutout.service.prices import starting_credits

Name = Annotated[str, Field(min_length=1)]
Positive = Annotated[int, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
StartingCredits = Annotated[int | None, BeforeValidator(starting_credits)]
"""``unlimited``, as None, or an amount of credits, in hundredths"""

HostAndPort = Annotated[str, Field(pattern=r"^(\[[0-9a-f:]+\]|[a-z0-9._-]+):\d{1,5}$")]


def _listed(text: str) -> frozenset[str]:
    return frozenset(filter(None, (part.strip() for part in text.split(","))))


HostsAndPorts = Annotated[frozenset[HostAndPort], BeforeValidator(_listed)]
"""``host:port,host:port``; none in an empty text"""


class Settings(BaseModel):
    """The base: fields from upper-case variables, everything else in the environment ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=str.upper, validate_by_name=True)

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Raises pydantic's ValidationError, naming the variable that is missing or wrong."""
        return cls.model_validate(dict(environment))


class IngestSettings(Settings):
    """Ingest's environment."""

    table: Name
    work_bucket: Name
    result_bucket: Name
    ingest_queue: Name
    bulk_ingest_queue: Name
    interactive_queue: Name
    bulk_queue: Name
    compose_queue: Name
    bulk_compose_queue: Name
    notify_queue: Name
    proxy_side: Positive
    model: Name
    max_bytes: Positive
    max_pixels: Positive
    interactive_deadline_seconds: Positive
    bulk_deadline_seconds: Positive
    allow_private_callbacks: bool
    bucket_account: Name
    rules_seconds: Positive
    new_key_credits: StartingCredits
    job_retention_days: Positive
    fetch_timeout_seconds: Positive
    fetch_exceptions: HostsAndPorts


class MatteSettings(Settings):
    """Matte's environment."""

    table: Name
    work_bucket: Name
    compose_queue: Name
    bulk_compose_queue: Name
    model_card: Name


class ComposeSettings(Settings):
    """Compose's environment."""

    table: Name
    work_bucket: Name
    result_bucket: Name
    notify_queue: Name
    max_bytes: Positive
    max_pixels: Positive
    review_threshold: Share


class ApiSettings(Settings):
    """The API's environment."""

    table: Name
    source_bucket: Name
    result_bucket: Name
    secret: Name
    ingest_queue: Name
    bulk_ingest_queue: Name
    interactive_queue: Name
    compose_queue: Name
    ingest_function: Name
    matte_function: Name
    compose_function: Name
    direct_seconds: Positive
    batch_queue: Name
    notify_queue: Name
    delivery_queue: Name
    delivery_timeout_seconds: Positive
    retry_grace_seconds: Positive
    max_bytes: Positive
    upload_seconds: Positive
    link_seconds: Positive
    interactive_deadline_seconds: Positive
    bulk_deadline_seconds: Positive
    allow_private_callbacks: bool
    new_key_credits: StartingCredits
    job_retention_days: Positive
    requests_per_minute: Positive
    megapixels_per_minute: Positive
    fetch_exceptions: HostsAndPorts
    work_bucket: Name
    bucket_account: Name
    hook_secrets: Name


class BatchSettings(Settings):
    """Batch's environment."""

    table: Name
    source_bucket: Name
    result_bucket: Name
    work_bucket: Name
    batch_queue: Name
    bulk_ingest_queue: Name
    bulk_deadline_seconds: Positive
    batch_longest_seconds: Positive
    bucket_account: Name
    rules_seconds: Positive
    fetch_exceptions: HostsAndPorts


class NotifySettings(Settings):
    """Notify's environment."""

    table: Name
    result_bucket: Name
    secret: Name
    delivery_queue: Name
    event_bus: Name
    api_address: Name
    delivery_timeout_seconds: Positive
    lease_seconds: Positive
    retry_scale: Annotated[float, Field(gt=0)]
    retry_grace_seconds: Positive
    allow_private_callbacks: bool


class SweepSettings(Settings):
    """Sweep's environment."""

    table: Name
    result_bucket: Name
    notify_queue: Name
    delivery_queue: Name
    retry_grace_seconds: Positive
    upload_queue: Name
    upload_dead_letters: Name
    ingest_queue: Name
    ingest_dead_letters: Name
    bulk_ingest_queue: Name
    bulk_ingest_dead_letters: Name
    interactive_queue: Name
    bulk_queue: Name
    compose_queue: Name
    bulk_compose_queue: Name
    postpone_seconds: Positive
    longest_seconds: Positive
    bucket_account: Name
    new_key_credits: StartingCredits
    job_retention_days: Positive
