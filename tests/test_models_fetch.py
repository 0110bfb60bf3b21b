import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

from byte_server import ByteServer, serving
from models.catalog import Model, NpmSource, UrlSource
from models.download import SourceFailed
from models.fetch import Means, NotFetched, fetch, main

FIRST, SECOND = b"first network" * 100, b"second network" * 100
NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def server() -> Iterator[ByteServer]:
    with serving(ByteServer(files={"/first": FIRST, "/second": SECOND})) as running:
        yield running


@pytest.fixture
def means() -> Means:
    def no_npm(arguments, meanwhile):
        raise SourceFailed("npm is not installed")

    return Means(opener=build_opener(ProxyHandler({})).open, npm=no_npm, messages=io.StringIO())


def source(url: str, body: bytes) -> UrlSource:
    return UrlSource(kind="url", url=url, bytes=len(body), sha256=hashlib.sha256(body).hexdigest())


def model(*sources: UrlSource | NpmSource, commercial_use: bool = True) -> Model:
    return Model(
        id="tiny",
        title="Tiny",
        licence="CC-BY-NC-4.0",
        commercial_use=commercial_use,
        upstream="https://example.org/tiny",
        note="",
        input_size=8,
        mean=(0.5, 0.5, 0.5),
        std=(1.0, 1.0, 1.0),
        output=0,
        output_is="opacity",
        sources=sources,
    )


def said(means: Means) -> str:
    return means.messages.getvalue()


def test_the_first_source_is_used_and_the_second_never_asked(server, means, tmp_path):
    both = model(source(f"{server.address}/first", FIRST), source(f"{server.address}/second", SECOND))

    path = fetch(both, tmp_path, (), means)

    assert path == tmp_path / "tiny.onnx"
    assert path.read_bytes() == FIRST
    assert server.asked == [("/first", None)]


def test_a_source_that_fails_is_told_in_one_line_and_the_next_is_used(server, means, tmp_path):
    both = model(source(f"{NOBODY}/first", FIRST), source(f"{server.address}/second", SECOND))

    path = fetch(both, tmp_path, (), means)

    assert path.read_bytes() == SECOND
    assert said(means).splitlines()[0].startswith("http://127.0.0.1:9/first: cannot be reached")


def test_a_wrong_checksum_is_refused_with_both_digests_and_the_file_is_removed(server, means, tmp_path):
    changed = model(
        UrlSource(kind="url", url=f"{server.address}/first", bytes=len(FIRST), sha256="0" * 64),
    )

    with pytest.raises(NotFetched):
        fetch(changed, tmp_path, (), means)

    digest = hashlib.sha256(FIRST).hexdigest()
    line = next(line for line in said(means).splitlines() if "refused" in line)
    assert (
        f"tiny.00000000.part is refused and removed: its sha256 is {digest}, the catalog has {'0' * 64}"
        in line
    )
    assert list(tmp_path.iterdir()) == []


def test_when_no_source_works_the_message_names_file_checksum_and_place(means, tmp_path):
    with pytest.raises(NotFetched) as refused:
        fetch(model(source(f"{NOBODY}/first", FIRST)), tmp_path, (), means)

    message = str(refused.value)
    assert "http://127.0.0.1:9/first" in message
    assert f"1,300 bytes, sha256 {hashlib.sha256(FIRST).hexdigest()}" in message
    assert f"put it here: {tmp_path / 'tiny.onnx'}" in message


def test_a_file_put_there_by_hand_is_accepted_whichever_source_it_is_from(means, tmp_path):
    (tmp_path / "tiny.onnx").write_bytes(SECOND)

    fetch(model(source(f"{NOBODY}/first", FIRST), source(f"{NOBODY}/second", SECOND)), tmp_path, (), means)

    assert said(means) == f"{tmp_path}/tiny.onnx is already there (the file of {NOBODY}/second).\n"


def test_a_wrong_file_put_there_by_hand_is_told_and_replaced(server, means, tmp_path):
    (tmp_path / "tiny.onnx").write_bytes(b"something else")

    fetch(model(source(f"{server.address}/first", FIRST)), tmp_path, (), means)

    assert (tmp_path / "tiny.onnx").read_bytes() == FIRST
    assert f"refused: its sha256 is {hashlib.sha256(b'something else').hexdigest()}" in said(means)


def test_the_beginning_of_one_source_is_never_continued_from_another(server, means, tmp_path):
    """Two sources of different bytes: a joined file would cost a download and then fail its checksum."""
    server.break_after = [500, 0]
    both = model(source(f"{server.address}/first", FIRST), source(f"{server.address}/second", SECOND))

    path = fetch(both, tmp_path, (), means)

    assert server.asked[-1] == ("/second", None)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_model_without_commercial_use_is_refused_until_it_is_named(server, means, tmp_path):
    limited = model(source(f"{server.address}/first", FIRST), commercial_use=False)

    with pytest.raises(NotFetched, match=r"licence: CC-BY-NC-4.0.*--accept-licence tiny"):
        fetch(limited, tmp_path, ("another",), means)

    assert server.asked == []
    assert fetch(limited, tmp_path, ("tiny",), means).read_bytes() == FIRST


def test_the_log_gets_a_line_every_ten_percent(means, tmp_path):
    body = bytes(40 << 18)
    with serving(ByteServer(files={"/big": body})) as server:
        fetch(model(source(f"{server.address}/big", body)), tmp_path, (), means)

    shown = [line.split()[1] for line in said(means).splitlines() if line.startswith("tiny ")]
    assert shown == ["0", "10", "20", "30", "40", "50", "60", "70", "80", "90", "100"]


def test_the_command_ends_with_1_for_an_unknown_model(capsys):
    assert main(["--model", "no-such-model"]) == 1
    assert "There is no model 'no-such-model'; the catalog has isnet-general-use" in capsys.readouterr().err


def test_the_command_ends_with_1_when_the_licence_is_not_accepted(capsys, tmp_path: Path):
    assert main(["--model", "silueta", "--into", str(tmp_path)]) == 1
    assert "--accept-licence silueta" in capsys.readouterr().err
