"""What a person does when something went wrong, on a running stack: dead letters, jobs again, an owner forgotten."""

import base64
import itertools
import json
import time
import uuid
from typing import Any

import pytest

from cutout.service.jobs import Job, Outcome, Source, timestamp
from cutout.service.messages import MatteMessage, Picture
from driver import Admin, Driver, disc

FAILED = Outcome(status="failed", code="out_of_time", reason="The results could not be made in time.")


SIDES = itertools.count(121, 2)


def another() -> bytes:
    """A picture that no other job has: nothing of it is kept yet."""
    return disc(side=next(SIDES))


@pytest.fixture
def picture(flow: Driver) -> Any:
    """A job of the API that is done: its picture and proxy lie there for others."""
    return flow.cut_out(another())


def stored(flow: Driver, picture: Any) -> Job:
    """A new job of the bucket's owner for that picture, stored and not queued."""
    source = flow.table.find(picture["id"]).job.source.model_copy(update={"key": source_key(flow, picture)})  # type: ignore[union-attr]
    now = time.time()
    job = Job(
        id=uuid.uuid4().hex,
        owner="bucket",
        lane="interactive",
        created=timestamp(now),
        source=source,
        results_at=f"operations/{uuid.uuid4().hex}",
        price=100,
    )
    assert flow.table.create(job, int(now) + 300, timestamp(now))
    return job


def source_key(flow: Driver, picture: Any) -> str:
    found = flow.table.find(picture["id"])
    assert found is not None
    return found.job.source.key


def dead_letter(flow: Driver, job: Job, picture: Any) -> None:
    """A message about the job that ended among the dead letters of the interactive matte queue."""
    [proxy] = flow.keys_below("WorkBucket", f"work/{picture['id']}/")
    message = MatteMessage(
        job=job,
        picture=Picture(width=96, height=96, format="PNG"),
        proxy_key=proxy,
        proxy_sha256=proxy.rpartition("/")[2].removesuffix(".bmp"),
    )
    queue = flow.stack.name("InteractiveDeadLetters")
    flow.stack.client("sqs").send_message(QueueUrl=queue, MessageBody=message.model_dump_json())


def test_a_dead_letter_that_is_moved_back_ends_its_job(flow: Driver, run: Admin, picture: Any) -> None:
    job = stored(flow, picture)
    dead_letter(flow, job, picture)

    code, said = run("redrive", "Interactive")

    assert (code, said) == (0, f"Interactive  {job.id}\n1 letters moved back to Interactive\n")
    assert flow.wait_for(job.id).status == "done"
    assert flow.waiting("InteractiveDeadLetters") == 0


def test_a_letter_does_not_revive_a_job_that_has_ended(flow: Driver, run: Admin, picture: Any) -> None:
    job = stored(flow, picture)
    flow.table.fail(job.id, FAILED, timestamp(time.time()))
    dead_letter(flow, job, picture)

    _, said = run("redrive", "InteractiveQueue")

    assert (
        f"it has ended as failed (out_of_time), and its message does not revive it: replay {job.id}" in said
    )
    flow.wait_until_empty("Interactive")
    flow.wait_until_empty("Compose")
    assert flow.wait_for(job.id).outcome == FAILED


def test_an_unknown_queue_is_refused_with_those_there_are(run: Admin) -> None:
    code, said = run("redrive", "Uplaod")

    assert code == 2
    assert said.startswith("'Uplaod' is no queue of this stack; allowed: ")
    assert "BulkCompose" in said


def test_a_failed_job_is_made_again_and_paid_once(flow: Driver, run: Admin, picture: Any) -> None:
    job = stored(flow, picture)
    flow.table.fail(job.id, FAILED, timestamp(time.time()))
    before = flow.table.ledger.usage("bucket", job.created[:7]).charged

    code, said = run("replay", job.id)
    new = flow.wait_for(said.strip())
    again = run("replay", job.id)

    assert (code, new.status) == (0, "done")
    assert (new.job.source, new.job.recipe, new.job.owner) == (job.source, job.recipe, "bucket")
    assert flow.keys_below("ResultBucket", job.results_at) == [
        f"{job.results_at}/cutout.png",
        f"{job.results_at}/report.json",
    ]
    assert flow.table.ledger.usage("bucket", job.created[:7]).charged == before + 100
    assert again[0] == 2
    assert f"Job {new.job.id}, this one made again, is done" in again[1]


def test_a_job_that_is_done_is_made_again_only_by_force_and_for_nothing(
    flow: Driver, run: Admin, picture: Any
) -> None:
    refused = run("replay", picture["id"])
    code, said = run("replay", picture["id"], "--force")

    assert refused == (
        2,
        f"Job {picture['id']} is done; FORCE=1 (--force) makes it all the same, at no charge.\n",
    )
    assert code == 0
    state = flow.wait_for(said.strip())
    assert (state.status, state.taken.amount) == ("done", 0)


