import json
from collections.abc import Callable
from typing import Any

import pytest

from cutout.errors import BadBackground, BadRecipe
from cutout.recipe import Recipe
from cutout.service.intake import background_keys, callback_of, job_in, recipe_of, sources_of, upload_job
from cutout.service.jobs import Job, Source, request_job_id, upload_job_id
from cutout.service.messages import JobMessage
from cutout.service.rules import Rule

Event = Callable[[str], dict[str, Any]]


def body(event: dict[str, Any]) -> str:
    text: str = event["Records"][0]["body"]
    return text


def test_a_key_with_spaces_plus_and_umlauts_is_read_as_it_was_written(event: Event) -> None:
    [source] = sources_of(body(event("upload_created")))

    assert source == Source(
        bucket="cutout-source-111122223333-eu-central-1",
        key="summer 2026/Königin a+b.jpg",
        version_id=None,
        etag="d41d8cd98f00b204e9800998ecf8427e",
        sequencer="0062E99A88DC407460",
        size_bytes=2412031,
    )


def test_the_test_event_announces_nothing(event: Event) -> None:
    assert sources_of(body(event("notification_test"))) == []


def test_only_creations_are_uploads(event: Event) -> None:
    notification = json.loads(body(event("upload_created")))
    notification["Records"][0]["eventName"] = "ObjectRemoved:Delete"

    assert sources_of(json.dumps(notification)) == []


SOURCE = Source(bucket="b", key="k.jpg", sequencer="01")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (SOURCE, True),
        (SOURCE.model_copy(update={"etag": "x", "size_bytes": 5}), True),
        (SOURCE.model_copy(update={"sequencer": "02"}), False),
        (SOURCE.model_copy(update={"version_id": "v"}), False),
        (SOURCE.model_copy(update={"key": "l.jpg"}), False),
    ],
)
def test_a_job_is_one_version_of_one_object(other: Source, same: bool) -> None:
    assert (upload_job_id(SOURCE) == upload_job_id(other)) is same


def test_a_job_s_id_never_changes() -> None:
    """A redelivery across a deployment must be the same job."""
    assert upload_job_id(SOURCE) == "0cbe9c6247fb3dbf63505e0fe52d45cc"


def test_a_folder_made_in_a_console_is_no_upload(event: Event) -> None:
    notification = json.loads(body(event("upload_created")))
    notification["Records"][0]["s3"]["object"] |= {"key": "summer/", "size": 0}

    assert sources_of(json.dumps(notification)) == []


def test_a_request_without_an_idempotency_key_is_a_job_of_its_own() -> None:
    assert request_job_id("o", None) != request_job_id("o", None)
    assert request_job_id("o", "k") == request_job_id("o", "k") != request_job_id("p", "k")


def test_the_metadata_s_recipe_wins_over_the_job_s() -> None:
    job = upload_job(SOURCE, "bucket", now=0)

    assert recipe_of(job, {"recipe": '{"outputs": [{"format": "webp"}]}'}).outputs[0].format == "webp"
    assert recipe_of(job, {}).outputs[0].format == "png"
    with pytest.raises(BadRecipe):
        recipe_of(job, {"recipe": "{"})


RECIPE = '{"outputs": [{"preset": "etsy"}]}'


@pytest.mark.parametrize(
    ("metadata", "tags", "presets"),
    [
        ({"recipe": RECIPE, "preset": "ebay"}, {"cutout-preset": "walmart"}, ["etsy"]),
        ({"preset": "ebay"}, {"cutout-preset": "walmart"}, ["ebay"]),
        ({"preset": "ebay,shopify"}, {}, ["ebay", "shopify"]),
        ({}, {"cutout-preset": "walmart etsy"}, ["walmart", "etsy"]),
        ({}, {"team": "shoes"}, ["amazon"]),
        ({}, {}, ["amazon"]),
    ],
)
def test_metadata_decide_then_tags_then_what_the_job_came_with(
    metadata: dict[str, str], tags: dict[str, str], presets: list[str]
) -> None:
    job = Rule(preset="amazon").applied(upload_job(SOURCE, "bucket", now=0))

    assert [output.preset for output in recipe_of(job, metadata, tags).outputs] == presets


