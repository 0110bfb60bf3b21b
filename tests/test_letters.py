"""Dead letters on their way back: at least once, none of those that failed again."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from admin.letters import Letters, Moved, jobs_in, queues_of
from cutout.service.jobs import Source, upload_job_id

NOW = 1_795_000_000.0
OLD, NEW = str(int(NOW - 60) * 1000), str(int(NOW + 1) * 1000)


@dataclass
class Queues:
    """Dead letters that are hidden once they were received, and what was sent and deleted, in its order."""

    letters: list[tuple[str, str]]
    did: list[tuple[str, str]] = field(default_factory=list)
    breaks: bool = False

    def receive_message(self, QueueUrl: str, MaxNumberOfMessages: int, **_: Any) -> dict[str, Any]:
        some, self.letters = self.letters[:MaxNumberOfMessages], self.letters[MaxNumberOfMessages:]
        found = [
            {"Body": body, "ReceiptHandle": body, "Attributes": {"SentTimestamp": sent}}
            for body, sent in some
        ]
        return {"Messages": found} if found else {}

    def send_message(self, QueueUrl: str, MessageBody: str) -> None:
        self.did.append((f"send {QueueUrl}", MessageBody))
        if self.breaks:
            raise OSError

    def delete_message(self, QueueUrl: str, ReceiptHandle: str) -> None:
        self.did.append((f"delete {QueueUrl}", ReceiptHandle))


def letters(queues: Queues) -> Letters:
    return Letters(sqs=queues, queues={"Compose": ("compose", "dead")})  # type: ignore[arg-type]


def body(number: int) -> str:
    return json.dumps({"job": {"id": f"job-{number}"}})


def test_a_letter_is_sent_before_it_is_deleted() -> None:
    queues = Queues([(body(1), OLD), ("nobody can read this", OLD)])

    moved = list(letters(queues).redrive("Compose", NOW))

    assert moved == [Moved(queue="Compose", jobs=("job-1",)), Moved(queue="Compose", jobs=())]
    assert queues.did == [
        ("send compose", body(1)),
        ("delete dead", body(1)),
        ("send compose", "nobody can read this"),
        ("delete dead", "nobody can read this"),
    ]


def test_a_crash_between_the_two_leaves_the_letter() -> None:
    queues = Queues([(body(1), OLD)], breaks=True)

    with pytest.raises(OSError):
        list(letters(queues).redrive("Compose", NOW))

    assert queues.did == [("send compose", body(1))]


def test_what_failed_again_since_stays() -> None:
    queues = Queues([(body(number), OLD) for number in range(11)] + [(body(99), NEW)])

    moved = list(letters(queues).redrive("Compose", NOW))

    assert [letter.jobs[0] for letter in moved] == [f"job-{number}" for number in range(11)]


def test_the_queues_are_those_with_dead_letters() -> None:
    names = {"IngestQueue": "i", "IngestDeadLetters": "di", "JobTable": "t", "OtherQueue": "o"}

    assert queues_of(names) == {"Ingest": ("i", "di")}


def test_s3_s_notifications_stand_for_the_jobs_of_their_uploads() -> None:
    def record(key: str) -> dict[str, Any]:
        described = {"key": key, "size": 3, "eTag": "e", "sequencer": "01"}
        return {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "in"}, "object": described}}

    found = jobs_in(json.dumps({"Records": [record("shop/a+b.jpg"), record("api/o/announced/a.jpg")]}))

    upload = upload_job_id(Source(bucket="in", key="shop/a b.jpg", sequencer="01"))
    assert found == (upload, "announced")
