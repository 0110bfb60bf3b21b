"""Fetch a customer's picture from the web: little, briefly, and from public addresses only."""

import re
from dataclasses import dataclass
from http.client import HTTPResponse, IncompleteRead
from urllib.parse import quote, urljoin

from cutout.errors import BadUrl, FetchFailed, TooManyBytes
from cutout.service import addresses, connections
from cutout.service.addresses import AddressRefused, LookUp, NameNotFound, without_secrets
from cutout.service.connections import ConnectionFailed, Deadline, Request, Trust

MOST_REDIRECTS = 3
REDIRECTS = {301, 302, 303, 307, 308}
CHUNK_BYTES = 65_536
NO_TYPE = ""
UNTYPED = {NO_TYPE, "application/octet-stream", "binary/octet-stream"}  # the last is what S3 says by default
MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,60}")
HEADERS = {
    "User-Agent": "cutout-fetch/1",
    "Accept": "image/*",
    "Accept-Encoding": "identity",  # a compressed body may be a thousand times its size
}


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What may be fetched. ``exceptions`` are exact ``host:port`` that may be plain http and private."""

    max_bytes: int
    exceptions: frozenset[str] = frozenset()
    look_up: LookUp = addresses.system_look_up
    trust: Trust = connections.public_trust


def check_url(url: str, *, field: str, exceptions: frozenset[str] = frozenset()) -> None:
    """Refuse, by its text alone, a URL that would not be fetched; raises BadUrl that names ``field``."""
    try:
        addresses.parse_public(url, exceptions)
    except AddressRefused as error:
        raise BadUrl(f"{_named(field, url)}; {error}.") from error


def fetch(url: str, *, field: str, policy: Policy, deadline: Deadline) -> bytes:
    """The bytes at a URL; what they are is for the codec to judge. ``field`` is how errors call the URL.

    All of it, with at most three redirects, shares one deadline. Each address on the way is judged from the beginning.

    Raises
    ------
    BadUrl
        We do not connect to that address, a redirect leads to one that we do not connect to, or it is no picture.
    FetchFailed
        It cannot be reached, answers with an error, breaks off, or takes too long.
    TooManyBytes
        It has more than ``policy.max_bytes`` bytes.
    """
    return _Errand(named=_named(field, url), policy=policy, deadline=deadline).run(url)


def _named(field: str, url: str) -> str:
    return f"{field} is {without_secrets(url)!r}"


@dataclass(frozen=True, kw_only=True)
class _Errand:
    """One fetch, with what errors call it."""

    named: str
    policy: Policy
    deadline: Deadline

    def run(self, url: str) -> bytes:
        """Follow the redirects to the bytes."""
        was_https = False
        for hop in range(MOST_REDIRECTS + 1):
            came_by = "" if hop == 0 else "it redirects to an address that we do not fetch from: "
            endpoint = self.endpoint(url, came_by)
            if was_https and endpoint.address.scheme != "https":
                raise BadUrl(f"{self.named}; it redirects from https to http.")
            was_https = endpoint.address.scheme == "https"
            found = self.ask(endpoint)
            if isinstance(found, bytes):
                return found
            url = self.joined(url, found)
        raise BadUrl(f"{self.named}; it redirects more than {MOST_REDIRECTS} times.")

    def endpoint(self, url: str, came_by: str) -> addresses.Endpoint:
        """Judge one address on the way."""
        policy = self.policy
        try:
            address = addresses.parse_public(url, policy.exceptions)
            seconds = self.deadline.left()
            return addresses.resolve_public(address, policy.look_up, seconds, policy.exceptions)
        except AddressRefused as error:
            raise BadUrl(f"{self.named}; {came_by}{error}.") from error
        except (NameNotFound, ConnectionFailed) as error:
            raise FetchFailed(f"{self.named}; {error}.") from error

    def joined(self, url: str, location: str) -> str:
        """Where a redirect leads from here."""
        try:
            return urljoin(url, location)
        except ValueError as error:
            raise BadUrl(f"{self.named}; it redirects to what is not a URL.") from error

    def ask(self, endpoint: addresses.Endpoint) -> bytes | str:
        """The picture's bytes, or where a redirect leads."""
        request = Request(method="GET", headers=HEADERS)
        try:
            with connections.exchange(endpoint, request, self.deadline, self.policy.trust) as answer:
                location = answer.getheader("Location", "")
                if answer.status in REDIRECTS and location:
                    # as it was sent: headers are read as Latin-1, whatever they were written in
                    return quote(location.encode("latin-1"), safe=addresses.ALLOWED_IN_TARGET + "#")
                self.check_head(answer)
                return self.read(answer)
        except ConnectionFailed as error:
            raise FetchFailed(f"{self.named}; {error}.") from error

    def check_head(self, answer: HTTPResponse) -> None:
        """Refuse by the header what would be no picture."""
        if answer.status != 200:
            raise FetchFailed(f"{self.named}; its server answered {answer.status}.")
        sent = answer.getheader("Content-Type", NO_TYPE).partition(";")[0].strip().lower()
        if sent not in UNTYPED and not sent.startswith("image/"):
            shown = sent if MEDIA_TYPE.fullmatch(sent) else "an unreadable type"
            raise BadUrl(
                f"{self.named}; it is sent as {shown}; allowed: image/* or application/octet-stream."
            )
        if answer.getheader("Content-Encoding", "identity").strip().lower() not in {"", "identity"}:
            raise FetchFailed(f"{self.named}; its server sends it compressed, although asked not to.")

    def read(self, answer: HTTPResponse) -> bytes:
        """The body, counted: what the header says of its length is not believed."""
        body, announced = bytearray(), answer.length or 0
        self.check_size(announced)
        while chunk := answer.read(CHUNK_BYTES):
            body += chunk
            self.check_size(len(body))
        if len(body) < announced:
            raise IncompleteRead(b"", announced - len(body))
        return bytes(body)

    def check_size(self, size_bytes: int) -> None:
        """Refuse more than the limit, announced or sent."""
        if size_bytes > self.policy.max_bytes:
            most = self.policy.max_bytes / 1e6
            raise TooManyBytes(f"{self.named}; it is larger than the {most:,.1f} MB that are accepted.")
