"""The command line on a running stack: what a person does with keys and credits."""

import json
import re
import uuid
from pathlib import Path
from typing import Any

import pytest

from admin import __main__ as admin
from admin.audit import audit
from admin.place import NoSuchPlace, place_of, served_clients
from admin.records import Books
from driver import Admin, Driver, disc
from local.emulator import ACCOUNT_KEY, ACCOUNT_SECRET


@pytest.fixture
def name() -> str:
    return f"shop-{uuid.uuid4().hex[:8]}"


def value_of(said: str, field: str) -> str:
    found = re.search(rf"^{field} +(\S+)$", said, re.MULTILINE)
    assert found, said
    return found[1]


def announce(flow: Driver, key: str) -> tuple[int, Any]:
    return flow.call("POST", "/v1/jobs", {}, key)


def test_a_key_is_made_with_credits_and_works_until_they_are_held(
    flow: Driver, run: Admin, name: str
) -> None:
    code, said = run("create", name, "--credits", "2")
    key = value_of(said, "key")

    answers = [announce(flow, key) for _ in range(3)]

    assert code == 0
    assert [status for status, _ in answers] == [202, 202, 402]
    assert answers[2][1]["errors"][0]["code"] == "insufficient_credits"
    assert "0 left, 2 held" in run("show", name)[1]


def test_a_key_without_further_words_begins_as_the_stack_says(run: Admin, name: str) -> None:
    run("create", name)

    assert "unlimited, 0 held" in run("show", name)[1]


def test_a_top_up_is_entered_once_for_each_reference(run: Admin, name: str) -> None:
    run("create", name, "--credits", "0")

    first = run("credit", name, "12.5", "--reference", "invoice-1")
    again = run("credit", name, "12.5", "--reference", "invoice-1")
    other = run("credit", name, "99", "--reference", "invoice-1")

    assert first == (0, "12.5 left, 0 held\n")
    assert again == (0, "invoice-1 has been entered before: nothing was changed.\n12.5 left, 0 held\n")
    assert other[0] == 2
    assert "'invoice-1' stands for 12.5 credits" in other[1]
    assert "credited 12.5  12.5  (invoice-1)" in run("show", name)[1]


def test_no_more_is_debited_than_is_left(run: Admin, name: str) -> None:
    run("create", name, "--credits", "5")

    assert run("debit", name, "2", "--reference", "back-1") == (0, "3 left, 0 held\n")
    code, said = run("debit", name, "4", "--reference", "back-2")

    assert (code, "less than 4 credits left" in said) == (2, True)


def test_a_cap_refuses_what_would_pass_it(flow: Driver, run: Admin, name: str) -> None:
    key = value_of(run("create", name, "--cap", "1")[1], "key")

    assert [announce(flow, key)[0] for _ in range(2)] == [202, 402]
    run("cap", name, "none")
    assert announce(flow, key)[0] == 202


def test_an_unlimited_account_becomes_prepaid_without_a_debt(flow: Driver, run: Admin, name: str) -> None:
    key = value_of(run("create", name)[1], "key")
    announce(flow, key)

    said = run("kind", name, "prepaid")[1]

    assert "0 left, 1 held" in said
    assert "prepaid, 1 forgiven  1" in said
    assert announce(flow, key)[0] == 402


def test_a_disabled_key_opens_nothing(flow: Driver, run: Admin, name: str) -> None:
    key = value_of(run("create", name)[1], "key")

    run("disable", name)
    assert announce(flow, key)[0] == 403
    run("enable", name)
    assert announce(flow, key)[0] == 202


def test_limits_are_kept_and_given_back(flow: Driver, run: Admin, name: str) -> None:
    account = value_of(run("create", name)[1], "account")

    assert (
        "limits   7 requests, 0 megapixels" in run("limits", name, "--requests", "7", "--megapixels", "0")[1]
    )
    found = flow.table.ledger.find(account)
    assert found is not None
    assert (found.requests_per_minute, found.megapixels_per_minute) == (7, 0)
    assert "default requests" in run("limits", name, "--requests", "default", "--megapixels", "default")[1]


def test_every_account_is_listed_with_its_key(run: Admin, name: str) -> None:
    account = value_of(run("create", name)[1], "account")

    [line] = [line for line in run("list")[1].splitlines() if line.startswith(account)]

    assert name in line
    assert "enabled  unlimited, 0 held  0 delivered, 0 charged" in line


def test_the_bucket_s_account_has_a_name_of_its_own(flow: Driver, run: Admin) -> None:
    flow.put("paid by the bucket.png", disc())
    flow.wait("paid by the bucket.png")

    code, said = run("usage", "bucket")

    assert code == 0
    delivered, charged = re.findall(r"^(\d+) delivered, (\d+) charged in \d{4}-\d\d$", said)[0]
    assert int(charged) == int(delivered) > 0


def test_the_stack_that_is_served_here_is_found_by_its_file(flow: Driver, tmp_path: Path) -> None:
    served = tmp_path / "serve.json"
    with pytest.raises(NoSuchPlace, match="make serve"):
        served_clients(served)
    served.write_text(
        json.dumps(
            {
                "s3": flow.stack.deployed.endpoint,
                "region": "us-east-1",
                "access_key_id": ACCOUNT_KEY,
                "secret_access_key": ACCOUNT_SECRET,
            }
        )
    )

    place = place_of(served_clients(served), "cutout")

    assert place.table == flow.table.name
    assert (place.starting_credits, place.bucket_account) == (None, "bucket")


