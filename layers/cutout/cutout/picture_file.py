"""Bytes -> an opened, then a decoded Pillow image, with every limit checked before memory is spent.

``PIL.Image.open`` is not used. It refuses at a limit of its own before one can read the size, warns about
sizes that we allow and tries formats that we do not want, and the ways round that are process-wide switches.
The formats are few, so their plugin classes are called directly.
"""

import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

import numpy as np
from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from cutout.errors import DamagedImage, EmptyFile, NotAnImage, TooManyBytes, TooManyPixels, UnsupportedImage

Format = Literal["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF"]

# What Pillow's plugins raise on bytes that are not as they should be; a test has a file for each. UserWarning
# is raised only where warnings are errors, as in the tests; elsewhere it is a line on stderr.
BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    IndexError,
    OverflowError,
    RuntimeError,
    UserWarning,
    ZeroDivisionError,
    struct.error,
    Image.DecompressionBombError,  # from a GIF that Pillow reads differently than _gif_size does
    Image.DecompressionBombWarning,
)

# A JPEG scan can be 75 bytes that cost a pass over all pixels; a usual progressive file has about ten.
_MAX_SCANS = 100
_SCAN, _END = b"\xff\xda", b"\xff\xd9"
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # as opposed to stuffed bytes and restarts among pixels

# Two plugins look at Pillow's own limit, which warns above the first and refuses above the second number.
_PLUGIN_MAX_PIXELS = {"GIF": 89_478_485, "WEBP": 178_956_970}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Sizes of what we accept: ``max_bytes`` of the file, ``max_pixels`` = width x height of the picture."""

    max_bytes: int
    max_pixels: int


def open_picture(data: bytes, limits: Limits) -> tuple[Format, ImageFile]:
    """Read the header only. Raises any of the errors that ``cutout.codec.decode`` lists."""
    if not data:
        raise EmptyFile("The file is empty.")
    if len(data) > limits.max_bytes:
        raise TooManyBytes(f"The file has {len(data):,} bytes; at most {limits.max_bytes:,} are accepted.")
    name = _format_of(data)
    max_pixels = min(limits.max_pixels, _PLUGIN_MAX_PIXELS.get(name, limits.max_pixels))
    announced = _announced_size(name, data)
    if announced:
        _check_size(*announced, max_pixels)
    try:
        image = _PLUGINS[name](BytesIO(data))
    except BROKEN as error:
        raise DamagedImage(
            f"The header of the {name} file cannot be read: it is damaged or of an unusual kind."
        ) from error
    _check_size(*image.size, max_pixels)
    _check_kind(image, data)
    return name, image


def load_pixels(image: ImageFile, data: bytes, enough: int | None = None) -> None:
    """Decode in place: all of it or DamagedImage, never a picture that is grey from the middle on.

    Given ``enough``, a JPEG comes at 1/2, 1/4 or 1/8 of its size if both sides keep that many pixels.
    """
    damaged = DamagedImage(f"The {image.format} file is truncated or damaged: not all pixels can be read.")
    if isinstance(image, PngImageFile) and not _png_pixels_are_intact(data):
        raise damaged
    end = _end_of_jpeg(image, data) if isinstance(image, JpegImageFile) else 0
    if end < 0:
        raise damaged
    _shrink(image, enough)
    try:
        image.load()
    except BROKEN as error:
        raise damaged from error
    if isinstance(image, JpegImageFile) and _is_grey_where_missing(image, data[:end], enough):
        raise damaged


def _shrink(image: ImageFile, enough: int | None) -> None:
    """Let libjpeg leave out the frequencies that a smaller picture does not need: half the time, a quarter of
    the memory."""
    if isinstance(image, JpegImageFile) and enough is not None:
        image.draft(None, (enough, enough))


class _Tiff(TiffImageFile):
    """Pillow's reader without its own check of the size, which warns about sizes that we allow."""

    def load_prepare(self) -> None:
        if self._im is None:
            self.im = Image.new(self.mode, self._tile_size).im
        super().load_prepare()


def _is_avif(data: bytes) -> bool:
    """HEIC uses the same container and may use the same major brand; the list of brands decides."""
    brands = data[8 : min(int.from_bytes(data[:4]), 256)]
    return data[4:8] == b"ftyp" and (b"avif" in brands or b"avis" in brands)


_SIGNATURES: dict[Format, Callable[[bytes], bool]] = {
    "JPEG": lambda data: data.startswith(b"\xff\xd8\xff"),
    "PNG": lambda data: data.startswith(b"\x89PNG\r\n\x1a\n"),
    "WEBP": lambda data: data.startswith(b"RIFF") and data[8:15] == b"WEBPVP8",
    "TIFF": lambda data: data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    "BMP": lambda data: data.startswith(b"BM") and data[15:18] == b"\0\0\0",
    "GIF": lambda data: data.startswith((b"GIF87a", b"GIF89a")),
    "AVIF": _is_avif,
}

