"""The emulator judges batches by the rights that AWS has."""

import pytest
from ministack.core.iam_actions import extract_iam_action

from local.emulator_rights import renamed


@pytest.mark.parametrize(
    ("action", "right"),
    [
        ("SendMessageBatch", "sqs:SendMessage"),
        ("DeleteMessageBatch", "sqs:DeleteMessage"),
        ("SendMessage", "sqs:SendMessage"),
        ("ReceiveMessage", "sqs:ReceiveMessage"),
    ],
)
def test_a_batch_needs_the_right_to_its_single_action(action: str, right: str) -> None:
    headers = {"x-amz-target": f"AmazonSQS.{action}", "content-type": "application/x-amz-json-1.0"}

    assert renamed(extract_iam_action)("sqs", "POST", "/", headers, b"{}", {}) == right
