"""The whole flow with a stand-in network: buckets and queues, as their users see them."""

import json

import numpy as np
import pytest

from cutout.service.table import JobState
from driver import Driver, disc


def upload_event(flow: Driver, key: str, sequencer: str) -> str:
    """The notification that S3 sends for an object, written by hand."""
    bucket = flow.stack.name("SourceBucket")
    etag = flow.stack.client("s3").head_object(Bucket=bucket, Key=key)["ETag"].strip('"')
    described = {"key": key, "size": 1, "eTag": etag, "sequencer": sequencer}
    record = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": bucket}, "object": described}}
    return json.dumps({"Records": [record]})


def test_an_upload_becomes_a_cutout_with_a_soft_edge(flow: Driver) -> None:
    flow.put("disc.png", disc())

    state = flow.wait("disc.png")

    assert state.status == "done"
    picture = flow.picture("disc.png/cutout.png")
    assert picture.shape == (96, 96, 4)
    assert picture[48, 48].tolist() == [230, 230, 230, 255]
    assert picture[0, 0].tolist() == [0, 0, 0, 0]


def test_the_report_says_what_was_done_and_what_it_took(flow: Driver) -> None:
    flow.put("reported.png", disc(brightness=231))
    flow.wait("reported.png")

    report = flow.report("reported.png")

    assert report["status"] == "done"
    assert report["model"]["id"] == "bright-subject"
    assert len(report["model"]["sha256"]) == 64
    assert report["pipeline_version"] == "0.1.0"
    assert (report["picture"]["width"], report["picture"]["height"]) == (96, 96)
    assert set(report["milliseconds"]) == {"ingest", "matte", "compose"}
    assert all(memory["peak_mb"] > 20 for memory in report["memory"].values())
    assert 0 < report["cost_usd"] < 0.01
    assert 0 < report["soft_share"] < 0.2
    assert 0 <= report["filled_share"] < 0.2
    assert report["opened_share"] == 0
    assert 0.1 < report["subject_share"] < 0.25  # a disc of a quarter of the side covers 19.6 %


@pytest.mark.parametrize("key", ["with space.png", "a+b.png", "sub/Königin 鳥.png", "100%.png", "a&b=c.png"])
def test_any_key_works(flow: Driver, key: str) -> None:
    flow.put(key, disc())

    assert flow.wait(key).status == "done"
    assert flow.picture(f"{key}/cutout.png").shape == (96, 96, 4)


def test_a_key_too_long_for_a_name_behind_it_still_gets_its_result(flow: Driver) -> None:
    key = "x" * 1000 + ".png"
    flow.put(key, disc())

    outcome = flow.wait(key).outcome

    assert outcome is not None
    assert outcome.results[0].key.startswith("long/")
    assert flow.picture(outcome.results[0].key).shape == (96, 96, 4)


def test_the_same_event_twice_is_one_job_with_one_charge(flow: Driver) -> None:
    flow.put("twice.png", disc())
    first = flow.wait("twice.png")
    bucket = flow.stack.name("ResultBucket")
    written = flow.stack.client("s3").head_object(Bucket=bucket, Key="twice.png/cutout.png")["LastModified"]

    flow.send("Ingest", upload_event(flow, "twice.png", first.job.source.sequencer))
    flow.wait_until_empty("Ingest")
    flow.wait_until_empty("Compose")

    assert [state.job.id for state in flow.jobs("twice.png")] == [first.job.id]
    again = flow.stack.client("s3").head_object(Bucket=bucket, Key="twice.png/cutout.png")["LastModified"]
    assert again == written
    charge = {"pk": {"S": "owner#bucket"}, "sk": {"S": f"charge#{first.job.id}"}}
    table = flow.stack.name("JobTable")
    found = flow.stack.client("dynamodb").get_item(TableName=table, Key=charge)["Item"]
    assert (found["amount"], found["kind"]) == ({"N": "100"}, {"S": "picture"})


def test_the_same_pixels_cost_one_inference(flow: Driver) -> None:
    body = disc(side=97, shift=7)
    flow.put("same-once.png", body)
    flow.wait("same-once.png")
    flow.put("same-again.png", body)
    flow.wait("same-again.png")

    assert flow.report("same-once.png")["model"]["reused"] is False
    assert flow.report("same-again.png")["model"]["reused"] is True


def test_a_newer_upload_of_a_key_replaces_the_result(flow: Driver) -> None:
    flow.put("newer.png", disc(brightness=200))
    first = flow.wait("newer.png")
    flow.put("newer.png", disc(brightness=250))
    second = flow.wait("newer.png")
    while second.job.id == first.job.id:
        second = flow.wait("newer.png")

    assert flow.picture("newer.png/cutout.png")[48, 48].tolist() == [250, 250, 250, 255]


def test_an_older_job_that_finishes_late_says_so(flow: Driver) -> None:
    """Its event is delivered after the newer one has been answered: the result stays, the job says why."""
    flow.put("late.png", disc())
    newer = flow.wait("late.png")

    flow.send("Ingest", upload_event(flow, "late.png", sequencer="00"))
    older = next_job(flow, "late.png", newer.job.id)

    assert older.outcome is not None
    assert (older.status, older.outcome.code) == ("failed", "superseded")
    assert flow.report("late.png")["status"] == "done"


def next_job(flow: Driver, key: str, known: str) -> JobState:
    while True:
        flow.wait(key)
        others = [s for s in flow.jobs(key) if s.job.id != known and s.outcome is not None]
        if others:
            return others[0]


def test_a_recipe_in_the_metadata_makes_several_files_from_one_upload(flow: Driver) -> None:
    recipe = {
        "outputs": [
            {"name": "clear", "format": "webp"},
            {"name": "shop", "format": "jpeg", "background": "white", "quality": 95},
            {"name": "red", "background": "#ff0000"},
        ]
    }
    flow.put("many.png", disc(), {"recipe": json.dumps(recipe)})

    assert flow.wait("many.png").status == "done"
    assert flow.picture("many.png/clear.webp").shape == (96, 96, 4)
    assert np.abs(flow.picture("many.png/shop.jpg")[0, 0].astype(int) - 255).max() <= 1
    assert flow.picture("many.png/red.png")[0, 0].tolist() == [255, 0, 0]
    assert flow.picture("many.png/red.png")[48, 48].tolist() == [230, 230, 230]


def test_a_bad_recipe_fails_by_name(flow: Driver) -> None:
    flow.put("badly.png", disc(), {"recipe": '{"outputs": [{"format": "gif"}], "colour": "red"}'})

    outcome = flow.wait("badly.png").outcome

    assert outcome is not None
    assert outcome.code == "bad_recipe"
    assert "recipe.colour is not a known field" in outcome.reason
    assert 'recipe.outputs[0].format is "gif"' in outcome.reason
    assert "'png', 'webp', 'jpeg'" in outcome.reason


def test_the_notification_s_test_event_is_ignored(flow: Driver) -> None:
    before = len(flow.table.newest_of("bucket", 100))

    flow.send("Ingest", json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "any"}))
    flow.wait_until_empty("Ingest")

    assert len(flow.table.newest_of("bucket", 100)) == before
    assert flow.dead_letters() == {}
