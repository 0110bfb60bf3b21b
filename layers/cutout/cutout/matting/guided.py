"""The colour guided filter: a matte as a local linear function of the photograph.

He, Sun, Tang: "Guided Image Filtering", TPAMI 2013. The coefficients are meant for a small grid and are
interpolated to full size, as in He, Sun: "Fast Guided Filter", arXiv 1505.00996, 2015.
"""

import numpy as np
from numpy.typing import NDArray

from cutout.matting.windows import window_means

Planes = NDArray[np.float32]

_LEAST_NOISE = (1 / 255) ** 2  # rounding and compression leave this much in the cleanest photograph
# Variance of the matte that needs no explanation: wavering by five levels stays below 2/5 of the whole.
_FLAT = 1.5e-4
_GRAIN = 0.05**2  # variance of alpha that may come from the photograph's noise


def reach(radius: int) -> int:
    """How many pixels ``coefficients`` needs around the ones that it answers for."""
    return 2 * radius


def coefficients(guide: Planes, matte: Planes, radius: int, noise: float) -> Planes:
    """k, u and t such that alpha = k . guide + u matte + t around every pixel.

    ``guide`` is (3, h, w) and ``matte`` (h, w), both in [0, 1]. Windows have 2 radius + 1 pixels a side. The
    answer is (5, h - 4 radius, w - 4 radius), in that order: only pixels whose windows lie wholly inside.
    ``noise`` is the variance of the noise in the pixels that k will be applied to: the paper's eps.

    ``u`` is ours: the plain filter blurs whatever the colours cannot explain (a mesh, a wire, two grounds in
    one window) and turns noise into grain where contrast is low. Here it counts only as far as it can be
    trusted, and the rest is the matte as it came.
    """
    noise = max(noise, _LEAST_NOISE)
    means = window_means(_moments(guide, matte), radius)
    centre, m = means[:3], means[3]
    covariance = means[4:7] - centre * m
    k = _solve(means[7:13] - _products(centre), covariance, noise)
    t = m - (k * centre).sum(0)
    explained = (k * covariance).sum(0) / (means[13] - m * m + np.float32(_FLAT))
    trust = _trust(explained, (k * k).sum(0) * np.float32(noise))
    k_r, k_g, k_b, trust, t = window_means(np.stack([*k, trust, t]), radius)
    return np.stack([k_r * trust, k_g * trust, k_b * trust, 1 - trust, t * trust])


def _trust(explained: Planes, grain: Planes) -> Planes:
    """0 up to 2/5 of the matte's variance explained, 1 if all of it is; less where alpha would be grainy."""
    part = ((explained - np.float32(0.4)) / np.float32(0.6)).clip(0, 1)
    trust: Planes = part * part * (3 - 2 * part) / (1 + grain / np.float32(_GRAIN))
    return trust


def _moments(guide: Planes, matte: Planes) -> Planes:
    """What has to be averaged: guide, matte, guide x matte, guide x guide, matte x matte; (14, h, w)."""
    return np.concatenate([guide, matte[None], guide * matte, _products(guide), (matte * matte)[None]])


def _products(colours: Planes) -> Planes:
    """xx, xy, xz, yy, yz, zz of three planes."""
    x, y, z = colours
    return np.stack([x * x, x * y, x * z, y * y, y * z, z * z])


def _solve(spread: Planes, covariance: Planes, eps: float) -> Planes:
    """(spread + eps 1) k = covariance in every pixel; ``spread`` holds xx, xy, xz, yy, yz, zz.

    By L D L' instead of cofactors: grey colours make the matrix nearly singular, and cofactors cancel in
    float32.
    """
    xx, xy, xz, yy, yz, zz = spread
    p, q, s = covariance
    d1 = xx + np.float32(eps)
    l21, l31 = xy / d1, xz / d1
    d2 = yy + np.float32(eps) - l21 * xy
    rest = yz - l21 * xz
    l32 = rest / d2
    d3 = zz + np.float32(eps) - l31 * xz - l32 * rest
    q = q - l21 * p
    s = s - l31 * p - l32 * q
    z = s / d3
    y = q / d2 - l32 * z
    x = p / d1 - l21 * y - l31 * z
    return np.stack([x, y, z])
