"""Everything that runs on one machine, started together and stopped together."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from local.deploy import ROOT, Deployed, deploy
from local.emulator import client, emulated_aws
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

    def client(self, service: str) -> Any:
        """A boto3 client of the emulated account's root."""
        return client(service, self.deployed.endpoint)

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
) -> Iterator[LocalStack]:
    """Run the whole stack, with its logs in ``folder``, until the block is left.

    ``overrides`` replaces environment variables of the functions that have them. ``fetch_exceptions`` is a list of
    ``host:port`` that pictures may be fetched from although they are local: ``127.0.0.1:9000,localhost:9001``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with emulated_aws(folder) as endpoint:
        host = Host(endpoint)
        try:
            parameters = PARAMETERS | {"Pace": pace, "FetchExceptions": fetch_exceptions}
            deployed = deploy(endpoint, host, parameters, folder, HERE | dict(overrides))
            yield LocalStack(deployed=deployed, host=host)
        finally:
            host.close()
