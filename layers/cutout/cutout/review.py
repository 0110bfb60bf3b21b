"""Which mattes somebody should look at before they are used, and why, in words.

Every kind of doubt is brought to one scale, on which a half is the value that separates best: above it, mattes
beside true ones were mostly wrong, below it mostly right (``bench/uncertainty.py``). The worst kind is the
matte's uncertainty.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cutout.matting.uncertainty import Doubts
from cutout.service.jobs import Review, ReviewReason

_UNDECIDED = 0.08  # of the subject's area
_WIDE = 0.04  # of the subject's area: then it is no matter of edges
_THIN = 0.6  # of the subject's area; a chair of thin rails has half, a wire basket 0.8
_SEEN_THROUGH = 0.44  # correlation; of 190 pictures of opaque things the highest have 0.37
_EMPTY, _FULL = 5e-4, 0.97  # of the picture
_AT_FRAME = 0.7  # of the frame's length; a cat's face that fills the picture has 0.57


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """How wrong a matte probably is, 0 to 1, and what its customer is told if that is too much.

    Both None of a matte that is not ours to doubt.
    """

    uncertainty: float | None
    review: Review | None


@dataclass(frozen=True, kw_only=True)
class _Kind:
    code: str
    text: str
    score: Callable[[Doubts], float]


def judge(doubts: Doubts | None, threshold: float) -> Verdict:
    """The verdict on a matte; marked for review if its uncertainty is above ``threshold``, 0 to 1 (1: never)."""
    if doubts is None:
        return Verdict(uncertainty=None, review=None)
    scores = [(kind.score(doubts), kind) for kind in _kinds_for(doubts)]
    uncertainty = round(max(score for score, _ in scores), 4)
    reasons = tuple(
        ReviewReason(code=kind.code, text=kind.text) for score, kind in scores if score > threshold
    )
    review = Review(score=uncertainty, reasons=reasons) if uncertainty > threshold else None
    return Verdict(uncertainty=uncertainty, review=review)


def _kinds_for(doubts: Doubts) -> tuple[_Kind, ...]:
    return (_NOTHING,) if doubts.subject_share < _EMPTY else _SOMETHING


def _on_scale(value: float, half: float) -> float:
    """From any value above 0 to 0..1: ``half`` becomes a half."""
    return value / (value + half)


def _wide(doubts: Doubts) -> bool:
    return doubts.wide >= _WIDE


def _undecided(doubts: Doubts) -> float:
    return _on_scale(doubts.undecided, _UNDECIDED)


_NOTHING = _Kind(
    code="empty",
    text="No subject was found: the result is empty, or all but empty.",
    score=lambda _: 1.0,
)
_SOMETHING = (
    _Kind(
        code="full",
        text="Nearly the whole picture was taken for the subject, so hardly any background was removed.",
        score=lambda doubts: 1.0 if doubts.subject_share > _FULL else 0.0,
    ),
    _Kind(
        code="glass_like",
        text="A large part of the subject is half transparent: glass, plastic or a veil, or something that could "
        "not be told from the background.",
        score=lambda doubts: _undecided(doubts) if _wide(doubts) else 0.0,
    ),
    _Kind(
        code="unsure_edges",
        text="Along much of its outline, what belongs to the subject and what does not could not be decided.",
        score=lambda doubts: 0.0 if _wide(doubts) else _undecided(doubts),
    ),
    _Kind(
        code="fine_structure",
        text="Most of the subject is as thin as an edge, as nets, wires and strokes are; some of it may be missing.",
        score=lambda doubts: 0.0 if _wide(doubts) else _on_scale(doubts.thin, _THIN),
    ),
    _Kind(
        code="see_through",
        text="The background's colours go on inside the subject: if it is glass or clear plastic, they were kept "
        "with it.",
        score=lambda doubts: (
            _on_scale(doubts.seen_through, _SEEN_THROUGH) if doubts.seen_through > _SEEN_THROUGH else 0.0
        ),
    ),
    _Kind(
        code="cut_by_frame",
        text="The subject meets most of the picture's frame: without its surroundings it is hard to tell what belongs "
        "to it.",
        score=lambda doubts: (
            _on_scale(doubts.frame_share, _AT_FRAME) if doubts.frame_share > _AT_FRAME else 0.0
        ),
    ),
)
