"""What an item of a batch becomes: one job, known by the place of its results."""

import pytest

from cutout.service.accounts import Account
from cutout.service.batches import Batch, batch_job, place_of, places_of, request_batch_id, said_of
from cutout.service.jobs import Job, request_job_id
from cutout.service.manifests import BatchItem

NOW = "2026-11-23T09:00:00.000Z"
BATCH = Batch(id="b" * 32, owner="abc", created=NOW, bucket="in")
RED = {"outputs": [{"background": {"kind": "colour", "colour": "#ff0000"}}]}


def job(**item: object) -> Job:
    return batch_job(BATCH, BatchItem.model_validate(item), NOW)


def test_the_same_item_is_the_same_job_whenever_it_is_made() -> None:
    first = batch_job(BATCH, BatchItem(key="a.jpg"), NOW)
    again = batch_job(BATCH, BatchItem(key="a.jpg"), "2026-11-24T09:00:00.000Z")

    assert first.id == again.id == "1fb4b0689ec8daf7ba1537056030f765"
    assert said_of(first) == said_of(again)


@pytest.mark.parametrize(
    ("item", "place"),
    [
        ({"key": "catalog/a.jpg"}, "catalog/a.jpg"),
        ({"key": "catalog/a.jpg", "name": "shoes/red"}, "shoes/red"),
        ({"url": "https://a.example/x/main.jpg?v=2"}, "b28c552db161/main.jpg"),
        ({"url": "https://a.example/y/main.jpg?v=2"}, "8356d218a003/main.jpg"),
    ],
)
def test_the_results_lie_where_the_item_says(item: dict[str, str], place: str) -> None:
    made = job(**item)

    assert place_of(BatchItem.model_validate(item)) == place
    assert made.folder == f"batches/{'b' * 32}/{place}"


def test_two_wishes_for_one_place_are_told_apart() -> None:
    plain, red = job(key="a.jpg"), job(key="a.jpg", recipe=RED)

    assert plain.id == red.id
    assert said_of(plain) != said_of(red)
    assert job(key="a.jpg", name="other").id != plain.id


def test_every_job_of_a_batch_is_bulk_its_owner_s_and_made_as_it_says() -> None:
    made = job(url="https://a.example/a.jpg", preset="amazon")

    assert (made.lane, made.owner, made.price, made.batch) == ("bulk", "abc", 100, "b" * 32)
    assert made.source.key == f"calls/abc/{made.id}/a.jpg"
    assert made.recipe_is_final
    assert made.callback is None
    assert made.recipe.outputs[0].preset == "amazon"


def test_what_is_rendered_once_more_lies_below_the_results_of_its_batch() -> None:
    again = job(key="a.jpg").model_copy(update={"rendering_of": "c" * 32, "id": "d" * 32})

    assert again.folder == f"batches/{'b' * 32}/a.jpg/renders/{'d' * 32}"


def test_a_batch_and_a_job_of_one_idempotency_key_are_two_things() -> None:
    assert request_batch_id("o", "k") == request_batch_id("o", "k") != request_job_id("o", "k")
    assert request_batch_id("o", None) != request_batch_id("o", None)


def test_an_owner_may_use_its_own_and_what_was_granted() -> None:
    account = Account(
        id="abc",
        name="",
        kind="unlimited",
        balance=0,
        held=0,
        created=NOW,
        grants=frozenset({"z/", "catalog/"}),
    )

    assert places_of("abc", None) == ("api/abc/", "calls/abc/")
    assert places_of("abc", account) == ("api/abc/", "calls/abc/", "catalog/", "z/")
