import pytest
from pydantic import TypeAdapter, ValidationError

from cutout.service.settings import HostsAndPorts

LIST: TypeAdapter[frozenset[str]] = TypeAdapter(HostsAndPorts)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("", set()),
        (",", set()),
        ("127.0.0.1:9000", {"127.0.0.1:9000"}),
        ("127.0.0.1:9000, pictures.test:80,[::1]:8", {"127.0.0.1:9000", "pictures.test:80", "[::1]:8"}),
    ],
)
def test_exceptions_are_a_list_of_hosts_with_ports(text: str, hosts: set[str]) -> None:
    assert LIST.validate_python(text) == hosts


@pytest.mark.parametrize(
    "text", ["127.0.0.1", "*:80", "*", "http://127.0.0.1:80", "10.0.0.0/8:80", "A:80", "a:b"]
)
def test_what_is_no_host_with_a_port_stops_the_function_at_its_start(text: str) -> None:
    with pytest.raises(ValidationError):
        LIST.validate_python(text)
