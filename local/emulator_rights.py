"""Rights as AWS names them, where the emulator asks for another.

SQS judges a batch by the right to its single action (``sqs:SendMessage``); ministack 1.5.33 asks for a right called
``sqs:SendMessageBatch``, which AWS does not have.
"""

import functools
from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions

SINGLE = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}


def name_rights() -> None:
    """Have batches judged as AWS judges them; to be called before the emulator starts."""
    iam_actions.extract_iam_action = renamed(iam_actions.extract_iam_action)


def renamed(extract: Callable[..., Any]) -> Callable[..., Any]:
    """``extract``, with AWS's name for the right that a request needs."""

    @functools.wraps(extract)
    def named(*args: Any, **kwargs: Any) -> Any:
        action = extract(*args, **kwargs)
        return SINGLE.get(action, action)

    return named
