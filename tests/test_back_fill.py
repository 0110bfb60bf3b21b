"""Tasks of S3 Batch Operations: queued as bulk jobs, once each, and never in the way of a newer upload."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError as BusyError

from back_fill import BackFill, is_back_fill
from cutout.errors import Superseded
from cutout.service.intake import recipe_of
from cutout.service.jobs import Job
from cutout.service.messages import JobMessage
from cutout.service.objects import write_result
from cutout.service.rules_file import RulesFile
from fakes import FakeS3, FakeSqs

Event = Callable[[str], dict[str, Any]]
BUCKET = "cutout-source-111122223333-eu-central-1"
KEY = "summer 2026/Königin a+b.jpg"
REPORT = f"{KEY}/report.json"


@dataclass
class World:
    """One picture in the bucket, answered as its upload with the sequencer 05."""

    s3: FakeS3 = field(default_factory=FakeS3)
    sqs: FakeSqs = field(default_factory=FakeSqs)

    def __post_init__(self) -> None:
        self.s3.objects[BUCKET, KEY] = (b"picture", {"recipe": '{"subject": "car"}'})
        self.s3.objects["out", REPORT] = (b"{}", {"sequencer": "05"})

    def answer(self, event: dict[str, Any]) -> dict[str, Any]:
        clients: Any = {"s3": self.s3, "sqs": self.sqs}
        names = {
            "source_bucket": BUCKET,
            "result_bucket": "out",
            "jobs_queue": "bulk ingest",
            "payer": "shop",
        }
        rules = RulesFile(clients["s3"], "work", 60)
        return BackFill(**clients, **names, rules=rules).answer(event)

    @property
    def job(self) -> Job:
        [(queue, body)] = self.sqs.sent
        assert queue == "bulk ingest"
        return JobMessage.model_validate_json(body).job


@pytest.mark.parametrize("name", ["s3_batch_operations_1", "s3_batch_operations_2"])
def test_a_task_is_queued_as_if_its_object_had_just_been_uploaded(event: Event, name: str) -> None:
    world, sent = World(), event(name)

    answer = world.answer(sent)

    job = world.job
    assert is_back_fill(sent)
    assert answer == {
        "invocationSchemaVersion": sent["invocationSchemaVersion"],
        "treatMissingKeysAs": "TemporaryFailure",
        "invocationId": sent["invocationId"],
        "results": [
            {
                "taskId": sent["tasks"][0]["taskId"],
                "resultCode": "Succeeded",
                "resultString": f"job {job.id}",
            }
        ],
    }
    assert (job.source.key, job.folder, job.source.size_bytes) == (KEY, KEY, 7)
    assert (job.owner, job.lane, job.payer, job.price) == ("bucket", "bulk", "shop", 100)


def test_a_task_that_is_repeated_is_the_same_job(event: Event) -> None:
    first, second, other = World(), World(), World()

    first.answer(event("s3_batch_operations_1"))
    second.answer(event("s3_batch_operations_1"))
    other.answer(event("s3_batch_operations_2"))

    assert first.job.id == second.job.id != other.job.id


def test_a_preset_in_the_arguments_is_final_and_without_one_the_object_speaks(event: Event) -> None:
    told, silent = World(), World()
    told.answer(event("s3_batch_operations_2"))
    silent.answer(event("s3_batch_operations_1"))
    metadata = told.s3.objects[BUCKET, KEY][1]

    assert recipe_of(told.job, metadata).outputs[0].preset == "amazon"
    assert recipe_of(silent.job, metadata).subject == "car"


def with_rules(*rules: dict[str, Any]) -> World:
    world = World()
    world.s3.objects["work", "config/rules.json"] = (json.dumps({"rules": rules}).encode(), {})
    return world


def test_the_bucket_s_rules_count_for_it_and_the_rank_of_what_lies_in_their_place(event: Event) -> None:
    world = with_rules(
        {"prefix": "summer 2026/", "preset": "ebay", "results": "published/", "lane": "interactive"}
    )
    world.s3.objects["out", "published/Königin a+b.jpg/report.json"] = (b"{}", {"sequencer": "09"})

    world.answer(event("s3_batch_operations_1"))

    job = world.job
    assert (job.folder, job.lane, job.source.order) == ("published/Königin a+b.jpg", "bulk", "09")
    assert recipe_of(job, {}).outputs[0].preset == "ebay"


def test_a_first_folder_with_a_preset_s_name_counts_for_it(event: Event) -> None:
    world, sent = World(), event("s3_batch_operations_1")
    sent["tasks"][0]["s3Key"] = "etsy/a.jpg"
    world.s3.objects[BUCKET, "etsy/a.jpg"] = (b"picture", {})

    world.answer(sent)

    assert world.job.recipe.outputs[0].preset == "etsy"


def test_a_folder_that_a_console_has_made_is_no_picture(event: Event) -> None:
    world, sent = World(), event("s3_batch_operations_1")
    sent["tasks"][0]["s3Key"] = "shoes/"

    [result] = world.answer(sent)["results"]

    assert (result["resultCode"], result["resultString"]) == (
        "PermanentFailure",
        "'shoes/' is a folder that a console has made; allowed: pictures.",
    )


def test_what_a_rule_ignores_is_not_queued(event: Event) -> None:
    world = with_rules({"prefix": "summer", "ignore": True})

    [result] = world.answer(event("s3_batch_operations_1"))["results"]

    assert result["resultCode"] == "PermanentFailure"
    assert result["resultString"] == (
        "The rule with the prefix 'summer' ignores 'summer 2026/Königin a+b.jpg'."
    )
    assert world.sqs.sent == []


def test_rules_that_are_broken_are_waited_for(event: Event) -> None:
    [result] = with_rules({"prefix": 7}).answer(event("s3_batch_operations_1"))["results"]

    assert result["resultCode"] == "TemporaryFailure"


def result_of(world: World, job: Job) -> None:
    write_result(
        world.s3,  # type: ignore[arg-type]
        bucket="out",
        key=REPORT,
        body=b"new",
        content_type="",
        source=job.source,
        maker=job.id,
    )


def test_what_it_makes_replaces_the_results_of_the_same_version(event: Event) -> None:
    world = World()
    world.answer(event("s3_batch_operations_1"))

    result_of(world, world.job)

    assert world.s3.objects["out", REPORT] == (b"new", {"sequencer": "05", "job": ""})


@pytest.mark.parametrize("was_answered", [True, False])
def test_what_it_makes_never_replaces_what_a_newer_upload_has_made(event: Event, was_answered: bool) -> None:
    world = World()
    if not was_answered:
        del world.s3.objects["out", REPORT]
    world.answer(event("s3_batch_operations_1"))
    world.s3.objects["out", REPORT] = (b"newer", {"sequencer": "06"})

    with pytest.raises(Superseded):
        result_of(world, world.job)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"s3Key": "nowhere.jpg"}, "'nowhere.jpg' is not in the bucket."),
        ({"s3BucketArn": "arn:aws:s3:::other"}, "The bucket is 'other'; allowed: "),
        ({"s3Key": "api/abc/1/a.jpg"}, "'api/abc/1/a.jpg' is no upload to the bucket"),
        ({"s3Key": "backgrounds/a.jpg"}, "'backgrounds/a.jpg' is no upload to the bucket"),
        ({"s3VersionId": "older"}, "Version 'older' of 'summer 2026/Königin a+b.jpg' is not the newest one."),
    ],
)
def test_what_cannot_be_queued_is_not_tried_again(event: Event, change: dict[str, str], said: str) -> None:
    world, sent = World(), event("s3_batch_operations_1")
    sent["tasks"][0] |= change

    [result] = world.answer(sent)["results"]

    assert result["resultCode"] == "PermanentFailure"
    assert result["resultString"].startswith(said)
    assert world.sqs.sent == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"preset": "nowhere"}, "userArguments: "),
        ({"colour": "red"}, "userArguments.colour is not a known argument; allowed: preset."),
    ],
)
def test_an_argument_that_nobody_knows_is_refused(event: Event, arguments: dict[str, str], said: str) -> None:
    sent = event("s3_batch_operations_2")
    sent["job"]["userArguments"] = arguments

    [result] = World().answer(sent)["results"]

    assert (result["resultCode"], result["resultString"][: len(said)]) == ("PermanentFailure", said)


def test_what_may_be_better_later_is_tried_again(event: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(**_: Any) -> None:
        raise BusyError({"Error": {"Code": "SlowDown"}}, "HeadObject")

    world = with_rules()
    world.s3.exceptions = type("E", (), {"ClientError": BusyError})
    monkeypatch.setattr(world.s3, "head_object", busy)

    [result] = world.answer(event("s3_batch_operations_1"))["results"]

    assert result["resultCode"] == "TemporaryFailure"
    assert world.sqs.sent == []


def test_another_version_of_the_event_is_our_fault(event: Event) -> None:
    with pytest.raises(ValueError, match=r"invocationSchemaVersion is '3\.0'; allowed: 1\.0, 2\.0"):
        World().answer(event("s3_batch_operations_1") | {"invocationSchemaVersion": "3.0"})


def test_s3_s_words_fit_into_json(event: Event) -> None:
    assert json.dumps(World().answer(event("s3_batch_operations_2")))
