from typing import Any

import pytest

from cutout.errors import BadUrl
from cutout.recipe import Image, Recipe
from cutout.service.connections import Deadline
from cutout.service.downloads import Downloads
from cutout.service.fetch import Policy
from cutout.service.jobs import Job, Source
from cutout.service.keys import background_key, call_key, fetched_background_key, fetched_name
from fakes import ClientError, FakeS3
from hostile_server import Hostile, hostile, ok

JOB_ID = "0" * 31 + "1"
KEY = f"calls/owner/{JOB_ID}/a.png"


def downloads(s3: FakeS3, server: Hostile) -> Downloads:
    return Downloads(s3=s3, policy=Policy(max_bytes=1000, exceptions=server.exception))  # type: ignore[arg-type]


def job(url: str = "", *backgrounds: str) -> Job:
    outputs = [
        {"name": f"n{i}", "background": {"kind": "image", "url": behind}}
        for i, behind in enumerate(backgrounds)
    ]
    return Job(
        id=JOB_ID,
        owner="owner",
        lane="interactive",
        created="2026-11-22T09:00:00.000Z",
        source=Source(bucket="in", key=KEY, url=url),
        recipe=Recipe.model_validate({"outputs": outputs} if outputs else {}),
    )


def test_a_fetched_picture_is_like_any_upload() -> None:
    s3 = FakeS3()
    with hostile(ok(body=b"picture")) as server:
        source = downloads(s3, server).picture_of(job(server.url()), Deadline.after(5)).source

    assert s3.objects == {("in", KEY): (b"picture", {})}
    assert (source.key, source.size_bytes, source.sequencer) == (KEY, 7, "01")
    assert s3.get_object("in", KEY, IfMatch=f'"{source.etag}"')["ContentLength"] == 7


def test_what_is_there_is_not_fetched_again() -> None:
    s3 = FakeS3({("in", KEY): (b"first", {})})
    with hostile(ok(body=b"second")) as server:
        source = downloads(s3, server).picture_of(job(server.url()), Deadline.after(5)).source

    assert (server.asked, source.size_bytes) == ([], 5)


class Racing(FakeS3):
    """Somebody else stores the picture while we fetch it."""

    def put_object(self, **request: Any) -> None:
        self.objects["in", KEY] = (b"rival's", {})
        super().put_object(**request)


def test_of_two_that_fetch_at_a_time_both_work_on_what_was_stored_first() -> None:
    s3 = Racing()
    with hostile(ok(body=b"ours")) as server:
        source = downloads(s3, server).picture_of(job(server.url()), Deadline.after(5)).source

    assert s3.objects["in", KEY][0] == b"rival's"
    assert source.size_bytes == 7


@pytest.mark.parametrize("call", ["head_object", "put_object"])
def test_a_fault_of_the_bucket_is_ours(monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def broken(self: FakeS3, **_: Any) -> None:
        raise ClientError("AccessDenied")

    monkeypatch.setattr(FakeS3, call, broken)

    with hostile(ok()) as server, pytest.raises(ClientError, match="AccessDenied"):
        downloads(FakeS3(), server).picture_of(job(server.url()), Deadline.after(5))


def test_each_background_is_fetched_once_and_becomes_a_key() -> None:
    s3 = FakeS3()
    with hostile(ok(body=b"beach")) as server:
        one, two = server.url("/one.jpg"), server.url("/two.jpg")

        recipe = downloads(s3, server).with_backgrounds(job("", one, two, one), Deadline.after(5)).recipe

    assert len(server.asked) == 2
    keys = [fetched_background_key("owner", JOB_ID, url) for url in (one, two, one)]
    assert [output.background for output in recipe.outputs] == [Image(key=key) for key in keys]
    assert sorted(key for _, key in s3.objects) == sorted(set(keys))


def test_a_refused_background_is_named_as_one() -> None:
    with (
        hostile(ok()) as server,
        pytest.raises(BadUrl, match=r"^background\.url is 'https://10\.0\.0\.1/a'; "),
    ):
        downloads(FakeS3(), server).with_backgrounds(job("", "https://10.0.0.1/a"), Deadline.after(5))


def test_a_recipe_without_urls_stays_as_it_is() -> None:
    plain = job()
    with hostile(ok()) as server:
        assert downloads(FakeS3(), server).with_backgrounds(plain, Deadline.after(5)) == plain


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://example.com/a/b.png", "b.png"),
        ("https://example.com/b.png?x=/c.png#/d.png", "b.png"),
        ("https://example.com/%C3%BC%20a.png", "a.png"),
        ("https://example.com/a b(1).png", "a-b-1-.png"),
        ("https://example.com/a/", "picture"),
        ("https://example.com", "picture"),
        ("https://example.com/..", "picture"),
        ("https://example.com/%2e%2e%2f%2e%2e%2fetc", "etc"),
        ("https://example.com/${filename}", "filename"),
        ("https://example.com/" + "a" * 200 + ".png", "a" * 96 + ".png"),
        ("https://[::1/", "picture"),
    ],
)
def test_a_fetched_picture_is_named_after_its_url_and_nothing_else(url: str, name: str) -> None:
    assert fetched_name(url) == name
    assert call_key("o", "j", fetched_name(url)) == f"calls/o/j/{name}"


@pytest.mark.parametrize("name", ["background", "-background", ".-background"])
def test_a_picture_is_never_taken_for_the_background_of_its_own_job(name: str) -> None:
    """A job that finds an object under its picture's key uses it."""
    assert call_key("o", "j", fetched_name(f"https://example.com/{name}")) != background_key("o", "j")
