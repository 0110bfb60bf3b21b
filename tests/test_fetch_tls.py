"""Whose certificate is believed, with servers on this machine."""

import ssl
import time
from pathlib import Path

import pytest

from cutout.errors import BadUrl, FetchFailed
from cutout.service.connections import public_trust
from fetching import get
from hostile_server import Certificate, Visit, certificate, hostile, ok, redirect

LIMIT_SECONDS = 0.4


@pytest.fixture(scope="module")
def pictures_example(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder: Path = tmp_path_factory.mktemp("certificate")
    return certificate("pictures.example", folder)


def here(*_: object) -> list[str]:
    return ["127.0.0.1"]


def test_the_certificate_is_the_name_s_and_not_the_address_s(pictures_example: Certificate) -> None:
    asked_for = []
    pictures_example.server.sni_callback = lambda _, name, __: asked_for.append(name)
    with hostile(ok(), pictures_example.server) as server:
        host = f"pictures.example:{server.port}"

        body = get(f"https://{host}/", host, look_up=here, trust=lambda: pictures_example.client)

    assert (body, asked_for) == (b"picture", ["pictures.example"])


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
def test_a_certificate_of_another_name_is_refused(pictures_example: Certificate, host: str) -> None:
    with hostile(ok(), pictures_example.server) as server:
        place = f"{host}:{server.port}"

        with pytest.raises(FetchFailed, match=r"its certificate is not trusted: .* not valid for"):
            get(f"https://{place}/", place, look_up=here, trust=lambda: pictures_example.client)

    assert server.asked == []


def test_a_certificate_that_nobody_vouches_for_is_refused(pictures_example: Certificate) -> None:
    with hostile(ok(), pictures_example.server) as server:
        place = f"pictures.example:{server.port}"

        with pytest.raises(FetchFailed, match=r"its certificate is not trusted: self.signed certificate"):
            get(f"https://{place}/", place, look_up=here)

    assert server.asked == []


def test_a_redirect_from_https_to_http_is_refused(pictures_example: Certificate) -> None:
    with hostile(ok()) as plain, hostile(redirect(plain.url()), pictures_example.server) as server:
        place, trust = f"pictures.example:{server.port}", pictures_example.client

        with pytest.raises(BadUrl, match="it redirects from https to http"):
            get(f"https://{place}/", place, *plain.exception, look_up=here, trust=lambda: trust)

    assert plain.asked == []


def test_a_handshake_that_drips_does_not_stretch_the_time() -> None:
    def drip(visit: Visit) -> None:
        visit.drip(b"\x16\x03\x03\x40\x00" + bytes(300))

    with hostile(drip, reads_first=False) as server:
        begun = time.monotonic()
        with pytest.raises(FetchFailed, match=r"within 0\.4 seconds"):
            get(f"https://127.0.0.1:{server.port}/", *server.exception, seconds=LIMIT_SECONDS)

    assert time.monotonic() - begun < LIMIT_SECONDS + 0.5


def test_http_behind_https_is_no_secure_connection() -> None:
    with (
        hostile(lambda visit: visit.send("HTTP/1.1 200 OK\r\n\r\n"), reads_first=False) as server,
        pytest.raises(FetchFailed, match="no secure connection to it can be made"),
    ):
        get(f"https://127.0.0.1:{server.port}/", *server.exception)


def test_a_drip_inside_tls_does_not_stretch_the_time(pictures_example: Certificate) -> None:
    def drip(visit: Visit) -> None:
        visit.send("HTTP/1.1 200 OK\r\n\r\n")
        visit.drip(bytes(200))

    with hostile(drip, pictures_example.server) as server:
        place, begun = f"pictures.example:{server.port}", time.monotonic()
        with pytest.raises(FetchFailed, match=r"within 0\.4 seconds"):
            get(
                f"https://{place}/",
                place,
                seconds=LIMIT_SECONDS,
                look_up=here,
                trust=lambda: pictures_example.client,
            )

    assert time.monotonic() - begun < LIMIT_SECONDS + 0.5


def test_the_trusted_authorities_are_the_system_s_and_names_are_checked() -> None:
    context = public_trust()

    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
