"""A drawn product on ground under uneven light, with a shadow that is known."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from bench.drawn_products import PRODUCTS, draw_product
from cutout.light import to_srgb8
from cutout.rendering.kept_shadow import kept

Plane = NDArray[np.float64]
HEIGHT, WIDTH = 480, 640
Y, X = np.mgrid[:HEIGHT, :WIDTH] + 0.5
LAMP = (0.85 - 0.3 * Y / HEIGHT + 0.1 * X / WIDTH - 0.2 * (X / WIDTH - 0.5) ** 2)[..., None] * [1, 0.97, 0.92]
SHADOW = 0.6 * np.exp(-(((X - 380) / 90) ** 2) - ((Y - 330) / 35) ** 2)
ALPHA8 = np.where((np.abs(X - 320) < 70) & (np.abs(Y - 240) < 90), 255, 0).astype(np.uint8)


def photo(ground: Plane, shadow: Plane, noise: float = 1.5) -> NDArray[np.uint8]:
    light = np.where((ALPHA8 > 0)[..., None], [0.3, 0.05, 0.05], ground * (1 - shadow)[..., None])
    levels = to_srgb8(light.astype(np.float32)) + noise * np.random.default_rng(4).standard_normal(
        light.shape
    )
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("strength", [1.0, 0.4])
def test_the_shadow_is_what_the_ground_lacks(strength: float) -> None:
    shade8 = kept(photo(LAMP, strength * SHADOW), ALPHA8)

    assert shade8 is not None
    outside = (ALPHA8 == 0) & (SHADOW > 0.1)
    error = np.abs(shade8 / 255 - strength * SHADOW)[outside]
    assert error.mean() < 0.012
    assert np.quantile(error, 0.99) < 0.06


def test_lit_ground_has_no_shade() -> None:
    shade8 = kept(photo(LAMP, SHADOW), ALPHA8)

    assert shade8 is not None
    assert shade8[(ALPHA8 == 0) & (SHADOW < 1e-4)].max() <= 5


def test_a_product_without_a_shadow_has_no_shade() -> None:
    shade8 = kept(photo(LAMP, 0 * SHADOW), ALPHA8)

    assert shade8 is not None
    assert shade8.max() <= 2


def test_the_shadow_goes_on_smoothly_under_the_subject() -> None:
    shade8 = kept(photo(LAMP, SHADOW), ALPHA8)

    assert shade8 is not None
    column = shade8[:, 360].astype(int)  # the subject ends at row 330, in the middle of the shadow
    assert column[325] > 100
    assert np.abs(np.diff(column)).max() < 12


@pytest.mark.parametrize("name", PRODUCTS)
def test_the_shadow_is_as_dark_where_it_meets_the_subject(name: str) -> None:
    """No pale line along the contact: within three pixels of the subject the shade is the true one."""
    product = draw_product(name)

    shade8 = kept(product.exact.rgb8, product.exact.alpha8)

    assert shade8 is not None
    beside = ndimage.binary_dilation(product.exact.alpha8 > 0, iterations=3) & (product.exact.alpha8 == 0)
    error = shade8.astype(int) - product.shade8
    assert np.abs(error[beside & (product.shade8 > 20)]).mean() < 6


def test_the_edge_of_the_subject_that_a_matte_misses_is_no_shadow() -> None:
    small8 = np.where((np.abs(X - 320) < 68) & (np.abs(Y - 240) < 88), 255, 0).astype(np.uint8)

    shade8 = kept(photo(LAMP, 0 * SHADOW), small8)

    assert shade8 is not None
    assert shade8.max() <= 2


def other_thing() -> Plane:
    """A blue box beside the product, that does not touch it."""
    return np.where(((X < 120) & (np.abs(Y - 380) < 60))[..., None], LAMP * [0.2, 0.3, 0.6], LAMP)


def coloured_foot() -> Plane:
    """What is dark touches the product, but it is green."""
    return LAMP * (1 - SHADOW[..., None] * [1.4, 0.2, 1.4])


def tiles() -> Plane:
    return LAMP * (0.7 + 0.3 * np.sin(X / 9) * np.sin(Y / 9))[..., None]


def wall_and_floor() -> Plane:
    return LAMP * np.where(Y < 200, 0.4, 1.0)[..., None]


@pytest.mark.parametrize("ground", [other_thing, coloured_foot, tiles, wall_and_floor])
def test_on_ground_that_is_not_plain_it_says_so(ground: Callable[[], Plane]) -> None:
    assert kept(photo(ground(), 0 * SHADOW), ALPHA8) is None


def test_a_subject_that_fills_the_picture_shows_no_ground() -> None:
    assert kept(photo(LAMP, SHADOW), np.full((HEIGHT, WIDTH), 255, np.uint8)) is None
