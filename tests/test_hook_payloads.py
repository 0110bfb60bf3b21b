"""What is found in a payload, and what is said of one that does not fit."""

import json
from typing import Any

import pytest

from conftest import ROOT
from cutout.service.hook_payloads import BadPayload, Picture, look
from cutout.service.hooks import Hook, hook_from


def hook(**fields: Any) -> Hook:
    return hook_from({"verify": {"method": "shopify"}, "pictures": "images"} | fields)


def seen(document: Any, **fields: Any) -> Any:
    return look(hook(**fields), json.dumps(document).encode())


def test_pictures_are_urls_or_objects_alone_or_in_a_list() -> None:
    one, two = Picture(url="https://a/1", id=None, number=1), Picture(url="https://a/2", id="7", number=2)

    assert seen({"images": "https://a/1"}).pictures == (one,)
    assert seen({"images": {"url": "https://a/1"}}).pictures == (one,)
    assert seen({"images": ["https://a/1", {"url": "https://a/2", "id": 7}]}).pictures == (one, two)
    assert seen({}).pictures == ()


def test_an_entry_without_a_url_is_counted() -> None:
    found = seen({"images": [None, "", {"url": None, "id": 1}, "https://a/4"]})

    assert (found.without_url, [picture.number for picture in found.pictures]) == (3, [4])


@pytest.mark.parametrize(
    ("images", "said"),
    [
        ([["https://a/1"]], "pictures[0] is a list; allowed: a URL"),
        (["https://a/1", 5], "pictures[1] is a number; allowed: a URL"),
        ([True], "pictures[0] is true or false"),
        ([{"src": "https://a/1"}], "pictures[0] is an object without url"),
        ([{"url": {"https": "a"}}], "pictures[0] is an object; allowed: a URL, as a text."),
        ([{"url": "https://a/1", "id": [1]}], "pictures[0].id is a list"),
        ([{"url": "https://a/1", "id": ""}], "pictures[0].id is an empty text"),
        ([{"url": "https://a/1", "id": 1.5}], "pictures[0].id is a number; allowed: a whole number"),
        (["https://a"] * 251, "pictures found 251; allowed: at most 250."),
    ],
)
def test_what_is_no_picture_is_said_with_its_place(images: Any, said: str) -> None:
    with pytest.raises(BadPayload) as refusal:
        seen({"images": images})

    assert said in str(refusal.value)
    assert "https" not in str(refusal.value)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a":' + b"9" * 5000 + b"}", b"Hello, World!"]
)
def test_a_body_that_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(BadPayload, match=r"^The body is not valid JSON.$"):
        look(hook(), body)


def test_a_url_that_is_too_long_goes_on_as_one_that_is_too_long() -> None:
    [picture] = seen({"images": ["https://a/" + "x" * 9000]}).pictures

    assert len(picture.url) == 2001


@pytest.mark.parametrize(("status", "is_for_us"), [("active", True), ("draft", False), (None, False)])
def test_what_the_hook_is_not_for_is_left_alone(status: str | None, is_for_us: bool) -> None:
    found = seen({"status": status, "images": "https://a/1"}, when="status == 'active'")

    assert (found is not None) == is_for_us


@pytest.mark.parametrize(
    ("value", "is_true"), [(0, True), ("no", True), ("", False), ([], False), ({}, False)]
)
def test_true_is_what_jmespath_calls_true(value: Any, is_true: bool) -> None:
    assert (seen({"flag": value}, when="flag") is not None) == is_true


def test_an_expression_that_cannot_be_applied_is_said() -> None:
    with pytest.raises(BadPayload, match=r"pictures 'sort\(images\)' cannot be applied to this payload"):
        seen({"images": 5}, pictures="sort(images)")


@pytest.mark.parametrize("value", [None, True, 1.5, [], {}, "", "x" * 501])
def test_an_id_is_a_text_or_a_whole_number(value: Any) -> None:
    fields = {"ids": {"product": "id"}}
    assert seen({"images": "https://a/1", "id": 788032119674292922}, **fields).ids == {
        "product": "788032119674292922"
    }

    with pytest.raises(BadPayload, match=r"^ids\.product is "):
        seen({"images": "https://a/1", "id": value}, **fields)


def test_ids_are_not_looked_for_without_pictures() -> None:
    assert seen({"zen": "Keep it logically awesome."}, ids={"product": "id"}).pictures == ()


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("2026-11-23T10:00:00+01:00", 1795424400),
        ("2026-11-23T09:00:00.5Z", 1795424400.5),
        (1795424400, 1795424400),
        (1795424400.25, 1795424400.25),
    ],
)
def test_a_moment_is_read(said: Any, moment: float) -> None:
    assert seen({"at": said}, moment="at").moment == moment


@pytest.mark.parametrize("said", [None, "", "2026-11-23T10:00:00", "today", True, -1, 1795424400000, []])
def test_a_moment_that_is_none_is_refused(said: Any) -> None:
    with pytest.raises(
        BadPayload, match=r"^moment is .*; allowed: ISO 8601 with a zone, or epoch seconds\.$"
    ):
        seen({"at": said}, moment="at")


def test_the_fields_of_a_form_are_lists() -> None:
    asked = hook(body="form", pictures="photo", ids={"order": "order[0]"})

    found = look(asked, b"order=17&photo=https%3A%2F%2Fa%2F1&photo=&note=a+b")

    assert found is not None
    assert (found.ids, [picture.url for picture in found.pictures], found.without_url) == (
        {"order": "17"},
        ["https://a/1"],
        1,
    )
    for body in (b"\xff", b"&".join([b"a=1"] * 1001)):
        with pytest.raises(BadPayload, match="is no form"):
            look(asked, body)


def test_a_github_release_has_its_assets_that_are_pictures() -> None:
    example = json.loads((ROOT / "examples/hooks/github.json").read_text())
    assets = [
        {"id": 1, "content_type": "image/png", "browser_download_url": "https://github.com/o/r/a.png"},
        {"id": 2, "content_type": "application/zip", "browser_download_url": "https://github.com/o/r/b.zip"},
    ]
    release = {"tag_name": "v1.0", "published_at": "2026-11-23T09:00:00Z", "assets": assets}

    found = look(hook_from(example), json.dumps({"action": "published", "release": release}).encode())

    assert found is not None
    assert [picture.url for picture in found.pictures] == ["https://github.com/o/r/a.png"]
    assert look(hook_from(example), b'{"zen": "Design for failure.", "hook_id": 1}') is None
