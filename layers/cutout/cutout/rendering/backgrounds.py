"""A cutout over a new background, mixed as the photograph was."""

import numpy as np
from numpy.typing import NDArray

from cutout.codec import to_uint8
from cutout.light import Mixing

_TILE = (64, 256)


def composite(
    rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8], background8: NDArray[np.uint8], mixing: Mixing
) -> NDArray[np.uint8]:
    """Lay a cutout over a background: rgb8 (H, W, 3) and alpha8 (H, W) to an opaque rgb8 (H, W, 3).

    ``background8`` is a picture (H, W, 3), or anything that NumPy broadcasts to one: (3,) is a plain colour.
    C = a F + (1 - a) B in the units of ``mixing``. Pixels with alpha 255 keep their colour exactly, pixels with
    alpha 0 become the background exactly. Only the soft ones are computed, tile by tile, so that memory does not
    follow the picture's size.
    """
    behind8 = np.broadcast_to(background8, rgb8.shape)
    out8 = np.empty_like(rgb8)
    for top in range(0, rgb8.shape[0], _TILE[0]):
        for left in range(0, rgb8.shape[1], _TILE[1]):
            tile = slice(top, top + _TILE[0]), slice(left, left + _TILE[1])
            out8[tile] = _over(rgb8[tile], alpha8[tile], behind8[tile], mixing)
    return out8


def flatten(
    rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8], colour: tuple[int, int, int], mixing: Mixing
) -> NDArray[np.uint8]:
    """``composite`` over one sRGB colour, 0..255 a channel."""
    return composite(rgb8, alpha8, np.array(colour, np.uint8), mixing)


def on_sheer(
    rgb8: NDArray[np.uint8],
    alpha8: NDArray[np.uint8],
    colour8: tuple[int, int, int],
    opacity8: int,
    mixing: Mixing,
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A cutout on one colour that lets light through: rgb8 (H, W, 3) and alpha8 (H, W), straight.

    ``opacity8`` is the colour's, 0..255; at 255 the colours are those of ``flatten``. What is opaque keeps its colour.
    """
    clear = alpha8 == 0
    out8 = np.where(clear[..., None], np.array(colour8, np.uint8), rgb8)
    both8 = np.where(clear, np.uint8(opacity8), alpha8)
    colour = mixing.to_amounts(np.array(colour8, np.uint8))
    for top in range(0, rgb8.shape[0], _TILE[0]):
        rows = slice(top, top + _TILE[0])
        soft = (alpha8[rows] > 0) & (alpha8[rows] < 255)
        alpha = alpha8[rows][soft].astype(np.float32) / np.float32(255)
        ground: NDArray[np.float32] = (1 - alpha) * np.float32(opacity8 / 255)
        amounts = mixing.to_amounts(rgb8[rows][soft]) * alpha[:, None] + colour * ground[:, None]
        out8[rows][soft] = mixing.to_levels8((amounts / (alpha + ground)[:, None]).astype(np.float32))
        both8[rows][soft] = to_uint8(alpha + ground)
    return out8, both8


def _over(
    rgb8: NDArray[np.uint8], alpha8: NDArray[np.uint8], behind8: NDArray[np.uint8], mixing: Mixing
) -> NDArray[np.uint8]:
    if alpha8.min() == 255:
        return rgb8
    if alpha8.max() == 0:
        return behind8
    out8: NDArray[np.uint8] = np.where((alpha8 == 255)[..., None], rgb8, behind8)
    soft = (alpha8 > 0) & (alpha8 < 255)
    alpha = alpha8[soft].astype(np.float32)[:, None] / np.float32(255)
    mixed = mixing.to_amounts(behind8[soft])
    mixed += alpha * (mixing.to_amounts(rgb8[soft]) - mixed)
    out8[soft] = mixing.to_levels8(mixed)
    return out8
