"""Get the file of a model: ``python -m models.fetch [--model ID]``.

The sources of the catalog are tried in order. A file is only ever accepted with the right checksum, whether
it was downloaded or put in place by hand.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from models import catalog
from models.download import Opener, SourceFailed, download, open_url
from models.npm import RunNpm, run_npm, take_from_npm
from models.progress import progress


class NotFetched(RuntimeError):
    """No source gave the file, or its licence was not accepted; the message says what to do."""


@dataclass(frozen=True, kw_only=True)
class Means:
    """How this machine reaches the world; tests hand in others."""

    opener: Opener = open_url
    npm: RunNpm = run_npm
    messages: TextIO = field(default_factory=lambda: sys.stderr)

    def say(self, line: str) -> None:
        """Write one line for the person who waits."""
        print(line, file=self.messages, flush=True)


def fetch(model: catalog.Model, into: Path, accepted: Sequence[str], means: Means) -> Path:
    """Put the file of ``model`` into the folder ``into``; the path of the file.

    ``accepted`` holds the ids of models that are wanted although they are not cleared for commercial use.
    Raises NotFetched.
    """
    _check_licence(model, accepted)
    target = catalog.fetched_file(model.id, into)
    if target.is_file() and _is_known(model, target, means.say):
        return target
    into.mkdir(parents=True, exist_ok=True)
    for source in model.sources:
        part = _part(source, target)
        try:
            _get(source, part, target.stem, means)
            _accept(source, part, target)
        except SourceFailed as reason:
            means.say(str(reason))
        else:
            for other in model.sources:
                _part(other, target).unlink(missing_ok=True)
            means.say(f"{target}: {source.bytes:,} bytes from {source.origin}, sha256 as in the catalog.")
            return target
    raise NotFetched(_by_hand(model, target))


def _check_licence(model: catalog.Model, accepted: Sequence[str]) -> None:
    if not model.commercial_use and model.id not in accepted:
        raise NotFetched(
            f"{model.id} is not cleared for commercial use (licence: {model.licence}; {model.upstream}). "
            f"If that is fine for you, say so: --accept-licence {model.id}"
        )


def _is_known(model: catalog.Model, target: Path, say: Callable[[str], None]) -> bool:
    digest = catalog.sha256_of(target)
    source = model.source_of(digest)
    if source is not None:
        say(f"{target} is already there (the file of {source.origin}).")
        return True
    known = " or ".join(source.sha256 for source in model.sources)
    say(f"{target} is refused: its sha256 is {digest}, the catalog has {known}. It will be replaced.")
    return False


def _part(source: catalog.Source, target: Path) -> Path:
    return target.with_suffix(
        f".{source.sha256[:8]}.part"
    )  # one per source: their bytes must never be joined


def _get(source: catalog.Source, part: Path, label: str, means: Means) -> None:
    match source:
        case catalog.UrlSource():
            with progress(means.messages, label, source.bytes) as report:
                download(source.url, source.bytes, part, means.opener, report)
        case catalog.NpmSource():
            with progress(means.messages, label, source.package_bytes) as report:
                take_from_npm(source, part, means.npm, report)


def _accept(source: catalog.Source, part: Path, target: Path) -> None:
    digest = catalog.sha256_of(part)
    if digest != source.sha256:
        part.unlink()
        raise SourceFailed(
            f"{source.origin}: {part} is refused and removed: "
            f"its sha256 is {digest}, the catalog has {source.sha256}."
        )
    part.replace(target)


def _by_hand(model: catalog.Model, target: Path) -> str:
    files = "\n".join(
        f"  {each.origin}\n    {each.bytes:,} bytes, sha256 {each.sha256}" for each in model.sources
    )
    return (
        f"No source of {model.id} could be used. These are its files:\n{files}\n"
        f"Download one on a machine that can (this command does it there, too) and put it here: {target}\n"
        f"Then run this command again; it checks the file."
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and fetch. 0 when the file is there, 1 when it is not."""
    parser = argparse.ArgumentParser(
        prog="python -m models.fetch", description=__doc__.split("\n", maxsplit=1)[0]
    )
    parser.add_argument(
        "--model", metavar="ID", help="the model's id in the catalog; its default if not given"
    )
    parser.add_argument("--into", metavar="FOLDER", type=Path, default=catalog.FETCHED)
    parser.add_argument(
        "--accept-licence",
        metavar="ID",
        action="append",
        default=[],
        help="fetch this model although it is not cleared for commercial use",
    )
    chosen = parser.parse_args(arguments)
    means = Means()
    try:
        fetch(catalog.read_catalog().model(chosen.model), chosen.into, chosen.accept_licence, means)
    except (catalog.BadCatalog, NotFetched) as error:
        means.say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
