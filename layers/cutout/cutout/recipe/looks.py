"""How the subject sits in its new place: shadow, light, outline. A word stands for a shadow with its usual values."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from cutout.recipe.base import Colour, Length, Share, Strict, kind_tag


class NoShadow(Strict):
    """None."""

    kind: Literal["none"] = "none"


class Keep(Strict):
    """The photograph's own shadow, where the ground it falls on is plain enough to tell one from the other."""

    kind: Literal["keep"] = "keep"
    opacity: Share = 1.0


class Drop(Strict):
    """Of something that floats before a wall or lies flat. Lengths in % are of the subject's longer side."""

    kind: Literal["drop"] = "drop"
    opacity: Share = 0.4
    softness: Length = "2%"
    offset: Length = "2.5%"
    light_degrees: Annotated[float, Field(ge=-360, le=360)] = 315.0
    """where the light comes from: 0 is above, 90 from the right"""


class Contact(Strict):
    """Where the subject touches the ground."""

    kind: Literal["contact"] = "contact"
    opacity: Share = 0.6
    softness: Length = "2%"


class Cast(Strict):
    """Thrown onto the ground by a light."""

    kind: Literal["cast"] = "cast"
    opacity: Share = 0.45
    softness: Length = "3%"
    light_degrees: Annotated[float, Field(ge=-360, le=360)] = 315.0
    """where the light comes from, seen from above: 0 is behind the subject, 90 from the right"""
    height_degrees: Annotated[float, Field(ge=10, le=80)] = 40.0
    """how high the light stands above the ground"""


class Light(Strict):
    """The new background's light on the subject: ``wrap`` over its edges, ``tone`` for its exposure and blacks."""

    wrap: Share = 0.0
    tone: Share = 0.0


class Outline(Strict):
    """A border all around, as of a sticker. A width in % is of the subject's longer side."""

    width: Length = "2%"
    colour: Colour = "#ffffff"


def _written_out(value: Any) -> Any:
    return {"kind": value} if isinstance(value, str) else value


Shadow = Annotated[
    Annotated[NoShadow, Tag("kind:none")]
    | Annotated[Keep, Tag("kind:keep")]
    | Annotated[Drop, Tag("kind:drop")]
    | Annotated[Contact, Tag("kind:contact")]
    | Annotated[Cast, Tag("kind:cast")],
    Discriminator(kind_tag),
    BeforeValidator(_written_out),
]
