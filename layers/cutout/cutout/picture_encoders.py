"""Arrays -> the bytes of one picture, in each of the formats that are written. ``cutout.encode`` chooses among them.

Every encoder takes ``pixels8``, colour (H, W, 3) or grey (H, W), and writes nothing that it was not given: no times,
no names of programs, so the same arrays give the same bytes.
"""

import zlib
from dataclasses import dataclass
from functools import cache
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms

from cutout.file_options import Icc

Pixels = NDArray[np.uint8]

_PREDICTOR, _DIFFERENCES = 317, 2  # the TIFF tag, and its value for "each sample minus the one to its left"
_INCH = 2
_PROFILE_DATE = slice(24, 36)  # of an ICC header: six numbers of 16 bits, year to second


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What a file says of itself beside its pixels."""

    dpi: int | None = None
    icc: Icc | None = None


UNMARKED = Marks()


def encode_png(pixels8: Pixels, alpha8: Pixels | None = None, marks: Marks = UNMARKED) -> bytes:
    """Colour or grey, and (H, W) -> PNG: straight alpha, every value kept.

    Run-length matching after PNG's filters makes a 12-megapixel cutout as small as zlib's level 6 does, in a
    third of the time or less; only repeated patterns, such as text, come out larger.
    """
    options = _dpi(marks) | _icc(marks)
    return _save(_picture(pixels8, alpha8), "PNG", compress_type=zlib.Z_RLE, **options)


def encode_webp(
    pixels8: Pixels, alpha8: Pixels | None = None, quality: int = 90, marks: Marks = UNMARKED
) -> bytes:
    """Colour or grey, and (H, W) -> WebP: lossy colour, exact straight alpha. WebP has no grey: it becomes colour.

    Colour under alpha 0 is kept like any other. Method 3 is as small as 4 in four fifths of the time; 6 takes
    four times as long for 0 to 6 % of the bytes. Raises ValueError above 16,383 pixels a side.
    """
    options = _exif(marks) | _icc(marks)
    return _save(_picture(pixels8, alpha8), "WEBP", quality=quality, exact=True, method=3, **options)


def encode_avif(
    pixels8: Pixels, alpha8: Pixels | None = None, quality: int = 75, marks: Marks = UNMARKED
) -> bytes:
    """Colour or grey, and (H, W) -> AVIF: lossy colour, exact straight alpha.

    Colour at full resolution from quality 90 on, at half below, as in a JPEG. Speed 8 takes a quarter of the
    time of 6 for a sixth more bytes. Left alone, the encoder would treat opacity like colour: errors of up to 45
    levels at soft edges, and a veil of up to 10 where nothing is. Two threads always: their number changes bytes.
    """
    return _save(
        _picture(pixels8, alpha8),
        "AVIF",
        quality=quality,
        subsampling="4:0:0" if pixels8.ndim == 2 else _subsampling(quality),
        speed=8,
        max_threads=2,
        advanced={"alpha:lossless": "1"} if alpha8 is not None else {},
        **_exif(marks),
        **_icc(marks),
    )


def encode_jpeg(pixels8: Pixels, quality: int = 90, marks: Marks = UNMARKED) -> bytes:
    """Colour or grey -> JPEG: colour at full resolution from quality 90 on, at half below.

    Raises ValueError above 65,500 pixels a side.
    """
    if max(pixels8.shape) > 65500:
        raise ValueError(f"a JPEG has at most 65,500 pixels a side, got {pixels8.shape[:2]}")
    image = _picture(pixels8, None)
    options = {"quality": quality, "subsampling": _subsampling(quality)} | _dpi(marks) | _icc(marks)
    try:
        return _save(image, "JPEG", optimize=True, **options)
    except OSError:
        # Optimised codes need the file in one buffer whose size Pillow guesses, and noise exceeds the guess.
        # With standard codes the same pixels take a few per cent more bytes and need no such buffer.
        return _save(image, "JPEG", **options)


def encode_tiff(pixels8: Pixels, alpha8: Pixels | None = None, marks: Marks = UNMARKED) -> bytes:
    """Colour or grey, and (H, W) -> TIFF: every value kept, alpha flagged as straight (ExtraSamples 2).

    LZW over differences: a ninth larger than Deflate over differences, in a sixth of the time.
    """
    options = _dpi(marks) | _icc(marks)
    image = _picture(pixels8, alpha8)
    return _save(image, "TIFF", compression="tiff_lzw", tiffinfo={_PREDICTOR: _DIFFERENCES}, **options)


def encode_bmp(rgb8: Pixels) -> bytes:
    """(H, W, 3) -> BMP: our own files on their way between two functions, where encoding would cost more time."""
    return _save(_picture(rgb8, None), "BMP")


def encode_grey(alpha8: Pixels) -> bytes:
    """(H, W) -> 8-bit grey PNG: a matte as a file. ``cutout.codec.decode_grey`` reads it."""
    return encode_png(alpha8)


def _picture(pixels8: Pixels, alpha8: Pixels | None) -> Image.Image:
    image = Image.fromarray(pixels8)
    if alpha8 is not None:
        image.putalpha(Image.fromarray(alpha8))
    return image


def _save(image: Image.Image, name: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


def _subsampling(quality: int) -> str:
    return "4:4:4" if quality >= 90 else "4:2:0"


def _dpi(marks: Marks) -> dict[str, object]:
    return {} if marks.dpi is None else {"dpi": (marks.dpi, marks.dpi)}


def _exif(marks: Marks) -> dict[str, object]:
    """Where a format has no place of its own for the resolution."""
    if marks.dpi is None:
        return {}
    exif = Image.Exif()
    exif[ExifTags.Base.XResolution] = exif[ExifTags.Base.YResolution] = float(marks.dpi)
    exif[ExifTags.Base.ResolutionUnit] = _INCH
    return {"exif": exif.tobytes()}


def _icc(marks: Marks) -> dict[str, object]:
    return {} if marks.icc is None else {"icc_profile": _srgb_profile()}


@cache
def _srgb_profile() -> bytes:
    """Little CMS's own sRGB, 588 bytes, without the second in which it was made."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[_PROFILE_DATE] = b"".join(number.to_bytes(2, "big") for number in (2000, 1, 1, 0, 0, 0))
    return bytes(profile)
