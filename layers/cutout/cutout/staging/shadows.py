"""The shadow that an output asks for."""

from dataclasses import dataclass
from math import cos, radians, sin
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cutout.errors import BadRecipe
from cutout.light import CAMERA
from cutout.recipe import Cast, Contact, Drop, Keep, Output
from cutout.rendering.cast_shadow import Light, cast, cast_room
from cutout.rendering.placement import Placement
from cutout.rendering.resample import laid_out
from cutout.rendering.shadows import Room, contact, contact_room, drop, drop_room
from cutout.rendering.subject import Subject
from cutout.staging.lengths import on_canvas

if TYPE_CHECKING:
    from cutout.staging.scene import Scene

NO_ROOM = Room(top=0, right=0, bottom=0, left=0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Shade:
    """How much of the light is taken where: shade8 (H, W) of the canvas, times ``opacity``."""

    shade8: NDArray[np.uint8]
    opacity: float

    @property
    def notes(self) -> tuple[str, ...]:
        """What the customer may wonder about."""
        if self.shade8.any():
            return ()
        return ("there is no shadow: nothing of the subject stands on ground that the canvas shows",)


def shade_of(scene: "Scene", output: Output, placement: Placement, alpha8: NDArray[np.uint8]) -> Shade | None:
    """The shadow of what stands on the canvas, ``alpha8`` (H, W); None without one.

    Raises
    ------
    BadRecipe
        The photograph's own shadow is wanted, and its ground is not plain enough to tell.
    """
    shadow, scale = output.shadow, placement.scale
    match shadow:
        case Keep():
            own8 = scene.own_shade8
            if own8 is None:
                raise BadRecipe(
                    "shadow 'keep' needs a plain ground that the shadow falls on, and this photograph's is not; "
                    "allowed here: none, drop, contact or cast."
                )
            nothing8 = np.broadcast_to(np.uint8(0), (*own8.shape, 3))
            _, shade8 = laid_out(nothing8, own8, placement, CAMERA)
        case Contact():
            shade8 = contact(alpha8, on_canvas(shadow.softness, scene.subject, scale))
        case Drop():
            offset = _offset(scene.subject, shadow, scale)
            shade8 = drop(alpha8, offset, on_canvas(shadow.softness, scene.subject, scale))
        case Cast():
            shade8 = cast(alpha8, _light(shadow), on_canvas(shadow.softness, scene.subject, scale))
        case _:
            return None
    return Shade(shade8=shade8, opacity=shadow.opacity)


def room_of(scene: "Scene", output: Output, scale: float) -> Room:
    """How much room the shadow needs beside the subject's box, where the photograph is ``scale`` times as large."""
    shadow, subject = output.shadow, scene.subject
    glued = output.layout.glue and "bottom" in subject.cut
    if glued and isinstance(shadow, Contact | Cast) and not scene.stands:
        return NO_ROOM
    match shadow:
        case Contact():
            return contact_room(on_canvas(shadow.softness, subject, scale))
        case Drop():
            return drop_room(_offset(subject, shadow, scale), on_canvas(shadow.softness, subject, scale))
        case Cast():
            height, softness = scale * subject.box.height, on_canvas(shadow.softness, subject, scale)
            return cast_room(_light(shadow), height, softness)
        case _:
            return NO_ROOM


def _offset(subject: Subject, shadow: Drop, scale: float) -> tuple[float, float]:
    """Rows and columns away from the light."""
    far, angle = on_canvas(shadow.offset, subject, scale), radians(shadow.light_degrees)
    return far * cos(angle), -far * sin(angle)


def _light(shadow: Cast) -> Light:
    return Light(azimuth_degrees=shadow.light_degrees, elevation_degrees=shadow.height_degrees)
