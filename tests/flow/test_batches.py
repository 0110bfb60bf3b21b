"""Batches on the running stack: by items, by manifest, by prefix; what goes wrong in them; and their report."""

import base64
import json
import time
import urllib.request
import uuid
from typing import Any

import pytest

from admin.changes import Changes
from byte_server import ByteServer
from cutout.service.jobs import owner_of, timestamp
from driver import Driver, disc, submit_form

PREVIEW = {"outputs": [{"format": "jpeg"}]}


def sweep(flow: Driver) -> None:
    flow.stack.client("lambda").invoke(FunctionName=flow.stack.name("SweepFunction"))


def make(flow: Driver, key: str, body: dict[str, Any], name: str | None = None) -> Any:
    headers = {} if name is None else {"idempotency-key": name}
    status, batch = flow.call("POST", "/v1/batches", body, key, headers)
    assert status == 202, batch
    return batch


def wait(flow: Driver, key: str, batch_id: str, seconds: float = 60) -> Any:
    """The batch, once it has ended; sweep comes more often than every minute."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        _, batch = flow.call("GET", f"/v1/batches/{batch_id}", key=key)
        if "ended" in batch:
            return batch
        if batch["status"] == "running" and not batch["waiting"]:
            sweep(flow)
        time.sleep(0.1)
    raise AssertionError(f"the batch did not end within {seconds} s: {batch}")


def report_of(flow: Driver, key: str, batch: Any) -> Any:
    status, headers, _ = flow.raw("GET", batch["report_path"], key=key)
    assert status == 303
    with urllib.request.urlopen(headers["location"], timeout=20) as answer:
        return json.loads(answer.read())


@pytest.fixture
def key(flow: Driver) -> str:
    return flow.another_key()


def upload_manifest(flow: Driver, key: str, lines: list[str], kind: str) -> str:
    status, made = flow.call("POST", "/v1/manifests", {"format": kind}, key)
    assert status == 200
    assert submit_form(made["upload"], "\n".join(lines).encode()) == 204
    manifest: str = made["key"]
    return manifest


def test_a_batch_of_items_tells_which_failed_and_why(flow: Driver, key: str, pictures: ByteServer) -> None:
    pictures.files |= {f"/b{n}.png": disc(brightness=200 + n) for n in range(10)}
    pictures.files["/broken.png"] = b"no picture at all"
    items = [{"url": f"{pictures.address}/b{n}.png", "name": f"shop/{n}"} for n in range(10)]
    items += [{"url": f"{pictures.address}/broken.png"}, {"url": f"{pictures.address}/nowhere.png"}]

    first = make(flow, key, {"items": items, "recipe": PREVIEW, "name": "autumn"}, "once")
    again = make(flow, key, {"items": items, "recipe": PREVIEW, "name": "autumn"}, "once")
    batch = wait(flow, key, first["id"])

    assert again["id"] == first["id"]
    assert (batch["status"], batch["total"], batch["done"], batch["failed"]) == ("completed", 12, 10, 2)
    assert (batch["waiting"], batch["credits"]) == (0, 10)
    report = report_of(flow, key, batch)
    assert (report["name"], report["total"], len(report["jobs"])) == ("autumn", 12, 12)
    failed = {
        job["source"].rpartition("/")[2]: job["code"] for job in report["jobs"] if job["status"] == "failed"
    }
    assert failed == {"broken.png": "not_an_image", "nowhere.png": "image_url_unreachable"}
    assert flow.picture(f"batches/{batch['id']}/shop/3/cutout.jpg").shape == (96, 96, 3)


def bring(flow: Driver, folder: str, count: int) -> None:
    for number in range(count):
        flow.put(f"{folder}{number:02d}.png", disc(brightness=180, shift=number % 3))


def test_a_list_in_csv_counts_a_double_once_and_a_bad_line_as_failed(flow: Driver, key: str) -> None:
    folder = f"calls/{owner_of(key)}/shelf/"
    bring(flow, folder, 2)
    rows = [
        f"{folder}00.png,,",
        f"{folder}00.png,,",
        f"{folder}01.png,second,no-such-preset",
        "catalog/x.png,,",
    ]
    manifest = upload_manifest(flow, key, ["key,name,preset", *rows, f"{folder}01.png,second,shopify"], "csv")

    batch = wait(flow, key, make(flow, key, {"manifest": manifest})["id"])

    assert (batch["status"], batch["total"], batch["done"], batch["failed"]) == ("completed", 4, 2, 2)
    failed = {job["source"]: job["code"] for job in report_of(flow, key, batch)["jobs"] if "code" in job}
    assert failed == {"line 4": "bad_line", "catalog/x.png": "not_granted"}
    assert flow.keys_below("ResultBucket", f"batches/{batch['id']}/second/") == [
        f"batches/{batch['id']}/second/report.json",
        f"batches/{batch['id']}/second/shopify.jpg",
    ]


def test_a_prefix_of_the_bucket_is_read_by_whom_it_was_granted_to(flow: Driver, key: str) -> None:
    prefix = f"catalog-{uuid.uuid4().hex[:6]}/"
    changes = Changes(ledger=flow.table.ledger, now=timestamp(time.time()))

    refused, fault = flow.call("POST", "/v1/batches", {"prefix": prefix}, key)
    changes.grant(owner_of(key), prefix)
    flow.put(f"{prefix}a.png", disc(brightness=190), {"recipe": '{"outputs": [{"format": "webp"}]}'})
    flow.put(f"{prefix}b.png", b"no picture")
    batch = wait(flow, key, make(flow, key, {"prefix": prefix, "recipe": PREVIEW})["id"])

    assert (refused, fault["errors"][0]["code"]) == (403, "not_granted")
    assert fault["errors"][0]["detail"].startswith(
        f"body.prefix is '{prefix}'; allowed: what lies below api/"
    )
    assert (batch["total"], batch["done"], batch["failed"], batch["credits"]) == (2, 1, 1, 1)
    jpeg = f"batches/{batch['id']}/{prefix}a.png/cutout.jpg"  # the batch's recipe, not the upload's
    assert jpeg in flow.keys_below("ResultBucket", f"batches/{batch['id']}/{prefix}a.png/")
    changes.revoke(owner_of(key), prefix)
    assert flow.call("POST", "/v1/batches", {"prefix": prefix}, key)[0] == 403


def test_an_interactive_job_overtakes_a_batch_and_what_is_not_begun_can_be_cancelled(
    flow: Driver, key: str
) -> None:
    folder = f"calls/{owner_of(key)}/flood/"
    bring(flow, folder, 60)
    batch_id = make(flow, key, {"prefix": folder})["id"]
    until = time.monotonic() + 30
    while flow.call("GET", f"/v1/batches/{batch_id}", key=key)[1].get("total") != 60:
        assert time.monotonic() < until
        time.sleep(0.05)

    encoded = base64.b64encode(disc(brightness=211)).decode()
    _, job = flow.call("POST", "/v1/jobs", {"image_b64": encoded, "wait_seconds": 0}, key)
    flow.wait_for(job["id"])
    _, meanwhile = flow.call("GET", f"/v1/batches/{batch_id}", key=key)
    status, cancelled = flow.call("POST", f"/v1/batches/{batch_id}/cancel", key=key)
    batch = wait(flow, key, batch_id)

    assert meanwhile["waiting"] > 0
    assert (status, cancelled["cancelling"]) == (200, True)
    assert (batch["status"], batch["done"] + batch["failed"], batch["credits"]) == (
        "cancelled",
        60,
        batch["done"],
    )
    assert batch["failed"] > 0
    codes = {j["code"] for j in report_of(flow, key, batch)["jobs"] if j["status"] == "failed"}
    assert codes == {"cancelled"}
    account = flow.table.ledger.find(owner_of(key))
    assert account is not None
    assert (account.held, account.balance) == (0, -100 * (batch["done"] + 1))
    assert flow.call("POST", f"/v1/batches/{batch_id}/cancel", key=key)[0] == 409


def test_a_batch_is_its_owner_s_alone_and_its_idempotency_key_stands_for_one(flow: Driver, key: str) -> None:
    items = {"items": [{"url": "https://nowhere.example/a.jpg"}]}
    batch = make(flow, key, items, "a-name")
    other = flow.another_key()
    path = f"/v1/batches/{batch['id']}"

    answers = [
        flow.call("GET", path, key=other)[0],
        flow.call("POST", f"{path}/cancel", key=other)[0],
        flow.call("GET", f"{path}/report", key=other)[0],
        flow.call("GET", f"{path}/report", key=key)[0],
        flow.call("POST", "/v1/batches", items | {"name": "b"}, key, {"idempotency-key": "a-name"})[0],
    ]

    assert answers == [404, 404, 404, 409, 409]
    assert flow.call("GET", "/v1/batches", key=other)[1] == {"batches": []}
    second = make(flow, key, items)
    _, first_page = flow.call("GET", "/v1/batches?limit=1", key=key)
    _, last_page = flow.call("GET", f"/v1/batches?limit=1&cursor={first_page['cursor']}", key=key)
    assert [b["id"] for page in (first_page, last_page) for b in page["batches"]] == [
        second["id"],
        batch["id"],
    ]
    assert all(
        job["batch"] in {batch["id"], second["id"]}
        for job in flow.call("GET", "/v1/jobs", key=key)[1]["jobs"]
    )


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "none is given; allowed: exactly one of items, manifest and prefix"),
        ({"items": [{"key": "a"}], "prefix": "a/"}, "items and prefix is given; allowed: exactly one of"),
        ({"items": []}, "body.items has 0; allowed: at least 1"),
        ({"items": [{"key": "a", "url": "b"}]}, "body.items[0]: key and url is given"),
        ({"items": [{"url": "http://a.example/b.jpg"}]}, "body.items[0].url is 'http://a.example/b.jpg'"),
        ({"items": [{"url": "https://a.example/b.jpg"}], "callback": "ftp://a"}, "ftp://a"),
    ],
)
def test_a_request_that_could_only_fail_is_refused_at_once(flow: Driver, body: Any, said: str) -> None:
    status, answer = flow.call("POST", "/v1/batches", body, flow.key)

    assert status == 400
    assert said in answer["errors"][0]["detail"]
