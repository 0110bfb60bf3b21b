"""Whatever kind of pixels a file brings -> sRGB with 8 bits, plus opacity."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

from cutout.errors import UnsupportedImage

_PROFILE_SPACES = {"RGB ": ("RGB", "RGBA"), "GRAY": ("L",), "CMYK": ("CMYK",)}


def to_srgb(image: Image.Image) -> tuple[Image.Image, list[str]]:
    """Any loaded picture -> one in mode L, LA, RGB or RGBA whose colours are sRGB, and notes on what was done."""
    profile = image.info.get("icc_profile")
    image, notes = _to_plain_mode(image)
    if profile:
        image, note = _apply_profile(image, profile)
        notes += note
    if image.mode == "CMYK":
        image = image.convert("RGB")
        notes.append("converted from CMYK without a profile: the colours are approximate")
    return image, notes


def _to_plain_mode(image: Image.Image) -> tuple[Image.Image, list[str]]:
    """-> L, LA, RGB, RGBA or CMYK with 8 bits."""
    if image.mode.startswith("I"):
        return _from_16_bits(image)
    if image.mode == "F":
        raise UnsupportedImage("Pictures of 32-bit floating-point numbers are not supported.")
    if image.mode == "LAB":
        return image.convert("RGB"), ["converted from CIELAB"]
    if image.mode in ("1", "L", "LA", "La"):
        wanted = "LA" if image.has_transparency_data else "L"
    elif image.mode == "CMYK":
        wanted = "CMYK"
    else:
        wanted = "RGBA" if image.has_transparency_data else "RGB"
    return (image if image.mode == wanted else image.convert(wanted)), []


def _from_16_bits(image: Image.Image) -> tuple[Image.Image, list[str]]:
    values = np.asarray(image)
    if values.min() < 0 or values.max() > 65535:
        raise UnsupportedImage("Pictures of 32-bit whole numbers are not supported.")
    nearest = ((np.arange(65536) + 128) // 257).astype(np.uint8)
    grey = Image.fromarray(nearest[values])
    key = image.info.get("transparency")
    if isinstance(key, int):
        grey.putalpha(Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8)))
    return grey, ["16 bits reduced to 8"]


def _apply_profile(image: Image.Image, profile: bytes) -> tuple[Image.Image, list[str]]:
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
    except OSError:
        return image, ["its ICC profile is broken and was ignored"]
    space = source.profile.xcolor_space
    alpha = image.getchannel("A") if image.mode == "LA" else None
    if image.mode == "LA":
        image = image.getchannel("L")
    if space == "RGB " and image.mode == "L":
        image = image.convert("RGB")
    if image.mode not in _PROFILE_SPACES.get(space, ()):
        return image, ["its ICC profile does not fit its pixels and was ignored"]
    target = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        transform = ImageCms.buildTransform(
            source,
            ImageCms.createProfile("sRGB"),
            image.mode,
            target,
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        converted = transform.apply(image)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image, ["its ICC profile is broken and was ignored"]
    if alpha:
        converted.putalpha(alpha)
    return converted, ["converted to sRGB with its ICC profile"]
