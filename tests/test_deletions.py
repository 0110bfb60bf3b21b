import json
from collections.abc import Callable
from typing import Any

import pytest

from cutout.service.deletions import TAG, after_ending, removed_keys, settle
from cutout.service.intake import upload_job
from cutout.service.jobs import Source
from fakes import FakeS3

Event = Callable[[str], dict[str, Any]]
SOURCE = ("source", "shoes/a.jpg")
MADE = ("shoes/a.jpg/cutout.png", "shoes/a.jpg/report.json")


@pytest.fixture
def s3() -> FakeS3:
    """A source that is gone, its results, and results of sources with longer names."""
    made = FakeS3()
    for key in (*MADE, "shoes/a.jpg/b.jpg/cutout.png", "shoes/a.jpg.png/cutout.png"):
        made.put_object("result", key, b"made")
    return made


def tagged(s3: FakeS3) -> list[str]:
    return sorted(key for (_, key), tags in s3.tags.items() if TAG in tags)


def settled(s3: Any) -> list[str]:
    settle(s3, source=SOURCE, result_bucket="result", folder="shoes/a.jpg")
    return tagged(s3)


def test_what_was_made_of_a_deleted_source_is_tagged_and_nothing_else(s3: FakeS3) -> None:
    assert settled(s3) == list(MADE)


def test_what_was_made_of_a_source_that_is_there_is_not(s3: FakeS3) -> None:
    s3.put_object(*SOURCE, b"photo")

    assert settled(s3) == []


def test_a_source_that_is_there_again_keeps_its_results(s3: FakeS3) -> None:
    settled(s3)
    s3.put_object(*SOURCE, b"photo")

    assert settled(s3) == []


def test_a_longer_key_is_no_source(s3: FakeS3) -> None:
    s3.put_object("source", "shoes/a.jpg.png", b"photo")

    assert settled(s3) == list(MADE)


def test_an_upload_that_comes_in_between_keeps_its_results(s3: FakeS3) -> None:
    """It comes, and its job ends, while the results of the deleted one are being tagged."""
    mark = s3.put_object_tagging

    def uploads(**asked: Any) -> None:
        s3.put_object(*SOURCE, b"photo")
        mark(**asked)

    s3.put_object_tagging = uploads  # type: ignore[assignment]

    assert settled(s3) == []


def test_tags_of_others_stay(s3: FakeS3) -> None:
    other = {"Key": "team", "Value": "shoes"}
    s3.tags["result", MADE[0]] = [other]
    settled(s3)
    assert s3.tags["result", MADE[0]] == [other, TAG]

    s3.put_object(*SOURCE, b"photo")
    settled(s3)

    assert s3.tags["result", MADE[0]] == [other]


def test_a_result_that_somebody_deletes_meanwhile_is_let_be(s3: FakeS3) -> None:
    read = s3.get_object_tagging

    def deletes(**asked: Any) -> Any:
        s3.delete_object("result", MADE[0])
        return read(**asked)

    s3.get_object_tagging = deletes  # type: ignore[assignment]

    assert settled(s3) == [MADE[1]]


@pytest.mark.parametrize(
    ("on_delete", "there", "expires"),
    [("expire", False, True), ("expire", True, False), ("keep", False, False)],
)
def test_a_job_that_ends_looks_for_its_source(s3: FakeS3, on_delete: str, there: bool, expires: bool) -> None:
    job = upload_job(Source(bucket=SOURCE[0], key=SOURCE[1], sequencer="1"), "bucket", 0)
    if there:
        s3.put_object(*SOURCE, b"photo")

    after_ending(s3, job.model_copy(update={"on_delete": on_delete}), "result")  # type: ignore[arg-type]

    assert tagged(s3) == (list(MADE) if expires else [])


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (
            "ObjectRemoved:Delete",
            [("cutout-source-111122223333-eu-central-1", "summer 2026/Königin a+b.jpg")],
        ),
        (
            "ObjectRemoved:DeleteMarkerCreated",
            [("cutout-source-111122223333-eu-central-1", "summer 2026/Königin a+b.jpg")],
        ),
        ("LifecycleExpiration:Delete", []),
        ("ObjectCreated:Put", []),
    ],
)
def test_only_what_somebody_deletes_is_a_deletion(
    event: Event, name: str, found: list[tuple[str, str]]
) -> None:
    notification = json.loads(event("upload_created")["Records"][0]["body"])
    notification["Records"][0]["eventName"] = name

    assert removed_keys(json.dumps(notification)) == found


def test_the_test_event_deletes_nothing(event: Event) -> None:
    assert removed_keys(event("notification_test")["Records"][0]["body"]) == []
