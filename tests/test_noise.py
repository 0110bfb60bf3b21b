import numpy as np
import pytest

from cutout.matting.noise import noise_variance


def _noisy(sigma, shape=(200, 300)):
    """A shaded picture with noise of ``sigma`` levels."""
    shade = np.linspace(60, 180, shape[1])[None, :, None]
    noise = np.random.default_rng(11).normal(0, sigma, (*shape, 3))
    return np.rint(shade + noise).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize(("sigma", "low", "high"), [(1, 0.8, 1.2), (3, 2.5, 3.1), (8, 6.5, 8.2)])
def test_noise_is_measured_in_spite_of_shading(sigma, low, high):
    assert low < noise_variance(_noisy(sigma)) ** 0.5 * 255 < high


def test_a_large_picture_is_only_sampled():
    """Every third block of nine megapixels, with the same answer."""
    rgb8 = np.tile(_noisy(3), (15, 10, 1))

    assert 2.5 < noise_variance(rgb8) ** 0.5 * 255 < 3.1


def test_texture_in_most_of_the_picture_is_not_noise():
    rgb8 = _noisy(1)
    rgb8[:, 80:] += np.random.default_rng(1).integers(0, 60, (200, 220, 3), np.uint8)

    assert noise_variance(rgb8) ** 0.5 * 255 < 1.2


def test_a_clipped_background_does_not_hide_the_noise():
    rgb8 = _noisy(5)
    rgb8[:, 100:] = 255

    assert noise_variance(rgb8) ** 0.5 * 255 > 4


@pytest.mark.parametrize("shape", [(1, 1), (15, 400), (400, 15), (64, 64)])
def test_flat_or_tiny_pictures_have_no_noise(shape):
    assert noise_variance(np.full((*shape, 3), 255, np.uint8)) == 0
    assert noise_variance(np.full((*shape, 3), 90, np.uint8)) == 0
