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


class Treatment(Record):
    """How a picture's alpha is found, and why so."""

    lane: Literal["photo", "ink", "flat", "given", "corrected"] = "photo"
    gated: bool = False
    """whether the network's matte says where ink may be at all"""
    reason: str = ""
    seen_as: Literal["photo", "ink", "flat"] = "photo"
    """what the picture looks like, whatever the recipe says"""

    @property
    def needs_network(self) -> bool:
        """Whether a matte has to be made first."""
        return self.lane == "photo" or self.gated


class JobMessage(Record):
    """To ingest: a job that no upload announces. Its picture came inside a call, lies on the web, or is known."""

    schema_version: Literal[1] = 1
    job: Job


class RemovalMessage(Record):
    """To ingest: something was removed at this place, and the results in ``removed_from`` expire if nothing is left."""

    schema_version: Literal[1] = 1
    bucket: str
    key: str
    removed_from: str
    """the folder of the results"""


class MatteMessage(Record):
    """Ingest to matte: this proxy needs a matte."""

    schema_version: Literal[1] = 1
    job: Job
    picture: Picture
    proxy_key: str
    proxy_sha256: str
    treatment: Treatment = Treatment()
    cutout_key: str = ""
    """where the finished cutout shall be kept; empty: nowhere"""
    stages: tuple[StageReport, ...] = ()


class ComposeMessage(Record):
    """Matte to compose: this picture has a matte. Ingest to compose: it has its cutout already, or needs no matte."""

    schema_version: Literal[1] = 1
    job: Job
    picture: Picture
    matte_key: str = ""
    """empty: there is none"""
    model: ModelUse | None = None
    treatment: Treatment = Treatment()
    cutout_key: str = ""
    """where the finished cutout is or shall be kept; empty: nowhere"""
    cutout_is_kept: bool = False
    stages: tuple[StageReport, ...] = ()


class NotifyMessage(Record):
    """To notify: tell the customer how a job ended."""

    schema_version: Literal[1] = 1
    job: Job
    outcome: Outcome
    ended: str


class BatchMessage(Record):
    """To batch: make the next jobs of this batch. How far it is stands in the table."""

    schema_version: Literal[1] = 1
    batch: str


class DeliveryMessage(Record):
    """To notify: this attempt of this delivery is due. What is to be delivered stands in the table."""

    schema_version: Literal[1] = 1
    kind: Literal["delivery"] = "delivery"
    delivery: str
    attempt: int


class BatchNews(Record):
    """To notify: tell the customer how a batch ended."""

    kind: Literal["batch"] = "batch"
    schema_version: Literal[1] = 1
    batch: str
    owner: str
    name: str = ""
    status: str
    """completed, failed or cancelled"""
    reason: str = ""
    made: int
    done: int
    failed: int
    review: int
    charged: int
    """in hundredths of a credit"""
    ended: str
    report_key: str
    callback: str | None = None
