"""Which job a line of the log is about, and the figures between the lines."""

import json
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from cutout.service.batch import each_message
from cutout.service.correlation import job_id_in
from cutout.service.metrics import Measures

JOB = "a" * 32


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (f'{{"job": {{"id": "{JOB}", "owner": "o"}}, "schema_version": 1}}', JOB),
        (f'{{"job": "{JOB}", "owner": "o"}}', JOB),
        ('{"batch": "b-1", "position": 3}', "b-1"),
        (f'{{"job": {{"id": "{JOB}"}}, "batch": "b-1"}}', JOB),
        ('{"batch": {"id": "b-2"}}', "b-2"),
        ('{"Records": [{"eventName": "ObjectCreated:Put"}]}', None),
        ('{"job": {"id": 7}}', None),
        ('{"job": ""}', None),
        ("[1]", None),
        ("no message of ours", None),
    ],
)
def test_a_message_names_its_job_else_its_batch(body: str, found: str | None) -> None:
    assert job_id_in(body) == found


def record(number: int, body: str) -> dict[str, Any]:
    sent = {"SentTimestamp": "1795000000000"}
    return {"messageId": str(number), "eventSource": "aws:sqs", "body": body, "attributes": sent}


def said(text: str) -> list[dict[str, Any]]:
    return [line for line in map(json.loads, text.splitlines()) if "_aws" not in line]


def test_every_line_has_the_id_of_its_own_message_and_none_of_the_one_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logger = Logger(service="stage", level="INFO")

    def work(body: str) -> None:
        logger.info("at work")
        if "broken" in body:
            raise OSError

    bodies = ['{"job": {"id": "one"}}', "{}", '{"job": {"id": "broken"}}']
    event = {"Records": [record(number, body) for number, body in enumerate(bodies)]}

    answer = each_message(event, None, logger, work)

    lines = said(capsys.readouterr().out)
    assert [line.get("correlation_id") for line in lines] == ["one", None, "broken", "broken"]
    assert "exception" in lines[3]
    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}


def test_a_figure_is_one_line_in_the_embedded_metric_format(capsys: pytest.CaptureFixture[str]) -> None:
    Measures().note({"StageMilliseconds": 12.5, "JobSeconds": 3, "Delivered": 1}, lane="bulk")

    line = json.loads(capsys.readouterr().out)
    [described] = line["_aws"]["CloudWatchMetrics"]
    assert described == {
        "Namespace": "Cutout",
        "Dimensions": [["lane", "service"]],
        "Metrics": [
            {"Name": "StageMilliseconds", "Unit": "Milliseconds"},
            {"Name": "JobSeconds", "Unit": "Seconds"},
            {"Name": "Delivered", "Unit": "Count"},
        ],
    }
    assert (line["service"], line["lane"]) == ("cutout", "bulk")
    assert (line["StageMilliseconds"], line["JobSeconds"], line["Delivered"]) == ([12.5], [3.0], [1.0])
