import pytest
from pydantic import ValidationError

from cutout.service.keys import announced_job_id, matte_key, proxy_key, report_key, result_key, upload_key
from cutout.service.messages import MatteMessage, StageReport
from cutout.service.report import cost_usd
from cutout.service.settings import MatteSettings

MESSAGE = """{"schema_version": 1, "proxy_key": "work/1/proxy.bmp", "proxy_sha256": "ab",
"job": {"id": "00000000000000000000000000000001", "owner": "bucket", "lane": "bulk",
        "created": "2026-11-22T09:00:00.000Z", "source": {"bucket": "b", "key": "k"}, "sender_version": "9.0"},
"picture": {"width": 4, "height": 3, "format": "PNG"}, "something_new": [1, 2]}"""


def test_a_message_of_a_newer_version_with_more_fields_is_still_read() -> None:
    message = MatteMessage.model_validate_json(MESSAGE)

    assert message.job.recipe.outputs[0].format == "png"
    assert message.stages == ()


def test_a_message_of_another_schema_is_our_fault() -> None:
    with pytest.raises(ValidationError, match="schema_version"):
        MatteMessage.model_validate_json(MESSAGE.replace('"schema_version": 1', '"schema_version": 2'))


def test_keys_say_what_lies_where() -> None:
    assert proxy_key("7", "ab") == "work/7/ab.bmp"
    assert matte_key("ab", "0123456789abcdefFF") == "mattes/ab/0123456789abcdef.png"
    assert result_key("shoes/a.jpg", "cutout.png") == "shoes/a.jpg/cutout.png"
    assert report_key("shoes/a.png") == "shoes/a.png/report.json"


def test_a_long_key_of_many_bytes_is_replaced_by_its_digest() -> None:
    key = result_key("鳥" * 330, "cutout.png")  # 990 bytes, 330 characters

    assert key.startswith("long/")
    assert len(key) == 5 + 64 + 11


def test_an_announced_upload_names_its_job() -> None:
    assert announced_job_id(upload_key("owner", "job", "a.jpg")) == "job"
    assert announced_job_id("photos/owner/job/a.jpg") is None
    assert announced_job_id("api/a.jpg") is None


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(ValidationError, match="COMPOSE_QUEUE"):
        MatteSettings.read({"TABLE": "t", "WORK_BUCKET": "w", "MODEL_CARD": "m"})


def test_the_cost_is_time_and_requests() -> None:
    """A second at 1024 MB is one GB-second; the flow's requests cost the same for every picture."""
    stage = StageReport(stage="matte", steps_ms={"network": 1000.0}, memory_mb=1024, peak_memory_mb=1.0)

    assert cost_usd((stage,)) - cost_usd(()) == pytest.approx(0.0000166667 + 0.0000002)
    assert cost_usd(()) == pytest.approx(0.0000405, abs=1e-9)
