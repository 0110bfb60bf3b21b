"""What the queues carry. A message holds the whole job, so that a worker needs nothing else to do its work."""

from typing import Literal

from cutout.service.jobs import Job, Outcome, Record


class StageReport(Record):
    """What one stage took: wall time per step, its memory and its size, for the report and the cost."""

    stage: str
    steps_ms: dict[str, float]
    memory_mb: int
    peak_memory_mb: float

    @property
    def total_ms(self) -> float:
        """Wall time of the whole stage in milliseconds."""
        return round(sum(self.steps_ms.values()), 1)


class Picture(Record):
    """What ingest learned about the photograph."""

    width: int
    height: int
    format: str
    notes: tuple[str, ...] = ()


class ModelUse(Record):
    """Which prepared network made a matte."""

    id: str
    sha256: str
    reused: bool = False


class MatteMessage(Record):
    """Ingest to matte: this proxy needs a matte."""

    schema_version: Literal[1] = 1
    job: Job
    picture: Picture
    proxy_key: str
    proxy_sha256: str
    stages: tuple[StageReport, ...] = ()


class ComposeMessage(Record):
    """Matte to compose: this picture has a matte."""

    schema_version: Literal[1] = 1
    job: Job
    picture: Picture
    matte_key: str
    model: ModelUse
    stages: tuple[StageReport, ...] = ()


class NotifyMessage(Record):
    """To notify: tell the customer how a job ended."""

    schema_version: Literal[1] = 1
    job: Job
    outcome: Outcome
    ended: str
