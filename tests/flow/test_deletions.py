"""Deleted sources: by rule their results get the tag that lets them expire."""

import time
from typing import Any

from cutout.service.deletions import TAG
from driver import Driver, disc
from stopping import compose_stopped, taken_from, versions_kept


def tags(flow: Driver, key: str) -> list[Any]:
    answer = flow.stack.client("s3").get_object_tagging(Bucket=flow.stack.name("ResultBucket"), Key=key)
    found: list[Any] = answer["TagSet"]
    return found


def wait_for_tags(
    flow: Driver, folder: str, expected: list[Any], files: int = 2, seconds: float = 20
) -> None:
    """Until a folder has so many files, and every one of them exactly these tags."""
    until = time.monotonic() + seconds
    while True:
        found = [tags(flow, key) for key in flow.keys_below("ResultBucket", f"{folder}/")]
        if found == [expected] * files:
            return
        assert time.monotonic() < until, found
        time.sleep(0.05)


def delete(flow: Driver, key: str, **which: str) -> str:
    bucket = flow.stack.name("SourceBucket")
    answer = flow.stack.client("s3").delete_object(Bucket=bucket, Key=key, **which)
    return str(answer.get("VersionId", ""))


def passed(flow: Driver) -> None:
    """Wait until the events before this moment have been worked on: one that came after them has."""
    key = f"unruled/after {time.monotonic()}.png"
    flow.put(key, disc())
    flow.wait(key)


def worked_on(flow: Driver) -> None:
    """Wait until nothing is left of a deletion's event and of what follows from it."""
    flow.wait_until_empty("Upload")
    flow.wait_until_empty("BulkIngest")


def upload(flow: Driver, key: str, brightness: int = 230) -> None:
    known = {state.job.id for state in flow.jobs(key)}
    flow.put(key, disc(brightness=brightness))
    while {state.job.id for state in flow.jobs(key)} == known or not flow.wait(key).outcome:
        time.sleep(0.05)
    flow.wait_until_empty("BulkCompose")


def test_results_of_a_deleted_source_expire_until_it_comes_again(ruled: Driver) -> None:
    upload(ruled, "season/a.png", brightness=205)
    wait_for_tags(ruled, "shop/a.png", [])

    delete(ruled, "season/a.png")
    wait_for_tags(ruled, "shop/a.png", [TAG])

    upload(ruled, "season/a.png", brightness=245)
    wait_for_tags(ruled, "shop/a.png", [])
    assert ruled.picture("shop/a.png/cutout.png")[48, 48, 0] == 245


def test_without_a_rule_they_stay(ruled: Driver) -> None:
    upload(ruled, "unruled/deleted.png")

    delete(ruled, "unruled/deleted.png")
    passed(ruled)

    wait_for_tags(ruled, "unruled/deleted.png", [])


def test_a_delete_marker_is_a_deletion_until_it_is_taken_away(ruled: Driver) -> None:
    with versions_kept(ruled):
        upload(ruled, "season/marked.png")
        marker = delete(ruled, "season/marked.png")
        wait_for_tags(ruled, "shop/marked.png", [TAG])
        delete(ruled, "season/marked.png", VersionId=marker)

    wait_for_tags(ruled, "shop/marked.png", [])


def test_an_old_version_that_is_deleted_for_good_changes_nothing(ruled: Driver) -> None:
    with versions_kept(ruled):
        upload(ruled, "season/two.png", brightness=206)
        first = ruled.wait("season/two.png").job.source.version_id
        upload(ruled, "season/two.png", brightness=246)
        delete(ruled, "season/two.png", VersionId=str(first))
    passed(ruled)

    wait_for_tags(ruled, "shop/two.png", [])


def test_a_job_that_ends_after_its_source_was_deleted_leaves_nothing_for_ever(ruled: Driver) -> None:
    """It is deleted, and that has been worked on, before the last stage begins: of it a report remains."""
    with compose_stopped(ruled):
        ruled.put("season/late.png", disc(brightness=207))
        message = taken_from(ruled, "BulkCompose")
        delete(ruled, "season/late.png")
        worked_on(ruled)

    ruled.send("BulkCompose", message)

    outcome = ruled.wait("season/late.png").outcome
    assert outcome is not None
    assert outcome.code == "source_gone"
    wait_for_tags(ruled, "shop/late.png", [TAG], files=1)


def test_a_version_s_results_that_come_after_its_deletion_expire_too(ruled: Driver) -> None:
    with versions_kept(ruled), compose_stopped(ruled):
        ruled.put("season/later.png", disc(brightness=208))
        message = taken_from(ruled, "BulkCompose")
        delete(ruled, "season/later.png")
        worked_on(ruled)

    ruled.send("BulkCompose", message)

    assert ruled.wait("season/later.png").status == "done"
    wait_for_tags(ruled, "shop/later.png", [TAG])
