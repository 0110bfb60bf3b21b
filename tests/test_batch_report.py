"""The report of a batch, and the table of its failures."""

import json

from cutout.service.batch_items import Entry
from cutout.service.batch_report import write_report
from cutout.service.batches import Batch, BatchState, Counts, Position
from fakes import FakeS3

STATE = BatchState(
    batch=Batch(id="b" * 32, owner="abc", created="2026-11-23T09:00:00.000Z", bucket="in", name="Herbst"),
    status="completed",
    position=Position(),
    made=3,
    updated="2026-11-23T10:00:00.000Z",
    counts=Counts(made=3, done=1, failed=1, review=1, charged=125),
)
ENTRIES = [
    Entry(job="1" * 32, source="a.jpg", status="done", review=True, results_at="batches/b/a.jpg"),
    Entry(
        job="2" * 32,
        source="ä.jpg",
        status="failed",
        code="not_an_image",
        reason='Not "a" picture, but text.',
    ),
    Entry(job="3" * 32, source="c.jpg"),
]


def files(entries: list[Entry]) -> tuple[dict[str, object], str]:
    s3 = FakeS3()
    write_report(s3, bucket="out", state=STATE, entries=entries)  # type: ignore[arg-type]
    report = s3.objects["out", f"batches/{'b' * 32}/report.json"][0]
    return json.loads(report), s3.objects["out", f"batches/{'b' * 32}/failures.csv"][0].decode()


def test_the_report_has_the_sums_and_every_job() -> None:
    report, _ = files(ENTRIES)

    jobs = report.pop("jobs")
    assert report == {
        "batch": "b" * 32,
        "name": "Herbst",
        "status": "completed",
        "reason": "",
        "created": "2026-11-23T09:00:00.000Z",
        "ended": "2026-11-23T10:00:00.000Z",
        "total": 3,
        "done": 1,
        "failed": 1,
        "open": 1,
        "review": 1,
        "credits": 1.25,
    }
    assert jobs == [
        {
            "job": "1" * 32,
            "source": "a.jpg",
            "status": "done",
            "review": True,
            "results_at": "batches/b/a.jpg",
        },
        {
            "job": "2" * 32,
            "source": "ä.jpg",
            "status": "failed",
            "code": "not_an_image",
            "reason": 'Not "a" picture, but text.',
        },
        {"job": "3" * 32, "source": "c.jpg", "status": "open"},
    ]


def test_the_table_has_what_is_not_done() -> None:
    _, table = files(ENTRIES)

    assert table.splitlines() == [
        "source,job,status,code,reason",
        f'ä.jpg,{"2" * 32},failed,not_an_image,"Not ""a"" picture, but text."',
        f"c.jpg,{'3' * 32},open,,",
    ]


def test_a_batch_of_nothing_has_a_report() -> None:
    report, table = files([])

    assert report["jobs"] == []
    assert table == "source,job,status,code,reason\r\n"
