import socket
import time
from collections.abc import Sequence

import pytest

from cutout.service import addresses
from cutout.service.addresses import Address, AddressRefused, NameNotFound, is_public, parse, parse_public

PUBLIC = "93.184.215.14"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://example.com", ("https", "example.com", 443, "/")),
        ("HTTPS://Example.COM:443/A b/ü.png?q=ä&x=%20#part", "/A%20b/%C3%BC.png?q=%C3%A4&x=%20"),
        ("https://example.com./a", ("https", "example.com", 443, "/a")),
        ("https://bücher.example/", ("https", "xn--bcher-kva.example", 443, "/")),
        ("https://１２７.0.0.1/", ("https", "127.0.0.1", 443, "/")),
        ("https://example。com/", ("https", "example.com", 443, "/")),
        ("https://[2606:4700:0::1111]/", ("https", "2606:4700::1111", 443, "/")),
        ("http://cdn_1.example:8080/@2x.png", ("http", "cdn_1.example", 8080, "/@2x.png")),
        ("https://example.com:/a", ("https", "example.com", 443, "/a")),
    ],
)
def test_a_url_is_read_into_what_a_connection_needs(
    url: str, address: tuple[str, str, int, str] | str
) -> None:
    if isinstance(address, str):
        assert parse(url).target == address
        return
    scheme, host, port, target = address
    assert parse(url) == Address(scheme=scheme, host=host, port=port, target=target)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "must begin with https://"),
        ("not a url", "must begin with https://"),
        ("//example.com/a", "must begin with https://"),
        ("file:///etc/passwd", "must begin with https://"),
        ("ftp://example.com/a", "must begin with https://"),
        ("gopher://example.com/a", "must begin with https://"),
        ("data:image/png;base64,AAAA", "must begin with https://"),
        ("https://user:pw@example.com/", "must not have a user name"),
        ("https://user@example.com/", "must not have a user name"),
        ("https://@example.com/", "must not have a user name"),
        ("https://example.com\\@127.0.0.1/", "must not have a user name"),
        ("https://", "not one that can exist"),
        ("https:///a", "not one that can exist"),
        ("https://:443/a", "not one that can exist"),
        ("https://a..b/", "not one that can exist"),
        ("https://.example.com/", "not one that can exist"),
        ("https://example.com../", "not one that can exist"),
        ("https://-example.com/", "not one that can exist"),
        ("https://exa%6dple.com/", "not one that can exist"),
        ("https://example.com\\evil.example/", "not one that can exist"),
        ("https://exa mple.com/", "not one that can exist"),
        ("https://" + "a" * 64 + ".example/", "not one that can exist"),
        ("https://" + "a." * 127 + "example/", "not one that can exist"),
        ("https://[::1/", "not a URL"),
        ("https://[fe80::1%25eth0]/", "not an IPv6 address"),
        ("https://[v1.a:b]/", "not an IPv6 address"),
        ("https://example.com:0/", "from 1 to 65535"),
        ("https://example.com:65536/", "up to 65535"),
        ("https://example.com:-1/", "up to 65535"),
        ("https://example.com:https/", "up to 65535"),
        ("https://example.com/\r\nX-Evil: 1", "control characters"),
        ("https://exam\tple.com/", "control characters"),
        ("https://example.com/\x00", "control characters"),
        ("https://example.com/" + "a" * 2000, "at most 2,000 characters"),
    ],
)
def test_a_url_that_could_mean_two_things_is_refused(url: str, words: str) -> None:
    with pytest.raises(AddressRefused, match=words):
        parse(url)


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://example.com:8443/", "http://example.com:443/"]
)
def test_only_https_on_its_own_port_is_taken(url: str) -> None:
    with pytest.raises(AddressRefused, match="an https address on port 443"):
        parse_public(url)


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("http://127.0.0.1:9000/a", True),
        ("https://127.0.0.1:9000/a", True),
        ("http://127.0.0.1:9001/a", False),
        ("http://127.0.0.1/a", False),
        ("http://localhost:9000/a", False),
        ("http://127.1:9000/a", False),
        ("http://127.0.0.1.evil.example:9000/a", False),
        ("http://[::1]:9000/a", True),
        ("http://[0::1]:9000/a", True),
    ],
)
def test_an_exception_is_one_host_and_port(url: str, is_taken: bool) -> None:
    exceptions = frozenset({"127.0.0.1:9000", "[::1]:9000"})
    if is_taken:
        assert parse_public(url, exceptions).port == 9000
        return
    with pytest.raises(AddressRefused):
        parse_public(url, exceptions)


