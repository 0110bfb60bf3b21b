"""Where an output's subject stands."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from cutout.preset import load_preset
from cutout.recipe import Original, Output
from cutout.recipe.base import lengths, place
from cutout.rendering import layout as arranging
from cutout.rendering.head_crop import HeadTarget, crop_for, reached
from cutout.rendering.placement import Placement, unchanged, within
from cutout.rendering.subject import Side, Subject, solid_box
from cutout.staging.lengths import on_canvas
from cutout.staging.shadows import room_of

if TYPE_CHECKING:
    from cutout.staging.scene import Scene

ALL_SIDES: frozenset[Side] = frozenset({"top", "right", "bottom", "left"})


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Where the photograph lies on the output's canvas."""

    placement: Placement
    by_head: bool = False
    """scaled and moved by the estimated head"""


def placed_for(scene: "Scene", output: Output) -> Placed:
    """The canvas and where the photograph lies on it.

    Raises
    ------
    BadRecipe
        Margins that leave nothing, or a canvas beyond the limit.
    """
    frame = scene.cutout.alpha8.shape
    by_head = _by_head(scene, output)
    if by_head is not None:
        return Placed(placement=by_head, by_head=True)
    wanted = _arranged(scene, output)
    if wanted is None:
        return Placed(placement=unchanged(*frame))
    subject, most = _measured(scene, output), scene.limits.max_pixels
    placement = arranging.place(subject, frame, wanted, most)
    if _nothing_added(output):
        return Placed(placement=within(placement, frame))
    if placement.scale > 1 and not output.layout.enlarge:
        placement = arranging.place(subject, frame, replace(wanted, size="original"), most)
    return Placed(placement=placement)


def _measured(scene: "Scene", output: Output) -> Subject:
    """The subject as a share of the canvas is measured: by what is at least half opaque.

    Else a few hairs would make a subject small, and a marketplace counts what one sees.
    """
    visible = scene.subject.box
    solid = solid_box(scene.cutout.alpha8[visible.slices]) if output.layout.fill else None
    if solid is None:
        return scene.subject
    return replace(scene.subject, box=solid.moved(visible.top, visible.left))


def _by_head(scene: "Scene", output: Output) -> Placement | None:
    """Around the head, where the preset asks for that and the head is found.

    A photograph's own background has to reach everywhere. Before a new one, the photograph has to reach beyond the
    canvas only where its frame cuts the subject; where it does not, the cut would show.
    """
    rules = load_preset(output.preset).head if output.preset else None
    if rules is None or output.layout.canvas is None or scene.head is None:
        return None
    canvas, frame = (output.layout.canvas[1], output.layout.canvas[0]), scene.cutout.alpha8.shape
    own_ground = isinstance(output.background, Original)
    covered = ALL_SIDES if own_ground else scene.subject.cut
    placement = crop_for(scene.head, HeadTarget(**rules.model_dump()), canvas, frame, covered)
    if placement is not None and not covered <= reached(placement, frame):
        return None
    return placement


def _nothing_added(output: Output) -> bool:
    """An identity photo on its own ground is a crop and nothing else, also where the head would want more room."""
    return (
        isinstance(output.background, Original)
        and output.preset is not None
        and load_preset(output.preset).head is not None
    )


def _arranged(scene: "Scene", output: Output) -> arranging.Layout | None:
    """The layout in the terms of ``rendering``; None where the photograph's frame stays as it is."""
    asked = output.layout
    if not asked.crop and asked.fill is None and asked.canvas is None:
        return None if asked.position is None else _moved(asked.position)
    by_subject = asked.crop or asked.fill is not None
    canvas: tuple[int, int] | Literal["reference", "frame"] = "reference" if asked.crop else "frame"
    if asked.canvas is not None:
        canvas = asked.canvas[1], asked.canvas[0]
    return arranging.Layout(
        reference="subject" if by_subject else "frame",
        canvas=canvas,
        size=arranging.Fill(share=asked.fill.share, side=asked.fill.side) if asked.fill else "contain",
        margins=_margins(scene, output),
        align=place(asked.position or "50%"),
        glue=asked.glue,
    )


def _moved(position: str) -> arranging.Layout:
    """Within the photograph's own frame, at its own size."""
    return arranging.Layout(reference="subject", canvas="frame", size="original", align=place(position))


def _margins(scene: "Scene", output: Output) -> arranging.Margins:
    """Those that were asked for; else, on a canvas that follows the subject, what its shadow and outline need."""
    asked = output.layout
    if asked.margin is not None:
        parts = [arranging.Length(value=value, unit=unit) for value, unit in lengths(asked.margin)]
        top, right, bottom, left = {1: parts * 4, 2: parts * 2, 4: parts}[len(parts)]
        return arranging.Margins(top=top, right=right, bottom=bottom, left=left)
    if asked.canvas is not None or not asked.crop:
        return arranging.Margins()
    room = room_of(scene, output)
    border = 0 if output.outline is None else int(on_canvas(output.outline.width, scene.subject, 1)) + 2
    pixels = {
        side: arranging.Length(value=getattr(room, side) + border)
        for side in ("top", "right", "bottom", "left")
    }
    return arranging.Margins(**pixels)
