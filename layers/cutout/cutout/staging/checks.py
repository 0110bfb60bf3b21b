"""How a finished output stands to the rules of its preset."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cutout.byte_limit import Encoded
from cutout.compliance.delivered import Delivered, edges_touched
from cutout.compliance.fixes import Done, fixes_of
from cutout.compliance.inspection import inspect
from cutout.preset import load_preset
from cutout.recipe import Original, Output, Plain, Transparent
from cutout.rendering.head_crop import reached

if TYPE_CHECKING:
    from cutout.staging.layouts import Placed
    from cutout.staging.scene import Scene


def checked(
    scene: "Scene", output: Output, placed: "Placed", alpha8: NDArray[np.uint8], encoded: Encoded
) -> dict[str, Any] | None:
    """The compliance report, ready for JSON; None for an output without a preset. alpha8 is the matte on the canvas."""
    if output.preset is None:
        return None
    delivered = Delivered(
        body=encoded.body,
        alpha8=alpha8,
        enlargement=placed.placement.scale,
        cut_edges=edges_touched(scene.cutout.alpha8),
        background_unaltered=isinstance(output.background, Original) and _is_covered(scene, placed),
        fixes=fixes_of(_done(output, placed, encoded)),
    )
    return inspect(delivered, load_preset(output.preset)).as_json()


def _is_covered(scene: "Scene", placed: "Placed") -> bool:
    """Whether all of the canvas is photograph: what lies beyond its frame is made up."""
    return len(reached(placed.placement, scene.cutout.alpha8.shape)) == 4


def wants_exact_white(output: Output) -> bool:
    """Whether somebody will count the pixels of the background that are 255, 255, 255."""
    if output.preset is None or output.background != Plain(colour="#ffffff"):
        return False
    return any(rule.measure.startswith("white_") for rule in load_preset(output.preset).rules)


def _done(output: Output, placed: "Placed", encoded: Encoded) -> Done:
    layout, placement = output.layout, placed.placement
    arranged = layout.crop or layout.canvas is not None
    return Done(
        canvas=(placement.height, placement.width) if arranged else None,
        fill=layout.fill.share if layout.fill and not placed.by_head else None,
        centred=arranged and layout.position in (None, "50%") and not placed.by_head,
        head_placed=placed.by_head,
        background=_in_words(output),
        quality_asked=None if encoded.quality is None else output.quality,
        quality_used=encoded.quality,
        limit_bytes=_limit(output, encoded),
        dpi=output.dpi,
        format=output.format,
    )


def _limit(output: Output, encoded: Encoded) -> int | None:
    """That for which the quality was lowered, or raised."""
    raised = encoded.quality is not None and encoded.quality > output.quality
    return output.min_bytes if raised else output.max_bytes


def _in_words(output: Output) -> str | None:
    match output.background:
        case Plain(colour="#ffffff"):
            return "white, and opacity under 3 % cleared" if wants_exact_white(output) else "white"
        case Plain(colour=colour):
            return colour
        case Original() | Transparent():
            return None
        case other:
            return other.kind
