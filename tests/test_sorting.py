"""What ingest makes of S3's notifications, before anything is read."""

import json
from typing import Any

import pytest

from cutout.service.messages import JobMessage, RemovalMessage
from cutout.service.onward import Lanes, Onward
from cutout.service.rules import RulesBroken
from cutout.service.rules_file import RulesFile
from cutout.service.settings import IngestSettings
from fakes import FakeS3, FakeSqs
from sorting import Sorting

SETTINGS = IngestSettings.model_construct(bucket_account="bucket", result_bucket="result")
RULES = {
    "rules": [
        {"prefix": "urgent/", "lane": "interactive"},
        {"prefix": "old/", "ignore": True},
        {"prefix": "in/", "results": "out/", "on_delete": "expire"},
    ]
}


class NoJobs:
    """A table in which nothing is found."""

    def find(self, _job_id: str) -> None:
        return None


@pytest.fixture
def s3() -> FakeS3:
    made = FakeS3()
    made.put_object("work", "config/rules.json", json.dumps(RULES).encode())
    return made


def notification(key: str, event: str = "ObjectCreated:Put") -> str:
    described = {"key": key, "size": 9, "eTag": "e", "sequencer": "01"}
    record = {"eventName": event, "s3": {"bucket": {"name": "source"}, "object": described}}
    return json.dumps({"Records": [record]})


def sorted_into(s3: FakeS3, body: str) -> list[tuple[str, str]]:
    """Queue and message of everything that is sent on."""
    sqs, table = FakeSqs(), NoJobs()
    lanes = Lanes(interactive="interactive", bulk="bulk")
    onward: Any = Onward(sqs=sqs, table=table, ingest=lanes, matte=lanes, compose=lanes)  # type: ignore[arg-type]
    rules = RulesFile(s3, "work", 60)  # type: ignore[arg-type]
    Sorting(s3=s3, table=table, onward=onward, rules=rules, settings=SETTINGS).take(body)  # type: ignore[arg-type]
    return sqs.sent


@pytest.mark.parametrize(
    ("key", "lane", "place"),
    [
        ("urgent/a.jpg", "interactive", "urgent/a.jpg"),
        ("in/a.jpg", "bulk", "out/a.jpg"),
        ("a.jpg", "bulk", "a.jpg"),
        ("corrections/a.jpg.png", "bulk", "corrections/a.jpg.png"),
    ],
)
def test_an_upload_goes_into_its_rule_s_lane(s3: FakeS3, key: str, lane: str, place: str) -> None:
    [(queue, body)] = sorted_into(s3, notification(key))

    assert (queue, JobMessage.model_validate_json(body).job.folder) == (lane, place)


@pytest.mark.parametrize(
    ("key", "event"),
    [
        ("old/a.jpg", "ObjectCreated:Put"),
        ("a.jpg", "ObjectRemoved:Delete"),
        ("api/o/j/a.jpg", "ObjectRemoved:Delete"),
        ("corrections/in/a.jpg.png", "ObjectRemoved:Delete"),
    ],
)
def test_of_some_events_nothing_follows(s3: FakeS3, key: str, event: str) -> None:
    assert sorted_into(s3, notification(key, event)) == []


def test_a_deletion_waits_behind_the_bulk_so_that_no_upload_waits_for_it(s3: FakeS3) -> None:
    [(queue, body)] = sorted_into(s3, notification("in/a.jpg", "ObjectRemoved:Delete"))

    assert (queue, RemovalMessage.model_validate_json(body)) == (
        "bulk",
        RemovalMessage(bucket="source", key="in/a.jpg", removed_from="out/a.jpg"),
    )


def test_broken_rules_stop_what_they_are_about_and_no_call_of_the_api(s3: FakeS3) -> None:
    s3.put_object("work", "config/rules.json", b'{"rules": 7}')

    with pytest.raises(RulesBroken, match="rules is 7"):
        sorted_into(s3, notification("a.jpg"))
    assert len(sorted_into(s3, notification("api/o/j/a.jpg"))) == 1