_PLUGINS: dict[Format, type[ImageFile]] = {
    "JPEG": JpegImageFile,  # not its factory: the first picture of a phone's MPO is the photograph
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "TIFF": _Tiff,
    "BMP": BmpImageFile,
    "GIF": GifImageFile,
    "AVIF": AvifImageFile,
}


def _format_of(data: bytes) -> Format:
    for name, looks_like in _SIGNATURES.items():
        if looks_like(data):
            return name
    raise NotAnImage(f"The file is not a picture in a format that is read: {', '.join(_SIGNATURES)}.")


def _check_size(width: int, height: int, max_pixels: int) -> None:
    if width == 0 or height == 0:
        raise UnsupportedImage(f"The picture is {width:,} x {height:,} pixels: there is nothing to see.")
    if width * height > max_pixels:
        raise TooManyPixels(
            f"The picture is {width:,} x {height:,} pixels ({width * height / 1e6:,.1f} megapixels); "
            f"at most {max_pixels / 1e6:,.1f} megapixels are accepted."
        )


def _check_kind(image: ImageFile, data: bytes) -> None:
    if image.mode == "F":
        raise UnsupportedImage("Pictures of floating-point numbers are not supported.")
    if isinstance(image, TiffImageFile):
        subfile_type = image.tag_v2.get(254, 0)
        if data[8:10] == b"CR" or (isinstance(subfile_type, int) and subfile_type & 1):
            raise UnsupportedImage("The file is a camera's raw file: its first picture is only a preview.")


def _announced_size(name: Format, data: bytes) -> tuple[int, int] | None:
    """(width, height), where the plugin would spend memory, warn or fail before one can ask it."""
    reader = {"PNG": _png_size, "WEBP": _webp_size, "GIF": _gif_size, "AVIF": _avif_size}.get(name)
    try:
        return reader(data) if reader else None
    except (struct.error, IndexError):
        return None  # too short to say: the plugin will answer


def _png_size(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _webp_size(data: bytes) -> tuple[int, int]:
    if data[12:16] == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if data[12:16] == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _gif_size(data: bytes) -> tuple[int, int]:
    """The screen, or more: Pillow enlarges it to hold the first frame."""
    width, height = struct.unpack_from("<HH", data, 6)
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    while data[at] != ord(","):
        if data[at] == ord("!"):
            at += 2
            while data[at]:  # blocks, each with its length in front
                at += data[at] + 1
        at += 1
    frame_left, frame_top, frame_width, frame_height = struct.unpack_from("<4H", data, at + 1)
    return max(width, frame_left + frame_width), max(height, frame_top + frame_height)


def _avif_size(data: bytes) -> tuple[int, int] | None:
    """The largest "image spatial extents" property: tiles and thumbnails have smaller ones."""
    sizes = [
        struct.unpack(">II", found) for found in re.findall(rb"ispe\0{4}(.{8})", data[:65536], re.DOTALL)
    ]
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def _png_pixels_are_intact(data: bytes) -> bool:
    """Compare the checksums of the pixels' chunks, which Pillow skips. Missing chunks are its business."""
    view, at = memoryview(data), 8
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(view[at : at + 4])
        checksum = int.from_bytes(view[end : end + 4])
        if data[at + 4 : at + 8] == b"IDAT" and zlib.crc32(view[at + 4 : end]) != checksum:
            return False
        at = end + 4
    return True


def _end_of_jpeg(image: JpegImageFile, data: bytes) -> int:
    """Where the end marker of the first picture is, -1 without one. Raises UnsupportedImage."""
    at, scans = image.fp.tell() if image.fp else 0, 1  # the plugin has read up to the first scan
    while (marker := _MARKER.search(data, at)) and marker[0] != _END:
        scans += marker[0] == _SCAN
        if scans > _MAX_SCANS:
            raise UnsupportedImage(f"The JPEG file has more than {_MAX_SCANS} scans.")
        at = marker.end() + max(2, int.from_bytes(data[marker.end() : marker.end() + 2]))
    return marker.start() if marker else -1


def _is_grey_where_missing(image: JpegImageFile, unended: bytes, enough: int | None) -> bool:
    """Whether a picture that is plain mid-grey at the bottom was cut off and closed with an end marker.

    libjpeg paints missing blocks mid-grey and says so in a warning that Pillow drops. Without the end marker
    it stops instead, at most three rows of blocks before what it has: that tells grey from missing.
    Progressive files keep no order from top to bottom, so nothing can be said about them.
    """
    rows = (0, image.height - 64, image.width, image.height - 48)
    if image.height <= 64 or "progressive" in image.info or (np.asarray(image.crop(rows)) != 128).any():
        return False
    again = JpegImageFile(BytesIO(unended))
    _shrink(again, enough)
    try:
        again.load()
    except OSError:
        again.tile = []  # keep what there is
    return not np.asarray(again.crop(rows)).any()
