"""Hooks from the command line, on a running stack."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from admin import __main__ as admin
from conftest import ROOT
from cutout.service.jobs import owner_of
from driver import Driver
from local.emulator import ACCOUNT_KEY, ACCOUNT_SECRET

SHOPIFY = ROOT / "examples" / "hooks" / "shopify.json"


class Line:
    """The command line, with the files that a person has."""

    def __init__(self, flow: Driver, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self.flow, self.capsys, self.folder = flow, capsys, folder
        self.name = f"line-{uuid.uuid4().hex[:8]}"

    def run(self, *arguments: str) -> tuple[int, str]:
        code = admin.main(["hooks", *arguments])
        said = self.capsys.readouterr()
        return code, said.out + said.err

    def file(self, name: str, content: Any) -> str:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def put(self, document: Any, *more: str) -> tuple[int, str]:
        return self.run("put", self.name, self.file("hook.json", document), *more)

    @property
    def written(self) -> str:
        """The document as it lies there; empty: there is none."""
        stack, key = self.flow.stack, f"config/hooks/{self.name}.json"
        if not self.flow.keys_below("WorkBucket", key):
            return ""
        body: bytes = stack.client("s3").get_object(Bucket=stack.name("WorkBucket"), Key=key)["Body"].read()
        return body.decode()


@pytest.fixture
def line(
    flow: Driver, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Line:
    monkeypatch.setenv("AWS_ENDPOINT_URL", flow.stack.deployed.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCOUNT_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ACCOUNT_SECRET)
    monkeypatch.delenv("AWS_SESSION_TOKEN")
    return Line(flow, capsys, tmp_path)


def shopify(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(SHOPIFY.read_text())
    return document | changes


def test_a_hook_is_put_listed_shown_and_removed(line: Line) -> None:
    secret = line.file("secret.txt", "the-new-one\nthe-old-one\n")

    code, said = line.put(shopify(), "--secret-file", secret)
    shown = line.run("show", line.name)[1]
    listed = line.run("list")[1]
    removed = line.run("remove", line.name)

    assert (code, said) == (
        0,
        f"POST /v1/hooks/{line.name} takes what is signed with 2 secrets, after a minute at most.\n",
    )
    assert f"2 secrets in cutout/hooks/{line.name}" in shown
    assert "the-new-one" not in shown
    assert (
        f"{line.name}  shopify  jobs of bucket, paid by bucket  bulk  {{product_id}}/{{picture_id}}" in listed
    )
    assert (removed[0], line.written) == (0, "")
    assert line.run("remove", line.name) == (2, f"There is no hook {line.name!r}.\n")


def test_a_hook_is_changed_without_its_secret_and_its_owner_named_by_a_key(flow: Driver, line: Line) -> None:
    key = flow.stack.client("apigateway").create_api_key(name=line.name, enabled=True)
    flow.stack.client("secretsmanager").create_secret(Name=f"cutout/hooks/{line.name}", SecretString="s")

    code, _ = line.put(shopify(owner=line.name))

    assert (code, json.loads(line.written)["owner"]) == (0, owner_of(key["value"]))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pictures": "images["}, "hook.pictures: 'images[' is not JMESPath"),
        ({"owner": "nobody"}, "'nobody' is no account"),
        ({"callback": "ftp://a"}, "hook.callback is 'ftp://a'; it must begin with https://"),
        ({"verify": {"method": "standard_webhooks"}}, "secret 1 is not base64"),
    ],
)
def test_what_would_not_work_is_not_written(line: Line, changes: dict[str, Any], said: str) -> None:
    code, answer = line.put(shopify(**changes), "--secret-file", line.file("secret.txt", "no base64!"))

    assert (code, said in answer) == (2, True), answer
    assert line.written == ""


def test_a_hook_without_a_secret_and_a_bad_name_are_refused(line: Line) -> None:
    assert line.put(shopify()) == (
        2,
        f"{line.name}: there is no secret; allowed: one a line; see --secret-file.\n",
    )
    assert line.run("put", "Shop", str(SHOPIFY))[0] == 2


def test_files_that_cannot_be_read_are_named_and_not_quoted(line: Line) -> None:
    (line.folder / "binary.txt").write_bytes(b"secret-\xff")
    line.put(shopify(), "--secret-file", line.file("secret.txt", "s"))

    assert line.put(shopify(), "--secret-file", "no/such") == (
        2,
        "--secret-file is 'no/such': No such file or directory.\n",
    )
    binary = str(line.folder / "binary.txt")
    assert line.put(shopify(), "--secret-file", binary) == (
        2,
        f"--secret-file is {binary!r}: it is not UTF-8 text.\n",
    )
    assert line.run("test", line.name, "no/such") == (
        2,
        "no/such cannot be read: No such file or directory.\n",
    )


def test_a_payload_is_tried_without_a_signature(line: Line) -> None:
    line.put(shopify(), "--secret-file", line.file("secret.txt", "s"))
    images = [{"id": 7, "src": "https://cdn.shop.example/a.jpg"}, {"id": 8, "src": "http://cdn/b.jpg"}]
    product = {"id": 5, "status": "active", "updated_at": "2026-11-20T10:00:00Z", "images": images}

    code, said = line.run("test", line.name, line.file("payload.json", product))
    broken = line.run("test", line.name, line.file("payload.json", product | {"updated_at": 5.5e12}))

    assert code == 0
    assert f"https://cdn.shop.example/a.jpg\n    -> hooks/{line.name}/5/7/\n" in said
    assert f"hooks/{line.name}/5/8/  (it would fail: url is 'http://cdn/b.jpg'; it must be an https" in said
    assert said.endswith("2 jobs, 0 without a URL\n")
    assert (broken[0], broken[1].startswith("It would be refused: moment is a number")) == (2, True)
