"""Bulk work never delays an interactive job: nobody can put the one into the other's queues."""

import ast
import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from back_fill import BackFill
from cutout.service.batches import Batch, batch_job
from cutout.service.intake import upload_job
from cutout.service.jobs import Job, Lane, Source
from cutout.service.manifests import BatchItem
from cutout.service.messages import ComposeMessage, JobMessage, MatteMessage, Picture
from cutout.service.onward import Lanes, Onward
from cutout.service.rules_file import RulesFile
from fakes import FakeS3, FakeSqs

ROOT = Path(__file__).resolve().parent.parent
STAGES = {
    stage: Lanes(interactive=f"interactive {stage}", bulk=f"bulk {stage}")
    for stage in ("ingest", "matte", "compose")
}
# Who sends messages. Of jobs: by the lane alone (onward, matte, which is handed Lanes), or into one bulk queue (batch).
# Everything else is news, or a batch's own next page.
SENDERS = {
    "functions/api/batch_calls.py": ["self.settings.batch_queue"],
    "functions/batch/back_fill.py": ["self.jobs_queue"],
    "functions/batch/making.py": ["self.own_queue"],
    "functions/matte/matte.py": ["queue"],
    "functions/sweep/batches.py": ["self.notify_queue"],
    "layers/cutout/cutout/service/delivery_table.py": ["self.queue"],
    "layers/cutout/cutout/service/ending.py": ["self.notify_queue"],
    "layers/cutout/cutout/service/onward.py": ["self.queue_of(message)"],
    "layers/cutout/cutout/service/sending.py": ["queue"],
}


def job(lane: Lane) -> Job:
    return Job(id="a" * 32, owner="o", lane=lane, created="2026", source=Source(bucket="b", key="k"))


@pytest.mark.parametrize("lane", get_args(Lane))
def test_every_stage_s_message_enters_the_queue_of_its_lane(lane: Lane) -> None:
    nobody: Any = None
    onward = Onward(sqs=nobody, table=nobody, **STAGES)
    picture = Picture(width=1, height=1, format="PNG")
    messages = {
        "ingest": JobMessage(job=job(lane)),
        "matte": MatteMessage(job=job(lane), picture=picture, proxy_key="p", proxy_sha256="d"),
        "compose": ComposeMessage(job=job(lane), picture=picture),
    }

    for stage, message in messages.items():
        assert onward.queue_of(message) == f"{lane} {stage}"


def sent_to(path: Path) -> list[str]:
    """What the file says where it names a queue to send to."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    sending = [c for c in calls if re.search(r"\.send_message(_batch)?$", ast.unparse(c.func))]
    return [ast.unparse(k.value) for call in sending for k in call.keywords if k.arg == "QueueUrl"]


def test_nobody_else_sends() -> None:
    files = [path for folder in ("functions", "layers") for path in (ROOT / folder).rglob("*.py")]

    assert {path.relative_to(ROOT).as_posix(): sent_to(path) for path in files if sent_to(path)} == SENDERS


def test_what_comes_by_the_thousand_is_bulk() -> None:
    sqs, s3 = FakeSqs(), FakeS3(objects={("in", "a.jpg"): (b"x", {})})
    filling: Any = {"s3": s3, "sqs": sqs}
    names = {"source_bucket": "in", "result_bucket": "out", "jobs_queue": "bulk ingest", "payer": "bucket"}
    rules = RulesFile(s3, "work", 60)  # type: ignore[arg-type]
    BackFill(**filling, **names, rules=rules).queue("j", {"s3Key": "a.jpg", "s3Bucket": "in"}, None)
    batch = Batch(id="b" * 32, owner="o", created="2026", bucket="in")

    made = [
        JobMessage.model_validate_json(sqs.sent[0][1]).job,
        batch_job(batch, BatchItem(key="a.jpg"), "2026"),
        upload_job(Source(bucket="in", key="a.jpg"), "bucket", 0),
    ]

    assert [job.lane for job in made] == ["bulk", "bulk", "bulk"]


def test_batch_can_reach_no_interactive_queue() -> None:
    loader = type("Loader", (yaml.SafeLoader,), {})
    loader.add_multi_constructor("!", lambda _, tag, node: f"{tag} {node.value}")
    resources = yaml.load((ROOT / "template.yaml").read_text(), loader)["Resources"]
    properties = resources["BatchFunction"]["Properties"]

    statements = [s for policy in properties["Policies"] for s in policy["Statement"]]
    queues = [s["Resource"] for s in statements if "sqs:SendMessage" in s["Action"]]
    variables = {v for v in properties["Environment"]["Variables"].values() if "Queue" in v}

    assert queues == [["GetAtt BulkIngestQueue.Arn", "GetAtt BatchQueue.Arn"]]
    assert variables == {"Ref BulkIngestQueue", "Ref BatchQueue"}
