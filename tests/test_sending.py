import pytest

from cutout.service.sending import NotSent, send_all
from fakes import FakeSqs


def test_many_messages_go_ten_a_call_and_none_is_lost() -> None:
    sqs = FakeSqs()

    send_all(sqs, "q", [str(n) for n in range(23)])  # type: ignore[arg-type]

    assert sqs.calls == [10, 10, 3]
    assert sqs.sent == [("q", str(n)) for n in range(23)]


def test_large_messages_go_alone() -> None:
    """SQS refuses a call of more than 262,144 bytes, however many messages it has."""
    sqs = FakeSqs()

    send_all(sqs, "q", ["x" * 150_000, "y" * 150_000, "z"])  # type: ignore[arg-type]

    assert sqs.calls == [1, 2]


def test_nothing_to_send_is_no_call() -> None:
    sqs = FakeSqs()

    send_all(sqs, "q", [])  # type: ignore[arg-type]

    assert sqs.calls == []


def test_a_message_that_is_not_taken_is_our_fault() -> None:
    with pytest.raises(NotSent, match="1 of 2 messages were refused: InternalError"):
        send_all(FakeSqs(refuses="b"), "q", ["a", "b"])  # type: ignore[arg-type]
