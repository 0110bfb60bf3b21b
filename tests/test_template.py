"""What the template promises, judged as the plain CloudFormation that AWS's transform makes of it."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest

from cutout.service import deletions, settings
from local.deploy import transform

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = ("api", "batch", "compose", "ingest", "matte", "notify", "sweep")


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


def test_every_queue_has_dead_letters_and_two_alarms_that_reach_someone(resources: dict[str, Any]) -> None:
    queues = {n.removesuffix("Queue") for n in of_type(resources, "AWS::SQS::Queue") if n.endswith("Queue")}
    alarms = of_type(resources, "AWS::CloudWatch::Alarm")

    assert queues == {
        *("Upload", "Ingest", "BulkIngest", "Interactive", "Bulk", "Compose", "BulkCompose"),
        *("Batch", "Notify", "Delivery"),
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

    assert len(mappings) == 10
    for name, mapping in mappings.items():
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name
        assert "MaximumConcurrency" in mapping["ScalingConfig"], name


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


def test_only_what_calls_have_brought_and_what_jobs_have_made_may_be_deleted(
    resources: dict[str, Any],
) -> None:
    """Who ends a job as failed takes its results back, wherever they lie; the API ends its own jobs only."""
    own = {"api/*", "calls/*"}
    made = own | {"hooks/*", "batches/*"}

    assert places(resources, "s3:DeleteObject", "SourceBucket") == {"ApiFunction": own}
    assert places(resources, "s3:DeleteObject", "WorkBucket") == {}
    assert places(resources, "s3:DeleteObject", "ResultBucket") == {
        "ApiFunction": made,
        "ComposeFunction": {"*"},
        "IngestFunction": {"*"},
        "SweepFunction": {"*"},
    }


def test_what_calls_brought_expires(resources: dict[str, Any]) -> None:
    rules = resources["SourceBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]

    [calls] = [rule for rule in rules if rule.get("Prefix") == "calls/"]
    assert (calls["Status"], calls["ExpirationInDays"]) == ("Enabled", {"Ref": "MatteRetentionDays"})


def test_the_results_of_deleted_sources_expire_by_their_tag(resources: dict[str, Any]) -> None:
    rules = resources["ResultBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]

    [deleted] = [rule for rule in rules if "TagFilters" in rule]
    assert (deleted["Status"], deleted["TagFilters"]) == ("Enabled", [deletions.TAG])
    assert deleted["ExpirationInDays"] == {"Ref": "DeletedSourceRetentionDays"}
    assert places(resources, "s3:PutObjectTagging", "ResultBucket") == {
        "ComposeFunction": {"*"},
        "IngestFunction": {"*"},
        "SweepFunction": {"*"},
    }


def test_uploads_and_deletions_are_announced(resources: dict[str, Any]) -> None:
    """What a lifecycle rule of the source bucket expires is not: its results stay."""
    announced = resources["SourceBucket"]["Properties"]["NotificationConfiguration"]["QueueConfigurations"]

    assert [found["Event"] for found in announced] == ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]


def test_no_function_may_change_the_rules(resources: dict[str, Any]) -> None:
    read = places(resources, "s3:GetObject", "WorkBucket")

    assert [name for name, where in read.items() if "config/rules.json" in where] == [
        "IngestFunction",
        "BatchFunction",
    ]
    for where in places(resources, "s3:PutObject", "WorkBucket").values():
        assert not any("config/rules.json".startswith(pattern.rstrip("*")) for pattern in where)


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


def test_the_defaults_fit_a_new_account(resources: dict[str, Any]) -> None:
    for name, function in of_type(resources, "AWS::Lambda::Function").items():
        assert function["MemorySize"] <= 3008, name


def test_news_go_in_batches_and_webhooks_one_by_one(resources: dict[str, Any]) -> None:
    """A bus call takes ten events; a receiver may take as long as the function has."""
    mappings = of_type(resources, "AWS::Lambda::EventSourceMapping")
    sizes = {
        mapping["EventSourceArn"]["Fn::GetAtt"][0]: mapping["BatchSize"]
        for mapping in mappings.values()
        if mapping["FunctionName"] == {"Ref": "NotifyFunction"}
    }

    assert sizes == {"NotifyQueue": 10, "DeliveryQueue": 1}


def test_an_attempt_is_over_before_its_lease_and_its_lease_before_its_message_comes_again(
    plain: dict[str, Any],
) -> None:
    variables = plain["Resources"]["NotifyFunction"]["Properties"]["Environment"]["Variables"]

    assert variables["LEASE_SECONDS"]["Fn::FindInMap"][2] == "NotifyTimeoutSeconds"
    for pace, numbers in plain["Mappings"]["Pace"].items():
        assert numbers["DeliveryTimeoutSeconds"] < numbers["NotifyTimeoutSeconds"], pace
        assert numbers["NotifyTimeoutSeconds"] < numbers["NotifyVisibilitySeconds"], pace
        assert numbers["RetryGraceSeconds"] > numbers["NotifyVisibilitySeconds"], pace


def test_on_aws_webhooks_are_repeated_as_the_specification_says(plain: dict[str, Any]) -> None:
    assert plain["Mappings"]["Pace"]["aws"]["RetryScale"] == "1"


def test_what_is_told_outside_has_the_gateway_s_address_unless_another_is_given(
    plain: dict[str, Any],
) -> None:
    address = plain["Resources"]["NotifyFunction"]["Properties"]["Environment"]["Variables"]["API_ADDRESS"]

    given, parameter, own = address["Fn::If"]
    assert (given, parameter) == ("AddressGiven", {"Ref": "PublicAddress"})
    assert own == {"Fn::Sub": "https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/api"}
    assert plain["Parameters"]["PublicAddress"]["Default"] == ""
