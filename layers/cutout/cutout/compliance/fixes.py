"""What was done on the way to meet the rules, in words: the report's ``fix``."""

from dataclasses import dataclass

from cutout.rule_words import Measure


@dataclass(frozen=True, kw_only=True)
class Done:
    """What the renderer did to one output. None where it did nothing of the kind."""

    canvas: tuple[int, int] | None = None
    """(height, width) that was laid out"""
    fill: float | None = None
    """the subject's box as a share of the canvas, where it was scaled to one"""
    centred: bool = False
    head_placed: bool = False
    """scaled and moved by ``rendering.head_crop``"""
    background: str | None = None
    """the new background in words: ``white``, ``#e9edf2``"""
    quality_asked: int | None = None
    quality_used: int | None = None
    """with ``quality_asked``: both None where the format has no quality"""
    limit_bytes: int | None = None
    """that the quality was searched for"""
    dpi: int | None = None
    format: str | None = None
    """that was chosen by the preset"""


_OF_CANVAS: tuple[Measure, ...] = ("width", "height", "longest_side", "shortest_side", "megapixels", "aspect")
_OF_FILL: tuple[Measure, ...] = ("fill", "fill_width", "fill_height")
_OF_HEAD: tuple[Measure, ...] = ("head_height", "crown_margin", "eye_line", "head_centring")
_OF_GROUND: tuple[Measure, ...] = (
    *("white_background", "white_apart", "white_border"),
    *("background_lightness", "background_chroma", "background_evenness"),
)


def fixes_of(done: Done) -> dict[Measure, str]:
    """Words for every measure on which something was done; a report takes those of its rules."""
    words: list[tuple[tuple[Measure, ...], str | None]] = [
        (_OF_CANVAS, done.canvas and f"laid out on {done.canvas[1]:,} x {done.canvas[0]:,} pixels"),
        (_OF_FILL, None if done.fill is None else f"scaled to {done.fill:.3g} of the frame"),
        (("centring", "centring_x"), "moved to the middle" if done.centred else None),
        (_OF_HEAD, "scaled and moved by the estimated head" if done.head_placed else None),
        (_OF_GROUND, done.background and f"the background was replaced by {done.background}"),
        (("format",), done.format and f"written as {done.format}"),
        (("dpi",), None if done.dpi is None else f"{done.dpi} dpi written into the file"),
        (("bytes", "compression"), _of_quality(done)),
    ]
    return {measure: said for measures, said in words if said for measure in measures}


def _of_quality(done: Done) -> str | None:
    if done.quality_asked is None or done.quality_used is None or done.quality_used == done.quality_asked:
        return None
    way = "lowered" if done.quality_used < done.quality_asked else "raised"
    limit = "" if done.limit_bytes is None else f" for the limit of {done.limit_bytes:,} bytes"
    return f"quality {way} from {done.quality_asked} to {done.quality_used}{limit}"