def test_what_cannot_be_made_again_says_why(flow: Driver, run: Admin, picture: Any) -> None:
    open_job, gone = stored(flow, picture), stored(flow, picture)
    lost = gone.model_copy(update={"source": Source(bucket=gone.source.bucket, key="calls/nothing/here")})
    flow.table.arrived(lost, 1_900_000_000, timestamp(time.time()))
    flow.table.fail(gone.id, FAILED, timestamp(time.time()))

    assert run("replay", "0" * 32) == (2, f"There is no job '{'0' * 32}'.\n")
    assert run("replay", open_job.id)[1] == f"Job {open_job.id} is still open (queued): it ends by itself.\n"
    assert run("replay", gone.id)[1] == f"The picture of job {gone.id} is not in the source bucket.\n"
    flow.table.fail(open_job.id, FAILED, timestamp(time.time()))


# ------------------------------------------------------------------ purge


@pytest.fixture
def shop(flow: Driver, run: Admin) -> tuple[str, str]:
    """The key and the account of a customer with a delivered, a deleted, a failed and an announced job."""
    said = dict(line.split(None, 1) for line in run("create", f"shop-{uuid.uuid4().hex}")[1].splitlines()[:1])
    key = said["key"]
    made = [flow.call("POST", "/v1/jobs", body, key)[1] for body in bodies()]
    flow.call("DELETE", f"/v1/jobs/{made[1]['id']}", None, key)
    owner = flow.table.find(made[0]["id"])
    assert owner is not None
    assert [job["status"] for job in made] == ["done", "done", "failed", "queued"]
    return key, owner.job.owner


def bodies() -> list[dict[str, Any]]:
    def inside(picture: bytes) -> dict[str, Any]:
        return {"image_b64": base64.b64encode(picture).decode(), "wait_seconds": 25}

    return [inside(another()), inside(another()), inside(b"no picture"), {}]


def mentions(flow: Driver, owner: str) -> list[str]:
    """The keys of all items of the table that name the owner."""
    pages = (
        flow.stack.client("dynamodb").get_paginator("scan").paginate(TableName=flow.stack.name("JobTable"))
    )
    items = [item for page in pages for item in page["Items"]]
    return sorted(item["pk"]["S"].split("#")[0] for item in items if owner in json.dumps(item, default=str))


def objects(flow: Driver, owner: str) -> list[str]:
    found = []
    for bucket in ("SourceBucket", "ResultBucket"):
        found += [key for key in flow.keys_below(bucket, "") if owner in key]
    return found


def test_a_purged_owner_leaves_nothing(flow: Driver, run: Admin, shop: tuple[str, str], picture: Any) -> None:
    owner = shop[1]
    kept = [key for state in flow.table.newest_of(owner, 9) if state.outcome for key in state.outcome.kept]
    assert len(kept) == 2
    assert len(objects(flow, owner)) == 5

    code, said = run("purge", owner, "--yes")
    first = mentions(flow, owner)
    again, _ = run("purge", owner, "--yes")

    assert (code, again) == (0, 0)
    assert "1  jobs cancelled" in said
    assert "Its key still opens the API" in said
    assert first == ["job"]  # the cancelled one, for workers that are still busy with it
    assert mentions(flow, owner) == []
    assert objects(flow, owner) == []
    assert not set(kept) & set(flow.keys_below("WorkBucket", ""))
    assert flow.call("GET", f"/v1/jobs/{picture['id']}", None, flow.key)[0] == 200
    assert owner not in run("audit")[1]


def test_the_books_can_be_kept(flow: Driver, run: Admin, shop: tuple[str, str]) -> None:
    owner = shop[1]

    run("purge", owner, "--yes", "--keep-account")
    run("purge", owner, "--yes", "--keep-account")

    kept = flow.table.ledger.find(owner)
    assert kept is not None
    assert kept.usage(timestamp(time.time())[:7]).charged == 200
    assert set(mentions(flow, owner)) == {"accounts", "owner"}
    assert objects(flow, owner) == []
    assert owner not in run("audit")[1]


def test_nothing_is_purged_that_was_not_said_twice(
    flow: Driver, run: Admin, monkeypatch: pytest.MonkeyPatch, shop: tuple[str, str]
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "yes")
    before = objects(flow, shop[1])

    code, said = run("purge", shop[1])

    assert (code, "That is not its id; nothing was deleted." in said) == (2, True)
    assert objects(flow, shop[1]) == before
    assert run("purge", "bucket", "--yes")[0] == 2
