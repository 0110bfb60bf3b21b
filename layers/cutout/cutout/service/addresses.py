"""Whom we connect to: URLs parsed once, names looked up once, and every address of a name judged.

A connection is then made to the addresses that were judged (``connections``), so a name that leads elsewhere when it
is looked up again gains nothing.
"""

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

LookUp = Callable[[str, int], Sequence[str]]

MOST_CHARACTERS = 2000
DEFAULT_PORTS = {"http": 80, "https": 443}
HOST_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*")
ALLOWED_IN_TARGET = (
    "%/:?@!$&'()*+,;=-._~[]"  # everything else is percent-encoded, which keeps a request on one line
)

GLOBAL_UNICAST = ipaddress.IPv6Network(
    "2000::/3"
)  # all other IPv6 is local, mapped, translated or unassigned
NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments: global to some versions of Python
        "192.88.99.0/24",  # relays into 6to4
        "2001::/23",  # protocol assignments: Teredo with an IPv4 address inside, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address inside
        "3fff::/20",  # documentation, unknown to older versions of Python
    )
)


class AddressRefused(Exception):
    """An address that we do not connect to. The message is the end of a sentence about it."""


class NameNotFound(Exception):
    """A name that cannot be resolved now. The message is the end of a sentence about it."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """All of a URL that a connection needs. The text is never parsed a second time."""

    scheme: str
    host: str
    """in lower case and ASCII, without a dot at its end, an IPv6 address without brackets"""
    port: int
    target: str
    """path and query"""

    @property
    def authority(self) -> str:
        """``host:port``, as a list of exceptions spells it."""
        return f"{self._bracketed}:{self.port}"

    @property
    def host_header(self) -> str:
        """What the request calls the host: the port only where it is not the scheme's own."""
        return self._bracketed if self.port == DEFAULT_PORTS[self.scheme] else self.authority

    @property
    def _bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """An address, and the IP addresses that its name had when they were judged. Only those are connected to."""

    address: Address
    ips: tuple[str, ...]


def parse(url: str) -> Address:
    """The parts of an http or https URL.

    Raises
    ------
    AddressRefused
        Not a URL, another scheme, a user name or password in it, or a host or port that cannot be.
    """
    if len(url) > MOST_CHARACTERS:
        raise AddressRefused(f"it may have at most {MOST_CHARACTERS:,} characters")
    if any(character < " " or character == "\x7f" for character in url):
        raise AddressRefused("it must not have control characters")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise AddressRefused("it is not a URL with a port up to 65535") from error
    if parts.scheme not in DEFAULT_PORTS:
        raise AddressRefused("it must begin with https://")
    if "@" in parts.netloc:
        raise AddressRefused("it must not have a user name or password")
    if port == 0:
        raise AddressRefused("its port must be from 1 to 65535")
    target = _encoded(parts.path or "/") + (f"?{_encoded(parts.query)}" if parts.query else "")
    host = _host(parts.hostname or "")
    return Address(scheme=parts.scheme, host=host, port=port or DEFAULT_PORTS[parts.scheme], target=target)


def parse_public(url: str, exceptions: frozenset[str] = frozenset()) -> Address:
    """As ``parse``, and only https on port 443; an exception, an exact ``host:port``, may be anything."""
    address = parse(url)
    is_plain = address.scheme == "https" and address.port == 443
    if not is_plain and address.authority not in exceptions:
        raise AddressRefused("it must be an https address on port 443")
    return address


def resolve(address: Address, look_up: LookUp, seconds: float) -> Endpoint:
    """Look the name up once, wherever it leads, within so many seconds.

    Raises
    ------
    NameNotFound
        There is no such name, or nobody answers in time.
    """
    found = _in_time(look_up, address, seconds)
    if not found:
        raise NameNotFound("its host name cannot be resolved")
    return Endpoint(address=address, ips=tuple(dict.fromkeys(found)))


def resolve_public(
    address: Address, look_up: LookUp, seconds: float, exceptions: frozenset[str] = frozenset()
) -> Endpoint:
    """As ``resolve``, and every one of the name's addresses has to be public; an exception may lead anywhere.

    Raises
    ------
    AddressRefused
        At least one address is private, local, multicast, reserved, or leads into IPv4 in disguise.
    """
    endpoint = resolve(address, look_up, seconds)
    if address.authority not in exceptions and not all(map(is_public, endpoint.ips)):
        # which one is not said: it would tell about the inside of a network
        raise AddressRefused("its host has an address that is not public")
    return endpoint


def is_public(ip: str) -> bool:
    """Whether an IP address is one of the internet's hosts, whatever the version of Python says of it."""
    address = ipaddress.ip_address(ip)
    if isinstance(address, ipaddress.IPv6Address) and address not in GLOBAL_UNICAST:
        return False
    if any(address in network for network in NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast


def system_look_up(host: str, port: int) -> list[str]:
    """What the system says are a name's addresses, in the order to try them; OSError when it does not know."""
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def without_secrets(url: str) -> str:
    """A URL as an error may repeat it: without query, fragment, user name and password, at most 200 characters."""
    bare = re.split(r"[?#]", url, maxsplit=1)[0]
    bare = re.sub(r"//[^/]*@", "//", bare) if "//" in bare else bare.rpartition("@")[2]
    return bare[:200]


def _host(name: str) -> str:
    if ":" in name:
        return _ipv6(name)
    try:
        ascii_name = name.encode("idna").decode().lower().removesuffix(".")
    except UnicodeError as error:
        raise AddressRefused("its host name is not one that can exist") from error
    if not HOST_NAME.fullmatch(ascii_name):
        raise AddressRefused("its host name is not one that can exist")
    return ascii_name


def _ipv6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text.replace("%", "?")))  # a zone is of this machine
    except ValueError as error:
        raise AddressRefused("its host is not an IPv6 address") from error


def _encoded(text: str) -> str:
    return quote(text, safe=ALLOWED_IN_TARGET)


def _in_time(look_up: LookUp, address: Address, seconds: float) -> Sequence[str]:
    """The system's resolver takes no time limit: ask it in a thread, and leave that alone when it takes too long."""
    answers: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(look_up(address.host, address.port))
        except OSError:
            answers.put(())

    threading.Thread(target=ask, daemon=True).start()
    try:
        return answers.get(timeout=seconds)
    except queue.Empty as error:
        raise NameNotFound("its host name was not resolved in time") from error
