import http.client
import random
from collections.abc import Iterator
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

from byte_server import ByteServer, serving
from models.download import SourceFailed, download

BODY = random.Random(0).randbytes(1_000_000)
OPENER = build_opener(ProxyHandler({})).open


@pytest.fixture
def server() -> Iterator[ByteServer]:
    with serving(ByteServer(files={"/model": BODY})) as running:
        yield running


def get(server: ByteServer, part: Path, size_bytes: int = len(BODY), path: str = "/model") -> list[int]:
    told: list[int] = []
    download(server.address + path, size_bytes, part, OPENER, told.append)
    return told


def test_a_file_arrives_whole_and_its_progress_is_told(server, tmp_path):
    told = get(server, tmp_path / "part")

    assert (tmp_path / "part").read_bytes() == BODY
    assert told == sorted(told)
    assert told[-1] == 1_000_000


def test_the_next_attempt_asks_only_for_what_is_missing(server, tmp_path):
    (tmp_path / "part").write_bytes(BODY[:400_000])

    told = get(server, tmp_path / "part")

    assert (tmp_path / "part").read_bytes() == BODY
    assert server.asked == [("/model", "bytes=400000-")]
    assert told[0] == 400_000


def test_a_broken_connection_is_taken_up_again_in_the_same_call(server, tmp_path):
    server.break_after = [300_000, 300_000]

    get(server, tmp_path / "part")

    assert (tmp_path / "part").read_bytes() == BODY
    assert server.asked == [("/model", None), ("/model", "bytes=300000-"), ("/model", "bytes=600000-")]


def test_a_server_that_cannot_resume_sends_the_file_anew(server, tmp_path):
    server.resumes = False
    (tmp_path / "part").write_bytes(b"x" * 400_000)

    get(server, tmp_path / "part")

    assert (tmp_path / "part").read_bytes() == BODY


def test_what_arrived_is_kept_when_the_server_stops_sending(server, tmp_path):
    server.break_after = [300_000, 0]

    with pytest.raises(SourceFailed, match="ended after 300,000 of 1,000,000 bytes; run again to resume"):
        get(server, tmp_path / "part")

    assert (tmp_path / "part").read_bytes() == BODY[:300_000]


def test_a_complete_part_is_not_downloaded_again(server, tmp_path):
    (tmp_path / "part").write_bytes(BODY)

    get(server, tmp_path / "part")

    assert server.asked == []


def test_a_part_that_is_too_long_is_thrown_away(server, tmp_path):
    (tmp_path / "part").write_bytes(BODY + b"x")

    get(server, tmp_path / "part")

    assert (tmp_path / "part").read_bytes() == BODY
    assert server.asked == [("/model", None)]


def test_a_server_that_sends_more_than_the_catalog_says_cannot_fill_the_disk(server, tmp_path):
    with pytest.raises(SourceFailed, match="sends more than the 1,000 bytes"):
        get(server, tmp_path / "part", size_bytes=1_000)

    assert not (tmp_path / "part").exists()


def test_an_answer_that_is_no_file_is_told_with_its_number(server, tmp_path):
    with pytest.raises(SourceFailed, match=r"/absent: answers 404 Not Found"):
        get(server, tmp_path / "part", path="/absent")


def test_an_address_where_nobody_answers_is_told_in_one_line(tmp_path):
    with serving(ByteServer(files={})) as gone:
        address = gone.address

    with pytest.raises(SourceFailed, match=r"cannot be reached \(.*refused\)$"):
        download(address, 10, tmp_path / "part", OPENER, lambda _: None)


def test_silence_is_a_broken_connection(tmp_path):
    """A time-out on reading reaches us as TimeoutError, which is not one of urllib's own errors."""

    class Silent:
        status = http.client.OK

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def read(self, _):
            raise TimeoutError("timed out")

    with pytest.raises(SourceFailed, match=r"the connection broke \(timed out\)"):
        download("http://127.0.0.1/", 10, tmp_path / "part", lambda _: Silent(), lambda _: None)
