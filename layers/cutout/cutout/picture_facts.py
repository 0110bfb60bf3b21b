"""What an encoded file says of itself: how its pixels are stored, not what they show."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageCms
from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from cutout.picture_colour import describes_srgb, has_16_bits
from cutout.picture_file import Limits, open_picture

_MODES = {
    "1": "bilevel",
    "L": "grey",
    "LA": "grey-alpha",
    "La": "grey-alpha",
    "I": "grey",
    "I;16": "grey",
    "I;16B": "grey",
    "P": "palette",
    "PA": "palette",
    "RGB": "rgb",
    "RGBX": "rgb",
    "RGBA": "rgba",
    "RGBa": "rgba",
    "CMYK": "cmyk",
    "YCbCr": "ycbcr",
    "LAB": "lab",
}
_COLOUR_SPACE, _SRGB = 0xA001, 1  # EXIF
_EXIF_BLOCK = 0x8769


@dataclass(frozen=True, kw_only=True)
class FileFacts:
    """From the header and the metadata, before any turning: our own files need none."""

    format: str
    """jpeg, png, webp, tiff, bmp, gif or avif"""
    width: int
    height: int
    mode: str
    """rgb, rgba, grey, grey-alpha, palette, bilevel, cmyk, ycbcr or lab; a JPEG's YCbCr counts as rgb"""
    bits: int
    """a channel: 1, 8 or 16"""
    colour_space: str
    """srgb, untagged or other; an ICC profile is judged by what it does, within one level of 255"""
    dpi: float
    """the smaller of both directions, to a tenth; 0 when the file states none"""


def read_facts(data: bytes, limits: Limits) -> FileFacts:
    """Read the header of a file. Raises what ``cutout.codec.decode`` raises, if a header can tell."""
    name, image = open_picture(data, limits)
    return FileFacts(
        format=name.lower(),
        width=image.width,
        height=image.height,
        mode=_MODES.get(image.mode, image.mode),
        bits=1 if image.mode == "1" else 16 if has_16_bits(image) else 8,
        colour_space=_colour_space(image),
        dpi=_dpi(image),
    )


def _colour_space(image: ImageFile) -> str:
    profile = image.info.get("icc_profile")
    if isinstance(profile, bytes) and profile:
        return "srgb" if _is_srgb(profile) else "other"
    # Pillow's PNG reader has the chunk's rendering intent under this name; Pillow's own getexif would decode a PNG.
    tagged = (
        "srgb" in image.info or Image.Image.getexif(image).get_ifd(_EXIF_BLOCK).get(_COLOUR_SPACE) == _SRGB
    )
    return "srgb" if tagged else "untagged"


def _is_srgb(profile: bytes) -> bool:
    try:
        return describes_srgb(ImageCms.ImageCmsProfile(BytesIO(profile)))
    except (OSError, UnicodeDecodeError, ImageCms.PyCMSError):
        return False


def _dpi(image: ImageFile) -> float:
    """A TIFF's default of one pixel per inch, and a JFIF density without a unit, state nothing."""
    if isinstance(image, TiffImageFile) and 282 not in image.tag_v2:
        return 0.0
    stated = image.info.get("dpi")
    return round(float(min(stated)), 1) if isinstance(stated, tuple) else 0.0
