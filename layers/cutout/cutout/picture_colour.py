"""Whatever kind of pixels a file brings -> sRGB with 8 bits, straight opacity beside it."""

from io import BytesIO

import numpy as np
from PIL import Image, ImageCms
from PIL.ImageFile import ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from cutout.errors import DamagedImage, UnsupportedImage

# An ICC profile's colour space -> the modes whose pixels it can describe. Grey counts as R = G = B.
_MODES_OF_SPACE = {"RGB ": ("RGB", "RGBA", "L"), "GRAY": ("L",), "CMYK": ("CMYK",)}

_STEPS = np.linspace(0, 255, 9).astype(np.uint8)
_PROBES = {
    "L": np.arange(256, dtype=np.uint8)[None],
    "RGB": np.stack(np.meshgrid(_STEPS, _STEPS, _STEPS), axis=-1).reshape(1, -1, 3),
}

_PHOTOMETRIC, _BITS_PER_SAMPLE = 262, 258  # TIFF tags
_WHITE_IS_ZERO = 0


def has_16_bits(image: ImageFile) -> bool:
    """Whether a file, not yet decoded, has more than 8 bits per channel. AVIF does not tell."""
    rawmodes = [tile.args if isinstance(tile.args, str) else (tile.args or [""])[0] for tile in image.tile]
    return image.mode.startswith("I") or any(";16" in str(rawmode) for rawmode in rawmodes)


def to_srgb(image: ImageFile) -> tuple[Image.Image, list[str]]:
    """A decoded picture -> one in mode L, LA, RGB or RGBA with sRGB colours, and notes for the customer.

    Pillow keeps the high byte of 16-bit colour; 16-bit grey is rounded here, v / 257. CMYK with a profile is
    converted relative to paper white with black point compensation, so that paper is 255 and ink can be 0.

    Raises:
        UnsupportedImage: whole numbers outside 0..65535.
        DamagedImage: a palette picture without a palette.
    """
    profile = image.info.get("icc_profile") if image.mode != "LAB" else None  # CIELAB needs none
    plain, notes = _to_plain_mode(image)
    if isinstance(profile, bytes) and profile:
        plain, note = _apply_profile(plain, profile)
        notes += [note] if note else []
    if plain.mode == "CMYK":
        plain = plain.convert("RGB")
        notes.append("converted from CMYK without a usable profile: its colours are approximate")
    return plain, notes


def as_written(image: ImageFile) -> tuple[Image.Image, list[str]]:
    """As ``to_srgb`` for numbers that are no colours: a profile would change them."""
    image.info.pop("icc_profile", None)
    return to_srgb(image)


def _to_plain_mode(image: ImageFile) -> tuple[Image.Image, list[str]]:
    """-> L, LA, RGB, RGBA or CMYK with 8 bits."""
    if image.mode.startswith("I"):
        return _grey_from_16_bits(image), []
    if image.mode == "P" and image.palette is None:
        raise DamagedImage("The picture's palette is missing.")
    transparent = _has_transparency(image)
    if image.mode in ("1", "L", "LA", "La"):
        wanted = "LA" if transparent else "L"
    elif image.mode == "CMYK":
        wanted = "CMYK"
    else:
        wanted = "RGBA" if transparent else "RGB"
    notes = ["converted from CIELAB"] if image.mode == "LAB" else []
    return (image if image.mode == wanted else image.convert(wanted)), notes


def _has_transparency(image: ImageFile) -> bool:
    """Also repairs what a PNG may put in the place of its transparent colour."""
    key = image.info.get("transparency")
    if isinstance(key, str):  # a text chunk with this name
        del image.info["transparency"]
    elif isinstance(key, bytes):
        image.info["transparency"] = key[:256]
    elif isinstance(key, tuple) and max(key) > 255:  # of 16 bits, like the pixels once were
        image.info["transparency"] = tuple(value >> 8 for value in key)
    return image.has_transparency_data


def _grey_from_16_bits(image: ImageFile) -> Image.Image:
    values, full_scale, white = np.asarray(image), 65535, 255
    if isinstance(image, TiffImageFile):
        if image.tag_v2.get(_BITS_PER_SAMPLE) == (12,):
            full_scale = 4095
        if image.mode == "I;16" and image.tag_v2.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
            white = 0  # Pillow turns this round for 8 bits, not for 16
    if values.min() < 0 or values.max() > 65535:
        raise UnsupportedImage("Pictures of 32-bit whole numbers are not supported.")
    nearest = np.rint(np.abs(255 - white - np.arange(65536) / full_scale * 255)).clip(0, 255)
    grey = Image.fromarray(nearest.astype(np.uint8)[values])
    key = image.info.get("transparency")
    if isinstance(key, int):
        grey.putalpha(Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8)))
    return grey


def _apply_profile(image: Image.Image, profile: bytes) -> tuple[Image.Image, str]:
    """Returns the picture as it is, with a note, when the profile is of no use."""
    if image.mode == "LA":
        grey, note = _apply_profile(image.getchannel("L"), profile)
        grey.putalpha(image.getchannel("A"))
        return grey, note
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        space = source.profile.xcolor_space
        if image.mode not in _MODES_OF_SPACE.get(space, ()):
            return image, "its ICC profile does not fit its pixels and was ignored"
        if space == "RGB " and image.mode == "L":
            image = image.convert("RGB")
        if _changes_nothing(source, image.mode.removesuffix("A")):
            return image, ""
        return _transformed(image, source), "converted to sRGB with its ICC profile"
    except (OSError, UnicodeDecodeError, ImageCms.PyCMSError):
        return image, "its ICC profile is broken and was ignored"


def describes_srgb(profile: ImageCms.ImageCmsProfile) -> bool:
    """Whether a profile of RGB or grey pixels does what sRGB does, within one level. May raise PyCMSError."""
    mode = {"RGB ": "RGB", "GRAY": "L"}.get(profile.profile.xcolor_space)
    return mode is not None and _changes_nothing(profile, mode)


def _changes_nothing(source: ImageCms.ImageCmsProfile, mode: str) -> bool:
    """Whether it is sRGB, by what it does, not by its name: there are many names, and some lie."""
    if mode not in _PROBES:
        return False
    probe = _PROBES[mode]
    result = np.asarray(_to_srgb_transform(source, mode, "RGB").apply(Image.fromarray(probe)))
    expected = probe if mode == "RGB" else probe[..., None]
    return bool(np.abs(result.astype(np.int16) - expected).max() <= 1)


def _transformed(image: Image.Image, source: ImageCms.ImageCmsProfile) -> Image.Image:
    target = "RGBA" if image.mode == "RGBA" else "RGB"
    transform = _to_srgb_transform(source, image.mode, target)
    return transform.apply_in_place(image) if image.mode == target else transform.apply(image)


def _to_srgb_transform(
    source: ImageCms.ImageCmsProfile, mode: str, target: str
) -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(
        source,
        ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")),
        mode,
        target,
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
