"""The template's rules about queues, buckets and what lies in them."""

from typing import Any

import pytest

from plain_template import number, of_type, plain

PACES = ("aws", "laptop", "drill")
FORTNIGHT_SECONDS = 14 * 86_400


def queues() -> dict[str, Any]:
    return of_type("AWS::SQS::Queue")


def test_the_paces_are_these() -> None:
    assert tuple(plain()["Mappings"]["Pace"]) == PACES


@pytest.mark.parametrize("pace", PACES)
@pytest.mark.parametrize("mapping", sorted(of_type("AWS::Lambda::EventSourceMapping")))
def test_a_message_is_invisible_for_six_times_its_function_s_time_out(mapping: str, pace: str) -> None:
    """Found from the mapping itself, so that no new queue is forgotten."""
    properties = of_type("AWS::Lambda::EventSourceMapping")[mapping]
    queue = queues()[properties["EventSourceArn"]["Fn::GetAtt"][0]]
    function = of_type("AWS::Lambda::Function")[properties["FunctionName"]["Ref"]]

    visible_after, timeout = number(queue["VisibilityTimeout"], pace), number(function["Timeout"], pace)

    assert visible_after >= 6 * timeout


def test_every_queue_that_is_listened_on_is_worked_on_by_one_function() -> None:
    heard = [
        mapping["EventSourceArn"]["Fn::GetAtt"][0]
        for mapping in of_type("AWS::Lambda::EventSourceMapping").values()
    ]

    assert sorted(heard) == sorted(name for name in queues() if name.endswith("Queue"))


def test_every_queue_gives_up_after_five_times_into_dead_letters_of_its_own_that_stay_a_fortnight() -> None:
    targets = []
    for name, queue in queues().items():
        assert queue["MessageRetentionPeriod"] == FORTNIGHT_SECONDS, name
        if name.endswith("DeadLetters"):
            assert "RedrivePolicy" not in queue, name
            continue
        redrive = queue["RedrivePolicy"]
        assert number(redrive["maxReceiveCount"], "aws") >= 5, name
        targets.append(redrive["deadLetterTargetArn"]["Fn::GetAtt"][0])

    assert sorted(targets) == sorted(name for name in queues() if name.endswith("DeadLetters"))


def test_everything_is_encrypted_where_it_rests() -> None:
    for name, queue in queues().items():
        assert queue["SqsManagedSseEnabled"] is True, name
    for name, table in of_type("AWS::DynamoDB::Table").items():
        assert table["SSESpecification"] == {"SSEEnabled": True}, name
    for name, bucket in of_type("AWS::S3::Bucket").items():
        [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256", name
    for name, secret in of_type("AWS::SecretsManager::Secret").items():
        assert "KmsKeyId" not in secret, f"{name}: Secrets Manager's own key encrypts it"


def test_the_alarms_topic_has_no_key_that_alarms_may_not_use() -> None:
    """CloudWatch cannot publish to a topic under SNS's own AWS key: alarms would vanish. Their text is no secret."""
    for topic in of_type("AWS::SNS::Topic").values():
        assert topic.get("KmsMasterKeyId") != "alias/aws/sns"


def test_buckets_take_encrypted_connections_only() -> None:
    policies = of_type("AWS::S3::BucketPolicy")

    assert {policy["Bucket"]["Ref"] for policy in policies.values()} == set(of_type("AWS::S3::Bucket"))
    for name, policy in policies.items():
        bucket = policy["Bucket"]["Ref"]
        [statement] = policy["PolicyDocument"]["Statement"]
        assert plain()["Resources"][name]["Condition"] == "OnAws"
        assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert statement["Resource"] == [
            {"Fn::GetAtt": [bucket, "Arn"]},
            {"Fn::Sub": f"${{{bucket}.Arn}}/*"},
        ]


def test_only_what_the_page_does_is_open_to_other_origins() -> None:
    allowed = {
        name: [rule["AllowedMethods"] for rule in bucket.get("CorsConfiguration", {}).get("CorsRules", [])]
        for name, bucket in of_type("AWS::S3::Bucket").items()
    }

    assert allowed == {"SourceBucket": [["POST"]], "ResultBucket": [["GET"]], "WorkBucket": []}


def test_only_our_own_bucket_may_put_messages_into_a_queue_from_outside() -> None:
    [policy] = of_type("AWS::SQS::QueuePolicy").values()

    assert policy["Queues"] == [{"Ref": "UploadQueue"}]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "s3.amazonaws.com"}
    assert (statement["Effect"], statement["Action"]) == ("Allow", "sqs:SendMessage")
    assert statement["Resource"] == {"Fn::GetAtt": ["UploadQueue", "Arn"]}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    source = statement["Condition"]["ArnEquals"]["aws:SourceArn"]["Fn::Sub"]
    assert source.endswith(":s3:::${Prefix}-source-${AWS::AccountId}-${AWS::Region}")


def test_results_are_kept_for_ever_unless_somebody_says_for_how_long() -> None:
    rules = of_type("AWS::S3::Bucket")["ResultBucket"]["LifecycleConfiguration"]["Rules"]

    assert plain()["Parameters"]["ResultRetentionDays"]["Default"] == 0
    assert plain()["Conditions"]["ResultsExpire"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "ResultRetentionDays"}, 0]}]
    }
    [choice] = [rule["Fn::If"] for rule in rules if "Fn::If" in rule]
    assert choice == [
        "ResultsExpire",
        {"Id": "results", "Status": "Enabled", "ExpirationInDays": {"Ref": "ResultRetentionDays"}},
        {"Ref": "AWS::NoValue"},
    ]
