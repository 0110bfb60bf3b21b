"""The examples of the pages are run, each in a folder of its own with one photograph."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver import Driver, disc
from local.emulator import ACCOUNT_KEY, ACCOUNT_SECRET, REGION
from local.front import Front

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = tuple(
    f"docs/{name}.md" for name in ("api", "batches", "hooks", "removebg", "review", "rules", "webhooks")
)
RUN = {
    "sh": ["bash", "-euo", "pipefail", "-c"],
    "python": [sys.executable, "-c"],
    "js": ["node", "--input-type=module", "-e"],
}


def examples() -> list[object]:
    """Every block marked ``run``, in the order of the pages."""
    found = []
    for page in PAGES:
        text = (ROOT / page).read_text()
        blocks = re.finditer(r"```(sh|python|js) run\n(.*?)```", text, re.DOTALL)
        for block in blocks:
            line = text[: block.start()].count("\n") + 2
            found.append(pytest.param(block[1], block[2], id=f"{page}:{line}"))
    return found


@pytest.fixture(scope="module")
def front(flow: Driver) -> Iterator[Front]:
    """The address that a client has: `make serve`'s."""
    front = Front(0, ROOT / "web", flow.stack.deployed.api_url, flow.stack.deployed.api_key)
    yield front
    front.close()


@pytest.fixture(scope="module")
def hook(flow: Driver) -> None:
    """The hook of docs/hooks.md, as that page sets it up."""
    stack = flow.stack
    stack.client("secretsmanager").create_secret(
        Name="cutout/hooks/my-shop", SecretString="an-example-secret"
    )
    stack.client("s3").upload_file(
        str(ROOT / "examples/hooks/shopify.json"), stack.name("WorkBucket"), "config/hooks/my-shop.json"
    )
    while flow.call("POST", "/v1/hooks/my-shop", {})[0] == 404:
        time.sleep(0.1)


@pytest.mark.usefixtures("hook")
@pytest.mark.parametrize(("language", "code"), examples())
def test_the_example_runs(language: str, code: str, flow: Driver, front: Front, tmp_path: Path) -> None:
    if code.startswith("aws ") and shutil.which("aws") is None:
        pytest.skip("the AWS CLI is not installed")
    (tmp_path / "photo.jpg").write_bytes(disc(side=160, brightness=231))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "CUTOUT_API": f"{front.url}/api",
        "CUTOUT_KEY": flow.stack.deployed.api_key,
        "CUTOUT_SOURCE": flow.stack.name("SourceBucket"),
        "CUTOUT_RESULT": flow.stack.name("ResultBucket"),
        "AWS_ENDPOINT_URL": flow.stack.deployed.endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCOUNT_KEY,
        "AWS_SECRET_ACCESS_KEY": ACCOUNT_SECRET,
    }

    done = subprocess.run(
        [*RUN[language], code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr + done.stdout


def test_there_are_examples_in_every_language() -> None:
    languages = {param.values[0] for param in examples()}  # type: ignore[attr-defined]

    assert languages == set(RUN)
