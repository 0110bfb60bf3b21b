"""Which doubts mark a job for review, and what its customer is told."""

from dataclasses import replace

import pytest

from cutout.matting.uncertainty import Doubts
from cutout.review import Verdict, judge

CLEAN = Doubts(undecided=0.0, wide=0.0, thin=0.0, seen_through=0.0, subject_share=0.3, frame_share=0.2)


def codes(doubts: Doubts, threshold: float = 0.5) -> list[str]:
    review = judge(doubts, threshold).review
    return [reason.code for reason in review.reasons] if review else []


def test_a_clean_matte_is_not_marked() -> None:
    assert judge(CLEAN, 0.5) == Verdict(uncertainty=0.0, review=None)


@pytest.mark.parametrize(
    ("change", "code", "score"),
    [
        ({"undecided": 0.24, "wide": 0.04}, "glass_like", 0.75),
        ({"undecided": 0.24, "wide": 0.039}, "unsure_edges", 0.75),
        ({"thin": 0.9}, "fine_structure", 0.6),
        ({"seen_through": 0.66}, "see_through", 0.6),
        ({"frame_share": 1.0}, "cut_by_frame", 0.5882),
        ({"subject_share": 0.98}, "full", 1.0),
        ({"subject_share": 0.0004}, "empty", 1.0),
    ],
)
def test_every_kind_of_doubt_has_a_name_and_a_sentence(
    change: dict[str, float], code: str, score: float
) -> None:
    verdict = judge(replace(CLEAN, **change), 0.5)

    assert verdict.uncertainty == pytest.approx(score)
    assert verdict.review is not None
    assert (verdict.review.score, [r.code for r in verdict.review.reasons]) == (verdict.uncertainty, [code])
    assert verdict.review.reasons[0].text.endswith(".")


@pytest.mark.parametrize("change", [{"undecided": 0.079}, {"thin": 0.59}, {"seen_through": 0.44}])
def test_below_its_calibrated_value_no_doubt_marks(change: dict[str, float]) -> None:
    assert codes(replace(CLEAN, **change)) == []


def test_the_worst_doubt_is_the_uncertainty_and_all_above_the_threshold_are_told() -> None:
    doubts = replace(CLEAN, undecided=0.24, thin=0.9, seen_through=0.2)

    assert judge(doubts, 0.5).uncertainty == 0.75
    assert codes(doubts) == ["unsure_edges", "fine_structure"]
    assert codes(doubts, threshold=0.7) == ["unsure_edges"]


def test_a_weak_likeness_of_hues_is_chance() -> None:
    assert judge(replace(CLEAN, seen_through=0.43), 0.0) == Verdict(uncertainty=0.0, review=None)


def test_where_nothing_was_found_nothing_else_is_said() -> None:
    assert codes(replace(CLEAN, subject_share=0.0, undecided=30.0, thin=4.0)) == ["empty"]


def test_a_threshold_of_one_marks_nothing() -> None:
    assert judge(replace(CLEAN, subject_share=0.0), 1.0) == Verdict(uncertainty=1.0, review=None)


def test_what_is_not_ours_to_doubt_is_not_judged() -> None:
    assert judge(None, 0.0) == Verdict(uncertainty=None, review=None)
