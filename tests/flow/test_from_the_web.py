"""Pictures and backgrounds from the web, through the running stack."""

import json
import secrets
import time

import numpy as np

from byte_server import ByteServer
from cutout.recipe import Recipe
from cutout.service.jobs import Job, Source, timestamp
from cutout.service.keys import call_key, fetched_name
from cutout.service.messages import JobMessage
from driver import Driver, disc

OWNER = "0123456789abcdef0123456789abcdef"


def send(flow: Driver, url: str, recipe: Recipe | None = None) -> Job:
    """What the API does for a job with a URL: stores it and hands it to ingest."""
    job_id = secrets.token_hex(16)
    source = Source(
        bucket=flow.stack.name("SourceBucket"), key=call_key(OWNER, job_id, fetched_name(url)), url=url
    )
    job = Job(
        id=job_id,
        owner=OWNER,
        lane="interactive",
        created=timestamp(time.time()),
        source=source,
        recipe=recipe or Recipe(),
    )
    flow.table.create(job, int(time.time()) + 300, job.created)
    flow.send("Ingest", JobMessage(job=job).model_dump_json())
    return job


def test_a_picture_on_the_web_becomes_a_cutout(flow: Driver, pictures: ByteServer) -> None:
    pictures.files["/shop/a%20b.png?token=geheim"] = disc()
    job = send(flow, f"{pictures.address}/shop/a b.png?token=geheim")

    state = flow.wait_for(job.id)

    assert (state.status, state.job.source.size_bytes) == ("done", len(disc()))
    assert job.source.key == f"calls/{OWNER}/{job.id}/a-b.png"
    [result] = state.outcome.results if state.outcome else []
    assert result.key.startswith(f"{job.source.key}/")
    assert flow.picture(result.key).shape == (96, 96, 4)
    assert "geheim" not in json.dumps(flow.report(job.source.key))


def test_a_message_that_comes_twice_works_on_the_bytes_that_came_first(
    flow: Driver, pictures: ByteServer
) -> None:
    pictures.files["/twice.png"] = disc()
    job = send(flow, f"{pictures.address}/twice.png")
    flow.wait_for(job.id)
    asked = len(pictures.asked)

    flow.send("Ingest", JobMessage(job=job).model_dump_json())
    flow.wait_until_empty("Ingest")

    assert len(pictures.asked) == asked
    assert flow.waiting("IngestDeadLetters") == 0


def test_a_picture_from_the_web_can_be_rendered_once_more(flow: Driver, pictures: ByteServer) -> None:
    pictures.files["/again.png"] = disc()
    first = flow.wait_for(send(flow, f"{pictures.address}/again.png").id).job
    del pictures.files["/again.png"]
    again = first.model_copy(update={"id": secrets.token_hex(16), "rendering_of": first.id})

    flow.send("Ingest", JobMessage(job=again).model_dump_json())

    assert flow.wait_for(again.id).status == "done"


def test_a_background_on_the_web_is_fetched_once_for_all_outputs(flow: Driver, pictures: ByteServer) -> None:
    """In the metadata of an upload to the bucket, as in any other recipe."""
    pictures.files["/behind.png"] = disc(brightness=60)
    behind = {"kind": "image", "url": f"{pictures.address}/behind.png"}
    outputs = [{"name": name, "background": behind, "format": "png"} for name in ("one", "two")]

    flow.put("on-the-web.png", disc(), {"recipe": json.dumps({"outputs": outputs})})

    state = flow.wait("on-the-web.png")
    assert state.status == "done", state.outcome
    assert [path for path, _ in pictures.asked].count("/behind.png") == 1
    one, two = (flow.picture(result.key) for result in (state.outcome.results if state.outcome else ()))
    assert one.shape == (96, 96, 3)
    assert np.array_equal(one, two)


def test_a_private_address_ends_the_job_with_the_reason(flow: Driver) -> None:
    job = send(flow, "https://127.0.0.1/latest/meta-data/?secret=1")

    outcome = flow.wait_for(job.id).outcome

    assert outcome is not None
    assert (outcome.status, outcome.code) == ("failed", "invalid_image_url")
    assert outcome.reason == (
        "image_url is 'https://127.0.0.1/latest/meta-data/'; its host has an address that is not public."
    )


def test_a_server_that_has_no_such_picture_ends_the_job_and_is_not_asked_again(
    flow: Driver, pictures: ByteServer
) -> None:
    job = send(flow, f"{pictures.address}/none.png")

    outcome = flow.wait_for(job.id).outcome

    flow.wait_until_empty("Ingest")
    assert outcome is not None
    assert (outcome.status, outcome.code) == ("failed", "image_url_unreachable")
    assert outcome.reason.endswith("its server answered 404.")
    assert [path for path, _ in pictures.asked].count("/none.png") == 1
    assert flow.dead_letters() == {}
