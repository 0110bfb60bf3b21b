"""What may be asked of a file, and what is refused by name."""

import subprocess
import sys
from pathlib import Path

import pytest

from cutout.errors import BadRecipe
from cutout.file_options import FORMATS, FileOptions, check_sides

PACKAGE = Path(__file__).resolve().parent.parent / "layers" / "cutout"


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"format": "bmp"}, "format is 'bmp'; allowed: png, webp, jpeg, avif, tiff, zip."),
        ({"quality": 0}, "quality is 0; allowed: from 1 to 100."),
        ({"quality": 101}, "quality is 101; allowed: from 1 to 100."),
        ({"dpi": 0}, "dpi is 0; allowed: from 1 to 9,999."),
        ({"dpi": 10_000}, "dpi is 10,000; allowed: from 1 to 9,999."),
        ({"at_most_bytes": 0}, "at_most_bytes is 0; allowed: at least 1."),
        ({"at_least_bytes": -5}, "at_least_bytes is -5; allowed: at least 1."),
        (
            {"at_least_bytes": 2000, "at_most_bytes": 1999},
            "at_least_bytes is 2,000 and at_most_bytes is 1,999: no file is both.",
        ),
        (
            {"channels": "alpha", "icc": "srgb"},
            "icc 'srgb' is not possible with channels 'alpha': opacity has no colour space; leave icc out.",
        ),
    ],
)
def test_an_impossible_wish_is_refused_by_name(wish, message):
    with pytest.raises(BadRecipe) as refused:
        FileOptions(**wish)

    assert str(refused.value) == message


def test_the_ends_of_every_range_are_allowed():
    options = FileOptions(quality=1, dpi=9999, at_least_bytes=7, at_most_bytes=7)

    assert (options.quality, options.dpi) == (1, 9999)


@pytest.mark.parametrize(
    ("name", "most"), [("webp", 16_383), ("avif", 32_768), ("jpeg", 65_500), ("zip", 65_500)]
)
def test_a_side_is_refused_from_the_first_pixel_too_many(name, most):
    check_sides(name, most, 1)
    check_sides(name, 1, most)

    with pytest.raises(
        BadRecipe, match=f"at most {most:,} pixels a side.*, and the picture has {most + 1:,} x 1"
    ):
        check_sides(name, 1, most + 1)


def test_a_refused_side_names_the_formats_that_can_hold_it():
    with pytest.raises(BadRecipe) as refused:
        check_sides("webp", 10, 40_000)

    assert str(refused.value) == (
        "A webp has at most 16,383 pixels a side and 45 megapixels, and the picture has 40,000 x 10 pixels; "
        "allowed here: png, jpeg, tiff, zip, or fewer pixels."
    )


def test_what_would_not_fit_into_memory_is_refused():
    check_sides("avif", 5_000, 6_000)

    with pytest.raises(BadRecipe, match="allowed here: png, webp, jpeg, tiff, zip, or fewer pixels"):
        check_sides("avif", 5_000, 6_001)


def test_every_format_has_an_extension_of_its_own():
    assert [found.extension for found in FORMATS.values()] == ["png", "webp", "jpg", "avif", "tif", "zip"]


def test_asking_needs_neither_arrays_nor_pillow():
    """The API checks recipes and starts without both."""
    code = "import sys, cutout.file_options; sys.exit('numpy' in sys.modules or 'PIL' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(PACKAGE)}, check=False)

    assert done.returncode == 0