@pytest.mark.parametrize(
    "ip",
    ["93.184.215.14", "8.8.8.8", "1.1.1.1", "52.95.110.1", "2606:4700::1111", "2a00:1450:4001:81b::200e"],
)
def test_the_internet_s_hosts_are_public(ip: str) -> None:
    assert is_public(ip)


@pytest.mark.parametrize(
    "ip",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "169.254.170.2",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.9",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",  # IPv4-compatible
        "::5db8:d70e",  # the same of a public address
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:93.184.215.14",
        "::ffff:0:7f00:1",  # IPv4-translated
        "64:ff9b::a9fe:a9fe",
        "64:ff9b::5db8:d70e",
        "64:ff9b:1::a9fe:a9fe",
        "100::1",
        "2001::1",  # Teredo
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::1",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",  # the metadata service
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
    ],
)
def test_everything_else_is_not(ip: str) -> None:
    assert not is_public(ip)


def at(url: str, *ips: str) -> addresses.Endpoint:
    return addresses.resolve_public(parse_public(url), lambda *_: ips, 1)


def test_one_bad_address_among_good_ones_is_enough() -> None:
    with pytest.raises(AddressRefused, match="its host has an address that is not public") as caught:
        at("https://inside.example/", PUBLIC, "10.0.0.1", PUBLIC)

    assert "10.0.0.1" not in str(caught.value)


def test_all_of_a_name_s_addresses_are_kept_each_once() -> None:
    assert at("https://example.com/", PUBLIC, "2606:4700::1111", PUBLIC).ips == (PUBLIC, "2606:4700::1111")


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "0x7f000001",
        "017700000001",
        "127.1",
        "0177.0.0.1",
        "0x7f.1",
        "127.0.0.1.",
        "１２７.0.0.1",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::]",
        "localhost",
    ],
)
def test_this_machine_is_refused_however_it_is_spelled(host: str) -> None:
    """By what the system's own resolver makes of it."""
    address = parse_public(f"https://{host}/")

    with pytest.raises(AddressRefused, match="is not public"):
        addresses.resolve_public(address, addresses.system_look_up, 5)


def test_a_name_without_addresses_is_not_found() -> None:
    with pytest.raises(NameNotFound, match="its host name cannot be resolved"):
        at("https://example.com/")


def test_a_name_that_the_system_does_not_know_is_not_found() -> None:
    def unknown(*_: object) -> Sequence[str]:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(NameNotFound, match="cannot be resolved"):
        addresses.resolve(parse("https://example.com/"), unknown, 1)


def test_a_resolver_that_takes_too_long_is_left_alone() -> None:
    def slow(*_: object) -> Sequence[str]:
        time.sleep(1)
        return [PUBLIC]

    begun = time.monotonic()
    with pytest.raises(NameNotFound, match="not resolved in time"):
        addresses.resolve(parse("https://example.com/"), slow, 0.1)

    assert time.monotonic() - begun < 0.5


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.com/a.png?token=x#y", "https://example.com/a.png"),
        ("https://user:pw@example.com/a@2x.png", "https://example.com/a@2x.png"),
        ("https://user:p@w@example.com/", "https://example.com/"),
        ("user:pw@example.com", "example.com"),
        ("https://example.com/" + "a" * 300, "https://example.com/" + "a" * 180),
    ],
)
def test_an_error_repeats_no_secrets(url: str, shown: str) -> None:
    assert addresses.without_secrets(url) == shown
