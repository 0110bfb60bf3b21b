"""Corrected mattes that are dropped into the bucket."""

import io
import time

import numpy as np
from PIL import Image

from cutout.service.table import JobState
from driver import Driver, disc


def left_part(columns: int, side: int = 96) -> bytes:
    """A matte of the left columns."""
    levels = np.zeros((side, side), np.uint8)
    levels[:, :columns] = 255
    out = io.BytesIO()
    Image.fromarray(levels).save(out, "PNG")
    return out.getvalue()


def correct(flow: Driver, correction: str, matte: bytes) -> JobState:
    """The job of a corrected matte, once it has ended."""
    known = {state.job.id for state in flow.table.newest_of("bucket", 100)}
    flow.put(correction, matte)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for state in flow.table.newest_of("bucket", 100):
            if state.job.id not in known and state.outcome is not None:
                return state
        time.sleep(0.05)
    raise AssertionError(f"no job of {correction} has ended")


def columns(flow: Driver, folder: str) -> int:
    """How many columns of the cutout are the subject."""
    return int((flow.picture(f"{folder}/cutout.png")[48, :, 3] == 255).sum())


def test_a_corrected_matte_makes_everything_of_its_picture_anew(ruled: Driver) -> None:
    ruled.put(
        "season/shoe.png", disc(), {"recipe": '{"outputs": [{}, {"name": "alpha", "channels": "alpha"}]}'}
    )
    first = ruled.wait("season/shoe.png")

    corrected = correct(ruled, "corrections/season/shoe.png.png", left_part(40))

    assert (corrected.status, corrected.job.corrects, corrected.job.price) == ("done", first.job.id, 0)
    assert columns(ruled, "shop/shoe.png") == 40
    assert ruled.picture("shop/shoe.png/alpha.png")[48].tolist() == [255] * 40 + [0] * 56
    assert ruled.report("shop/shoe.png")["treatment"]["lane"] == "corrected"


def test_the_newest_correction_counts_and_a_newer_upload_even_more(ruled: Driver) -> None:
    ruled.put("again.png", disc(brightness=203))
    first = ruled.wait("again.png")
    seen = []
    for wide in (30, 50):
        assert correct(ruled, "corrections/again.png.png", left_part(wide)).job.price == 0
        seen.append(columns(ruled, "again.png"))
    assert seen == [30, 50]

    ruled.put("again.png", disc(brightness=243))
    until = time.monotonic() + 20
    while ruled.picture("again.png/cutout.png")[48, 48].tolist() != [243, 243, 243, 255]:
        assert time.monotonic() < until
        time.sleep(0.05)

    assert ruled.report("again.png")["job"] != first.job.id
    assert ruled.report("again.png")["treatment"]["lane"] == "photo"


def test_a_matte_that_does_not_fit_fails_beside_itself_and_spoils_nothing(ruled: Driver) -> None:
    ruled.put("spoiled.png", disc(brightness=204))
    first = ruled.wait("spoiled.png")

    failed = correct(ruled, "corrections/spoiled.png.png", left_part(10, side=100))

    assert failed.outcome is not None
    assert (failed.outcome.code, failed.outcome.report_key) == (
        "bad_matte",
        "corrections/spoiled.png.png/report.json",
    )
    assert "is 100 x 100 pixels, its picture 96 x 96" in ruled.report("corrections/spoiled.png.png")["reason"]
    assert ruled.report("spoiled.png")["job"] == first.job.id
    assert correct(ruled, "corrections/spoiled.png.png", left_part(20)).job.price == 0
    assert columns(ruled, "spoiled.png") == 20


def test_a_matte_rescues_a_picture_in_which_nothing_was_found(ruled: Driver) -> None:
    """It is the first result of that picture, so it costs what a picture costs."""
    ruled.put(
        "barren.png",
        disc(),
        {"recipe": '{"outputs": [{"layout": {"crop": "subject"}}], "roi": "1px 1px 9px 9px"}'},
    )
    before = ruled.wait("barren.png")

    rescued = correct(ruled, "corrections/barren.png.png", left_part(96))

    assert (before.status, rescued.status, rescued.job.price) == ("failed", "done", 100)


def test_a_matte_without_a_picture_is_a_failed_job_that_says_so(ruled: Driver) -> None:
    lost = correct(ruled, "corrections/nothing/lost.png.png", left_part(48)).outcome
    nameless = correct(ruled, "corrections/nameless", left_part(48)).outcome

    assert lost is not None
    assert nameless is not None
    assert (lost.code, nameless.code) == ("bad_matte", "bad_matte")
    assert "is for 'nothing/lost.png', which has no results to correct" in lost.reason
    assert "names no picture; allowed: corrections/, the picture's whole key and" in nameless.reason
    assert ruled.report("corrections/nothing/lost.png.png")["code"] == "bad_matte"
