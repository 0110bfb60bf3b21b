"""The hooks of a stack: found by name, read again when they have changed, and no call for names that nobody has."""

import json
from typing import Any

import pytest

from cutout.service.hook_shelf import HookShelf
from cutout.service.hooks import BadHook
from fakes import FakeS3

HOOK = {"verify": {"method": "shopify"}, "pictures": "images[].src"}


class Clock:
    """A clock that is set by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class CountingS3(FakeS3):
    """Counts what is asked of it."""

    lists = reads = 0

    def get_paginator(self, name: str) -> Any:
        self.lists += 1
        return super().get_paginator(name)

    def get_object(self, **asked: Any) -> dict[str, Any]:
        self.reads += 1
        return super().get_object(**asked)


@pytest.fixture
def s3() -> CountingS3:
    found = CountingS3()
    put(found, "shop", HOOK)
    return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shelf(s3: CountingS3, clock: Clock) -> HookShelf:
    return HookShelf(s3, "work", clock)  # type: ignore[arg-type]


def put(s3: FakeS3, name: str, document: Any) -> None:
    s3.objects["work", f"config/hooks/{name}.json"] = (json.dumps(document).encode(), {})


def test_a_hook_is_read_once_while_it_stays_as_it_is(s3: CountingS3, shelf: HookShelf, clock: Clock) -> None:
    for now in (1000, 1030, 1061, 1100, 1122):
        clock.now = now
        hook = shelf.find("shop")
        assert hook is not None
        assert hook.pictures == "images[].src"

    assert (s3.lists, s3.reads) == (3, 1)


def test_a_changed_hook_counts_after_a_minute(s3: CountingS3, shelf: HookShelf, clock: Clock) -> None:
    shelf.find("shop")
    put(s3, "shop", HOOK | {"pictures": "media[].src"})
    clock.now += 61

    hook = shelf.find("shop")

    assert hook is not None
    assert hook.pictures == "media[].src"


def test_a_new_hook_is_known_after_two_seconds_and_a_removed_one_is_gone_after_a_minute(
    s3: CountingS3, shelf: HookShelf, clock: Clock
) -> None:
    assert shelf.find("form") is None
    put(s3, "form", HOOK)
    clock.now += 2.1

    assert shelf.find("form") is not None
    s3.objects.clear()
    clock.now += 61
    assert shelf.find("form") is None


def test_names_that_nobody_has_cost_one_list_in_two_seconds(s3: CountingS3, shelf: HookShelf) -> None:
    for number in range(100):
        assert shelf.find(f"guess-{number}") is None

    assert (s3.lists, s3.reads) == (1, 0)


@pytest.mark.parametrize("name", ["", "../shop", "Shop", "a" * 51, "-a", "shop.json", "sh/op", "shöp"])
def test_what_is_no_name_is_not_looked_for(s3: CountingS3, shelf: HookShelf, name: str) -> None:
    assert shelf.find(name) is None
    assert s3.lists == 0


def test_a_hook_that_was_taken_away_since_it_was_listed_is_gone(s3: CountingS3, shelf: HookShelf) -> None:
    shelf.find("nobody")
    s3.objects.clear()

    assert shelf.find("shop") is None


def test_a_broken_document_is_our_fault_and_breaks_no_other(s3: CountingS3, shelf: HookShelf) -> None:
    put(s3, "broken", HOOK | {"pictures": "["})

    assert shelf.find("shop") is not None
    with pytest.raises(BadHook, match=r"^broken: hook\.pictures: .* is not JMESPath"):
        shelf.find("broken")
