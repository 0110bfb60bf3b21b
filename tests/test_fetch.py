"""Where pictures are fetched from, and where not. Every server of these tests runs on this machine."""

import socket

import pytest

from cutout.errors import BadUrl, FetchFailed
from cutout.service.fetch import check_url
from fetching import get, get_from, refusal
from hostile_server import Visit, hostile, ok, redirect

# ------------------------------------------------------------------ a server that means well


@pytest.mark.parametrize(
    "type_line",
    [
        (),
        ("Content-Type: image/png",),
        ("Content-Type: Image/JPEG; charset=x",),
        ("Content-Type: application/octet-stream",),
        ("Content-Type: binary/octet-stream",),
        ("Content-Encoding: identity",),
    ],
)
def test_a_picture_is_fetched(type_line: tuple[str, ...]) -> None:
    with hostile(ok(*type_line, body=b"\x89PNG")) as server:
        assert get_from(server) == b"\x89PNG"


def test_a_request_says_who_we_are_and_nothing_of_the_customer() -> None:
    with hostile(ok()) as server:
        get_from(server, "/a b.png?token=1#part")

    head, *lines = server.asked[0].split("\r\n")
    assert head == "GET /a%20b.png?token=1 HTTP/1.1"
    assert sorted(filter(None, lines)) == [
        "Accept-Encoding: identity",
        "Accept: image/*",
        "Connection: close",
        f"Host: 127.0.0.1:{server.port}",
        "User-Agent: cutout-fetch/1",
    ]


def test_chunks_are_put_together() -> None:
    def chunked(visit: Visit) -> None:
        visit.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")

    with hostile(chunked) as server:
        assert get_from(server) == b"abcde"


def test_an_address_that_nobody_listens_at_gives_way_to_the_next() -> None:
    with hostile(ok(body=b"second")) as server:
        host = f"two.example:{server.port}"

        assert get(f"http://{host}/", host, look_up=lambda *_: ["127.0.0.2", "127.0.0.1"]) == b"second"


# ------------------------------------------------------------------ where to


def test_a_name_is_looked_up_once_and_connected_to_as_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second answer of a rebinding name is never heard."""
    answers, reached = [["93.184.215.14"], ["127.0.0.1"]], []

    def connect(place: tuple[str, int], timeout: float) -> socket.socket:
        reached.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)

    with pytest.raises(FetchFailed, match="it cannot be reached"):
        get("https://rebinding.example/a.png", look_up=lambda *_: answers.pop(0))

    assert reached == [("93.184.215.14", 443)]
    assert answers == [["127.0.0.1"]]


def test_an_exception_is_looked_up_once_too() -> None:
    answers = [["127.0.0.1"], ["127.0.0.2"]]
    with hostile(ok()) as server:
        host = f"rebinding.example:{server.port}"

        assert get(f"http://{host}/", host, look_up=lambda *_: answers.pop(0)) == b"picture"

    assert len(server.asked) == 1
    assert f"Host: {host}" in server.asked[0]


@pytest.mark.parametrize("ips", [["10.0.0.1"], ["93.184.215.14", "169.254.169.254"], ["::ffff:127.0.0.1"]])
def test_a_private_address_is_refused_without_naming_it(ips: list[str]) -> None:
    with pytest.raises(BadUrl) as caught:
        get("https://inside.example/a.png?token=1", look_up=lambda *_: ips)

    assert str(caught.value) == (
        "image_url is 'https://inside.example/a.png'; its host has an address that is not public."
    )


def test_a_port_that_is_no_exception_is_never_connected_to() -> None:
    with hostile(ok()) as server, pytest.raises(BadUrl, match="an https address on port 443"):
        get(server.url(), "127.0.0.1:1")

    assert server.asked == []


def test_a_proxy_in_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with hostile(ok(body=b"proxy")) as proxy, hostile(ok(body=b"direct")) as server:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")

        assert get_from(server) == b"direct"

    assert proxy.asked == []


@pytest.mark.parametrize(
    "url", ["http://example.com/a", "https://user:pw@example.com/", "https://example.com:8443/"]
)
def test_a_url_can_be_judged_by_its_text_alone(url: str) -> None:
    with pytest.raises(BadUrl, match=r"^background is 'https?://example\.com.*'; it must"):
        check_url(url, field="background")


def test_a_good_url_passes_without_being_looked_up() -> None:
    check_url("https://no-such-host.invalid/a.png", field="image_url")


# ------------------------------------------------------------------ redirects


@pytest.mark.parametrize(
    "location",
    [
        "https://127.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://127.1/",
        "http://example.com/",
        "//127.0.0.1/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/a.png",
        "gopher://127.0.0.1/",
        "https://user:pw@example.com/",
        "https://example.com:0/",
    ],
)
def test_every_redirect_is_judged_from_the_beginning(location: str) -> None:
    said = refusal(redirect(location), BadUrl)

    assert said.startswith(
        "image_url is 'http://127.0.0.1/a.png'; it redirects to an address that we do not fetch from: it"
    )
    assert "10.0.0.1" not in said


def test_a_redirect_to_what_is_no_url_is_refused() -> None:
    assert refusal(redirect("https://[::1/"), BadUrl).endswith("it redirects to what is not a URL.")


def test_a_redirect_to_another_port_of_this_machine_is_not_followed() -> None:
    with (
        hostile(ok(body=b"inside")) as inside,
        hostile(redirect(inside.url())) as server,
        pytest.raises(BadUrl, match="it redirects to an address that we do not fetch from"),
    ):
        get_from(server)

    assert inside.asked == []


def test_three_redirects_are_followed_and_a_fourth_is_not() -> None:
    def count_down(visit: Visit) -> None:
        left = int(visit.path.strip("/"))
        (redirect(str(left - 1), 307) if left else ok(body=b"there"))(visit)

    with hostile(count_down) as server:
        assert get_from(server, "/3") == b"there"
        with pytest.raises(BadUrl, match="it redirects more than 3 times"):
            get_from(server, "/4")

    assert len(server.asked) == 4 + 4


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_loop_ends(status: int) -> None:
    assert "more than 3 times" in refusal(redirect("/a.png", status), BadUrl)


def test_a_redirect_in_utf_8_leads_where_it_says() -> None:
    def answer(visit: Visit) -> None:
        (ok(body=b"there") if visit.path == "/%C3%BC.png" else redirect("/ü.png"))(visit)

    with hostile(answer) as server:
        assert get_from(server) == b"there"


@pytest.mark.parametrize("head", ["302 Found", "304 Not Modified", "300 Choices\r\nLocation: /b"])
def test_a_redirect_to_nowhere_is_an_answer_like_any_other(head: str) -> None:
    said = refusal(lambda visit: visit.send(f"HTTP/1.1 {head}\r\n\r\n"), FetchFailed)

    assert said.endswith(f"its server answered {head[:3]}.")
