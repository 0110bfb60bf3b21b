"""The picture that an output wants behind its subject."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cutout.codec import Limits, Photo, decode_small, read_header
from cutout.errors import BadBackground, CustomerError
from cutout.recipe import Blur, Image, Linear, Output, Plain, Radial
from cutout.recipe.backgrounds import Stop as AskedStop
from cutout.recipe.base import length, place, rgb
from cutout.rendering.blur import lens_blurred
from cutout.rendering.gradients import Stop, linear_gradient, radial_gradient
from cutout.rendering.pictures import filling, fitting, tiling
from cutout.rendering.placement import Placement

if TYPE_CHECKING:
    from cutout.staging.scene import Scene

Picture8 = NDArray[np.uint8]


def behind(scene: "Scene", output: Output, placement: Placement) -> Picture8:
    """What lies behind the subject, rgb8 of the canvas's size.

    Raises
    ------
    BadBackground
        Its picture cannot be read.
    """
    background, (height, width) = output.background, (placement.height, placement.width)
    match background:
        case Plain():
            return np.broadcast_to(np.array(rgb(background.colour), np.uint8), (height, width, 3))
        case Linear():
            return linear_gradient(height, width, background.angle_degrees, _stops(background.stops))
        case Radial():
            radius = length(background.radius)[0] / 100
            return radial_gradient(height, width, place(background.centre), radius, _stops(background.stops))
        case Blur():
            radius = length(background.radius)[0] / 100
            return lens_blurred(scene.photo.rgb8, scene.cutout.rgb8, scene.cutout.alpha8, radius, placement)
        case Image():
            return _laid(_picture(scene, background, max(height, width)).rgb8, background, height, width)
        case _:
            raise ValueError(f"nothing lies behind a background of kind {background.kind!r}")


def check_background(key: str, body: bytes, limits: Limits) -> None:
    """Refuse a background picture by its header; raises BadBackground."""
    try:
        read_header(body, limits)
    except CustomerError as error:
        raise _unusable(key, error) from error


def _picture(scene: "Scene", background: Image, canvas_side: int) -> Photo:
    enough = 2**31 if background.fit == "tile" else canvas_side  # tiles keep their own size
    try:
        return decode_small(scene.backgrounds[background.key], scene.limits, enough)
    except CustomerError as error:
        raise _unusable(background.key, error) from error


def _laid(rgb8: Picture8, background: Image, height: int, width: int) -> Picture8:
    match background.fit:
        case "fill":
            return filling(rgb8, height, width, place(background.focal))
        case "fit":
            return fitting(rgb8, height, width, rgb(background.colour), place(background.focal))
        case "tile":
            return tiling(rgb8, height, width)


def _stops(stops: tuple[AskedStop, ...]) -> tuple[Stop, ...]:
    return tuple(Stop(position=stop.at, colour=rgb(stop.colour)) for stop in stops)


def _unusable(key: str, error: CustomerError) -> BadBackground:
    return BadBackground(f"The background picture {key!r} cannot be used. {error}")
