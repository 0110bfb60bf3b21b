"""How wrong a matte and its colours are, against the truth.

Everything here takes floats in [0, 1]: alphas (H, W), colours (H, W, 3) encoded as sRGB. "Levels" are of 255.
SAD, MSE, Grad and Conn are those of Rhemann et al. 2009 ("A perceptually motivated online benchmark for image
matting"), over the whole picture as the papers without a trimap report them: SAD, Grad and Conn in thousands.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Plane = NDArray[np.float64]
Mask = NDArray[np.bool_]

HALF_LEVEL = 0.5 / 255
SOLID = 0.995  # truly opaque, if it is so with everything around it
HARDLY_SOLID = 0.98  # a patterned background shows through less than this
DEEP = 3  # pixels from the edge where no softness of a lens or of a true matte reaches
REACH = 2  # pixels around the true band in which a fringe is still an edge's fault
GAP_PIXELS = 16  # fewer enclosed pixels of background are chance between two hairs
_SIGMA = 1.4
_CONNECTED_STEPS = 10
_CONNECTED_TOLERANCE = 0.15
_DIFFERENT = 0.1  # distance of two colours below which no direction leads from one to the other


def sad(alpha: Plane, true: Plane) -> float:
    """Sum of absolute differences, in thousands of pixels."""
    return float(np.abs(alpha - true).sum() / 1000)


def mse(alpha: Plane, true: Plane) -> float:
    """Mean squared difference, times 1000."""
    return float(np.square(alpha - true).mean() * 1000)


def grad(alpha: Plane, true: Plane) -> float:
    """Squared differences of the slopes, summed, in thousands.

    Both mattes are stretched to [0, 1] first, and the filter has unit norm, as in the benchmark's own program.
    """
    return float(np.square(_slope(_stretched(alpha)) - _slope(_stretched(true))).sum() / 1000)


def conn(alpha: Plane, true: Plane) -> float:
    """What hangs in the air in one matte and not in the other, summed, in thousands of pixels.

    A pixel is connected up to the highest of ten thresholds at which it belongs to the largest 4-connected
    part of what is above the threshold in both mattes; the rest of its alpha, if 0.15 or more, is loose.
    """
    both = np.minimum(alpha, true)
    held, inside = np.zeros(true.shape), np.ones(true.shape, np.bool_)
    for step in range(1, _CONNECTED_STEPS + 1):
        inside &= _largest_part(both >= step / _CONNECTED_STEPS - 1e-9)
        held[inside] = step / _CONNECTED_STEPS
    loose = [np.where(a - held >= _CONNECTED_TOLERANCE, a - held, 0) for a in (alpha, true)]
    return float(np.abs(loose[0] - loose[1]).sum() / 1000)


def band(true: Plane, reach: int) -> Mask:
    """Where the true matte is soft, and ``reach`` steps around it."""
    soft = (true > HALF_LEVEL) & (true < 1 - HALF_LEVEL)
    return np.asarray(ndimage.binary_dilation(soft, iterations=reach), np.bool_) if reach else soft


def mean_error(alpha: Plane, true: Plane, where: Mask) -> float:
    """Mean absolute difference in ``where``, times 1000."""
    return float(np.abs(alpha - true)[where].mean() * 1000) if where.any() else 0.0


def bias(alpha: Plane, true: Plane, where: Mask) -> float:
    """Mean signed difference in ``where``; positive: more background is kept than there is subject."""
    return float((alpha - true)[where].mean()) if where.any() else 0.0


def dissolved_share(alpha: Plane, true: Plane) -> float:
    """Of the true matte's surely solid pixels, how many let the background through: 0 to 1."""
    solid = inside(true)
    return float((alpha[solid] < HARDLY_SOLID).mean()) if solid.any() else 0.0


def closed_share(alpha: Plane, true: Plane) -> float:
    """Of the true background that the subject encloses, how much is more than half covered: 0 to 1."""
    gaps = enclosed(true)
    return float((alpha[gaps] > 0.5).mean()) if gaps.any() else 0.0


def inside(true: Plane) -> Mask:
    """The surely solid pixels: opaque, and so is everything within ``DEEP`` steps."""
    solid = ndimage.binary_erosion(true >= SOLID, iterations=DEEP, border_value=1)
    return np.asarray(solid, np.bool_)


