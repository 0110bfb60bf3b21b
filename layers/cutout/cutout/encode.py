"""A finished picture -> a result's file in the format, with the marks and of the size that were asked for."""

from collections.abc import Callable
from functools import partial
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from cutout.byte_limit import CURVES, Encoded, within
from cutout.errors import SizeOutOfReach
from cutout.extended_colour import extended
from cutout.file_options import FORMATS, FileOptions, Format, check_sides
from cutout.picture_encoders import (
    Marks,
    encode_avif,
    encode_jpeg,
    encode_png,
    encode_tiff,
    encode_webp,
)

__all__ = ["Encoded", "FileOptions", "encode"]

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # a ZIP knows no earlier one
_UNIX, _READABLE = 3, 0o100644 << 16


def encode(rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8] | None, options: FileOptions) -> Encoded:
    """rgb8 (H, W, 3) and alpha8 (H, W), straight, to a file; without alpha8 the picture is opaque.

    With channels ``alpha`` the file is the opacity alone, in a ZIP as ``color.jpg`` with a solid ``alpha.png``. A ZIP's
    colours are carried on under alpha 0, so the colours
    have to be the subject's own already. The same arrays and options give the same bytes.

    Raises
    ------
    BadRecipe
        The picture has more pixels on a side than the format can hold.
    SizeOutOfReach
        No quality gives a file within the byte limits; of a lossless format there is only one.
    ValueError
        Soft pixels for a format that cannot hold them: our own fault, a background was forgotten.
    """
    check_sides(options.format, *rgb8.shape[:2])
    marks = Marks(dpi=options.dpi, icc=options.icc)
    if options.channels == "alpha":
        colours8, alpha8 = _or_opaque(alpha8, rgb8), None
    else:
        colours8 = rgb8
    if not FORMATS[options.format].lossy:
        body = (encode_png if options.format == "png" else encode_tiff)(colours8, alpha8, marks)
        return _checked(body, options)
    return within(
        _lossy(options.format, colours8, alpha8, marks),
        at_least=options.at_least_bytes,
        at_most=options.at_most_bytes,
        quality=options.quality,
        curve=CURVES["jpeg" if options.format == "zip" else options.format],
    )


def _lossy(
    name: Format, pixels8: NDArray[np.uint8], alpha8: NDArray[np.uint8] | None, marks: Marks
) -> Callable[[int], bytes]:
    """From a quality to a file. What does not depend on the quality is done once."""
    if name == "zip":
        colour8 = pixels8 if alpha8 is None else extended(pixels8, alpha8)
        return partial(_zip, colour8, encode_png(_or_opaque(alpha8, pixels8), marks=_only_dpi(marks)), marks)
    if name == "webp":
        return lambda quality: encode_webp(pixels8, alpha8, quality, marks)
    if name == "avif":
        return lambda quality: encode_avif(pixels8, alpha8, quality, marks)
    if alpha8 is not None:
        raise ValueError("a JPEG has no opacity: lay the cutout over a background first")
    return lambda quality: encode_jpeg(pixels8, quality, marks)


def _zip(colour8: NDArray[np.uint8], alpha_file: bytes, marks: Marks, quality: int) -> bytes:
    """Both are compressed already, so they are only stored."""
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for name, body in (("color.jpg", encode_jpeg(colour8, quality, marks)), ("alpha.png", alpha_file)):
            entry = ZipInfo(name, _FIRST_DAY)
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            archive.writestr(entry, body)
    return out.getvalue()


def _checked(body: bytes, options: FileOptions) -> Encoded:
    most = options.at_most_bytes
    if most is not None and len(body) > most:
        raise SizeOutOfReach(
            f"At most {most:,} bytes are allowed; the file has {len(body):,}, and a {options.format} keeps every "
            "value, so its quality cannot be lowered. Allow more bytes, make the picture smaller, or choose "
            "webp or avif (jpeg, if it is opaque)."
        )
    return Encoded(body=body, quality=None, encodes=1)


def _or_opaque(alpha8: NDArray[np.uint8] | None, rgb8: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.full(rgb8.shape[:2], 255, np.uint8) if alpha8 is None else alpha8


def _only_dpi(marks: Marks) -> Marks:
    """Opacity has no colour space."""
    return Marks(dpi=marks.dpi)
