"""The quality that gives a file of a wanted size, in few encodes."""

import numpy as np
import pytest

from cutout.byte_limit import CURVES, within
from cutout.codec import resize
from cutout.errors import SizeOutOfReach
from cutout.picture_encoders import encode_avif, encode_jpeg, encode_webp
from scenes import mesh, strands


def grainy(rgb8):
    grain = np.random.default_rng(5).normal(0, 8, rgb8.shape)
    return np.rint(rgb8 + grain).clip(0, 255).astype(np.uint8)


PICTURES = {
    "clouds": grainy(resize(np.random.default_rng(3).integers(0, 256, (20, 20, 3), np.uint8), 160, 160)),
    "strands": grainy(strands(160, 20, 1).rgb8),
    "mesh": grainy(mesh(160, 16, 3).rgb8),
}
ENCODERS = {
    "jpeg": encode_jpeg,
    "webp": lambda rgb8, quality: encode_webp(rgb8, None, quality),
    "avif": lambda rgb8, quality: encode_avif(rgb8, None, quality),
}


@pytest.fixture(scope="module", params=ENCODERS)
def tables(request):
    """The format, and of every picture the files of every second quality; the odd ones are as large as those below."""
    encode, found = ENCODERS[request.param], {}
    for name, rgb8 in PICTURES.items():
        files = {quality: encode(rgb8, quality) for quality in range(10, 101, 2)}
        found[name] = {quality: files[quality - quality % 2] for quality in range(10, 101)}
    return request.param, found


def limits(files, low, high):
    """Sixteen sizes from that of one quality to that of another, evenly spread in their logarithm."""
    return [int(size) for size in np.geomspace(len(files[low]) + 1, len(files[high]) - 1, 16)]


@pytest.mark.parametrize("asked", [100, 90, 75])
def test_at_most_six_encodes_find_the_highest_quality_that_fits_or_one_just_below(tables, asked):
    name, pictures = tables

    for picture, files in pictures.items():
        for limit in limits(files, 10, asked):
            found = within(files.__getitem__, at_least=None, at_most=limit, quality=asked, curve=CURVES[name])

            best = max(q for q in range(10, asked + 1) if len(files[q]) <= limit)
            assert found.encodes <= 6
            assert len(found.body) <= limit
            assert best - 2 <= found.quality <= asked, (picture, limit, best)


@pytest.mark.parametrize("asked", [40, 75])
def test_at_most_six_encodes_find_the_lowest_quality_that_is_large_enough_or_one_just_above(tables, asked):
    name, pictures = tables

    for picture, files in pictures.items():
        for limit in limits(files, asked, 100):
            found = within(files.__getitem__, at_least=limit, at_most=None, quality=asked, curve=CURVES[name])

            best = min(q for q in range(asked, 101) if len(files[q]) >= limit)
            assert found.encodes <= 6
            assert len(found.body) >= limit
            assert best <= found.quality <= best + 2, (picture, limit, best)


def sized(quality):
    """A file of 1000 bytes for every step of quality."""
    return bytes(1000 * quality)


def test_what_fits_at_once_is_encoded_once():
    found = within(sized, at_least=90_000, at_most=90_000, quality=90)

    assert (found.quality, found.encodes, len(found.body)) == (90, 1, 90_000)


def test_without_limits_the_asked_quality_is_taken():
    found = within(sized, at_least=None, at_most=None, quality=33)

    assert (found.quality, found.encodes) == (33, 1)


def test_quality_rises_above_the_asked_one_only_for_the_least_size():
    found = within(sized, at_least=70_000, at_most=80_000, quality=50)

    assert 70 <= found.quality <= 72


def test_a_window_of_one_step_is_hit():
    found = within(sized, at_least=47_000, at_most=47_999, quality=90)

    assert found.quality == 47


def test_a_quality_below_ten_is_used_if_it_was_asked_for():
    assert within(sized, at_least=None, at_most=6_000, quality=5).quality == 5


def test_a_picture_that_cannot_be_so_large_is_as_large_as_it_can_be():
    found = within(sized, at_least=100_001, at_most=None, quality=50)

    assert (found.quality, len(found.body)) == (100, 100_000)
    assert found.encodes <= 6


def test_between_two_steps_of_quality_the_smaller_file_is_the_answer():
    """Nothing has from 47,100 to 47,900 bytes: too large is refused somewhere, too small hardly ever."""
    found = within(sized, at_least=47_100, at_most=47_900, quality=90)

    assert (found.quality, len(found.body)) == (47, 47_000)
    assert found.encodes <= 6


def test_a_size_out_of_reach_is_said_with_the_nearest_one():
    encodes = []

    def counted(quality):
        encodes.append(quality)
        return sized(quality)

    with pytest.raises(SizeOutOfReach) as missed:
        within(counted, at_least=None, at_most=9_999, quality=90)

    assert str(missed.value) == (
        "At most 9,999 bytes are allowed; at quality 10, the lowest that is used, the file has 10,000. "
        "Allow more bytes or make the picture smaller."
    )
    assert len(encodes) <= 6
