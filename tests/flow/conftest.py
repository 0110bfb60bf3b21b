"""Running stacks for the flow's tests: one with a stand-in network, one with the real model."""

import functools
import json
import time
import uuid
from collections.abc import Iterator

import boto3
import pytest

from admin import __main__ as admin
from byte_server import ByteServer, serving
from customers import Customer, Make
from cutout.service.keys import RULES_KEY
from cutout.service.table import JobTable
from driver import Admin, Driver
from local import standin
from local.emulator import ACCOUNT_KEY, ACCOUNT_SECRET
from local.stack import local_stack
from webhook_receiver import Receiver, receiving

# A command makes a session of its own, which reads the descriptions of all its services: 0.15 s that count up here.
ONE_SESSION = functools.cache(boto3.Session)


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
        "RETRY_SCALE": "0.02",  # a webhook that failed is tried again after 0.1 s, and not after 5
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


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks; its ``/silent`` never answers."""
    with receiving(Receiver(silent=frozenset({"/silent"}))) as receiver:
        yield receiver


@pytest.fixture
def key(flow: Driver) -> str:
    """An API key of the test's own."""
    return flow.another_key()


@pytest.fixture
def run(flow: Driver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Admin:
    """Runs a command as a person with the stack's own endpoint in the environment would."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", flow.stack.deployed.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCOUNT_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ACCOUNT_SECRET)
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    monkeypatch.setattr(boto3, "Session", ONE_SESSION)

    def call(*arguments: str) -> tuple[int, str]:
        code = admin.main(arguments)
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


RULES = [
    {"prefix": "incoming/", "preset": "shopify", "results": "published/"},
    {"prefix": "incoming/hero/", "recipe": {"outputs": [{"name": "hero"}]}, "results": "published/hero/"},
    {"prefix": "held/", "ignore": True},
    {"prefix": "urgent/", "lane": "interactive"},
    {"prefix": "season/", "on_delete": "expire", "results": "shop/"},
]


@pytest.fixture(scope="session")
def ruled(flow: Driver) -> Driver:
    """The stack with rules of its own for the prefixes above."""
    flow.stack.client("s3").put_object(
        Bucket=flow.stack.name("WorkBucket"), Key=RULES_KEY, Body=json.dumps({"rules": RULES}).encode()
    )
    time.sleep(1.1)  # Pace's RulesSeconds: how long a reading counts
    return flow
