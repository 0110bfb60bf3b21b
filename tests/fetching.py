"""The ways in which tests fetch: from one server on this machine, as an exception."""

import pytest

from cutout.errors import CustomerError
from cutout.service.addresses import LookUp, system_look_up
from cutout.service.connections import Deadline, Trust, public_trust
from cutout.service.fetch import Policy, fetch
from hostile_server import Behaviour, Hostile, hostile


def get(
    url: str,
    *exceptions: str,
    seconds: float = 5,
    max_bytes: int = 100_000,
    look_up: LookUp = system_look_up,
    trust: Trust = public_trust,
) -> bytes:
    policy = Policy(max_bytes=max_bytes, exceptions=frozenset(exceptions), look_up=look_up, trust=trust)
    return fetch(url, field="image_url", policy=policy, deadline=Deadline.after(seconds))


def get_from(server: Hostile, path: str = "/a.png", seconds: float = 5, max_bytes: int = 100_000) -> bytes:
    return get(server.url(path), *server.exception, seconds=seconds, max_bytes=max_bytes)


def refusal(behaviour: Behaviour, error: type[CustomerError], path: str = "/a.png") -> str:
    with hostile(behaviour) as server, pytest.raises(error) as caught:
        get_from(server, path)
    return str(caught.value).replace(f":{server.port}", "")
