"""The bucket's own rules: prefixes, metadata and tags, and newer uploads over older ones."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cutout.service.intake import upload_job
from cutout.service.jobs import Source
from cutout.service.messages import JobMessage
from driver import Driver, disc
from stopping import compose_stopped, taken_from, versions_kept


@pytest.fixture(params=["not versioned", "versioned"])
def bucket(flow: Driver, request: pytest.FixtureRequest) -> Iterator[str]:
    """The source bucket, with versions and without."""
    if request.param == "versioned":
        with versions_kept(flow) as name:
            yield name
    else:
        yield flow.stack.name("SourceBucket")


def made(flow: Driver, key: str) -> list[str]:
    outcome = flow.wait(key).outcome
    assert outcome is not None
    assert outcome.status == "done", outcome
    return [result.key for result in outcome.results]


def put_tagged(flow: Driver, key: str, tags: str, metadata: dict[str, str] | None = None) -> None:
    flow.stack.client("s3").put_object(
        Bucket=flow.stack.name("SourceBucket"),
        Key=key,
        Body=disc(),
        Tagging=tags,
        Metadata=metadata or {},
    )


@pytest.mark.parametrize(
    ("key", "results"),
    [
        ("incoming/shoes/a.png", ["published/shoes/a.png/shopify.jpg"]),
        ("incoming/hero/a.png", ["published/hero/a.png/hero.png"]),
        ("ebay/a.png", ["ebay/a.png/ebay.jpg"]),
        ("unruled/a.png", ["unruled/a.png/cutout.png"]),
    ],
)
def test_a_prefix_says_what_is_made_and_where_it_lies(ruled: Driver, key: str, results: list[str]) -> None:
    ruled.put(key, disc())

    assert made(ruled, key) == results
    assert [result["key"] for result in report_beside(ruled, results[0])["results"]] == results


def report_beside(flow: Driver, result: str) -> Any:
    return flow.report(result.rpartition("/")[0])


def test_a_rule_chooses_the_lane(ruled: Driver) -> None:
    ruled.put("urgent/a.png", disc())

    assert ruled.wait("urgent/a.png").job.lane == "interactive"


def test_what_a_rule_ignores_is_no_job(ruled: Driver) -> None:
    ruled.put("held/ignored.png", disc())
    ruled.wait_until_empty("Upload")

    assert ruled.jobs("held/ignored.png") == []


def test_metadata_and_tags_say_it_for_one_object(ruled: Driver) -> None:
    put_tagged(ruled, "incoming/tagged.png", "cutout-preset=ebay+etsy&team=shoes")
    put_tagged(ruled, "incoming/both.png", "cutout-preset=ebay", {"preset": "walmart"})
    put_tagged(ruled, "incoming/other.png", "team=shoes")

    assert made(ruled, "incoming/tagged.png") == [
        "published/tagged.png/ebay.jpg",
        "published/tagged.png/etsy.jpg",
    ]
    assert made(ruled, "incoming/both.png") == ["published/both.png/walmart.jpg"]
    assert made(ruled, "incoming/other.png") == ["published/other.png/shopify.jpg"]


def test_a_tag_that_names_no_preset_fails_by_name_where_the_results_would_lie(ruled: Driver) -> None:
    put_tagged(ruled, "incoming/badly.png", "cutout-preset=ebey")

    outcome = ruled.wait("incoming/badly.png").outcome

    assert outcome is not None
    assert (outcome.code, outcome.reason[:59]) == (
        "bad_recipe",
        "The tag 'cutout-preset' names 'ebey'; allowed: ajio, amazon",
    )
    assert ruled.report("published/badly.png")["code"] == "bad_recipe"


def test_a_tag_of_a_version_is_that_version_s(ruled: Driver) -> None:
    with versions_kept(ruled):
        put_tagged(ruled, "versioned tags.png", "cutout-preset=ebay")

    assert made(ruled, "versioned tags.png") == ["versioned tags.png/ebay.jpg"]


def brightness(flow: Driver, folder: str) -> int:
    return int(flow.picture(f"{folder}/cutout.png")[48, 48, 0])


def version(flow: Driver, bucket: str, key: str, picture: bytes, sequencer: str) -> Source:
    """What the event of one upload says. Its own event is ignored by the rule of its prefix."""
    put = flow.stack.client("s3").put_object(Bucket=bucket, Key=key, Body=picture)
    etag, version_id = put["ETag"].strip('"'), put.get("VersionId")
    return Source(bucket=bucket, key=key, etag=etag, version_id=version_id, sequencer=sequencer, size_bytes=1)


def queue(flow: Driver, source: Source) -> str:
    job = upload_job(source, "bucket", 0)
    flow.send("BulkIngest", JobMessage(job=job).model_dump_json())
    return job.id


def test_events_in_the_wrong_order_leave_the_newest_result(ruled: Driver, bucket: str) -> None:
    key = f"held/reordered {len(bucket)}.png"
    older = version(ruled, bucket, key, disc(brightness=201), "01")
    newer = version(ruled, bucket, key, disc(brightness=251), "02")

    ruled.wait_for(queue(ruled, newer))
    late = queue(ruled, older)

    code = getattr(ruled.wait_for(late).outcome, "code", "")
    assert code == ("superseded" if older.version_id else "source_gone")
    assert brightness(ruled, key) == 251
    assert ruled.report(key)["status"] == "done"


def test_an_older_job_that_is_overtaken_at_the_last_step_replaces_nothing(ruled: Driver, bucket: str) -> None:
    """Its picture has been read and its matte is made; its last message waits until the newer one has ended."""
    key = "held/overtaken.png"
    older = version(ruled, bucket, key, disc(brightness=202), "01")
    with compose_stopped(ruled):
        late = queue(ruled, older)
        message = taken_from(ruled, "BulkCompose")
    newer = version(ruled, bucket, key, disc(brightness=252), "02")
    ruled.wait_for(queue(ruled, newer))

    ruled.send("BulkCompose", message)

    code = getattr(ruled.wait_for(late).outcome, "code", "")
    assert code == ("superseded" if older.version_id else "source_gone")
    assert brightness(ruled, key) == 252
    assert json.loads(ruled.result(f"{key}/report.json"))["status"] == "done"
