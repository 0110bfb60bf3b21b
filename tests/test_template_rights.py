"""The template's rules about what functions may do: no more than their code, and what the emulator does not check."""

import re
from typing import Any

import pytest

from cutout.service import settings
from plain_template import ROOT, functions, listed, of_type, plain, statements, target

NAMES = sorted(functions())
RUNTIME = {"POWERTOOLS_LOG_LEVEL", "OPENBLAS_NUM_THREADS"}

# Uploads may lie anywhere in their bucket, and a result lies below its source's key: here a whole bucket is meant.
WHOLE_BUCKETS = {
    ("Api", "SignDownloads"),
    ("Batch", "ReadManifests"),
    ("Batch", "SeeWhatWasAnswered"),
    ("Compose", "LetResultsOfDeletedSourcesExpire"),
    ("Compose", "ReadUploads"),
    ("Compose", "TakeBackResults"),
    ("Compose", "WriteResults"),
    ("Ingest", "LetResultsOfDeletedSourcesExpire"),
    ("Ingest", "ReadTagsOfUploads"),
    ("Ingest", "ReadUploads"),
    ("Ingest", "TakeBackResults"),
    ("Ingest", "WriteFailureReports"),
    ("Sweep", "LetResultsOfDeletedSourcesExpire"),
    ("Sweep", "TakeBackResults"),
    ("Sweep", "WriteFailureReports"),
}
# What a function works on without having it in its environment: the message says which bucket it is.
IN_THE_MESSAGE = {("Ingest", "SourceBucket"), ("Compose", "SourceBucket"), ("Sweep", "SourceBucket")}
# Secrets that people make, one for each hook: a pattern of names is all that the template can know of them.
NOT_OURS = {("Api", "VerifyHooks")}


def told(function: str) -> set[str]:
    """The resources that a function's environment names: code can reach nothing else."""
    variables = functions()[function]["Environment"]["Variables"]
    return {
        value.get("Ref") or value["Fn::GetAtt"][0]
        for value in variables.values()
        if isinstance(value, dict) and ("Ref" in value or "Fn::GetAtt" in value)
    } & set(plain()["Resources"])


def named(function: str) -> set[str]:
    """The resources that a function's permissions name."""
    return {
        target(resource)[0]
        for statement in statements(function)
        if (function, statement["Sid"]) not in NOT_OURS
        for resource in listed(statement["Resource"])
    }


@pytest.mark.parametrize("function", NAMES)
def test_no_action_and_no_resource_is_a_wildcard(function: str) -> None:
    for statement in statements(function):
        assert statement["Effect"] == "Allow"
        for action in listed(statement["Action"]):
            assert re.fullmatch(r"[a-z0-9]+:[A-Za-z]+", action), (statement["Sid"], action)
        for resource in listed(statement["Resource"]):
            assert isinstance(resource, dict), (statement["Sid"], resource)


def test_a_whole_bucket_is_open_only_where_keys_may_be_anything() -> None:
    whole = {
        (function, statement["Sid"])
        for function in NAMES
        for statement in statements(function)
        for resource in listed(statement["Resource"])
        if target(resource)[1] == "/*"
    }

    assert whole == WHOLE_BUCKETS


@pytest.mark.parametrize("function", NAMES)
def test_a_permission_is_for_something_that_the_function_is_told_of(function: str) -> None:
    allowed = told(function) | {name for whose, name in IN_THE_MESSAGE if whose == function}

    assert named(function) <= allowed


@pytest.mark.parametrize("function", NAMES)
def test_what_a_function_is_told_of_it_may_use(function: str) -> None:
    told_only = {"Notify": {"ResultBucket"}}  # its news name the bucket, and it reads nothing there

    assert told(function) - named(function) == told_only.get(function, set())


@pytest.mark.parametrize("function", NAMES)
def test_every_setting_is_used_by_the_function_s_code(function: str) -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "functions" / function.lower()).glob("*.py"))

    fields = getattr(settings, f"{function}Settings").model_fields

    assert [name for name in fields if not re.search(rf"\.{name}\b", code)] == []


@pytest.mark.parametrize("function", NAMES)
def test_a_function_may_write_its_log_and_take_from_its_queues(function: str) -> None:
    """The emulator checks neither, so a missing right would show on AWS only."""
    mappings = of_type("AWS::Lambda::EventSourceMapping").values()
    listens = any(mapping["FunctionName"]["Ref"] == f"{function}Function" for mapping in mappings)
    managed = {arn["Fn::Sub"].rpartition("/")[2] if isinstance(arn, dict) else arn.rpartition("/")[2]
               for arn in role(function)["ManagedPolicyArns"]}  # fmt: skip

    assert managed == {
        "AWSLambdaBasicExecutionRole",
        *(["AWSLambdaSQSQueueExecutionRole"] if listens else []),
    }


def role(function: str) -> Any:
    return plain()["Resources"][f"{function}FunctionRole"]["Properties"]


@pytest.mark.parametrize("function", NAMES)
def test_only_lambda_may_take_a_function_s_role(function: str) -> None:
    [statement] = role(function)["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Principal"] == {"Service": ["lambda.amazonaws.com"]}


def test_nothing_but_the_schedule_and_the_api_may_call_a_function_from_outside() -> None:
    callers = {
        (permission["FunctionName"]["Ref"], permission["Principal"])
        for permission in of_type("AWS::Lambda::Permission").values()
    }

    assert callers == {
        ("ApiFunction", "apigateway.amazonaws.com"),
        ("SweepFunction", "events.amazonaws.com"),
    }
    for name, permission in of_type("AWS::Lambda::Permission").items():
        assert "SourceArn" in permission, name
