"""The photograph's own background, out of focus, as a lens draws it.

The subject is taken out first: a blur of the photograph as it is spreads the subject's colours around it, and that rim
shows beside every cutout. Of soft pixels the subject's share is subtracted; what is then covered is filled from around
it (push and pull on a pyramid: Gortler, Grzeszczuk, Szeliski, Cohen: "The Lumigraph", SIGGRAPH 1996). Only then is
every point spread over a disc, in linear light.

A photograph clips its lights, so their discs would be dim: bright light is raised before it is spread, and what came of
it is lowered by the same curve, so that an even ground keeps its brightness.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from cutout.codec import resize
from cutout.light import to_linear
from cutout.rendering.dither import dithered
from cutout.rendering.placement import Placement
from cutout.rendering.resample import bands, resampled

Planes = NDArray[np.float32]

_MOST_CELLS = 2_000_000
_CELLS_A_RADIUS = 12  # so that the disc's rim looks sharp
_COARSEST = 8  # pixels a cell: coarser ones gain no time
_RAISED = np.float32(0.75)  # white counts 1 / (1 - .75) = 4 times
_SOLID = 128
_UNSURE = (
    0.003  # of the diagonal: so far from solid parts their colours may have got, if the matte ends too early
)
_DOUBTED = 0.03  # what a cell there counts
_LEAST = 1e-8  # weight of what is covered: it decides only where nothing is free
_ROWS_AT_A_TIME = 8  # rows of cells
_FEW = 8


def lens_blurred(
    rgb8: NDArray[np.uint8],
    subject8: NDArray[np.uint8],
    alpha8: NDArray[np.uint8],
    radius: float,
    placement: Placement,
) -> NDArray[np.uint8]:
    """What was behind the subject, blurred by a disc, as rgb8 of the canvas.

    rgb8 (H, W, 3) is the photograph, subject8 (H, W, 3) the subject's own colours, alpha8 (H, W) the matte.
    ``radius`` is the disc's, as a share of the photograph's diagonal: sensible are 0.002 to 0.1; less than a
    five-hundredth is less than the grid resolves on which this is done (2 million cells at most). Beyond its frame
    the photograph goes on as its mirror image. Dithered, the same each time.
    """
    height, width = alpha8.shape
    pixels = radius * float(np.hypot(height, width))
    finest = int(np.ceil((height * width / _MOST_CELLS) ** 0.5))
    step = max(1, finest, min(int(pixels / _CELLS_A_RADIUS), _COARSEST))
    weighted = _background(rgb8, subject8, alpha8, step) * _trusted(alpha8, step)
    levels = _encoded(_lowered(_spread(_filled(weighted), max(pixels / step, 0.5))))
    return _on_canvas(levels, placement, step)


def _background(
    rgb8: NDArray[np.uint8], subject8: NDArray[np.uint8], alpha8: NDArray[np.uint8], step: int
) -> Planes:
    """(4, h, w): the background's raised light, times its weight, and its weight; means over cells of step x step."""
    height, width = (-(-side // step) for side in alpha8.shape)
    out = np.empty((4, height, width), np.float32)
    for first in range(0, height, _ROWS_AT_A_TIME):
        rows = slice(first * step, (first + _ROWS_AT_A_TIME) * step)
        cells = _cell_means(_behind(rgb8[rows], subject8[rows], alpha8[rows]), step)
        out[:, first : first + _ROWS_AT_A_TIME] = cells
    return out


def _cell_means(planes: Planes, step: int) -> Planes:
    """Means of step x step; beyond the last rows and columns there is nothing."""
    padded = np.pad(planes, [(0, 0), (0, -planes.shape[1] % step), (0, -planes.shape[2] % step)])
    sums = padded.reshape(4, -1, step, padded.shape[2]).sum(2)
    columns: Planes = sums[:, :, ::step].copy()
    for at in range(1, step):
        columns += sums[:, :, at::step]
    columns *= np.float32(1 / step**2)
    return columns


def _behind(rgb8: NDArray[np.uint8], subject8: NDArray[np.uint8], alpha8: NDArray[np.uint8]) -> Planes:
    """The same of pixels. A clear one is background; of a soft one B = (I - a F) / (1 - a), and the error grows so."""
    light = to_linear(np.ascontiguousarray(rgb8.transpose(2, 0, 1)))
    weight = np.where(alpha8 == 0, np.float32(1), np.float32(_LEAST))
    y, x = np.nonzero((alpha8 > 0) & (alpha8 < 255))
    if y.size:
        alpha = alpha8[y, x].astype(np.float32) / np.float32(255)
        rest = light[:, y, x] - alpha * to_linear(subject8[y, x].T)
        light[:, y, x] = np.clip(rest / (1 - alpha), 0, 1)
        weight[y, x] = np.square(1 - alpha)
    light *= weight / (1 - _RAISED * light.max(0))
    return np.concatenate([light, weight[None]])


def _lowered(light: Planes) -> Planes:
    """The inverse of raising: the same factor for the three channels, so that lights keep their hue."""
    lowered: Planes = light / (1 + _RAISED * light.max(0))
    return lowered


def _trusted(alpha8: NDArray[np.uint8], step: int) -> Planes:
    """(h, w) how far a cell counts: less near solid parts."""
    rows, columns = (np.arange(0, side, step) for side in alpha8.shape)
    highest8 = np.maximum.reduceat(np.maximum.reduceat(alpha8, rows, axis=0), columns, axis=1)
    near = int(np.ceil(_UNSURE * np.hypot(*highest8.shape)))
    solid = np.pad(highest8 >= _SOLID, near)
    for axis in (0, 1):
        windows = np.lib.stride_tricks.sliding_window_view(solid, 2 * near + 1, axis)
        solid = windows.max(-1)
    return np.where(solid, np.float32(_DOUBTED), np.float32(1))


def _filled(weighted: Planes) -> Planes:
    """Light (3, h, w): its own where there is weight, and a smooth continuation of it where there is none."""
    weight = weighted[3]
    own = weighted[:3] / weight
    if min(weight.shape) == 1 or max(weight.shape) <= _FEW:
        total = weighted.sum((1, 2), keepdims=True)
        behind: Planes = total[:3] / total[3]
    else:
        behind = _doubled(_filled(_halved(weighted)), weight.shape)
    filled: Planes = behind + np.minimum(weight, 1) * (own - behind)
    return filled


def _doubled(coarse: Planes, shape: tuple[int, ...]) -> Planes:
    height, width = shape
    box = (0.0, 0.0, height / 2, width / 2)
    return np.stack([resize(plane, height, width, "bilinear", box) for plane in coarse])


def _halved(weighted: Planes) -> Planes:
    """Sums over 2 x 2 cells, made smaller where their weight is above 1."""
    padded = np.pad(weighted, [(0, 0), (0, weighted.shape[1] % 2), (0, weighted.shape[2] % 2)])
    rows = padded[:, ::2] + padded[:, 1::2]
    sums: Planes = rows[:, :, ::2] + rows[:, :, 1::2]
    sums /= np.maximum(sums[3], 1)
    return sums


def _spread(light: Planes, radius: float) -> Planes:
    """Every cell spread over a disc of ``radius`` cells; beyond the frame lies its mirror image."""
    reach = int(np.ceil(radius))
    at = np.arange(-reach, reach + 1)
    disc = np.clip(radius + 0.5 - np.hypot(at[:, None], at), 0, 1).astype(np.float32)
    _, height, width = light.shape
    size = [-(-(side + 2 * reach) // 16) * 16 for side in (height, width)]
    transfer = np.fft.rfft2(disc / disc.sum(), size)
    out = np.empty_like(light)
    for plane, made in zip(light, out, strict=True):
        padded = np.pad(plane, reach, "symmetric")
        spread = np.fft.irfft2(np.fft.rfft2(padded, size) * transfer, size)
        made[:] = spread[2 * reach : 2 * reach + height, 2 * reach : 2 * reach + width]
    return np.maximum(out, 0, out=out)


def _encoded(light: Planes) -> Planes:
    """Fine levels 0..255."""
    levels8 = np.arange(256, dtype=np.uint8)
    levels: Planes = np.interp(light, to_linear(levels8), levels8).astype(np.float32)
    return levels


def _on_canvas(levels: Planes, placement: Placement, step: int) -> NDArray[np.uint8]:
    whole = replace(placement, scale=placement.scale * step)
    out8 = np.empty((placement.height, placement.width, 3), np.uint8)
    for down, columns in bands(whole, levels.shape[1:]):
        band = [resampled(levels[:, down.source, across.source], down, across) for across in columns]
        out8[down.canvas] = dithered(np.concatenate(band, axis=2), down.canvas.start, 0)
    return out8
