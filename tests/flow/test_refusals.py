"""Files that are no pictures we take: each ends as a failed job that says why, with a report, and nothing else."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from driver import Driver, disc


def huge_header() -> bytes:
    """A PNG that announces 30,000 x 30,000 pixels and has none."""
    body = b"IHDR" + struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    return b"\x89PNG\r\n\x1a\n" + chunk


def truncated_jpeg() -> bytes:
    rgb = np.random.default_rng(5).integers(0, 255, (200, 300, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(rgb).save(out, "JPEG")
    return out.getvalue()[: len(out.getvalue()) // 2]


REFUSED = {
    "a text.jpg": (b"I am no picture, whatever my name says.\n" * 50, "not_an_image", "JPEG"),
    "truncated.jpg": (truncated_jpeg(), "damaged_image", "damaged"),
    "huge.png": (huge_header(), "too_many_pixels", "30,000 x 30,000"),
    "empty.png": (b"", "empty_file", "empty"),
}


@pytest.mark.parametrize("key", REFUSED)
def test_a_file_we_cannot_take_fails_with_a_reason(flow: Driver, key: str) -> None:
    body, code, words = REFUSED[key]
    flow.put(key, body)

    outcome = flow.wait(key).outcome

    assert outcome is not None
    assert (outcome.status, outcome.code) == ("failed", code)
    assert words in outcome.reason
    report = flow.report(key)
    assert (report["status"], report["code"], report["reason"]) == ("failed", code, outcome.reason)


def test_a_refusal_reaches_no_dead_letter_queue_and_costs_nothing(flow: Driver) -> None:
    flow.put("free.png", b"")
    state = flow.wait("free.png")
    flow.wait_until_empty("Ingest")

    charge = {"pk": {"S": "owner#bucket"}, "sk": {"S": f"charge#{state.job.id}"}}
    found = flow.stack.client("dynamodb").get_item(TableName=flow.stack.name("JobTable"), Key=charge)
    assert "Item" not in found
    lost = flow.dead_letters()
    lost.pop("Notify", None)  # another test's calls may have named addresses where nobody takes a webhook
    assert lost == {}


def test_after_refusals_the_next_picture_works(flow: Driver) -> None:
    flow.put("next.png", disc())

    assert flow.wait("next.png").status == "done"
