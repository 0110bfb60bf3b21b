"""From a photograph and a matte to a cutout: our way, the plain way, and the peers' ways.

Every method gets what the network said (alpha8 of any size, stretched over the frame; of the photograph's size for
the peers) and gives straight colours and alpha. What the network itself takes is in no figure: it is the same for
all. rembg and PyMatting are MIT-licensed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cutout.codec import Photo, resize, to_uint8
from cutout.pipeline import Matte, clean, full_matte, mixing_in, opaque

Picture8 = NDArray[np.uint8]
Cut = Callable[[Photo, Picture8], tuple[Picture8, Picture8]]


@dataclass(frozen=True, kw_only=True)
class Rivals:
    """Names of ``METHODS``: who makes cutouts of a network's matte, and who only finds colours under an alpha."""

    cutters: tuple[str, ...] = ()
    painters: tuple[str, ...] = ()


NOBODY = Rivals()
PEERS = Rivals(
    cutters=("rembg", "rembg decontaminate", "rembg alpha_matting"),
    painters=("pymatting ml", "pymatting ml, paper", "pymatting cf"),
)


def ours(photo: Photo, matte8: Picture8) -> tuple[Picture8, Picture8]:
    """The pipeline, as compose runs it."""
    cutout = clean(photo, full_matte(photo, matte8))
    return cutout.rgb8, cutout.alpha8


def our_colours(photo: Photo, matte8: Picture8) -> tuple[Picture8, Picture8]:
    """Only the pipeline's last step: the matte is believed."""
    cutout = clean(photo, Matte(alpha8=matte8, mixing=mixing_in(photo)))
    return cutout.rgb8, cutout.alpha8


def plain(photo: Photo, matte8: Picture8) -> tuple[Picture8, Picture8]:
    """The network's mask, enlarged, over the photograph's own colours."""
    return opaque(photo), resize(matte8, photo.header.height, photo.header.width, "lanczos")


class _Said:
    """Stands for rembg's session: what the network said is known already."""

    def __init__(self, mask: Any) -> None:
        self.mask = mask

    def predict(self, *_args: object, **_options: object) -> list[Any]:
        return [self.mask]


def _rembg(options: dict[str, bool]) -> Cut:
    import rembg  # noqa: PLC0415 the peers are not needed to measure ourselves
    from PIL import Image  # noqa: PLC0415

    def cut(photo: Photo, matte8: Picture8) -> tuple[Picture8, Picture8]:
        mask = Image.fromarray(resize(matte8, photo.header.height, photo.header.width, "lanczos"))
        rgba8 = np.asarray(rembg.remove(opaque(photo), session=_Said(mask), **options))
        return rgba8[..., :3], rgba8[..., 3]

    return cut


def _pymatting(name: str, options: dict[str, Any]) -> Cut:
    import pymatting  # noqa: PLC0415 heavy, and only some methods need it

    estimate = getattr(pymatting, name)

    def cut(photo: Photo, matte8: Picture8) -> tuple[Picture8, Picture8]:
        colour = estimate(opaque(photo) / 255, matte8 / 255, **options)
        return to_uint8(colour.astype(np.float32)), matte8

    return cut


# Name -> what makes the method: imports and compilers start only in the process of the one that is measured.
METHODS: dict[str, Callable[[], Cut]] = {
    "plain": lambda: plain,
    "ours": lambda: ours,
    "our colours": lambda: our_colours,
    "rembg": partial(_rembg, {}),
    "rembg decontaminate": partial(_rembg, {"decontaminate": True}),
    "rembg alpha_matting": partial(_rembg, {"alpha_matting": True}),
    "pymatting ml": partial(_pymatting, "estimate_foreground_ml", {}),
    "pymatting ml, paper": partial(
        _pymatting,
        "estimate_foreground_ml",
        {"regularization": 5e-3, "gradient_weight": 0.1, "n_big_iterations": 8},
    ),
    "pymatting cf": partial(_pymatting, "estimate_foreground_cf", {}),
}
