"""Calls from the API straight into a stage: the same messages, without a queue between.

A stage that is called directly does its work and returns the message that it would have sent. The caller hands it to
the next stage, or queues it when its time is up: so a job may change from one way to the other between any two stages.
"""

from typing import Any

from cutout.service.messages import ComposeMessage, JobMessage, MatteMessage

Message = JobMessage | MatteMessage | ComposeMessage
ONWARD: dict[str, type[MatteMessage] | type[ComposeMessage]] = {
    "matte": MatteMessage,
    "compose": ComposeMessage,
}


def direct_event(message: Message) -> dict[str, str]:
    """The event that calls a stage directly."""
    return {"direct": message.model_dump_json()}


def direct_body(event: dict[str, Any]) -> str | None:
    """The message of a direct call; None for a queue's event."""
    body = event.get("direct")
    return None if body is None else str(body)


def direct_answer(onward: MatteMessage | ComposeMessage | None) -> dict[str, str]:
    """What a stage answers: the next stage and its message, or nothing when the job has ended."""
    if onward is None:
        return {}
    stage = "compose" if isinstance(onward, ComposeMessage) else "matte"
    return {stage: onward.model_dump_json()}


def onward_in(answer: dict[str, str]) -> MatteMessage | ComposeMessage | None:
    """The message in a stage's answer; None when the job has ended."""
    for stage, kind in ONWARD.items():
        if stage in answer:
            return kind.model_validate_json(answer[stage])
    return None
