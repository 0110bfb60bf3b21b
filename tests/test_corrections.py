from itertools import pairwise

from cutout.service.corrections import order_of
from cutout.service.jobs import Source
from cutout.service.objects import is_newer


def uploaded(sequencer: str) -> Source:
    return Source(bucket="b", key="a.jpg", sequencer=sequencer)


def matte(sequencer: str) -> Source:
    return Source(bucket="b", key="corrections/a.jpg.png", sequencer=sequencer)


def test_a_correction_comes_after_its_own_upload_and_before_every_newer_one() -> None:
    """Sequencers of two keys cannot be compared: also a correction of a lower one comes after its picture."""
    first, second = uploaded("0062E99A88DC407460"), uploaded("0062E99A88DC407461")
    ranks = [
        first.rank,
        order_of(first, matte("0011")),
        order_of(first, matte("0099")),
        second.rank,
        order_of(second, matte("0001")),
    ]

    assert [is_newer(later, earlier) for earlier, later in pairwise(ranks)] == [True] * 4
    assert [is_newer(earlier, later) for earlier, later in pairwise(ranks)] == [False] * 4


def test_a_correction_of_what_was_corrected_is_of_the_same_upload() -> None:
    first = uploaded("0062E99A88DC407460")
    corrected = first.model_copy(update={"order": order_of(first, matte("0011"))})

    assert order_of(corrected, matte("0012")) == "0062E99A88DC40746000000000000000" + "0012"
