"""What everybody tries first, to look at beside ours: nothing of it is how this program works.

The photograph's own pixels are pasted with the network's matte, enlarged, mixed as encoded; the shadow is a blurred
copy of the silhouette, moved; a blurred background is the whole photograph blurred, with its subject.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from cutout.codec import to_uint8, to_unit
from cutout.light import GRAPHIC
from cutout.pipeline import Cutout, opaque
from cutout.recipe import Blur, Output
from cutout.recipe.base import length
from cutout.rendering.backgrounds import composite
from cutout.rendering.placement import Placement
from cutout.rendering.resample import laid_out, photo_laid_out
from cutout.staging.backgrounds import behind
from cutout.staging.layouts import placed_for
from cutout.staging.scene import Scene, scene_of

Picture8 = NDArray[np.uint8]

MOVED = 0.03  # of the canvas's longer side, down and to the right: a shadow
SOFTENED = 0.015
DARKNESS = 0.5


def pasted(scene: Scene, naive8: Picture8) -> Scene:
    """The scene with the photograph itself as its subject; raises NoSubject where the network saw nothing."""
    cutout = Cutout(rgb8=opaque(scene.photo), alpha8=naive8, mixing=GRAPHIC)
    return scene_of(scene.photo, cutout, scene.backgrounds, scene.limits)


def naive(scene: Scene, output: Output) -> tuple[Picture8, Picture8 | None]:
    """A pasted scene on the output's canvas: rgb8, and alpha8 if nothing lies behind."""
    placement = placed_for(scene, output).placement
    rgb8, alpha8 = laid_out(scene.cutout.rgb8, scene.cutout.alpha8, placement, GRAPHIC)
    if output.transparent:
        return rgb8, alpha8
    behind8 = _behind(scene, output, placement)
    if output.shadow.kind != "none":
        behind8 = _shadowed(behind8, alpha8)
    return composite(rgb8, alpha8, behind8, GRAPHIC), None


def _behind(scene: Scene, output: Output, placement: Placement) -> Picture8:
    if not isinstance(output.background, Blur):
        return behind(scene, output, placement)
    diagonal = float(np.hypot(*scene.photo.rgb8.shape[:2]))
    sigma = length(output.background.radius)[0] / 100 * diagonal / 2
    soft = ndimage.gaussian_filter(to_unit(scene.photo.rgb8), (sigma, sigma, 0))
    blurred = replace(scene.photo, rgb8=to_uint8(soft))
    return photo_laid_out(blurred.rgb8, placement, GRAPHIC)


def _shadowed(behind8: Picture8, alpha8: Picture8) -> Picture8:
    longer = max(alpha8.shape)
    away = round(MOVED * longer)
    moved = np.zeros(alpha8.shape, np.float32)
    moved[away:, away:] = to_unit(alpha8)[:-away, :-away]
    dark = DARKNESS * ndimage.gaussian_filter(moved, SOFTENED * longer)
    return to_uint8(to_unit(behind8) * (1 - dark[..., None]))
