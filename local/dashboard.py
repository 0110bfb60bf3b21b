"""The CloudWatch dashboard, made from the template's own queues and functions: ``make dashboard`` writes it back.

A queue or function that is added to the template and not to the dashboard fails a test, which says so.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from local.deploy import ROOT

TEMPLATE = ROOT / "template.yaml"
WIDTH, HEIGHT = 8, 6  # three in a row of 24
BLOCK = re.compile(r"(?<=      DashboardBody: !Sub \|\n)(?: {8}.*\n)+")
OPTIONS = {"region": "${AWS::Region}", "view": "timeSeries"}


def names(resources: dict[str, Any], kind: str, ending: str) -> list[str]:
    """The logical ids of a kind of resource that end so, without the ending, in the template's order."""
    found = [name for name, resource in resources.items() if resource["Type"] == kind]
    return [name.removesuffix(ending) for name in found if name.endswith(ending)]


def dashboard(resources: dict[str, Any]) -> dict[str, Any]:
    """The dashboard's document; ``${...}`` in it is CloudFormation's."""
    functions = names(resources, "AWS::Serverless::Function", "Function")
    queues = names(resources, "AWS::SQS::Queue", "Queue")
    charts = [*of_jobs(), *of_queues(queues), *of_functions(functions), *of_the_api()]
    return {"start": "-PT3H", "widgets": [placed(chart, number) for number, chart in enumerate(charts)]}


def placed(chart: dict[str, Any], number: int) -> dict[str, Any]:
    """A chart at its place: three in a row."""
    row, column = divmod(number, 24 // WIDTH)
    place = {"x": column * WIDTH, "y": row * HEIGHT, "width": WIDTH, "height": HEIGHT}
    return {"type": "metric", **place, "properties": OPTIONS | chart}


def of_jobs() -> list[dict[str, Any]]:
    """What the functions themselves write, see cutout.service.metrics."""
    ours = ["service", "cutout"]
    failed = {"expression": f"SUM({search('code', 'Failed', 'Sum')['expression']})", "label": "Failed"}
    return [
        chart("Pictures a minute", "Sum", [["Cutout", "Delivered", *ours], [failed]]),
        chart("Failures by reason", "Sum", [[search("code", "Failed", "Sum")]]),
        chart(
            "Milliseconds of each stage, p50 and p95",
            "p95",
            [
                ["Cutout", "StageMilliseconds", *ours, "stage", stage, {"stat": part}]
                for stage in ("ingest", "matte", "compose")
                for part in ("p50", "p95")
            ],
        ),
        chart(
            "Seconds from a job to its end, p50 and p95",
            "p95",
            [
                ["Cutout", "JobSeconds", *ours, "lane", lane, {"stat": part}]
                for lane in ("interactive", "bulk")
                for part in ("p50", "p95")
            ],
        ),
        chart("Seconds in a stage's queue, p95", "p95", [[search("stage", "QueueSeconds", "p95")]]),
        chart(
            "Credits charged, marked for review, mattes used again (a minute)",
            "Sum",
            [["Cutout", name, *ours] for name in ("CreditsCharged", "Reviews", "ReusedMattes")],
        ),
        chart("Webhooks by outcome", "Sum", [[search("outcome", "Webhooks", "Sum")]]),
        chart("Batches by outcome", "Sum", [[search("outcome", "Batches", "Sum")]]),
    ]


def of_queues(queues: list[str]) -> list[dict[str, Any]]:
    """How much waits, for how long, and what was given up."""

    def each(metric: str, ending: str) -> list[list[Any]]:
        return [
            ["AWS/SQS", metric, "QueueName", f"${{{queue}{ending}.QueueName}}", {"label": queue}]
            for queue in queues
        ]

    visible = "ApproximateNumberOfMessagesVisible"
    return [
        chart("Waiting messages", "Maximum", each(visible, "Queue")),
        chart(
            "Age of the oldest message, seconds", "Maximum", each("ApproximateAgeOfOldestMessage", "Queue")
        ),
        chart("Dead letters", "Maximum", each(visible, "DeadLetters")),
    ]


def of_functions(functions: list[str]) -> list[dict[str, Any]]:
    """How Lambda sees them."""

    def each(metric: str) -> list[list[Any]]:
        return [
            ["AWS/Lambda", metric, "FunctionName", f"${{{name}Function}}", {"label": name}]
            for name in functions
        ]

    return [
        chart("Errors of functions", "Sum", each("Errors")),
        chart("Throttles", "Sum", each("Throttles")),
        chart("Milliseconds of an invocation, p95", "p95", each("Duration")),
        chart("Running at a time", "Maximum", each("ConcurrentExecutions")),
    ]


def of_the_api() -> list[dict[str, Any]]:
    """How the gateway sees its callers."""

    def one(metric: str, part: str) -> list[Any]:
        return [
            "AWS/ApiGateway",
            metric,
            "ApiName",
            "${AWS::StackName}-api",
            "Stage",
            "api",
            {"stat": part},
        ]

    return [
        chart(
            "Calls, refused and failed",
            "Sum",
            [one(name, "Sum") for name in ("Count", "4XXError", "5XXError")],
        ),
        chart("Milliseconds of a call", "p95", [one("Latency", part) for part in ("p50", "p95")]),
    ]


def chart(title: str, part: str, metrics: list[list[Any]]) -> dict[str, Any]:
    """One chart; ``part`` is the statistic of what names none itself."""
    return {"title": title, "stat": part, "period": 60, "metrics": metrics}


def search(dimension: str, metric: str, part: str) -> dict[str, str]:
    """One line for every value of a dimension that there has been."""
    found = f"SEARCH('{{Cutout,{dimension},service}} MetricName=\"{metric}\"', '{part}', 60)"
    return {"expression": found, "label": ""}


def written(resources: dict[str, Any]) -> str:
    """The dashboard as it stands in the template: a line for every chart, and one for each of its figures."""
    document = dashboard(resources)
    charts = ",\n".join(map(chart_written, document["widgets"]))
    text = f'{{"start": {json.dumps(document["start"])}, "widgets": [\n{charts}\n]}}'
    return "".join(f"        {line}\n" for line in text.splitlines())


def chart_written(widget: dict[str, Any]) -> str:
    """One chart as text."""
    metrics = ",\n  ".join(json.dumps(metric) for metric in widget["properties"]["metrics"])
    rest = {key: value for key, value in widget["properties"].items() if key != "metrics"}
    place = json.dumps({key: value for key, value in widget.items() if key != "properties"})
    return f'{place[:-1]}, "properties": {{\n {json.dumps(rest)[1:-1]},\n "metrics": [\n  {metrics}]}}}}'


def main(template: Path = TEMPLATE) -> int:
    """Write the dashboard into the template."""
    text = template.read_text()
    body = written(yaml_parse(text)["Resources"])
    changed, count = BLOCK.subn(lambda _: body, text)
    if count != 1:
        print(f"{template} has {count} blocks 'DashboardBody: !Sub |'; there must be one.", file=sys.stderr)
        return 1
    template.write_text(changed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
