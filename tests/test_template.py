"""What the template promises, judged as the plain CloudFormation that AWS's transform makes of it."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from cutout.service import settings
from local.deploy import transform

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = ("api", "compose", "ingest", "matte", "notify", "sweep")


@pytest.fixture(scope="module")
def plain() -> dict[str, Any]:
    """The template as plain CloudFormation."""
    return transform(ROOT / "template.yaml", {"Pace": "aws"})


@pytest.fixture(scope="module")
def resources(plain: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = plain["Resources"]
    return found


def of_type(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: r["Properties"] for name, r in resources.items() if r["Type"] == kind}


def test_every_handler_exists(resources: dict[str, Any]) -> None:
    functions = of_type(resources, "AWS::Lambda::Function")

    assert sorted(functions) == sorted(f"{name.title()}Function" for name in FUNCTIONS)
    for name, function in functions.items():
        handler = function.get("Handler") or function["ImageConfig"]["Command"][0]
        module, _, attribute = handler.partition(".")
        tree = ast.parse((ROOT / "functions" / module / f"{module}.py").read_text())
        defined = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        assert attribute in defined, f"{name}: {handler}"
        assert module == name.removesuffix("Function").lower()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_settings_are_the_template_s_environment(resources: dict[str, Any], function: str) -> None:
    title = function.title()
    variables = resources[f"{title}Function"]["Properties"]["Environment"]["Variables"]

    fields = getattr(settings, f"{title}Settings").model_fields

    assert {name.upper() for name in fields} == set(variables) - {
        "POWERTOOLS_LOG_LEVEL",
        "OPENBLAS_NUM_THREADS",
    }


def test_a_message_stays_invisible_six_times_as_long_as_its_function_may_run(plain: dict[str, Any]) -> None:
    for pace, numbers in plain["Mappings"]["Pace"].items():
        for function in ("Ingest", "Matte", "Compose", "Notify"):
            timeout, visibility = (
                numbers[f"{function}TimeoutSeconds"],
                numbers[f"{function}VisibilitySeconds"],
            )

            assert visibility >= 6 * timeout, (pace, function)


def test_every_queue_has_dead_letters_and_two_alarms_that_reach_someone(resources: dict[str, Any]) -> None:
    queues = {n.removesuffix("Queue") for n in of_type(resources, "AWS::SQS::Queue") if n.endswith("Queue")}
    alarms = of_type(resources, "AWS::CloudWatch::Alarm")

    assert queues == {
        *("Upload", "Ingest", "BulkIngest", "Interactive", "Bulk", "Compose", "BulkCompose"),
        "Notify",
    }
    for queue in queues:
        redrive = resources[f"{queue}Queue"]["Properties"]["RedrivePolicy"]
        assert redrive["deadLetterTargetArn"] == {"Fn::GetAtt": [f"{queue}DeadLetters", "Arn"]}
        for alarm, source in (("DeadLetters", "DeadLetters"), ("Age", "Queue")):
            found = alarms[f"{queue}{alarm}Alarm"]
            assert found["Dimensions"][0]["Value"] == {"Fn::GetAtt": [f"{queue}{source}", "QueueName"]}
            assert found["AlarmActions"] == [{"Ref": "AlarmTopic"}]


def test_every_consumer_reports_its_failures_and_has_a_limit(resources: dict[str, Any]) -> None:
    mappings = of_type(resources, "AWS::Lambda::EventSourceMapping")

    assert len(mappings) == 8
    for name, mapping in mappings.items():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
        assert "MaximumConcurrency" in mapping["ScalingConfig"], name


def test_every_consumer_may_receive_and_delete(resources: dict[str, Any]) -> None:
    """The emulator does not check these rights, so a missing one would show on AWS only."""
    for mapping in of_type(resources, "AWS::Lambda::EventSourceMapping").values():
        role = resources[f"{mapping['FunctionName']['Ref']}Role"]["Properties"]

        assert any("AWSLambdaSQSQueueExecutionRole" in str(arn) for arn in role["ManagedPolicyArns"])


def test_every_bucket_is_private_and_encrypted(resources: dict[str, Any]) -> None:
    buckets = of_type(resources, "AWS::S3::Bucket")

    assert sorted(buckets) == ["ResultBucket", "SourceBucket", "WorkBucket"]
    for bucket in buckets.values():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        rules = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rules[0]["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def places(resources: dict[str, Any], action: str, bucket: str) -> dict[str, set[str]]:
    """Which functions may do that, and where in the bucket."""
    found: dict[str, set[str]] = {}
    for name in of_type(resources, "AWS::Lambda::Function"):
        for policy in resources[f"{name}Role"]["Properties"].get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                if action in statement["Action"]:
                    arns = re.findall(rf"\$\{{{bucket}.Arn\}}/([^'\"]*)", str(statement["Resource"]))
                    found.setdefault(name, set()).update(arns)
    return {name: arns for name, arns in found.items() if arns}


def test_no_function_writes_where_the_uploads_come_in(resources: dict[str, Any]) -> None:
    """Only the API signs uploads; what calls bring or name is kept below a prefix that starts nothing."""
    assert places(resources, "s3:PutObject", "SourceBucket") == {
        "ApiFunction": {"api/*", "calls/*"},
        "IngestFunction": {"calls/*"},
    }


def test_only_what_calls_have_brought_and_made_may_be_deleted(resources: dict[str, Any]) -> None:
    own = {"api/*", "calls/*"}

    assert places(resources, "s3:DeleteObject", "SourceBucket") == {"ApiFunction": own}
    assert places(resources, "s3:DeleteObject", "WorkBucket") == {}
    assert places(resources, "s3:DeleteObject", "ResultBucket") == {
        "ApiFunction": own,
        "ComposeFunction": own,
    }


def test_what_calls_brought_expires(resources: dict[str, Any]) -> None:
    rules = resources["SourceBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]

    [calls] = [rule for rule in rules if rule.get("Prefix") == "calls/"]
    assert (calls["Status"], calls["ExpirationInDays"]) == ("Enabled", {"Ref": "MatteRetentionDays"})


def test_no_private_address_may_be_fetched_from_unless_somebody_says_so(plain: dict[str, Any]) -> None:
    assert plain["Parameters"]["FetchExceptions"]["Default"] == ""
    assert plain["Parameters"]["AllowPrivateCallbacks"]["Default"] == "false"


def test_fetching_leaves_ingest_time_for_its_own_work(plain: dict[str, Any]) -> None:
    for pace, numbers in plain["Mappings"]["Pace"].items():
        assert numbers["FetchTimeoutSeconds"] * 3 <= numbers["IngestTimeoutSeconds"], pace


@pytest.mark.parametrize("function", ["api", "compose", "ingest", "sweep"])
def test_who_admits_or_ends_jobs_may_do_all_that_its_transactions_do(
    resources: dict[str, Any], function: str
) -> None:
    """AWS authorises a transaction by its single actions."""
    policies = resources[f"{function.title()}FunctionRole"]["Properties"]["Policies"]
    statements = [s for policy in policies for s in policy["PolicyDocument"]["Statement"]]

    allowed = {
        action
        for statement in statements
        if statement["Resource"] == {"Fn::GetAtt": ["JobTable", "Arn"]}
        for action in statement["Action"]
    }

    needed = {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}
    withdraws = {"dynamodb:DeleteItem"} if function == "api" else set()

    assert allowed >= needed | withdraws


def test_who_makes_accounts_knows_what_they_begin_with(plain: dict[str, Any]) -> None:
    assert plain["Parameters"]["NewKeyCredits"]["Default"] == "unlimited"
    assert plain["Parameters"]["BucketAccount"]["Default"] == "bucket"
    for function in ("Api", "Ingest", "Sweep"):
        properties = plain["Resources"][f"{function}Function"]["Properties"]
        assert properties["Environment"]["Variables"]["NEW_KEY_CREDITS"] == {"Ref": "NewKeyCredits"}


def test_no_permission_is_for_everything(resources: dict[str, Any]) -> None:
    for name in of_type(resources, "AWS::Lambda::Function"):
        for policy in resources[f"{name}Role"]["Properties"].get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                assert statement["Resource"] != "*", (name, statement["Sid"])
                assert "*" not in str(statement["Action"]), (name, statement["Sid"])


def test_every_function_has_a_log_group_that_forgets(resources: dict[str, Any]) -> None:
    groups = of_type(resources, "AWS::Logs::LogGroup")

    for name, function in of_type(resources, "AWS::Lambda::Function").items():
        group = groups[function["LoggingConfig"]["LogGroup"]["Ref"]]
        assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}, name


def test_the_defaults_fit_a_new_account(resources: dict[str, Any]) -> None:
    for name, function in of_type(resources, "AWS::Lambda::Function").items():
        assert function["MemorySize"] <= 3008, name
