"""Files that are too big, damaged, hostile or no pictures at all."""

import re
import struct

import pytest
from PIL import Image

from cutout import codec
from cutout.errors import (
    EmptyFile,
    NotAnImage,
    TooManyBytes,
    TooManyPixels,
    UnsupportedImage,
)
from picture_bytes import FILES, LIMITS, NOISE, png, saved, tiff

FIFTY = codec.Limits(max_bytes=10_000, max_pixels=50_000_000)


def gif(screen, frame):
    """A GIF's header, and its first frame's after a palette and a comment full of commas; no pixels."""
    before = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80, 0, 0) + b",,,,,," + b"!\xfe\x05,,,,,\0"
    return before + b"," + struct.pack("<4HBB", 0, 0, *frame, 0, 8)


def webp(kind, body):
    return b"RIFF" + struct.pack("<I", 12 + len(body)) + b"WEBP" + kind + struct.pack("<I", len(body)) + body


def resized(data, width, height):
    """An AVIF that announces another size."""
    return re.sub(rb"(ispe\0{4}).{8}", rb"\g<1>" + struct.pack(">II", width, height), data, flags=re.DOTALL)


HUGE = {
    "PNG": png(30_000, 30_000, 8, 2),
    "JPEG": FILES["JPEG"].replace(struct.pack(">BHH", 8, 24, 40), struct.pack(">BHH", 8, 30_000, 30_000)),
    "TIFF": tiff(30_000, 30_000, {258: 8}, b""),
    "BMP": b"BM" + struct.pack("<IIIIiiHH", 0, 0, 54, 40, 30_000, 30_000, 1, 24) + bytes(24),
    "GIF": gif((30_000, 30_000), (1, 1)),
    "GIF's first frame": gif((1, 1), (30_000, 30_000)),
    "AVIF": resized(FILES["AVIF"], 30_000, 30_000),
    "extended WEBP": webp(b"VP8X", bytes(4) + (29_999).to_bytes(3, "little") * 2),
}  # fmt: skip


@pytest.mark.parametrize("name", HUGE)
def test_pixels_are_limited_by_the_header(name):
    """900 megapixels, where Pillow itself would refuse to open the file or warn."""
    message = (
        "The picture is 30,000 x 30,000 pixels (900.0 megapixels); at most 50.0 megapixels are accepted."
    )
    for read in (codec.read_header, codec.decode):
        with pytest.raises(TooManyPixels) as caught:
            read(HUGE[name], FIFTY)

        assert str(caught.value) == message


@pytest.mark.parametrize(
    "file",
    [
        webp(b"VP8L", b"\x2f" + struct.pack("<I", 9_999 | 9_999 << 14) + bytes(5)),
        webp(b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 10_000, 10_000)),
    ],
    ids=["lossless", "lossy"],
)
def test_pixels_of_a_plain_webp_are_limited_by_the_header(file):
    """Its size field ends at 16,383."""
    with pytest.raises(TooManyPixels, match="10,000 x 10,000 pixels"):
        codec.decode(file, FIFTY)


def test_the_limit_itself_is_accepted():
    file = saved(NOISE, "PNG")

    assert codec.decode(file, codec.Limits(max_bytes=len(file), max_pixels=960)).header.width == 40
    with pytest.raises(TooManyPixels):
        codec.decode(file, codec.Limits(max_bytes=len(file), max_pixels=959))
    with pytest.raises(TooManyBytes, match=rf"has {len(file):,} bytes; at most {len(file) - 1:,} are"):
        codec.decode(file, codec.Limits(max_bytes=len(file) - 1, max_pixels=960))


@pytest.mark.parametrize("name", [name for name in FILES if name.split()[-1] not in ("GIF", "WEBP")])
def test_pillows_own_limit_does_not_count(name, monkeypatch):
    """A deployer may allow more than the 89 megapixels above which Pillow warns."""
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)

    assert codec.decode(FILES[name], LIMITS).rgb8.size == 24 * 40 * 3


def test_two_plugins_keep_pillows_limit():
    generous = codec.Limits(max_bytes=10_000, max_pixels=1_000_000_000)

    with pytest.raises(TooManyPixels, match=r"at most 89\.5 megapixels"):
        codec.decode(gif((10_000, 9_000), (1, 1)), generous)
    with pytest.raises(TooManyPixels, match=r"at most 179\.0 megapixels"):
        codec.decode(HUGE["extended WEBP"], generous)


@pytest.mark.parametrize("name", FILES)
def test_a_header_is_read_without_decoding(name, monkeypatch):
    expected = codec.decode(FILES[name], LIMITS).header

    def load(image):
        pytest.fail(f"{type(image).__name__} was decoded")

    monkeypatch.setattr(Image.Image, "load", load)

    assert codec.read_header(FILES[name], LIMITS) == expected


@pytest.mark.parametrize(
    "file",
    [
        b"x",
        b"%PDF-1.7",
        b"<svg></svg>",
        b"BMW is a maker of cars",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"RIFF",
    ],
    ids=["x", "PDF", "SVG", "text", "HEIC", "RIFF"],
)
def test_other_files_are_no_pictures(file):
    with pytest.raises(NotAnImage, match="that is read: JPEG, PNG, WEBP, TIFF, BMP, GIF, AVIF"):
        codec.decode(file, LIMITS)


def test_no_bytes():
    with pytest.raises(EmptyFile):
        codec.decode(b"", LIMITS)


@pytest.mark.parametrize("file", [png(0, 7, 8, 2), gif((0, 7), (0, 7))], ids=["PNG", "GIF"])
def test_a_picture_without_area_is_refused(file):
    with pytest.raises(UnsupportedImage, match="is 0 x 7 pixels"):
        codec.decode(file, LIMITS)


@pytest.mark.parametrize(
    "file",
    [tiff(1, 1, {258: 8, 254: 1}, b"\0"), tiff(1, 1, {258: 8}, b"\0", after_header=b"CR\2\0\0\0\0\0")],
    ids=["reduced-resolution first picture", "Canon"],
)
def test_a_cameras_raw_file_is_refused(file):
    """Otherwise the customer would get a cutout of the thumbnail."""
    with pytest.raises(UnsupportedImage, match="raw file"):
        codec.read_header(file, LIMITS)