def enclosed(true: Plane) -> Mask:
    """Background from which no path of 4-neighbours leads to the frame, in pieces of ``GAP_PIXELS`` or more."""
    clear = true <= HALF_LEVEL
    labels, count = ndimage.label(clear)
    gap = np.bincount(labels.ravel(), minlength=count + 1) >= GAP_PIXELS
    gap[np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])] = False
    gap[0] = False
    return np.asarray(gap[labels], np.bool_)


def overlap(alpha: Plane, true: Plane) -> float:
    """Intersection over union of what is more than half opaque; 1 when neither has any."""
    mine, theirs = alpha >= 0.5, true >= 0.5
    union = np.count_nonzero(mine | theirs)
    return float(np.count_nonzero(mine & theirs) / union) if union else 1.0


def colour_error(colour: Plane, true_colour: Plane, true: Plane) -> float:
    """Mean difference of the subject's colours over the true band in levels; a pixel counts as its true alpha."""
    weight = true * band(true, 0)
    error = np.abs(colour - true_colour).mean(2)
    return float((weight * error).sum() / weight.sum() * 255) if weight.any() else 0.0


def opposite(ground: Plane) -> tuple[float, float, float]:
    """The corner of the colour cube that is farthest from the mean of ``ground``, (n, 3)."""
    r, g, b = (float(value < 0.5) for value in ground.mean(0))
    return r, g, b


def shown(colour: Plane, alpha: Plane, ground: tuple[float, float, float]) -> Plane:
    """A cutout on one colour as browsers and most viewers show it: mixed as encoded. (n, 3) and (n,) to (n, 3)."""
    opacity = alpha[:, None]
    mixed: Plane = opacity * colour + (1 - opacity) * np.array(ground)
    return mixed


def halos(
    cutout: tuple[Plane, Plane],
    truth: tuple[Plane, Plane],
    grounds: Mapping[str, tuple[float, float, float]],
) -> dict[str, float]:
    """Mean difference in levels between cutout and truth on every ground; both are (n, 3) colours, (n,) alphas."""
    if truth[1].size == 0:
        return dict.fromkeys(grounds, 0.0)
    return {
        name: float(np.abs(shown(*cutout, ground) - shown(*truth, ground)).mean() * 255)
        for name, ground in grounds.items()
    }


def spill(
    cutout: tuple[Plane, Plane],
    truth: tuple[Plane, Plane],
    old_ground: Plane,
    grounds: Mapping[str, tuple[float, float, float]],
) -> float:
    """How far the cutout's edge leans from the subject's colour towards the old background, in levels.

    Mean over the grounds and over the pixels whose two colours differ; negative: over-corrected, towards the
    complementary colour.
    """
    towards = old_ground - truth[0]
    length = np.linalg.norm(towards, axis=1)
    clear = length > _DIFFERENT
    if not clear.any():
        return 0.0
    direction = towards[clear] / length[clear][:, None]
    leans = [
        ((shown(*cutout, ground) - shown(*truth, ground))[clear] * direction).sum(1).mean()
        for ground in grounds.values()
    ]
    return float(np.mean(leans) * 255)


def _stretched(alpha: Plane) -> Plane:
    low, high = alpha.min(), alpha.max()
    return (alpha - low) / (high - low) if high > low else alpha


def _slope(alpha: Plane) -> Plane:
    at = np.arange(-4, 5)
    bell = np.exp(-np.square(at) / (2 * _SIGMA**2))
    kernels = [kernel / np.linalg.norm(kernel) for kernel in (bell, at * bell)]
    sides = []
    for down, across in ((0, 1), (1, 0)):
        smooth = ndimage.correlate1d(alpha, kernels[down], 0, mode="nearest")
        sides.append(ndimage.correlate1d(smooth, kernels[across], 1, mode="nearest"))
    return np.asarray(np.hypot(*sides), np.float64)


def _largest_part(mask: Mask) -> Mask:
    labels, count = ndimage.label(mask)
    if count == 0:
        return np.zeros_like(mask)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return np.asarray(labels == sizes.argmax(), np.bool_)
