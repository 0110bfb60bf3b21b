"""Download one file over HTTP, and go on where an earlier attempt stopped."""

import http.client
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from models.progress import Report

SILENCE_SECONDS = 8.0  # for the connection, and for every wait after it
_PIECE_BYTES = 1 << 18

Opener = Callable[[Request], http.client.HTTPResponse]


class SourceFailed(RuntimeError):
    """A source cannot be used; the message is one line that names it and says why."""


class _Interrupted(Exception):
    """The connection broke; what had arrived is kept."""


def open_url(request: Request) -> http.client.HTTPResponse:
    """Open an address through the machine's own proxies; gives up after a few silent seconds."""
    # S310: the catalog allows http and https only, and so do redirects
    response: http.client.HTTPResponse = urlopen(request, timeout=SILENCE_SECONDS)  # noqa: S310
    return response


def download(url: str, size_bytes: int, part: Path, opener: Opener, report: Report) -> None:
    """Fill ``part`` with the ``size_bytes`` bytes behind ``url``, beginning with those it already has.

    A connection that breaks is taken up again for as long as each attempt brings something. Raises
    SourceFailed; ``part`` then keeps what arrived, for the next time.
    """
    if _size(part) > size_bytes:
        part.unlink()  # whatever it is, it is not the beginning of this file
    while _size(part) < size_bytes:
        before = _size(part)
        try:
            _continue(url, size_bytes, part, opener, report)
        except _Interrupted as reason:
            if _size(part) <= before:
                raise SourceFailed(f"{url}: {reason}") from reason


def _continue(url: str, size_bytes: int, part: Path, opener: Opener, report: Report) -> None:
    start = _size(part)
    headers = {"User-Agent": "cutout-fetch"} | ({"Range": f"bytes={start}-"} if start else {})
    response = _open(Request(url, headers=headers), opener)  # noqa: S310 - as above
    with response:
        resumed = response.status == http.client.PARTIAL_CONTENT and _starts_at(response, start)
        if start and not resumed:
            start = 0  # the server sends the whole file, whatever was asked
        with part.open("ab" if start else "wb") as file:
            done = start
            report(done)
            for piece in _pieces(response):
                done += file.write(piece)
                if done > size_bytes:
                    break
                report(done)
    if done > size_bytes:
        part.unlink()
        raise SourceFailed(f"{url}: sends more than the {size_bytes:,} bytes that the catalog names")
    if done < size_bytes:
        raise _Interrupted(
            f"the connection ended after {done:,} of {size_bytes:,} bytes; run again to resume"
        )


def _open(request: Request, opener: Opener) -> http.client.HTTPResponse:
    try:
        return opener(request)
    except HTTPError as error:
        error.close()
        raise SourceFailed(f"{request.full_url}: answers {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException) as error:
        raise _Interrupted(f"cannot be reached ({getattr(error, 'reason', error)})") from error


def _pieces(response: http.client.HTTPResponse) -> Iterator[bytes]:
    try:
        while piece := response.read(_PIECE_BYTES):
            yield piece
    except (OSError, http.client.HTTPException) as error:
        raise _Interrupted(f"the connection broke ({error}); run again to resume") from error


def _starts_at(response: http.client.HTTPResponse, start: int) -> bool:
    return response.headers.get("Content-Range", "").startswith(f"bytes {start}-")


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0
