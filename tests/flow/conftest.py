"""Running stacks for the flow's tests: one with a stand-in network, one with the real model."""

from collections.abc import Iterator

import pytest

import standin
from driver import Driver
from local.stack import local_stack


@pytest.fixture(scope="session")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    """The whole stack around a network that takes what is bright for the subject."""
    folder = tmp_path_factory.mktemp("flow")
    overrides = {"MODEL_CARD": str(standin.bright_subject(folder)), "PROXY_SIDE": str(standin.SIDE)}
    with local_stack(folder, overrides=overrides) as stack:
        yield Driver(stack)
