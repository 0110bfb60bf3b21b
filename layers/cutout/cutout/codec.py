"""Bytes <-> arrays: the one door for pictures, and the only modules beside ``picture_*`` that know Pillow."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image
from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from cutout.errors import BadMatte, CustomerError
from cutout.picture_colour import as_written, has_16_bits, to_srgb
from cutout.picture_encoders import encode_bmp, encode_grey, encode_jpeg, encode_png, encode_webp
from cutout.picture_file import BROKEN, Limits, load_pixels, open_picture

__all__ = [
    "Header",
    "Kernel",
    "Limits",
    "Photo",
    "decode",
    "decode_grey",
    "decode_matte",
    "decode_small",
    "encode_bmp",
    "encode_grey",
    "encode_jpeg",
    "encode_png",
    "encode_webp",
    "read_header",
    "resize",
    "to_uint8",
    "to_unit",
]

Kernel = Literal["box", "bilinear", "bicubic", "lanczos"]
Value = TypeVar("Value", np.uint8, np.float32)

_KERNELS = {
    "box": Image.Resampling.BOX,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}

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
class Header:
    """What the file says of itself before any pixel is decoded."""

    format: str
    """JPEG, PNG, WEBP, TIFF, BMP, GIF or AVIF; a phone's MPO counts as JPEG."""
    width: int
    """In pixels, as the viewer sees it: after EXIF orientation."""
    height: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Photo:
    """A decoded picture: upright, sRGB, 8 bits."""

    rgb8: NDArray[np.uint8]
    """(H, W, 3), sRGB"""
    alpha8: NDArray[np.uint8] | None
    """(H, W) when the file brought transparency that is not all 255"""
    header: Header
    notes: tuple[str, ...]
    """What was done that the customer may want to know."""


def read_header(data: bytes, limits: Limits) -> Header:
    """Check a file without decoding its pixels. Raises what ``decode`` raises, if a header can tell."""
    name, image = open_picture(data, limits)
    width, height = image.size
    if (_orientation(image) or 1) >= 5:
        width, height = height, width
    return Header(format=name, width=width, height=height)


def decode(data: bytes, limits: Limits) -> Photo:
    """Decode a customer's file; its header has the size of ``rgb8``.

    Raises:
        EmptyFile, TooManyBytes, TooManyPixels: see ``limits``; before any pixel is decoded.
        NotAnImage: none of the formats that are read.
        DamagedImage: truncated or corrupt.
        UnsupportedImage: zero-sized, or pixels without a meaning as a photograph (32-bit float, say).
    """
    return _decode(data, limits, None)


def decode_small(data: bytes, limits: Limits, enough: int) -> Photo:
    """As ``decode``, for a copy whose sides need not have more than ``enough`` pixels.

    A large JPEG is decoded at 1/2, 1/4 or 1/8 of its size, in half the time; both its sides keep at least
    ``enough`` pixels. The header has the whole picture's size, whatever the size of ``rgb8``.
    """
    return _decode(data, limits, enough)


