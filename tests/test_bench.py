"""What `make bench` says of its measurements."""

import numpy as np
import pytest

from bench.flow import OurRound
from bench.full_size import as_text
from bench.peer import PeerRound
from bench.pictures import variants
from bench.report import Pair, compare, flow_share, steps_ms
from bench.tables import Spread, spread, table


def test_a_spread_is_the_middle_value_and_the_ends():
    assert spread([4.0, 1.0, 9.0]) == Spread(median=4.0, lowest=1.0, highest=9.0)
    assert spread([4.0, 1.0]) == Spread(median=2.5, lowest=1.0, highest=4.0)


def test_nothing_measured_is_an_error_and_no_zero():
    with pytest.raises(ValueError, match="at least one value"):
        spread([])


def test_figures_stand_at_the_right_under_their_heading():
    text = table("Peaks", ("process", "MB"), [("a", "1,024"), ("matte", "9")])

    assert text.splitlines() == [
        "Peaks",
        "process     MB",
        "-------  -----",
        "a        1,024",
        "matte        9",
    ]


def test_the_ratio_is_that_of_the_medians_and_its_ends_are_single_rounds():
    comparison = compare([(4.0, 4.0), (6.0, 2.0), (8.0, 16.0)])

    assert comparison.ours == Spread(median=6.0, lowest=4.0, highest=8.0)
    assert comparison.peer == Spread(median=4.0, lowest=2.0, highest=16.0)
    assert comparison.ratio == Spread(median=1.5, lowest=0.5, highest=3.0)


def test_what_no_stage_accounts_for_lies_between_them():
    report = {"milliseconds": {"ingest": {"decode": 100.0, "total": 100.0}, "matte": {"total": 0.0}}}
    ours = OurRound(seconds=0.25, cpu_seconds=0.1, size_bytes=1, report=report)
    peer = PeerRound(seconds=1, cpu_seconds=1, size_bytes=1, peak_mb=1)

    steps = steps_ms([Pair(ours=ours, peer=peer)])

    assert {name: step.median for name, step in steps.items()} == {
        "ingest decode": 100.0,
        "queues, table, report, upload": 150.0,
    }


def test_the_flow_s_share_is_what_no_work_on_pixels_took():
    stages = {
        "ingest": {"decode": 60.0, "write": 15.0, "total": 75.0},
        "matte": {"network": 100.0, "total": 100.0},
    }
    ours = OurRound(seconds=0.2, cpu_seconds=0.1, size_bytes=1, report={"milliseconds": stages})
    peer = PeerRound(seconds=1, cpu_seconds=1, size_bytes=1, peak_mb=1)

    assert flow_share([Pair(ours=ours, peer=peer)]).median == pytest.approx(0.2)


def test_every_variant_moves_every_pixel():
    """A matte of the same pixels is used again, and a round would measure nothing."""
    ramp = np.arange(16, dtype=np.uint8).reshape(1, 16, 1).repeat(3, axis=2)

    first, second = variants(ramp, 2)

    assert first[0, :, 0].tolist() == list(range(16))
    assert second[0, :, 0].tolist() == list(range(4, 16))


def test_the_full_size_steps_are_told_one_by_one_and_together():
    text = as_text([{"matte": 0.25, "clean": 0.5, "soft": 0.048, "peak_mb": 1246.4}])

    assert text.splitlines()[-2].split() == ["4.8%", "0.25", "0.50", "0.75", "1,246"]
    assert text.startswith("Full size, 12 megapixels")
