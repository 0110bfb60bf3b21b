"""Signatures and scans: ink taken off its paper, with its true opacity and its own colour.

A pixel of ink is a K + (1 - a) P as encoded, K the ink's and P the paper's colour there (``paper``, ``inks``), so a is
the projection of what is missing from the paper on P - K; where two inks meet, both shares are solved for. What is
ink is decided by hysteresis (Canny, 1986): a connected part is kept if something in it is clearly ink, with all that
is a little of it around.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize, to_uint8
from cutout.matting.components import Parts, connected
from cutout.matting.graphic import Graphic
from cutout.matting.inks import Inks, colour_of, cover, inks_of
from cutout.matting.paper import Paper, at_full_size, paper_of
from cutout.matting.region import Mask, grow, strips_of_positions
from cutout.matting.rules import on_grid, with_rules

_NOISE = 3.5  # standard deviations that no paper reaches in a mean
_LEAST_LEVELS = 3.0
_STRIP = 1 << 18
_SAMPLE = 400_000  # pixels from which the inks' colours are read
_LEAST_DARKER, _NOISE_TIMES = 16, 1.5  # levels, and times the paper's noise, that ink is darker than paper
_SEED, _WEAK = 0.35, 0.07  # opacities: clearly ink, and a little of it
_OFF_LINE = 0.25  # on a printed line
_SPECK = 1.5  # cells' areas of what is clearly ink: less is no dot of a pen
_ALONE = 6  # widths of a stroke between a dot and the writing that it belongs to, at most
_RIM = 3  # pixels of colour around the ink: what a viewer's resampling can reach
_GLIMPSE = 26  # levels of the network's matte: with less than that it has seen nothing
_AROUND = 3  # cells: so far from what the network sees is ink
_SEEN = 0.25  # of a piece of writing is within that reach
_AS_DARK, _DARKEST = 0.7, 0.9  # of the ink that is seen, at that quantile: another stroke of the same pen
_CLOSE = 0.5  # of the writing's height: so far above and below it

Picture8 = NDArray[np.uint8]
Floats = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Page:
    rgb8: Picture8
    paper8: Picture8
    """(H, W, 3), with its lines"""
    wide: Mask
    """(H, W): may be ink"""


def ink_cutout(rgb8: Picture8, coarse8: Picture8 | None) -> Graphic:
    """The ink of a picture (H, W, 3): dark or coloured strokes on lighter paper.

    ``coarse8`` is a network's matte, alpha8 of any size stretched over the frame: strokes of which it sees nothing
    are dropped. None where the picture holds nothing but paper. A picture without ink gives an empty alpha.
    """
    paper = paper_of(rgb8)
    bare8 = resize(paper.rgb8, rgb8.shape[0], rgb8.shape[1], "bilinear")
    paper8 = with_rules(paper, bare8, rgb8)
    if paper8 is not bare8:
        paper = replace(paper, rgb8=on_grid(paper8, paper))
    hot = _hot(paper) if coarse8 is None else _seen(paper, _hot(paper), coarse8)
    if not hot.any():
        return Graphic(rgb8=np.zeros_like(rgb8), alpha8=np.zeros(rgb8.shape[:2], np.uint8))
    page = _Page(rgb8=rgb8, paper8=paper8, wide=at_full_size(hot, rgb8.shape[:2]))
    found = _measure(page, inks_of(paper, hot))
    alpha8 = _kept(found.alpha8, _changed(bare8, paper8), paper)
    colours8 = found.rgb8
    colours8[page.wide & ~grow(alpha8 > 0, _RIM)] = 0
    return Graphic(rgb8=colours8, alpha8=alpha8)


def _hot(paper: Paper) -> Mask:
    """The cells of the sheet that may hold ink, and their neighbours."""
    lost = (paper.rgb8.astype(np.int16) - paper.cells8).max(2)
    inside = lost[paper.sheet]
    if inside.size == 0:
        return np.zeros_like(paper.sheet)
    spread = 1.5 * np.median(np.abs(inside - np.median(inside)))
    hot: Mask = paper.sheet & (lost > max(_LEAST_LEVELS, _NOISE * float(spread)))
    return np.asarray(grow(hot, 2) & paper.sheet, np.bool_)


def _seen(paper: Paper, hot: Mask, coarse8: Picture8) -> Mask:
    """Those connected parts of ``hot`` of which the network sees a good deal; all, if it sees nothing anywhere.

    And what lies close to them and is as dark: networks overlook the stroke under a signature.
    """
    matte8 = resize(coarse8, hot.shape[0], hot.shape[1], "box")
    near = grow(matte8 >= max(_GLIMPSE, int(matte8.max()) // 2), _AROUND)
    parts = connected(hot)
    hits = np.bincount(parts.part, near.ravel()[parts.pixels], parts.count)
    kept = hits >= _SEEN * parts.sizes
    if not kept.any():
        return hot
    of_kept = kept[parts.part]
    lost8 = (paper.rgb8.astype(np.int16) - paper.cells8).max(2).ravel()[parts.pixels]
    darkest = np.zeros(parts.count, np.int16)
    np.maximum.at(darkest, parts.part, lost8)
    as_dark = darkest >= _AS_DARK * np.quantile(lost8[of_kept], _DARKEST)
    kept |= as_dark & parts.holds(_close_to(parts.pixels[of_kept], hot.shape)[parts.pixels])
    seen = np.zeros(hot.size, np.bool_)
    seen[parts.pixels[kept[parts.part]]] = True
    return seen.reshape(hot.shape)


def _close_to(pixels: NDArray[np.intp], shape: tuple[int, ...]) -> Mask:
    """(h * w,) the box around some cells, and ``_CLOSE`` of its height more above and below."""
    rows, columns = np.divmod(pixels, shape[1])
    more = _CLOSE * (rows.max() - rows.min() + 1)
    near = np.zeros(shape, np.bool_)
    near[
        max(0, round(rows.min() - more)) : round(rows.max() + more) + 1, columns.min() : columns.max() + 1
    ] = True
    return near.ravel()


def _measure(page: _Page, inks: Inks) -> Graphic:
    """Opacity and the ink's colour of every pixel of the page that may hold ink."""
    alpha8, colours8 = np.zeros(page.wide.shape, np.uint8), np.zeros_like(page.rgb8)
    which8, other8 = at_full_size(inks.which, alpha8.shape), at_full_size(inks.other, alpha8.shape)
    colours, darker = _colours(page, which8, inks.directions)
    wide = page.wide & (darker >= max(_LEAST_DARKER, _NOISE_TIMES * _noise(page)))[which8]
    for y, x in strips_of_positions(wide, _STRIP):
        ground = page.paper8[y, x].astype(np.float32)
        missing = ground - page.rgb8[y, x]
        alpha, colour = cover(ground, missing, colours, (which8[y, x], other8[y, x]))
        alpha8[y, x] = to_uint8(alpha)
        colours8[y, x] = np.rint(colour).astype(np.uint8)
    return Graphic(rgb8=colours8, alpha8=alpha8)


