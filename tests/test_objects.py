from typing import Any

import pytest

from cutout.errors import SourceGone, SourceUnreadable, Superseded, TooManyBytes
from cutout.service.jobs import Source
from cutout.service.objects import is_newer, open_upload, write_result
from fakes import ClientError, FakeS3

SOURCE = Source(bucket="in", key="a.jpg", sequencer="0A")


def write(s3: FakeS3, body: bytes, sequencer: str) -> None:
    source = SOURCE.model_copy(update={"sequencer": sequencer})
    write_result(s3, bucket="out", key="k", body=body, content_type="", source=source, maker="j")  # type: ignore[arg-type]


def test_the_first_result_under_a_key_costs_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    s3 = FakeS3()
    monkeypatch.setattr(FakeS3, "head_object", None)

    write(s3, b"first", "01")

    assert s3.objects["out", "k"][0] == b"first"


def test_a_newer_version_replaces_an_older_one() -> None:
    s3 = FakeS3()

    write(s3, b"old", "01")
    write(s3, b"new", "02")

    assert s3.objects["out", "k"][0] == b"new"


def test_an_older_version_never_replaces_a_newer_one() -> None:
    s3 = FakeS3()
    write(s3, b"new", "02")

    with pytest.raises(Superseded, match=r"newer upload of .a\.jpg."):
        write(s3, b"old", "01")

    assert s3.objects["out", "k"][0] == b"new"


def test_the_same_version_may_write_again() -> None:
    """A repeated delivery writes the same result once more."""
    s3 = FakeS3()
    write(s3, b"one", "01")

    write(s3, b"two", "01")

    assert s3.objects["out", "k"][0] == b"two"


class Racing(FakeS3):
    """Another writer gets in between our look and our write, once."""

    def __init__(self, rival: str) -> None:
        super().__init__()
        self.rival = rival

    def put_object(self, **request: Any) -> None:
        if self.rival:
            rival, self.rival = self.rival, ""
            self.objects["out", "k"] = (b"rival", {"sequencer": rival})
        super().put_object(**request)


def test_of_two_at_the_same_time_the_newer_wins() -> None:
    older, newer = Racing(rival="01"), Racing(rival="03")

    write(older, b"mine", "02")
    with pytest.raises(Superseded):
        write(newer, b"mine", "02")

    assert older.objects["out", "k"][0] == b"mine"
    assert newer.objects["out", "k"][0] == b"rival"


def test_a_fault_of_the_store_is_not_mistaken_for_a_race() -> None:
    class Broken(FakeS3):
        def put_object(self, **_: Any) -> None:
            raise ClientError("SlowDown")

    with pytest.raises(ClientError, match="SlowDown"):
        write(Broken(), b"x", "01")


@pytest.mark.parametrize(
    ("one", "other", "newer"),
    [
        ("02", "01", True),
        ("01", "01", False),
        ("0062E99A88DC407460", "0062E99A88DC4074", True),
        ("00", "0062", False),
        ("", "01", False),
        ("01", "", True),
    ],
)
def test_sequencers_of_different_length_are_compared_as_s3_says(one: str, other: str, newer: bool) -> None:
    assert is_newer(one, other) is newer


def test_an_upload_replaced_meanwhile_is_gone() -> None:
    s3 = FakeS3({("in", "a.jpg"): (b"new content", {})})
    source = SOURCE.model_copy(update={"etag": "of-the-old-content"})

    with pytest.raises(SourceGone, match=r".a\.jpg. was deleted or replaced"):
        open_upload(s3, source)  # type: ignore[arg-type]


def test_an_upload_deleted_meanwhile_is_gone() -> None:
    with pytest.raises(SourceGone):
        open_upload(FakeS3(), SOURCE)  # type: ignore[arg-type]


def test_an_upload_in_cold_storage_is_the_customer_s_to_mend() -> None:
    class Cold(FakeS3):
        def get_object(self, **_: Any) -> dict[str, Any]:
            raise ClientError("InvalidObjectState")

    with pytest.raises(SourceUnreadable, match="cold storage"):
        open_upload(Cold(), SOURCE)  # type: ignore[arg-type]


def test_an_upload_that_is_too_large_is_not_read() -> None:
    s3 = FakeS3({("in", "a.jpg"): (b"x" * 2_000_000, {})})

    with pytest.raises(TooManyBytes, match=r"2\.0 MB; at most 1\.0 MB"):
        open_upload(s3, SOURCE).read(1_000_000)  # type: ignore[arg-type]


def maker_after(first: str, second: str) -> str:
    """What is noted after two jobs have written one key for one version of a source."""
    s3 = FakeS3()
    for maker in (first, second):
        write_result(s3, bucket="out", key="k", body=b"", content_type="", source=SOURCE, maker=maker)  # type: ignore[arg-type]
    return s3.objects["out", "k"][1]["job"]


def test_what_a_job_writes_again_is_still_its_own_and_what_two_have_written_is_nobody_s() -> None:
    assert maker_after("one", "one") == "one"
    assert maker_after("one", "two") == ""


def test_a_newer_version_s_result_is_its_own_job_s() -> None:
    s3 = FakeS3()
    for maker, sequencer in (("one", "01"), ("two", "02")):
        source = SOURCE.model_copy(update={"sequencer": sequencer})
        write_result(s3, bucket="out", key="k", body=b"", content_type="", source=source, maker=maker)  # type: ignore[arg-type]

    assert s3.objects["out", "k"][1] == {"sequencer": "02", "job": "two"}
