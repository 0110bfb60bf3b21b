"""A cutout becomes the files that a recipe asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cutout.codec import Limits, Photo
from cutout.encode import encode
from cutout.errors import CustomerError, NoSubject
from cutout.light import CAMERA, GRAPHIC, Mixing
from cutout.pipeline import Cutout
from cutout.recipe import Original, Output, Plain
from cutout.recipe.base import opacity8, rgb
from cutout.rendering.backgrounds import composite, on_sheer
from cutout.rendering.display import for_viewers
from cutout.rendering.ground import ground_under
from cutout.rendering.head import Head, find_head
from cutout.rendering.kept_shadow import kept
from cutout.rendering.outline import outlined
from cutout.rendering.own_ground import carried_on
from cutout.rendering.placement import Placement, unchanged
from cutout.rendering.resample import laid_out
from cutout.rendering.shading import shaded, under
from cutout.rendering.shadows import GRID
from cutout.rendering.soft import reduced
from cutout.rendering.subject import Subject, find_subject
from cutout.rendering.tone import matched
from cutout.rendering.wrap import wrapped
from cutout.staging.backgrounds import behind
from cutout.staging.checks import checked, wants_exact_white
from cutout.staging.layouts import placed_for
from cutout.staging.lengths import on_canvas
from cutout.staging.shadows import Shade, shade_of

Picture8 = NDArray[np.uint8]

TRACE = 8  # of 255: nobody sees it, and it leaves 251 to 254 of a white background


@dataclass(frozen=True, kw_only=True, eq=False)
class Scene:
    """What all outputs of a job are made from; nothing of it is computed twice."""

    photo: Photo
    cutout: Cutout
    subject: Subject
    backgrounds: Mapping[str, bytes]
    """the files of the background pictures, by their keys"""
    limits: Limits
    """of those files and their pictures"""

    @cached_property
    def head(self) -> Head | None:
        """The subject's head in the photograph, looked for when a first output asks."""
        return find_head(self.photo.rgb8, self.cutout.alpha8)

    @cached_property
    def stands(self) -> bool:
        """Whether the photograph shows the subject touching the ground somewhere."""
        return ground_under(reduced(self.cutout.alpha8, GRID)) is not None

    @cached_property
    def own_shade8(self) -> Picture8 | None:
        """The shadow in the photograph, shade8 of its size; None where its ground does not tell."""
        return kept(self.photo.rgb8, self.cutout.alpha8)


@dataclass(frozen=True, kw_only=True, eq=False)
class Rendered:
    """One output."""

    body: bytes
    width: int
    height: int
    foreground: tuple[int, int, int, int]
    """left, top, width and height of the subject's box in the file, in pixels"""
    encodes: int
    """how often it was encoded to find a file within its byte limits"""
    checks: dict[str, Any] | None
    """how it stands to the rules of its preset; None without one"""
    notes: tuple[str, ...]
    """what the customer may wonder about"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Stage:
    """A canvas with the subject on it: rgb8 (H, W, 3) and alpha8 (H, W), straight, and how its edges are mixed."""

    rgb8: Picture8
    alpha8: Picture8
    mixing: Mixing


def scene_of(photo: Photo, cutout: Cutout, backgrounds: Mapping[str, bytes], limits: Limits) -> Scene:
    """All that outputs are made from; raises NoSubject rather than let blank pictures be delivered."""
    subject = find_subject(cutout.alpha8)
    if subject is None:
        raise NoSubject(
            "No subject was found in the picture: nothing in it stands out from its background. Nothing was charged."
        )
    return Scene(photo=photo, cutout=cutout, subject=subject, backgrounds=backgrounds, limits=limits)


def render(scene: Scene, output: Output) -> Rendered:
    """One output file.

    Raises
    ------
    BadRecipe, BadBackground, SizeOutOfReach
        The picture cannot be laid out, laid over its background, or written as the output asks; the message begins
        with the output's name.
    """
    try:
        return _rendered(scene, output)
    except CustomerError as error:
        raise type(error)(f"Output {output.name!r}: {error}") from error


def _rendered(scene: Scene, output: Output) -> Rendered:
    placed = placed_for(scene, output)
    made = _staged(scene, output, placed.placement)
    encoded = encode(made.rgb8, made.file_alpha8, output.file_options())
    return Rendered(
        body=encoded.body,
        width=placed.placement.width,
        height=placed.placement.height,
        foreground=_box_of(scene.subject, placed.placement),
        encodes=encoded.encodes,
        checks=checked(scene, output, placed, made.subject8, encoded),
        notes=made.notes,
    )


def _box_of(subject: Subject, placement: Placement) -> tuple[int, int, int, int]:
    box = placement.seen(subject.box)
    return box.left, box.top, box.width, box.height


@dataclass(frozen=True, kw_only=True, eq=False)
class _Made:
    """The pixels of a file; None: it is opaque."""

    rgb8: Picture8
    file_alpha8: Picture8 | None
    subject8: Picture8
    """the subject's own matte on the canvas"""
    notes: tuple[str, ...] = ()


