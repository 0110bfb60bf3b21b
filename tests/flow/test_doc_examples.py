"""The examples of docs/api.md are run, each in a folder of its own with one photograph."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from driver import Driver, disc
from local.front import Front

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = ("docs/api.md", "docs/removebg.md")
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


@pytest.mark.parametrize(("language", "code"), examples())
def test_the_example_runs(language: str, code: str, flow: Driver, front: Front, tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(disc(side=160, brightness=231))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "CUTOUT_API": f"{front.url}/api",
        "CUTOUT_KEY": flow.stack.deployed.api_key,
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
