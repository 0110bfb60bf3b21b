"""Fixtures for every test: events from events/, and no way to reach an account."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """A forgotten call to AWS fails at once instead of using someone's credentials."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


@pytest.fixture
def event() -> Callable[[str], dict[str, Any]]:
    """A real event from events/, by its name."""

    def read(name: str) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((ROOT / "events" / f"{name}.json").read_text())
        return document

    return read
