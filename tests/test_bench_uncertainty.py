"""What the bench of the uncertainty says of its measurements."""

import numpy as np

from bench.drawn_doubtful import DOUBTFUL, WAYS, draw_doubtful
from bench.uncertainty import Found, marks, ranking, row


def one(name: str, error: float, uncertainty: float, plain: float, *codes: str) -> Found:
    return Found(name=name, error=error, mse=error * 10, plain=plain, uncertainty=uncertainty, codes=codes)


FOUND = (
    one("mug", 0.01, 0.1, 0.3),
    one("rails", 0.02, 0.2, 0.5),
    one("fur", 0.05, 0.3, 0.1),
    one("glass", 0.8, 0.9, 0.4, "glass_like"),
    one("veil", 0.6, 0.4, 0.2),
)


def test_the_score_that_ranks_as_the_errors_do_has_a_one() -> None:
    lines = list(ranking(FOUND))

    assert lines[1] == "  SAD over area  uncertainty   1.00  (1.00 to 1.00)"
    assert lines[2] == "  SAD over area  plain sum    -0.10  (-0.60 to 0.40)"


def test_those_that_are_wrong_and_right_are_counted_apart() -> None:
    assert list(marks(FOUND)) == [
        "Marked, of those that are wrong (error above 10%): 1 of 2",
        "Marked, of those that are right (error below 3%): 0 of 2",
        "To mark as many that are wrong, the plain sum marks 1 that are right.",
        "Wrong and not marked: veil.",
    ]


def test_a_line_has_the_figures_and_the_reasons() -> None:
    assert row(FOUND[3]) == ["glass", "0.800", "8.00", "0.400", "0.90", "glass_like"]


def test_doubtful_scenes_are_the_same_every_time_and_differ_by_way() -> None:
    first, again = (draw_doubtful("tumbler", 0) for _ in range(2))
    other = draw_doubtful("tumbler", 1)

    assert np.array_equal(first.rgb8, again.rgb8)
    assert not np.array_equal(first.alpha8, other.alpha8)
    assert (len(DOUBTFUL), WAYS) == (5, 3)
    assert 0.2 < np.median(first.alpha8[first.alpha8 > 0]) / 255 < 0.46