@pytest.mark.parametrize(
    ("metadata", "tags", "said"),
    [
        ({"preset": "amazn"}, {}, "The metadata field 'preset' names 'amazn'; allowed: ajio, amazon, "),
        ({"preset": " "}, {}, "The metadata field 'preset' is empty; allowed: ajio, amazon, "),
        ({}, {"cutout-preset": "amazn"}, "The tag 'cutout-preset' names 'amazn'; allowed: ajio, amazon, "),
        ({"preset": "ebay ebay"}, {}, "two outputs would both be called"),
    ],
)
def test_a_name_that_is_no_preset_is_refused(
    metadata: dict[str, str], tags: dict[str, str], said: str
) -> None:
    with pytest.raises(BadRecipe) as refused:
        recipe_of(upload_job(SOURCE, "bucket", now=0), metadata, tags)

    assert said in str(refused.value)


def test_a_correction_is_made_as_its_picture_was() -> None:
    job = upload_job(SOURCE, "bucket", now=0).model_copy(update={"corrects": "f" * 32})

    assert recipe_of(job, {"preset": "ebay"}, {"cutout-preset": "etsy"}) == Recipe()
    assert callback_of(job, {"callback": "https://example.com/hook"}) is None


@pytest.mark.parametrize("key", ["backgrounds/beach.jpg", "calls/abc/1/picture", "calls/abc/1/a.jpg"])
def test_a_background_picture_and_what_a_call_brought_are_not_cut_out(event: Event, key: str) -> None:
    """Whoever writes below calls/ sends the job itself."""
    notification = json.loads(body(event("upload_created")))
    notification["Records"][0]["s3"]["object"]["key"] = key

    assert sources_of(json.dumps(notification)) == []


def behind(*keys: str) -> Recipe:
    backgrounds = [{"kind": "image", "key": key} for key in keys]
    outputs = [{"name": f"n{i}", "background": background} for i, background in enumerate(backgrounds)]
    return Recipe.model_validate({"outputs": outputs})


def test_a_background_is_read_once_however_often_it_is_used() -> None:
    keys = background_keys(behind("backgrounds/b.jpg", "backgrounds/a.jpg", "backgrounds/b.jpg"), "bucket")

    assert keys == ["backgrounds/a.jpg", "backgrounds/b.jpg"]


@pytest.mark.parametrize(
    ("owner", "key", "may"),
    [
        ("bucket", "backgrounds/a.jpg", True),
        ("bucket", "photos/a.jpg", True),
        ("bucket", "api/abc/1/a.jpg", False),
        ("bucket", "calls/abc/1/a.jpg", False),
        ("bucket", "calls/bucket/1/a.jpg", True),
        ("abc", "backgrounds/a.jpg", True),
        ("abc", "api/abc/1/a.jpg", True),
        ("abc", "api/abcd/1/a.jpg", False),
        ("abc", "calls/abc/1/a.jpg", True),
        ("abc", "calls/abcd/1/a.jpg", False),
        ("abc", "calls/bucket/1/a.jpg", False),
        ("abc", "photos/a.jpg", False),
        ("abc", "a.jpg", False),
    ],
)
def test_a_background_is_shared_or_one_s_own(owner: str, key: str, may: bool) -> None:
    if may:
        assert background_keys(behind(key), owner) == [key]
        return
    with pytest.raises(BadBackground, match="is not yours to use; allowed: keys below backgrounds/"):
        background_keys(behind(key), owner)


def again(recipe: Recipe) -> Job:
    first = upload_job(Source(bucket="b", key="k", sequencer="1"), "bucket", 0)
    return first.model_copy(update={"rendering_of": first.id, "recipe": recipe, "id": "f" * 32})


def test_a_message_to_render_once_more_is_none_of_s3_s(event: Event) -> None:
    job = again(Recipe())

    assert job_in(JobMessage(job=job).model_dump_json()) == job
    assert job_in(body(event("upload_created"))) is None
    assert job_in(body(event("notification_test"))) is None


def test_what_is_rendered_once_more_has_its_own_recipe_and_webhook() -> None:
    """The upload's metadata spoke for the first time only."""
    job = again(Recipe(subject="car"))
    metadata = {"recipe": '{"subject": "animal"}', "callback": "https://example.com/hook"}

    assert recipe_of(job, metadata).subject == "car"
    assert callback_of(job, metadata) is None


def test_what_is_rendered_once_more_replaces_nothing() -> None:
    first, second = upload_job(Source(bucket="b", key="k", sequencer="1"), "bucket", 0), again(Recipe())

    assert (first.folder, second.folder) == ("k", "k/renders/" + "f" * 32)
