"""Running stacks for the flow's tests: one with a stand-in network, one with the real model."""

import uuid
from collections.abc import Iterator

import pytest

from byte_server import ByteServer, serving
from customers import Customer, Make
from cutout.service.table import JobTable
from driver import Driver
from local import standin
from local.stack import local_stack


@pytest.fixture(scope="session")
def pictures() -> Iterator[ByteServer]:
    """A web server that the stack may fetch from; a test puts what it needs into its ``files``."""
    with serving(ByteServer(files={})) as server:
        yield server


@pytest.fixture(scope="session")
def flow(tmp_path_factory: pytest.TempPathFactory, pictures: ByteServer) -> Iterator[Driver]:
    """The whole stack around a network that takes what is bright for the subject."""
    folder = tmp_path_factory.mktemp("flow")
    overrides = {
        "MODEL_CARD": str(standin.bright_subject(folder)),
        "PROXY_SIDE": str(standin.SIDE),
        "REQUESTS_PER_MINUTE": "100000",  # the tests are more than a minute may have
        "MEGAPIXELS_PER_MINUTE": "100000",
    }
    reachable = pictures.address.removeprefix("http://")
    with local_stack(folder, overrides=overrides, fetch_exceptions=reachable) as stack:
        yield Driver(stack)


@pytest.fixture
def customer(flow: Driver) -> Make:
    """Makes customers whose accounts begin with this many hundredths; None: unlimited."""

    def make(starting_credits: int | None) -> Customer:
        client, name = flow.stack.client("dynamodb"), flow.stack.name("JobTable")
        return Customer(
            uuid.uuid4().hex, JobTable(client=client, name=name, starting_credits=starting_credits)
        )

    return make
