"""A finished cutout as bytes, small because the photograph holds the most of it, so that a new recipe costs no
inference.

Kept are the alpha, and the colours that are not the photograph's own.
"""

from dataclasses import astuple, fields
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from cutout.codec import Photo
from cutout.light import CAMERA, GRAPHIC
from cutout.matting.uncertainty import Doubts
from cutout.pipeline import Cutout

_MIXINGS = {mixing.name: mixing for mixing in (CAMERA, GRAPHIC)}


def pack(cutout: Cutout, photo: Photo) -> bytes:
    """What ``unpack`` needs beside the same photograph."""
    listed = np.where(
        cutout.alpha8 == 255, _in_any_channel(cutout.rgb8 != photo.rgb8), _in_any_channel(cutout.rgb8 != 0)
    )
    file = BytesIO()
    np.savez_compressed(
        file,
        alpha8=cutout.alpha8,
        listed=np.packbits(listed),
        colours=cutout.rgb8[listed],
        mixing=np.array(cutout.mixing.name),
        shares=np.array([cutout.filled_share, cutout.opened_share]),
        doubts=np.array(astuple(cutout.doubts) if cutout.doubts else (), np.float64),
    )
    return file.getvalue()


def unpack(data: bytes, photo: Photo) -> Cutout:
    """The same cutout again, to the last level. It reads our own files, so anything else is our fault: ValueError."""
    with np.load(BytesIO(data), allow_pickle=False) as kept:
        alpha8, colours = kept["alpha8"], kept["colours"]
        listed = np.unpackbits(kept["listed"], count=alpha8.size).astype(bool).reshape(alpha8.shape)
        filled, opened = kept["shares"].tolist()
        mixing = _MIXINGS[str(kept["mixing"])]
        doubts = _doubts(kept["doubts"].tolist())
    if alpha8.shape != photo.rgb8.shape[:2]:
        raise ValueError(f"the kept cutout has {alpha8.shape} pixels, the photograph {photo.rgb8.shape[:2]}")
    rgb8 = photo.rgb8 * (alpha8 == 255)[..., None]
    rgb8[listed] = colours
    return Cutout(
        rgb8=rgb8,
        alpha8=alpha8,
        mixing=mixing,
        filled_share=filled,
        opened_share=opened,
        doubts=doubts,
    )


def _doubts(values: list[float]) -> Doubts | None:
    """In the order of the class; none were kept of a customer's own matte."""
    names = (field.name for field in fields(Doubts))
    return Doubts(**dict(zip(names, values, strict=True))) if values else None


def _in_any_channel(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(H, W, 3) -> (H, W)."""
    red, green, blue = np.moveaxis(mask, 2, 0)
    found: NDArray[np.bool_] = red | green | blue  # any(2) takes ten times as long
    return found
