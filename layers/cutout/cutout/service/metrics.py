"""What CloudWatch shall add up and draw: figures, written as lines of the log in the embedded metric format.

Every line is complete when it is written: nothing is collected, so a process that is killed loses none.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "Cutout"
SERVICE = "cutout"  # one for all functions: a picture's figures are the same whoever has ended it


@dataclass(frozen=True, kw_only=True)
class Measures:
    """Where figures go: the standard output, from which CloudWatch takes them."""

    namespace: str = NAMESPACE

    def note(self, figures: Mapping[str, float], **dimensions: str) -> None:
        """Write figures of one moment. Names end in their unit, ``Seconds`` or ``Milliseconds``; all else is a count.

        Every combination of dimensions is one metric more to pay for: no ids, no keys, no names of customers.
        """
        line = EphemeralMetrics(namespace=self.namespace, service=SERVICE)
        for dimension, kind in dimensions.items():
            line.add_dimension(name=dimension, value=kind)
        for name, value in figures.items():
            line.add_metric(name=name, unit=unit_of(name), value=value)
        line.flush_metrics()


def unit_of(name: str) -> MetricUnit:
    """The unit that a figure's name ends in."""
    if name.endswith("Milliseconds"):
        return MetricUnit.Milliseconds
    return MetricUnit.Seconds if name.endswith("Seconds") else MetricUnit.Count
