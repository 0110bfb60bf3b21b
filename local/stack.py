"""Everything that runs on one machine, started together and stopped together."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any

from local.deploy import ROOT, Deployed, deploy
from local.emulator import Emulator, client, emulated_aws
from local.host import Host

PARAMETERS = {"AllowPrivateCallbacks": "true"}
# On one machine the model does not lie in an image: environment variables that differ from the template's.
DEFAULT_CARD = ROOT / "models" / "prepared" / "isnet-general-use.json"
HERE = {"MODEL_CARD": str(DEFAULT_CARD)}


@dataclass(frozen=True, kw_only=True)
class LocalStack:
    """A running stack: the emulated AWS, the host of the functions, and what everything is called."""

    deployed: Deployed
    host: Host
    emulator: Emulator
    clients: dict[str, Any] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def client(self, service: str) -> Any:
        """A boto3 client of the emulated account's root; one for each service, as making one takes 10 ms and more."""
        with self.lock:
            if service not in self.clients:
                self.clients[service] = client(service, self.deployed.endpoint)
            return self.clients[service]

    def name(self, logical_id: str) -> str:
        """The physical name of a resource of template.yaml."""
        return self.deployed.names[logical_id]


@contextmanager
def local_stack(
    folder: Path,
    *,
    pace: str = "laptop",
    overrides: Mapping[str, str] = MappingProxyType({}),
    fetch_exceptions: str = "",
    numbers: Mapping[str, int] = MappingProxyType({}),
    state: Path | None = None,
    host_of: Callable[[str], Host] = Host,
) -> Iterator[LocalStack]:
    """Run the whole stack, with its logs in ``folder``, until the block is left.

    ``overrides`` replaces environment variables of the functions that have them. ``fetch_exceptions`` is a list of
    ``host:port`` that pictures may be fetched from although they are local: ``127.0.0.1:9000,localhost:9001``.
    ``numbers`` replaces numbers of the pace. ``state`` is where the emulator keeps what it holds when it is stopped;
    ``host_of`` makes the host of the functions from the emulator's address.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with emulated_aws(folder, state) as emulator:
        host = host_of(emulator.endpoint)
        try:
            parameters = PARAMETERS | {"Pace": pace, "FetchExceptions": fetch_exceptions}
            deployed = deploy(
                emulator.endpoint, host, parameters, folder, HERE | dict(overrides), numbers=numbers
            )
            yield LocalStack(deployed=deployed, host=host, emulator=emulator)
        finally:
            host.close()
