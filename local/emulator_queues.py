"""One lock for the emulator's queues.

ministack 1.5.33 rebuilds a queue's list of messages on one thread (its pollers delete what a function has worked on)
while another appends to it (a request, or S3's notification): now and then the new message is gone, or a deleted one is
back until its visibility ends. SQS loses nothing, so neither may its stand-in.
"""

import asyncio
import functools
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from ministack.services import s3, sqs

OTHERS = ("_dlq_sweep", "_expire_retained", "_collect_msgs", "_act_send_message")


def guard_queues() -> None:
    """Let only one thread at a time read or change the queues; to be called before the emulator starts."""
    lock = threading.RLock()
    sqs._queues_lock = lock
    for action, handler in sqs._HANDLERS.items():
        if not asyncio.iscoroutinefunction(handler):  # receiving waits, and takes the lock below
            sqs._HANDLERS[action] = _guarded(handler, lock)
    for name in OTHERS:
        setattr(sqs, name, _guarded(getattr(sqs, name), lock))
    s3._deliver_event_to_sqs = _guarded(s3._deliver_event_to_sqs, lock)


def _guarded(function: Callable[..., Any], lock: AbstractContextManager[Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def alone(*args: Any, **kwargs: Any) -> Any:
        with lock:
            return function(*args, **kwargs)

    return alone
