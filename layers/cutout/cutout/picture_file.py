"""Bytes -> an opened, then a loaded Pillow image, with every limit checked before memory is spent.

``PIL.Image.open`` is not used. It refuses at a limit of its own before one can read the size, it warns about sizes
that we allow, it tries formats that we do not want, and the ways round all that are process-wide switches. The
formats are few, so their plugin classes are called directly.
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

from PIL import ExifTags, Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from cutout.errors import (
    DamagedImage,
    EmptyFile,
    NotAnImage,
    TooManyBytes,
    TooManyPixels,
    UnsupportedImage,
)

Format = Literal["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF"]

# What Pillow's plugins raise on bytes that are not as they should be.
BROKEN = (OSError, SyntaxError, ValueError, struct.error, EOFError, IndexError, KeyError, TypeError)

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Sizes of what we accept: ``max_bytes`` of the file, ``max_pixels`` = width x height of the picture."""

    max_bytes: int
    max_pixels: int


def open_picture(data: bytes, limits: Limits) -> tuple[Format, ImageFile]:
    """Read the header only. Raises every error of the module ``errors`` that concerns a file."""
    if not data:
        raise EmptyFile("The file is empty.")
    if len(data) > limits.max_bytes:
        raise TooManyBytes(f"The file has {len(data):,} bytes; at most {limits.max_bytes:,} are accepted.")
    name = _format_of(data)
    announced = _announced_size(name, data)
    if announced:
        _check_size(*announced, limits)
    try:
        image = _PLUGINS[name](BytesIO(data))
    except BROKEN as error:
        raise DamagedImage(
            f"The {name} file's header cannot be read: it is damaged, or of an unusual kind."
        ) from error
    _check_size(*image.size, limits)
    return name, image


def load_pixels(name: Format, image: ImageFile) -> None:
    """Decode in place; all of it or DamagedImage, never a picture that is grey from the middle on."""
    try:
        image.load()
    except BROKEN as error:
        raise DamagedImage(f"The {name} file is truncated or damaged: not all pixels can be read.") from error


def orientation_of(image: ImageFile) -> int | None:
    """The EXIF orientation, 1 to 8; None if the EXIF is broken. TIFF is turned by Pillow itself, so it is 1."""
    if isinstance(image, TiffImageFile):
        return 1
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except BROKEN:
        return None
    return value if value in range(1, 9) else 1


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """The picture as the viewer sees it."""
    return image.transpose(_TURNS[orientation]) if orientation in _TURNS else image


def _format_of(data: bytes) -> Format:
    for name, looks_like in _SIGNATURES.items():
        if looks_like(data):
            return name
    raise NotAnImage(f"The file is not a picture in a format that is read: {', '.join(_SIGNATURES)}.")


def _is_avif(data: bytes) -> bool:
    """HEIC uses the same container and partly the same major brands; the list of brands decides."""
    if data[4:8] != b"ftyp" or len(data) < 16:
        return False
    brands = data[8 : min(int.from_bytes(data[:4]), 256)]
    return b"avif" in brands or b"avis" in brands


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
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "TIFF": TiffImageFile,
    "BMP": BmpImageFile,
    "GIF": GifImageFile,
    "AVIF": AvifImageFile,
}


def _announced_size(name: Format, data: bytes) -> tuple[int, int] | None:
    """(width, height) where the plugin would spend memory or fail before telling; else None."""
    if name == "WEBP" and len(data) >= 30:
        if data[12:16] == b"VP8X":
            return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
        if data[12:16] == b"VP8L":
            bits = int.from_bytes(data[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if name == "PNG" and len(data) >= 24:
        width, height = struct.unpack_from(">II", data, 16)
        return width, height
    if name == "GIF" and len(data) >= 10:
        width, height = struct.unpack_from("<HH", data, 6)
        return width, height
    if name == "AVIF":
        sizes = [struct.unpack(">II", found) for found in re.findall(rb"ispe\0{4}(.{8})", data[:65536], re.S)]
        return max(sizes, key=lambda size: size[0] * size[1], default=None)
    return None


def _check_size(width: int, height: int, limits: Limits) -> None:
    if width == 0 or height == 0:
        raise UnsupportedImage(f"The picture is {width:,} x {height:,} pixels: there is nothing to see.")
    if width * height > limits.max_pixels:
        raise TooManyPixels(
            f"The picture is {width:,} x {height:,} pixels ({width * height / 1e6:,.1f} megapixels); "
            f"at most {limits.max_pixels / 1e6:,.1f} megapixels are accepted."
        )
