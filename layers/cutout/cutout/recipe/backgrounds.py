"""What lies behind the subject. A word stands for the kinds that need nothing more."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, field_validator, model_validator

from cutout.recipe.base import NAMED_COLOURS, Colour, Place, Share, SheerColour, Strict, kind_tag, opacity8

KINDS = ("transparent", "colour", "linear", "radial", "image", "blur", "original")
_WORDS = ("transparent", "blur", "original")


class Transparent(Strict):
    """Nothing: the file has an alpha channel."""

    kind: Literal["transparent"] = "transparent"


class Plain(Strict):
    """One colour; with an opacity behind it, as in ``#rrggbbaa``, the file stays as transparent as that leaves it."""

    kind: Literal["colour"] = "colour"
    colour: SheerColour

    @property
    def sheer(self) -> bool:
        """Whether light comes through."""
        return opacity8(self.colour) < 255


class Stop(Strict):
    """A colour and where on the gradient it stands: 0 is the beginning, 1 the end."""

    at: Share
    colour: Colour


class Gradient(Strict):
    """What the two gradients share."""

    stops: Annotated[tuple[Stop, ...], Field(min_length=2, max_length=8)]

    @field_validator("stops")
    @classmethod
    def _one_after_the_other(cls, stops: tuple[Stop, ...]) -> tuple[Stop, ...]:
        places = [stop.at for stop in stops]
        if places != sorted(places):
            raise ValueError(f"they stand at {', '.join(map(str, places))}; allowed: in rising order")
        return stops


class Linear(Gradient):
    """From one side to the other; 0 degrees points up, 90 to the right, as in CSS."""

    kind: Literal["linear"] = "linear"
    angle_degrees: Annotated[float, Field(ge=-360, le=360)] = 180.0


class Radial(Gradient):
    """From a point outward; a radius of 100 % is half the diagonal: from the middle it reaches the corners."""

    kind: Literal["radial"] = "radial"
    centre: Place = "50%"
    radius: Annotated[str, Field(pattern=r"^\d{1,3}(\.\d+)?%$")] = "100%"


class Image(Strict):
    """A picture of yours: by its ``key`` in the source bucket, or by the ``url`` that it is fetched from, once.

    ``fill`` covers the canvas and keeps ``focal`` in sight, ``fit`` shows all of the picture on ``colour``, ``tile``
    repeats it at its own size.
    """

    kind: Literal["image"] = "image"
    key: Annotated[str, Field(max_length=900)] = ""
    url: Annotated[str, Field(max_length=2000)] = ""
    fit: Literal["fill", "fit", "tile"] = "fill"
    focal: Place = "50%"
    colour: Colour = "#ffffff"

    @model_validator(mode="after")
    def _lies_in_one_place(self) -> Self:
        if bool(self.key) == bool(self.url):
            raise ValueError(
                f"it has {'both key and' if self.key else 'neither key nor'} url; allowed: exactly one of them"
            )
        return self


class Blur(Strict):
    """The photograph's own background, out of focus; ``radius`` is a share of the frame's diagonal."""

    kind: Literal["blur"] = "blur"
    radius: Annotated[str, Field(pattern=r"^\d(\.\d+)?%$")] = "2%"


class Original(Strict):
    """The photograph's own background as it is."""

    kind: Literal["original"] = "original"


def _written_out(value: Any) -> Any:
    """``"white"`` and its like as the object they stand for."""
    if not isinstance(value, str):
        return value
    if value in _WORDS:
        return {"kind": value}
    if value in NAMED_COLOURS or re.fullmatch("#[0-9a-fA-F]*", value):
        return {"kind": "colour", "colour": value}
    raise ValueError(
        f"{value[:40]!r} is not a background; allowed: transparent, white, black, #rrggbb, #rrggbbaa, original, blur, "
        f"or an object with a kind of {', '.join(KINDS)}"
    )


Background = Annotated[
    Annotated[Transparent, Tag("kind:transparent")]
    | Annotated[Plain, Tag("kind:colour")]
    | Annotated[Linear, Tag("kind:linear")]
    | Annotated[Radial, Tag("kind:radial")]
    | Annotated[Image, Tag("kind:image")]
    | Annotated[Blur, Tag("kind:blur")]
    | Annotated[Original, Tag("kind:original")],
    Discriminator(kind_tag),
    BeforeValidator(_written_out),
]
