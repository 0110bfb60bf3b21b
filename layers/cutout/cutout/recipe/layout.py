"""Where the subject stands on its canvas, and which part of the photograph is looked at at all."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, Field, model_validator

from cutout.recipe.base import Position, Strict, lengths

MOST_CANVAS_PIXELS = 25_000_000
MOST_CANVAS_SIDE = 10_000


def _margins(text: str) -> str:
    parts = lengths(text)
    if len(parts) not in (1, 2, 4):
        raise ValueError(
            f"{text[:40]!r} has {len(parts)} lengths; allowed: one for all sides, two for top and bottom "
            "then left and right, or four from the top clockwise"
        )
    return text


def _rectangle(text: str) -> str:
    parts = lengths(text)
    if len(parts) != 4:
        raise ValueError(f"{text[:40]!r} is no rectangle; allowed: four lengths, left top right bottom")
    for near, far in ((parts[0], parts[2]), (parts[1], parts[3])):
        if near[1] == far[1] and near[0] >= far[0]:
            raise ValueError(
                f"{text[:60]!r} leaves nothing; allowed: left before right and top before bottom"
            )
    if any(unit == "%" and value > 100 for value, unit in parts):
        raise ValueError(f"{text[:60]!r} goes beyond the picture; allowed: 0% to 100%")
    return text


Margins = Annotated[str, AfterValidator(_margins)]
Roi = Annotated[str, AfterValidator(_rectangle)]
Side = Annotated[int, Field(ge=16, le=MOST_CANVAS_SIDE)]


class Fill(Strict):
    """How much of the canvas the subject takes: the share of one side that its box covers."""

    side: Literal["longest", "width", "height"] = "longest"
    """``longest``: of whichever side it comes nearest to filling"""
    share: Annotated[float, Field(gt=0, le=1)]


class Layout(Strict):
    """Where the subject stands.

    Without ``canvas`` and ``crop`` the result has the photograph's frame. ``crop`` cuts it to the subject with
    ``margin`` around. With ``canvas`` the frame is fitted into it; with ``crop`` the subject is, inside ``margin``;
    with ``fill`` the subject is, at that share. Without a canvas, ``fill`` is a share of the photograph's own frame,
    which ``crop`` then cuts to the subject.

    ``max_megapixels`` makes the photograph's frame smaller before anything else is done with it, so lengths in px are
    pixels of the result.
    """

    crop: bool = False
    margin: Margins | None = None
    """% is of the canvas, or of the subject where there is none; a crop's margin may reach beyond the frame"""
    canvas: tuple[Side, Side] | None = None
    """width and height in pixels"""
    fill: Fill | None = None
    enlarge: bool = True
    """whether a small subject may have more pixels than the photograph has of it"""
    max_megapixels: Annotated[float, Field(gt=0, le=100)] | None = None
    """of the photograph's frame in the result; a larger one is made smaller, a smaller one stays as it is"""
    position: Position | None = None
    """where what is left over goes: 0% left or top, 100% right or bottom; ``original``: shared out as around the
    subject in the photograph; left out, it is shared out evenly, and a subject in the photograph's own frame stays
    where it is"""
    glue: bool = True
    """a subject that the photograph's frame cuts stays at that edge of the canvas"""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.margin is not None and not (self.crop or self.fill):
            raise ValueError(
                f"margin is {self.margin!r} but nothing is cropped; allowed: margin with crop or fill"
            )
        if self.canvas is not None and self.max_megapixels is not None:
            raise ValueError(
                "canvas says how many pixels the result has, and max_megapixels too; allowed: one of the two"
            )
        if self.canvas is not None and self.canvas[0] * self.canvas[1] > MOST_CANVAS_PIXELS:
            raise ValueError(
                f"canvas is {self.canvas[0]:,} x {self.canvas[1]:,} pixels; allowed: at most "
                f"{MOST_CANVAS_PIXELS:,} in all"
            )
        return self


class Edge(Strict):
    """A correction of every edge, in pixels of the photograph: outward above 0, inward below; and how soft."""

    shift_px: Annotated[float, Field(ge=-10, le=10)] = 0.0
    feather_px: Annotated[float, Field(ge=0, le=50)] = 0.0


def merged(preset: dict[str, object], own: object) -> object:
    """A preset's layout with the fields that the customer gave."""
    if isinstance(own, BaseModel):
        own = own.model_dump()
    return preset | own if isinstance(own, dict) else own