def test_no_stack_runs_here_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served_clients, "__defaults__", (Path("/nowhere/serve.json"),))

    assert admin.main(["--local", "list"]) == 2
    assert "Start one with: make serve" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "nobody"], "'nobody' is no account"),
        (["--stack", "elsewhere", "list"], "elsewhere"),
    ],
)
def test_what_is_not_there_is_said(run: Admin, arguments: list[str], said: str) -> None:
    code, answer = run(*arguments)

    assert (code, said in answer) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["credit", "bucket", "1.234", "--reference", "r"], "'1.234' is no amount of credits"),
        (["credit", "bucket", "1", "--reference", "a b"], "'a b' is no reference"),
        (["usage", "bucket", "2026-13"], "'2026-13' is no month"),
        (["limits", "bucket", "--requests", "-1", "--megapixels", "1"], "'-1' is no limit"),
        (["create", "shop", "--credits", "lots"], "or unlimited"),
    ],
)
def test_a_wrong_word_is_refused_by_name(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        admin.main(arguments)

    assert said in capsys.readouterr().err


def test_the_audit_finds_nothing_after_real_jobs_and_everything_that_is_broken(
    flow: Driver, run: Admin, name: str
) -> None:
    """Uploads, refusals and announced jobs of this stack's other tests are in it as well."""
    flow.put("audited.png", disc())
    flow.wait("audited.png")
    flow.put("refused.png", b"no picture")
    flow.wait("refused.png")
    said = run("create", name, "--credits", "3")[1]
    account, key = value_of(said, "account"), value_of(said, "key")
    _, job = announce(flow, key)
    code, sums = run("audit")
    assert (code, "every sum is right" in sums) == (0, True), sums

    flow.table.client.delete_item(
        TableName=flow.table.name, Key={"pk": {"S": f"job#{job['id']}"}, "sk": {"S": "job"}}
    )
    code, sums = run("audit")

    assert code == 1
    assert f"{account}: held is 1, it should be 0" in sums
    assert f"{account}: balance is 2, it should be 3" in sums
    repair(flow, account)
    assert audit(Books(client=flow.table.client, table=flow.table.name)).differences == ()


def repair(flow: Driver, account: str) -> None:
    flow.table.client.update_item(
        TableName=flow.table.name,
        Key={"pk": {"S": f"owner#{account}"}, "sk": {"S": "account"}},
        UpdateExpression="SET held = :none, balance = :all, #committed = :none",
        ExpressionAttributeNames={"#committed": f"committed#{month(flow, account)}"},
        ExpressionAttributeValues={":none": {"N": "0"}, ":all": {"N": "300"}},
    )


def month(flow: Driver, account: str) -> str:
    found = flow.table.ledger.find(account)
    assert found is not None
    return next(iter(found.months))


RULED = '{"rules": [{"prefix": "tried/", "preset": "amazon", "results": "made/", "on_delete": "expire"}]}'


def test_rules_are_checked_before_they_count(flow: Driver, run: Admin, tmp_path: Path, ruled: Driver) -> None:
    """Of the rules that the other tests need, a copy is put back."""
    sound, broken = tmp_path / "rules.json", tmp_path / "broken.json"
    sound.write_text(RULED)
    broken.write_text('{"rules": [{"prefix": "tried/", "preset": "amazn"}]}')
    kept = tmp_path / "kept.json"
    kept.write_text(run("rules", "show")[1])

    refused = run("rules", "put", str(broken))
    checked = run("rules", "check", str(sound))
    put = run("rules", "put", str(sound))
    shown = run("rules", "show")
    tried = run("rules", "try", "tried/a.jpg")
    run("rules", "put", str(kept))

    assert (refused[0], "rules.rules[0].preset: preset names 'amazn'" in refused[1]) == (2, True)
    assert checked == (0, "1 rules, all of them sound\n")
    assert put[0] == 0
    assert json.loads(shown[1]) == json.loads(RULED)
    assert tried[1].splitlines()[:5] == [
        "decides   the rule with the prefix 'tried/'",
        "result    made/a.jpg/amazon.jpg",
        "callback  none",
        "lane      bulk",
        "deleted   results expire",
    ]


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("ebay/a.jpg", "decides   no rule: the built-in one\nresult    ebay/a.jpg/ebay.jpg\n"),
        ("archive/a.jpg", "decides   the rule with the prefix 'archive/'\nresult    none: it is ignored\n"),
        ("api/o/j/a.jpg", "api/o/j/a.jpg has its own way, whatever the rules say\n"),
    ],
)
def test_a_key_is_tried_with_the_rules_of_a_file(run: Admin, key: str, said: str) -> None:
    code, answer = run("rules", "try", key, "examples/rules.json")

    assert (code, answer[: len(said)]) == (0, said)


def test_a_file_of_rules_that_is_not_there_is_said(run: Admin) -> None:
    code, said = run("rules", "check", "nowhere.json")

    assert (code, said) == (2, "nowhere.json cannot be read: No such file or directory.\n")


def test_a_prefix_is_granted_once_and_taken_back(run: Admin, name: str) -> None:
    run("create", name)

    granted = [run("grant", name, prefix) for prefix in ("catalog/", "catalog/", "archive/2026/")]
    revoked = run("revoke", name, "catalog/")
    again = run("revoke", name, "catalog/")

    assert [code for code, _ in granted] == [0, 0, 0]
    assert granted[2][1].endswith("may read archive/2026/, catalog/\n")
    assert revoked[1].endswith("may read archive/2026/\n")
    assert (again[0], "granted: archive/2026/." in again[1]) == (2, True)


@pytest.mark.parametrize("prefix", ["", "catalog", "api/", "calls/abc/", "/catalog/"])
def test_what_would_open_more_than_it_says_cannot_be_granted(run: Admin, name: str, prefix: str) -> None:
    run("create", name)

    with pytest.raises(SystemExit):
        run("grant", name, prefix)
