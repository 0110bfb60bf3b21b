import numpy as np
import pytest

from cutout.service.stopwatch import Stopwatch, peak_memory_mb


def test_steps_keep_their_order_and_add_up() -> None:
    watch = Stopwatch("compose", memory_mb=1769)
    for name in ("read", "render", "write", "render"):
        with watch.step(name):
            pass

    report = watch.report()

    assert list(report.steps_ms) == ["read", "render", "write"]
    assert report.total_ms == pytest.approx(sum(report.steps_ms.values()), abs=0.06)
    assert (report.stage, report.memory_mb) == ("compose", 1769)


def test_the_peak_sees_what_was_given_back() -> None:
    before = peak_memory_mb()
    block = np.ones(300 * 2**20, np.uint8)
    del block

    assert peak_memory_mb() >= max(before, 300)
