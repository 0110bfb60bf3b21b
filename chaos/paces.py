"""How hard a run is hit, and how long a struck message hides: the long form, and the short one of the tests."""

from dataclasses import dataclass

STAGES = ("Ingest", "Matte", "Compose", "Batch")


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Times in seconds; ``between_*``: at least and at most."""

    between_kills: tuple[float, float]
    between_stops: tuple[float, float]
    between_duplicates: tuple[float, float]
    receiver_down: float
    throttled: float
    disk_full: float
    restarts: int
    """of the emulator"""
    between_disturbances: float


LONG = Pace(
    between_kills=(0.3, 1.5),
    between_stops=(3.0, 8.0),
    between_duplicates=(0.1, 0.6),
    receiver_down=5.0,
    throttled=6.0,
    disk_full=4.0,
    restarts=2,
    between_disturbances=8.0,
)
LONG_NUMBERS = {
    **{f"{stage}TimeoutSeconds": 2 for stage in STAGES},
    **{f"{stage}VisibilitySeconds": 12 for stage in STAGES},
    "MaxReceives": 5,
    "InteractiveDeadlineSeconds": 60,
    "BulkDeadlineSeconds": 60,
}
"""time-outs a few seconds long, as many deliveries as on AWS"""

SHORT = Pace(
    between_kills=(0.5, 1.0),
    between_stops=(0.3, 0.7),
    between_duplicates=(0.05, 0.3),
    receiver_down=0.8,
    throttled=0.8,
    disk_full=0.6,
    restarts=0,
    between_disturbances=0.2,
)
SHORT_NUMBERS = {
    **{f"{stage}TimeoutSeconds": 2 for stage in STAGES},
    **{f"{stage}VisibilitySeconds": 3 for stage in (*STAGES, "Notify")},
    "MaxReceives": 12,
    "RetryGraceSeconds": 3,
    "InteractiveDeadlineSeconds": 60,
    "BulkDeadlineSeconds": 60,
}
"""a message is back soon, sometimes while it is still worked on: that is one more fault to be endured"""
