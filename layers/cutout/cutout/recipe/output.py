"""One file to make from the cutout."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from cutout.errors import UnknownPreset
from cutout.file_options import FORMATS, MOST_DPI, FileFormat, FileOptions, Format
from cutout.preset import load_preset
from cutout.recipe.backgrounds import Background, Original, Plain, Transparent
from cutout.recipe.base import Strict
from cutout.recipe.layout import Layout, merged
from cutout.recipe.looks import Keep, Light, NoShadow, Outline, Shadow

AVIF_QUALITY = 75  # its scale is another one: this looks like 90 of the others


class Output(Strict):
    """One file to make from the cutout.

    A ``preset`` gives the values of every field that is left out. ``background`` is transparent where the format can
    carry that, else white. ``channels`` ``alpha`` makes a grey file of the opacity alone.

    ``alpha`` says what a transparent file's alpha is: ``coverage`` is how much of a pixel the subject covers, right
    wherever light is mixed; ``display`` is fitted to viewers that blend as encoded, and right nowhere else.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")] = "cutout"
    preset: str | None = None
    format: Format = "png"
    channels: Literal["rgba", "alpha"] = "rgba"
    alpha: Literal["coverage", "display"] = "coverage"
    background: Background = Transparent()
    shadow: Shadow = NoShadow()
    light: Light = Light()
    outline: Outline | None = None
    layout: Layout = Layout()
    quality: Annotated[int, Field(ge=1, le=100, strict=True)] = 90
    min_bytes: Annotated[int, Field(ge=1, strict=True)] | None = None
    max_bytes: Annotated[int, Field(ge=500, strict=True)] | None = None
    dpi: Annotated[int, Field(ge=1, le=MOST_DPI, strict=True)] | None = None
    icc: Literal["none", "srgb"] = "none"

    @model_validator(mode="before")
    @classmethod
    def _with_what_its_preset_says(cls, fields: Any) -> Any:
        """The customer's own fields win; of ``layout`` each of its fields counts for itself."""
        if not isinstance(fields, dict):
            return fields
        name = fields.get("preset")
        if isinstance(name, str):
            fields = _preset_fields(name, fields) | fields | {"layout": _layout(name, fields)}
        kept = _known(fields.get("format"))
        if kept is not None and not kept.transparent and fields.get("background") is None:
            fields = fields | {"background": "white"}
        if fields.get("format") == "avif" and fields.get("quality") is None:
            fields = fields | {"quality": AVIF_QUALITY}
        return {field: value for field, value in fields.items() if value is not None or field in _MAY_BE_NONE}

    @model_validator(mode="after")
    def _a_jpeg_is_opaque(self) -> Self:
        if not FORMATS[self.format].transparent and self.transparent and self.channels == "rgba":
            raise ValueError(
                f"background 'transparent' is not possible in a {self.format}; allowed: a background, or another format"
            )
        return self

    @model_validator(mode="after")
    def _nor_lets_a_jpeg_light_through(self) -> Self:
        if (
            not FORMATS[self.format].transparent
            and isinstance(self.background, Plain)
            and self.background.sheer
        ):
            raise ValueError(
                f"background {self.background.colour!r} lets light through, which a {self.format} cannot; "
                "allowed: a colour without opacity, or another format"
            )
        return self

    @model_validator(mode="after")
    def _only_a_transparent_file_has_alpha(self) -> Self:
        if self.transparent:
            return self
        if self.alpha == "display":
            raise ValueError(
                f"alpha 'display' is not possible in a {self.format} with a background; allowed: alpha 'coverage', "
                "or background 'transparent'"
            )
        if self.channels == "alpha":
            raise ValueError(
                "channels 'alpha' is of the subject alone and takes no background; allowed: background 'transparent'"
            )
        return self

    @model_validator(mode="after")
    def _opacity_alone_is_grey(self) -> Self:
        """Also what the file's own options refuse is said here, before any work is queued."""
        if self.channels == "alpha" and self.icc != "none":
            raise ValueError(
                "channels 'alpha' has no colours, so icc 'srgb' is not possible; allowed: icc 'none'"
            )
        return self

    @model_validator(mode="after")
    def _only_a_background_gives_light(self) -> Self:
        dark = self.sheer or isinstance(self.background, Transparent | Original)
        if dark and (self.light.wrap or self.light.tone):
            raise ValueError(
                "light needs a new background that it comes from; allowed: light with an opaque background"
            )
        return self

    @model_validator(mode="after")
    def _the_own_background_has_its_own_shadow(self) -> Self:
        if isinstance(self.background, Original) and not isinstance(self.shadow, NoShadow | Keep):
            raise ValueError(
                f"shadow {self.shadow.kind!r} is not possible on background 'original', which is left as it is; "
                "allowed: shadow 'none' or 'keep', or another background"
            )
        return self

    @model_validator(mode="after")
    def _only_a_lossy_file_can_be_made_smaller(self) -> Self:
        asked = (
            "max_bytes" if self.max_bytes is not None else "min_bytes" if self.min_bytes is not None else None
        )
        if asked and not FORMATS[self.format].lossy:
            lossy = ", ".join(name for name, kept in FORMATS.items() if kept.lossy)
            raise ValueError(
                f"{asked} is not possible in a {self.format}, which keeps every value; allowed: {lossy}"
            )
        if self.min_bytes and self.max_bytes and self.min_bytes >= self.max_bytes:
            raise ValueError(
                f"min_bytes is {self.min_bytes:,} and max_bytes {self.max_bytes:,}; allowed: min_bytes below max_bytes"
            )
        return self

    @property
    def transparent(self) -> bool:
        """Whether nothing lies behind the subject."""
        return isinstance(self.background, Transparent)

    @property
    def sheer(self) -> bool:
        """Whether what lies behind the subject lets light through."""
        return isinstance(self.background, Plain) and self.background.sheer

    @property
    def file_name(self) -> str:
        """The result's file name, as it stands below the source's key."""
        return f"{self.name}.{FORMATS[self.format].extension}"

    @property
    def content_type(self) -> str:
        """What the file is, as HTTP says it."""
        return FORMATS[self.format].content_type

    def file_options(self) -> FileOptions:
        """How the file is written."""
        return FileOptions(
            format=self.format,
            channels=self.channels,
            quality=self.quality,
            dpi=self.dpi,
            icc=None if self.icc == "none" else self.icc,
            at_least_bytes=self.min_bytes,
            at_most_bytes=self.max_bytes,
        )


_MAY_BE_NONE = {"preset", "outline", "min_bytes", "max_bytes", "dpi"}


def _known(name: Any) -> FileFormat | None:
    """What is sent as a format may be anything; what is none is refused by its field."""
    return FORMATS[name] if isinstance(name, str) and name in FORMATS else None


def _preset_fields(name: str, own: dict[str, Any]) -> dict[str, Any]:
    try:
        fields = {"name": name, **load_preset(name).output}
    except UnknownPreset as error:
        raise ValueError(str(error).rstrip(".")) from error
    kept = _known(own.get("format"))
    if kept is not None and not kept.lossy:
        fields = {field: value for field, value in fields.items() if not field.endswith("_bytes")}
    if own.get("background") in (
        "original",
        {"kind": "original"},
    ):  # nothing is laid over the photograph's own
        fields.pop("shadow", None)
    return fields


def _layout(name: str, fields: dict[str, Any]) -> Any:
    return merged(load_preset(name).output.get("layout", {}), fields.get("layout", {}))
