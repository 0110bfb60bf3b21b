"""Where an output's subject stands."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cutout.preset import load_preset
from cutout.recipe import Layout, Original, Output
from cutout.recipe.base import lengths, place
from cutout.rendering import layout as arranging
from cutout.rendering.head_crop import HeadTarget, crop_for, reached
from cutout.rendering.placement import Box, Placement, reduced, unchanged, within
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
    whole = _whole(output.layout, *frame)
    wanted = _arranged(scene, output)
    placement = whole if wanted is None else _laid(scene, output, whole, wanted)
    if wanted is not None and _nothing_added(output):
        return Placed(placement=within(placement, frame))
    if wanted is not None and placement.scale > 1 and not output.layout.enlarge:
        placement = _laid(scene, output, whole, replace(wanted, size="original"))
    if _cut_out(output.layout):
        placement = _cropped(scene, output, placement)
    return Placed(placement=placement)


def _whole(asked: Layout, height: int, width: int) -> Placement:
    """The photograph's frame, made smaller where a limit says so."""
    if asked.max_megapixels is None:
        return unchanged(height, width)
    return reduced(height, width, asked.max_megapixels * 1e6)


def _laid(scene: "Scene", output: Output, whole: Placement, wanted: arranging.Layout) -> Placement:
    subject = _measured(scene, output)
    inside = replace(subject, box=whole.seen(subject.box))
    return whole.then(arranging.place(inside, (whole.height, whole.width), wanted, scene.limits.max_pixels))


def _cropped(scene: "Scene", output: Output, placement: Placement) -> Placement:
    """The canvas cut to the subject, as large as it stands there, with its margins."""
    there = replace(scene.subject, box=placement.seen(scene.subject.box))
    wanted = arranging.Layout(
        reference="subject", margins=_margins(scene, output, placement.scale), glue=output.layout.glue
    )
    frame = placement.height, placement.width
    return placement.then(arranging.place(there, frame, wanted, scene.limits.max_pixels))


def _measured(scene: "Scene", output: Output) -> Subject:
    """The subject as a share of a canvas of its own is measured: by what is at least half opaque.

    Else a few hairs would make a subject small, and a marketplace counts what one sees. In the photograph's own frame
    all that is visible counts, so that a share of all of it loses no hair.
    """
    visible = scene.subject.box
    by_solid = output.layout.fill is not None and output.layout.canvas is not None
    solid = solid_box(scene.cutout.alpha8[visible.slices]) if by_solid else None
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
    """The layout in the terms of ``rendering``, before a crop without canvas; None where the frame stays as it is."""
    asked = output.layout
    align = _align(asked.position, scene.subject.box, scene.cutout.alpha8.shape)
    if asked.canvas is None and asked.fill is None:
        moved = (
            asked.position is not None and not asked.crop
        )  # cut to the subject, there is nowhere else to be
        here = arranging.Layout(
            reference="subject", canvas="frame", size="original", align=align, glue=asked.glue
        )
        return here if moved else None
    return arranging.Layout(
        reference="subject" if asked.crop or asked.fill else "frame",
        canvas="frame" if asked.canvas is None else (asked.canvas[1], asked.canvas[0]),
        size=arranging.Fill(share=asked.fill.share, side=asked.fill.side) if asked.fill else "contain",
        margins=arranging.Margins() if _cut_out(asked) else _margins(scene, output, 1),
        align=align,
        glue=asked.glue,
    )


def _cut_out(asked: Layout) -> bool:
    """Whether the canvas follows from the subject."""
    return asked.crop and asked.canvas is None


def _align(position: str | None, box: Box, frame: tuple[int, ...]) -> tuple[float, float]:
    """Shares of what is left over above and to the left of the subject."""
    if position != "original":
        return place(position or "50%")
    free = frame[0] - box.height, frame[1] - box.width
    return (box.top / free[0] if free[0] else 0.5, box.left / free[1] if free[1] else 0.5)


def _margins(scene: "Scene", output: Output, scale: float) -> arranging.Margins:
    """Those that were asked for; else, on a canvas that follows the subject, what its shadow and outline need there."""
    asked = output.layout
    if asked.margin is not None:
        parts = [arranging.Length(value=value, unit=unit) for value, unit in lengths(asked.margin)]
        top, right, bottom, left = {1: parts * 4, 2: parts * 2, 4: parts}[len(parts)]
        return arranging.Margins(top=top, right=right, bottom=bottom, left=left)
    if not _cut_out(asked):
        return arranging.Margins()
    room = room_of(scene, output, scale)
    border = 0 if output.outline is None else int(on_canvas(output.outline.width, scene.subject, scale)) + 2
    pixels = {
        side: arranging.Length(value=getattr(room, side) + border)
        for side in ("top", "right", "bottom", "left")
    }
    return arranging.Margins(**pixels)
