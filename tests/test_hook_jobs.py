"""Which jobs a delivery becomes: the same again for the same, in the order of the sender's changes."""

import json
from typing import Any

import pytest

from cutout.service.hook_jobs import Desk, delivery_id_of, order_of, safe_part
from cutout.service.hook_payloads import BadPayload, Found, look
from cutout.service.hooks import hook_from
from cutout.service.jobs import Job
from cutout.service.objects import is_newer

NOW = 1_795_424_500.0
DOCUMENT = {
    "verify": {"method": "shopify"},
    "pictures": "images",
    "ids": {"product": "id"},
    "results": "{product}/{picture_id}",
}


def jobs(payload: dict[str, Any], now: float = NOW, delivery: str = "d1", **changes: Any) -> list[Job]:
    hook = hook_from(DOCUMENT | changes)
    found = look(hook, json.dumps(payload).encode())
    assert found is not None
    desk = Desk(name="shop", hook=hook, source_bucket="in", bucket_account="house")
    return desk.jobs(found, delivery, now)


def product(*images: tuple[int, str], number: Any = 5) -> dict[str, Any]:
    return {"id": number, "images": [{"id": n, "url": f"https://cdn/{file}"} for n, file in images]}


def test_a_picture_becomes_a_job_that_knows_where_its_results_belong() -> None:
    [job] = jobs(product((1, "a b.jpg?v=1")))

    assert job.results_at == job.folder == "hooks/shop/5/1"
    assert job.source.key == f"calls/bucket/{job.id}/a-b.jpg"
    assert (job.source.url, job.source.bucket) == ("https://cdn/a b.jpg?v=1", "in")
    assert (job.owner, job.payer, job.lane, job.price) == ("bucket", "house", "bulk", 100)


def test_a_key_pays_for_itself_and_the_bucket_s_may_be_paid_by_anybody() -> None:
    [of_key] = jobs(product((1, "a.jpg")), owner="0" * 32)
    [of_other] = jobs(product((1, "a.jpg")), account="1" * 32)

    assert (of_key.owner, of_key.payer) == ("0" * 32, "")
    assert (of_other.owner, of_other.payer) == ("bucket", "1" * 32)


def test_the_same_pictures_are_the_same_jobs_whatever_else_has_changed() -> None:
    first = jobs(product((1, "a.jpg"), (2, "b.jpg")))
    again = jobs(product((1, "a.jpg"), (2, "b.jpg"), (3, "c.jpg")) | {"price": 7}, NOW + 999, delivery="d2")

    assert [job.id for job in again][:2] == [job.id for job in first]
    assert len({job.id for job in again}) == 3


@pytest.mark.parametrize(
    ("payload", "changes"),
    [
        (product((1, "other.jpg")), {}),
        (product((2, "a.jpg")), {}),
        (product((1, "a.jpg"), number=6), {}),
        (product((1, "a.jpg")), {"preset": "amazon"}),
        (product((1, "a.jpg")), {"owner": "0" * 32}),
    ],
    ids=["url", "id", "place", "recipe", "owner"],
)
def test_another_picture_place_recipe_or_owner_is_another_job(
    payload: dict[str, Any], changes: dict[str, Any]
) -> None:
    [one] = jobs(product((1, "a.jpg")))
    [other] = jobs(payload, **changes)

    assert one.id != other.id


def test_once_per_delivery_every_delivery_counts() -> None:
    asked = {"once_per": "delivery"}
    ids = [jobs(product((1, "a.jpg")), delivery=d, **asked)[0].id for d in ("d1", "d1", "d2")]

    assert ids[0] == ids[1] != ids[2]


def test_a_picture_that_is_named_twice_is_one_job() -> None:
    assert len(jobs(product((1, "a.jpg"), (1, "a.jpg")))) == 1


def test_two_pictures_never_have_one_place() -> None:
    with pytest.raises(BadPayload, match=r"pictures\[0\] and pictures\[2\] would have one place"):
        jobs(product((1, "a.jpg"), (2, "b.jpg"), (1, "c.jpg")))


def test_a_place_that_needs_an_id_is_refused_without_one() -> None:
    payload = {"id": 5, "images": ["https://cdn/a.jpg"]}

    with pytest.raises(BadPayload, match=r"pictures\[0\]\.id is missing"):
        jobs(payload)
    assert jobs(payload, results="{product}-{number}/{file}")[0].results_at == "hooks/shop/5-1/a.jpg"
    assert jobs(payload, results="{digest}")[0].results_at == "hooks/shop/489ead2432605af7"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("example-t-shirt", "example-t-shirt"),
        ("v1.0", "v1.0"),
        ("..", "x-5ec1f7e700f3"),
        ("../../a", "a-2ea9d7db53a1"),
        ("a/b", "a-b-c14cddc033f6"),
        ("a-b", "a-b"),
        ("Тапки", "x-"),
        ("x" * 101, "x" * 60 + "-"),
        ("", "x-e3b0c44298fc"),
    ],
)
def test_a_part_of_a_place_is_safe_and_tells_texts_apart(text: str, part: str) -> None:
    made = safe_part(text)

    assert made.startswith(part)
    assert "/" not in made
    assert not made.startswith(".")
    assert len(made) <= 100


# ------------------------------------------------------------------ order


def test_a_later_change_is_newer_whenever_it_arrives() -> None:
    early, late = order_of(NOW - 100, NOW + 50), order_of(NOW - 10, NOW)

    assert is_newer(late, early)
    assert not is_newer(early, late)


def test_of_changes_at_one_moment_the_later_arrival_is_newer() -> None:
    assert is_newer(order_of(NOW - 10, NOW + 1), order_of(NOW - 10, NOW))
    assert is_newer(order_of(None, NOW + 1), order_of(None, NOW))


def test_a_clock_that_is_ahead_keeps_no_later_change_out() -> None:
    ahead = order_of(NOW + 1_000_000, NOW)

    assert is_newer(order_of(NOW + 5, NOW + 6), ahead)
    assert ahead == order_of(NOW, NOW)


def test_an_order_sorts_as_hexadecimal_digits() -> None:
    assert order_of(1_795_424_400, 1_795_424_500) == "01a207a2328001a207a3b920"


def test_a_delivery_is_known_by_what_is_signed_only() -> None:
    found = Found(pictures=(), without_url=0, ids={}, moment=None, delivery=None)
    named = Found(pictures=(), without_url=0, ids={}, moment=None, delivery="r1")

    assert delivery_id_of(named, "msg_1", b"x") == "r1"
    assert delivery_id_of(found, "msg_1", b"x") == "msg_1"
    assert delivery_id_of(found, None, b"x").startswith("2d711642b726b044")
