"""The template's rules about who finds out: alarms, dashboard, logs, retention."""

import json
import re
from typing import Any

import pytest
from samtranslator.yaml_helper import yaml_parse

from local.dashboard import written
from plain_template import ROOT, functions, of_type, plain

NAMES = sorted(functions())


def alarms() -> dict[str, Any]:
    return of_type("AWS::CloudWatch::Alarm")


def body() -> str:
    [dashboard] = of_type("AWS::CloudWatch::Dashboard").values()
    return str(dashboard["DashboardBody"]["Fn::Sub"])


def test_every_alarm_reaches_the_topic_and_says_what_it_means() -> None:
    for name, alarm in alarms().items():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}], name
        assert alarm["AlarmDescription"].endswith("."), name


@pytest.mark.parametrize("metric", ["Errors", "Throttles"])
@pytest.mark.parametrize("function", NAMES)
def test_every_function_has_its_alarms(function: str, metric: str) -> None:
    alarm = alarms()[f"{function}{metric}Alarm"]

    assert (alarm["Namespace"], alarm["MetricName"], alarm["Statistic"]) == ("AWS/Lambda", metric, "Sum")
    assert alarm["Dimensions"] == [{"Name": "FunctionName", "Value": {"Ref": f"{function}Function"}}]


def test_silence_of_sweep_is_an_alarm() -> None:
    alarm = alarms()["SweepMissingAlarm"]

    assert (alarm["MetricName"], alarm["Period"], alarm["EvaluationPeriods"]) == ("Invocations", 300, 1)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"


def test_faults_that_callers_see_are_an_alarm() -> None:
    alarm = alarms()["ApiFaultsAlarm"]

    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/ApiGateway", "5XXError")
    assert alarm["Dimensions"] == [
        {"Name": "ApiName", "Value": {"Fn::Sub": "${AWS::StackName}-api"}},
        {"Name": "Stage", "Value": "api"},
    ]


def test_the_dashboard_is_the_one_of_this_template() -> None:
    resources = yaml_parse((ROOT / "template.yaml").read_text())["Resources"]

    assert body() == "".join(line[8:] for line in written(resources).splitlines(keepends=True)), (
        "a queue or function has changed: make dashboard"
    )


def test_the_dashboard_shows_every_queue_and_function() -> None:
    shown = set(re.findall(r"\$\{([A-Za-z]+)(?:\.QueueName)?\}", body()))

    assert shown == {*of_type("AWS::SQS::Queue"), *of_type("AWS::Lambda::Function")}


def test_the_dashboard_is_json_whose_charts_do_not_overlap() -> None:
    widgets = json.loads(body())["widgets"]

    assert len({(widget["x"], widget["y"]) for widget in widgets}) == len(widgets)
    assert {widget["x"] + widget["width"] <= 24 for widget in widgets} == {True}


def test_the_dashboard_s_own_figures_are_written_by_somebody() -> None:
    code = "\n".join(
        path.read_text() for folder in ("functions", "layers") for path in (ROOT / folder).rglob("*.py")
    )
    shown = set(re.findall(r'"Cutout", "([A-Za-z]+)"', body()))
    shown |= set(re.findall(r'MetricName=\\"([A-Za-z]+)\\"', body()))

    assert shown
    assert {name for name in shown if f'{{"{name}": ' not in code and f', "{name}": ' not in code} == set()


def test_every_function_logs_into_a_group_that_forgets() -> None:
    groups = of_type("AWS::Logs::LogGroup")

    used = {function["LoggingConfig"]["LogGroup"]["Ref"] for function in functions().values()}

    assert used == set(groups)
    for name, group in groups.items():
        assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}, name


def test_who_stores_jobs_knows_for_how_long() -> None:
    knows = {
        name
        for name, function in functions().items()
        if function["Environment"]["Variables"].get("JOB_RETENTION_DAYS") == {"Ref": "JobRetentionDays"}
    }

    assert knows == {"Api", "Ingest", "Sweep"}
    assert plain()["Parameters"]["JobRetentionDays"]["Default"] == 90