def to_unit(levels8: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Levels as shares of 255: float32 in [0, 1], any shape, kept."""
    return levels8.astype(np.float32) / np.float32(255)


def to_uint8(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Map [0, 1] to 0..255, clipped, to the nearest step: the only way out of float. NaN is not allowed."""
    scaled = np.clip(values, 0, 1) * np.float32(255)
    np.rint(scaled, out=scaled)
    return scaled.astype(np.uint8)


def resize(
    array: NDArray[Value],
    height: int,
    width: int,
    kernel: Kernel = "lanczos",
    box: tuple[float, float, float, float] | None = None,
) -> NDArray[Value]:
    """Resample uint8 (H, W) or (H, W, 3), or float32 (H, W) or (H, W, C); the dtype is kept.

    ``box`` is the part of the source that is resampled: (top, left, bottom, right) in source pixels,
    fractions allowed. Float results may overshoot the input's range with bicubic and lanczos.
    """
    if array.ndim == 3 and not (array.dtype == np.uint8 and array.shape[2] == 3):
        planes = [resize(array[..., i], height, width, kernel, box) for i in range(array.shape[2])]
        return np.stack(planes, axis=-1)
    top, left, bottom, right = box or (0, 0, *array.shape[:2])
    image = Image.fromarray(array)
    return np.array(image.resize((width, height), _KERNELS[kernel], (left, top, right, bottom)))


def decode_grey(data: bytes) -> NDArray[np.uint8]:
    """The inverse of ``encode_grey``. It reads our own files, so anything else is our fault: ValueError."""
    try:
        name, image = open_picture(data, Limits(max_bytes=len(data), max_pixels=2**31))
        load_pixels(image, data)
    except CustomerError as error:
        raise ValueError(f"no matte of ours: {error}") from error
    if name != "PNG" or image.mode != "L":
        raise ValueError(f"a matte is an 8-bit grey PNG, got {name} in mode {image.mode}")
    return np.array(image)


def decode_matte(data: bytes, limits: Limits) -> NDArray[np.uint8]:
    """A customer's matte as alpha8: its transparency if it has any, else its grey, both as they stand in the file.

    Raises what ``decode`` raises, and BadMatte for an opaque picture with colours.
    """
    _, upright, _ = _decode_upright(data, limits, None, as_written)
    rgb8, alpha8 = _to_arrays(upright)
    if alpha8 is not None:
        return alpha8
    if (rgb8 != rgb8[..., :1]).any():
        raise BadMatte("The corrected matte has colours; allowed: grey, or a picture with transparency.")
    return np.ascontiguousarray(rgb8[..., 0])


def _decode(data: bytes, limits: Limits, enough: int | None) -> Photo:
    header, upright, notes = _decode_upright(data, limits, enough, to_srgb)
    rgb8, alpha8 = _to_arrays(upright)
    return Photo(rgb8=rgb8, alpha8=alpha8, header=header, notes=tuple(notes))


def _decode_upright(
    data: bytes,
    limits: Limits,
    enough: int | None,
    to_plain: Callable[[ImageFile], tuple[Image.Image, list[str]]],
) -> tuple[Header, Image.Image, list[str]]:
    """A function of its own so that the file's reader, and its copies of the pixels, are gone afterwards."""
    name, image = open_picture(data, limits)
    notes = [*_notes_on_depth(image), *_notes_on_frames(image)]
    width, height = image.size
    load_pixels(image, data, enough)
    orientation = _orientation(image)
    if orientation is None:
        notes.append("its EXIF data is broken and was ignored")
    plain, more_notes = to_plain(image)
    upright = plain.transpose(_TURNS[orientation]) if orientation in _TURNS else plain
    if (orientation or 1) >= 5:
        width, height = height, width
    return Header(format=name, width=width, height=height), upright, notes + more_notes


def _orientation(image: ImageFile) -> int | None:
    """The EXIF orientation, 1 to 8; None if the EXIF is broken. Pillow turns a TIFF itself, so that is 1."""
    if isinstance(image, TiffImageFile):
        return 1
    try:
        exif = Image.Image.getexif(image)  # not the override of PNG, which decodes the pixels
        value = exif.get(ExifTags.Base.Orientation, 1)
    except BROKEN:
        return None
    return value if value in range(1, 9) else 1


def _notes_on_depth(image: ImageFile) -> list[str]:
    return ["16 bits reduced to 8"] if has_16_bits(image) else []


def _notes_on_frames(image: ImageFile) -> list[str]:
    """Frames are counted only where the header has the number: a hostile GIF or TIFF may list millions."""
    try:
        if image.format in ("GIF", "TIFF"):
            return ["first of several frames"] if getattr(image, "is_animated", False) else []
    except BROKEN:
        return []  # the second frame is broken, and it is not ours to read
    frames = getattr(image, "n_frames", 1)
    return [f"first of {frames} frames"] if frames > 1 else []


def _to_arrays(image: Image.Image) -> tuple[NDArray[np.uint8], NDArray[np.uint8] | None]:
    """L, LA, RGB or RGBA -> colour and opacity. In bands: Pillow's export briefly holds everything twice."""
    width, height = image.size
    rgb8 = np.empty((height, width, 3), np.uint8)
    alpha8 = np.empty((height, width), np.uint8) if image.mode in ("LA", "RGBA") else None
    rows = max(1, 2**20 // width)
    for top in range(0, height, rows):
        bottom = min(top + rows, height)
        band = np.asarray(image.crop((0, top, width, bottom)))
        if band.ndim == 2:
            band = band[..., None]
        colours = band.shape[2] if alpha8 is None else band.shape[2] - 1
        rgb8[top:bottom] = band[..., :colours]
        if alpha8 is not None:
            alpha8[top:bottom] = band[..., -1]
    if alpha8 is not None and alpha8.min() == 255:
        alpha8 = None
    return rgb8, alpha8