def _noise(page: _Page) -> float:
    """How much brighter than the paper its brightest thousandth is, in levels: no ink is."""
    size = page.wide.size
    at = np.arange(0, size, max(1, size // _SAMPLE))
    seen, ground = page.rgb8.reshape(-1, 3)[at], page.paper8.reshape(-1, 3)[at]
    return float(np.quantile((seen.astype(np.int16) - ground).max(1), 0.999))


def _colours(page: _Page, which8: Picture8, directions: Floats) -> tuple[Floats, Floats]:
    """The inks' colours, (n, 3), in levels, and by how much they are darker than their paper at most, (n,)."""
    at = np.flatnonzero(page.wide)
    at = at[:: max(1, at.size // _SAMPLE)]
    which, seen, ground = which8.ravel()[at], page.rgb8.reshape(-1, 3)[at], page.paper8.reshape(-1, 3)[at]
    colours, darker = np.zeros_like(directions), np.zeros(len(directions), np.float32)
    for i, direction in enumerate(directions):
        mine = which == i
        if mine.any():
            under = ground[mine].astype(np.float32)
            colours[i], darker[i] = colour_of(direction, seen[mine].astype(np.float32), under)
    return colours, darker


def _changed(bare8: Picture8, paper8: Picture8) -> Mask | None:
    """Where the paper's lines run; None without any."""
    if paper8 is bare8:
        return None
    return np.asarray((bare8[..., 0] != paper8[..., 0]) | (bare8[..., 1] != paper8[..., 1]), np.bool_)


def _kept(alpha8: Picture8, lines: Mask | None, paper: Paper) -> Picture8:
    """The opacity of what is ink, 0 elsewhere. On a line, what is left of the line itself leads nowhere."""
    weak = alpha8 >= _WEAK * 255
    if lines is not None:
        weak &= ~lines | (alpha8 >= _OFF_LINE * 255)
    parts = connected(weak)
    clearly = np.bincount(parts.part, alpha8.ravel()[parts.pixels] >= _SEED * 255, parts.count)
    kept = np.asarray(clearly >= _SPECK * paper.step**2, np.bool_)
    kept &= _belongs(parts, kept, paper, alpha8.shape)
    ink = np.zeros(alpha8.size, np.bool_)
    ink[parts.pixels[kept[parts.part]]] = True
    return np.where(grow(ink.reshape(alpha8.shape), 1), alpha8, np.uint8(0))


def _belongs(parts: Parts, kept: Mask, paper: Paper, shape: tuple[int, ...]) -> Mask:
    """Parts as large as a stroke is wide stand near larger ones; without larger ones there is nothing to be near."""
    width = paper.reach * paper.step
    large = kept & (parts.sizes >= width**2 / 2)
    if not large.any():
        return np.ones(parts.count, np.bool_)
    y, x = np.divmod(parts.pixels, shape[1])
    cells = y * paper.sheet.shape[0] // shape[0], x * paper.sheet.shape[1] // shape[1]
    writing = np.zeros(paper.sheet.shape, np.bool_)
    of_large = large[parts.part]
    writing[cells[0][of_large], cells[1][of_large]] = True
    return large | parts.holds(grow(writing, _ALONE * paper.reach)[cells])