def _staged(scene: Scene, output: Output, placement: Placement) -> _Made:
    cutout = scene.cutout
    rgb8, alpha8 = _on_canvas(cutout, placement)
    if wants_exact_white(output):
        alpha8 = np.where(alpha8 <= TRACE, np.uint8(0), alpha8)
    stage = _bordered(Stage(rgb8=rgb8, alpha8=alpha8, mixing=cutout.mixing), output, scene.subject, placement)
    if isinstance(output.background, Original):  # its shadow is in the photograph
        return _Made(rgb8=_own(scene, stage, output, placement), file_alpha8=None, subject8=alpha8)
    shade = shade_of(scene, output, placement, stage.alpha8)
    notes = () if shade is None else shade.notes
    if output.transparent or output.sheer:
        rgb8, file_alpha8 = _transparent(stage, shade, output)
        return _Made(rgb8=rgb8, file_alpha8=file_alpha8, subject8=alpha8, notes=notes)
    background8 = behind(scene, output, placement)
    if shade is not None:
        background8 = shaded(background8, shade.shade8, shade.opacity)
    return _Made(rgb8=_lit(stage, background8, output), file_alpha8=None, subject8=alpha8, notes=notes)


def _on_canvas(cutout: Cutout, placement: Placement) -> tuple[Picture8, Picture8]:
    """Where nothing moves these are the cutout's own arrays, not copies: 200 MB at 50 megapixels."""
    if placement == unchanged(*cutout.alpha8.shape):
        return cutout.rgb8, cutout.alpha8
    return laid_out(cutout.rgb8, cutout.alpha8, placement, cutout.mixing)


def _own(scene: Scene, stage: Stage, output: Output, placement: Placement) -> Picture8:
    """The photograph on the canvas. Unmixing and mixing again would not give it back, so only an outline is laid on."""
    photo8, cutout = scene.photo.rgb8, scene.cutout
    if placement == unchanged(*photo8.shape[:2]):
        own8 = photo8
    else:
        own8 = carried_on(photo8, cutout.rgb8, cutout.alpha8, placement)
    return composite(stage.rgb8, stage.alpha8, own8, stage.mixing) if output.outline else own8


def _bordered(stage: Stage, output: Output, subject: Subject, placement: Placement) -> Stage:
    """With the outline that the output asks for."""
    if output.outline is None:
        return stage
    width = on_canvas(output.outline.width, subject, placement.scale)
    rgb8, alpha8 = outlined(stage.rgb8, stage.alpha8, width, rgb(output.outline.colour), stage.mixing)
    return replace(stage, rgb8=rgb8, alpha8=alpha8)


def _transparent(stage: Stage, shade: Shade | None, output: Output) -> tuple[Picture8, Picture8]:
    rgb8, alpha8 = stage.rgb8, stage.alpha8
    if output.alpha == "display" and stage.mixing is CAMERA:  # a drawing is shown right already
        rgb8, alpha8 = for_viewers(rgb8, alpha8)
    if shade is not None:
        # As viewers mix it: a shadow is wide; half of the light, taken as coverage, would look like three quarters.
        rgb8, alpha8 = under(rgb8, alpha8, shade.shade8, shade.opacity, GRAPHIC)
    if isinstance(output.background, Plain) and output.sheer:
        colour = output.background.colour
        rgb8, alpha8 = on_sheer(rgb8, alpha8, rgb(colour), opacity8(colour), stage.mixing)
    return rgb8, alpha8


def _lit(stage: Stage, background8: Picture8, output: Output) -> Picture8:
    """Over its background, in that background's light."""
    light = output.light
    rgb8 = matched(stage.rgb8, stage.alpha8, background8, light.tone)
    rgb8 = wrapped(rgb8, stage.alpha8, background8, light.wrap)
    return composite(rgb8, stage.alpha8, background8, stage.mixing)
