"""What a result's file is: its format, and what was asked of it. No pixels and no Pillow here, so recipes can ask.

A wish that a format cannot fulfil is refused when the options are made, before any work is queued.
"""

from dataclasses import dataclass
from typing import Literal

from cutout.errors import BadRecipe

Channels = Literal["rgba", "alpha"]
Format = Literal["png", "webp", "jpeg", "avif", "tiff", "zip"]
Icc = Literal["srgb"]

MOST_DPI = 9999


@dataclass(frozen=True, kw_only=True)
class FileFormat:
    """What a format can hold."""

    extension: str
    content_type: str
    most_pixels_a_side: int
    most_pixels: int
    """in all: what its encoder needs for more does not fit beside the picture into compose's memory"""
    lossy: bool
    """``quality`` means something, so a byte limit can be searched for."""
    transparent: bool


_NO_LIMIT = 2**31 - 1

# fmt: off
FORMATS: dict[Format, FileFormat] = {
    "png": FileFormat(extension="png", content_type="image/png",
                      most_pixels_a_side=_NO_LIMIT, most_pixels=_NO_LIMIT, lossy=False, transparent=True),
    "webp": FileFormat(extension="webp", content_type="image/webp",
                       most_pixels_a_side=16_383, most_pixels=45_000_000, lossy=True, transparent=True),
    "jpeg": FileFormat(extension="jpg", content_type="image/jpeg",
                       most_pixels_a_side=65_500, most_pixels=_NO_LIMIT, lossy=True, transparent=False),
    # The format says 65,536; libavif, with which browsers read, opens no more than this.
    "avif": FileFormat(extension="avif", content_type="image/avif",
                       most_pixels_a_side=32_768, most_pixels=30_000_000, lossy=True, transparent=True),
    "tiff": FileFormat(extension="tif", content_type="image/tiff",
                       most_pixels_a_side=_NO_LIMIT, most_pixels=_NO_LIMIT, lossy=False, transparent=True),
    # color.jpg and alpha.png: quality and sides are the JPEG's.
    "zip": FileFormat(extension="zip", content_type="application/zip",
                      most_pixels_a_side=65_500, most_pixels=_NO_LIMIT, lossy=True, transparent=True),
}
# fmt: on


@dataclass(frozen=True, kw_only=True)
class FileOptions:
    """How one result is written. Raises BadRecipe, naming the field, the value and what is allowed."""

    format: Format = "png"
    channels: Channels = "rgba"
    """``rgba``: colours, with their opacity if it is given; ``alpha``: the opacity alone, as a grey picture"""
    quality: int = 90
    """1 to 100, of a lossy format; the highest that is used unless ``at_least_bytes`` asks for more"""
    dpi: int | None = None
    """Pixels per inch that the file claims; None: it claims none."""
    icc: Icc | None = None
    """The colour profile inside the file; None: none, which every viewer takes for sRGB."""
    at_least_bytes: int | None = None
    at_most_bytes: int | None = None

    def __post_init__(self) -> None:
        if self.format not in FORMATS:
            raise BadRecipe(f"format is {self.format!r}; allowed: {', '.join(FORMATS)}.")
        _check_range("quality", self.quality, 100)
        _check_range("dpi", self.dpi, MOST_DPI)
        _check_range("at_least_bytes", self.at_least_bytes, None)
        _check_range("at_most_bytes", self.at_most_bytes, None)
        self._check_limits()
        self._check_channels()

    def _check_limits(self) -> None:
        least, most = self.at_least_bytes, self.at_most_bytes
        if least is not None and most is not None and least > most:
            raise BadRecipe(f"at_least_bytes is {least:,} and at_most_bytes is {most:,}: no file is both.")

    def _check_channels(self) -> None:
        if self.channels == "alpha" and self.icc is not None:
            raise BadRecipe(
                f"icc {self.icc!r} is not possible with channels 'alpha': opacity has no colour space; "
                "leave icc out."
            )


def check_sides(name: Format, height: int, width: int) -> None:
    """Raises BadRecipe if a picture has more pixels than the format can say, or than fit into compose's memory."""
    if _holds(FORMATS[name], height, width):
        return
    found, others = FORMATS[name], [other for other, kept in FORMATS.items() if _holds(kept, height, width)]
    limit = f"{found.most_pixels_a_side:,} pixels a side"
    if found.most_pixels != _NO_LIMIT:
        limit += f" and {found.most_pixels / 1e6:g} megapixels"
    raise BadRecipe(
        f"A {name} has at most {limit}, and the picture has {width:,} x {height:,} pixels; "
        f"allowed here: {', '.join(others)}, or fewer pixels."
    )


def _holds(kept: FileFormat, height: int, width: int) -> bool:
    return max(height, width) <= kept.most_pixels_a_side and height * width <= kept.most_pixels


def _check_range(field: str, value: int | None, most: int | None) -> None:
    if value is None or (value >= 1 and (most is None or value <= most)):
        return
    allowed = "at least 1" if most is None else f"from 1 to {most:,}"
    raise BadRecipe(f"{field} is {value:,}; allowed: {allowed}.")
