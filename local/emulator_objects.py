"""What S3 promises and the emulator forgets: an object that is accepted is kept, and its event arrives.

ministack 1.5.33 hands events over on threads that a stop cuts off, and accepts objects that its full disk cannot take:
after a restart the event, or the object, is gone.
"""

import functools
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.services import s3, sqs

LONGEST_SECONDS = 5.0  # that a stop waits for events under way
BESIDE_BYTES = 8192  # what the emulator writes down beside an object


class UnderWay:
    """Events that have been announced and have not arrived yet."""

    def __init__(self) -> None:
        self.count = 0
        self.changed = threading.Condition()

    def add(self, number: int) -> None:
        """So many more, or fewer."""
        with self.changed:
            self.count += number
            self.changed.notify_all()

    def wait(self) -> None:
        """Until all have arrived, for a while."""
        until = time.monotonic() + LONGEST_SECONDS
        with self.changed:
            while self.count and time.monotonic() < until:
                self.changed.wait(until - time.monotonic())


def guard_objects() -> None:
    """Let no event and no object be lost; to be called before the emulator starts."""
    events = UnderWay()
    s3._fire_s3_event_async = _announcing(s3._fire_s3_event_async, events)
    s3._fire_s3_event = _arriving(s3._fire_s3_event, events)
    sqs.get_state = _after(events.wait, sqs.get_state)
    if s3.S3_PERSIST:
        s3._put_object = _with_room(s3._put_object, lambda arguments: arguments[2])
        s3._post_object = _with_room(s3._post_object, lambda arguments: arguments[1])


def _announcing(function: Callable[..., Any], events: UnderWay) -> Callable[..., Any]:
    @functools.wraps(function)
    def announce(bucket: str, *args: Any, **kwargs: Any) -> Any:
        if bucket in s3._bucket_notifications:  # as the emulator decides whether there is an event at all
            events.add(1)
        return function(bucket, *args, **kwargs)

    return announce


def _arriving(function: Callable[..., Any], events: UnderWay) -> Callable[..., Any]:
    @functools.wraps(function)
    def arrive(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        finally:
            events.add(-1)

    return arrive


def _after(first: Callable[[], None], function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def then() -> Any:
        first()
        return function()

    return then


def _with_room(
    function: Callable[..., Any], body_in: Callable[[tuple[Any, ...]], bytes]
) -> Callable[..., Any]:
    """Refuse, as S3 does when it is in trouble, what the disk has no room for."""

    @functools.wraps(function)
    def store(*args: Any, **kwargs: Any) -> Any:
        probe = Path(s3.DATA_DIR) / f".room-{threading.get_ident()}"
        try:
            probe.parent.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(body_in(args) + bytes(BESIDE_BYTES))
        except OSError as error:
            return s3._error("ServiceUnavailable", f"No room: {error.strerror}", 503)
        finally:
            probe.unlink(missing_ok=True)
        return function(*args, **kwargs)

    return store
