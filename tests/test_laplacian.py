"""The matting Laplacian on a band: what it minimises, and what it leaves alone."""

import numpy as np
import pytest

from cutout.matting.laplacian import solve


def _smooth(rng, *shape):
    """Noise of a few cells' size, in [0, 1]."""
    planes = rng.random(shape, np.float32)
    for axis in (-1, -2):
        planes = sum(np.roll(planes, step, axis) for step in range(-2, 3)) / 5
    return ((planes - planes.min()) / (planes.max() - planes.min())).astype(np.float32)


def _dense(guide, eps):
    """Levin's equation 12, pair by pair, for a small grid."""
    channels, height, width = guide.shape
    cells = np.arange(height * width).reshape(height, width)
    colours = guide.reshape(channels, -1).T.astype(np.float64)
    laplacian = np.zeros((height * width, height * width))
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            window = cells[y - 1 : y + 2, x - 1 : x + 2].ravel()
            rest = colours[window] - colours[window].mean(0)
            inverse = np.linalg.inv(rest.T @ rest / 9 + eps / 9 * np.eye(3))
            laplacian[np.ix_(window, window)] += np.eye(9) - (1 + rest @ inverse @ rest.T) / 9
    return laplacian


def test_the_answer_minimises_the_papers_energy_plus_the_pull():
    rng = np.random.default_rng(0)
    guide, target = _smooth(rng, 3, 9, 11), _smooth(rng, 9, 11)
    band = np.ones((9, 11), np.bool_)
    pull = np.full((9, 11), 0.05, np.float32)

    alpha = solve(guide, band, target, pull, target, steps=500)

    matrix = _dense(guide, 1e-6) + 0.05 * np.eye(99)
    expected = np.linalg.solve(matrix, 0.05 * target.ravel().astype(np.float64)).reshape(9, 11)
    np.testing.assert_allclose(alpha, expected.clip(0, 1), atol=2e-3)
    assert np.abs(alpha - target).max() > 0.05


def test_cells_around_the_band_are_boundary_values():
    """A matte that is linear in the colours, known outside the band, is found inside from nothing."""
    rng = np.random.default_rng(1)
    guide = _smooth(rng, 3, 24, 30)
    true = (0.1 + 0.5 * guide[0] + 0.3 * guide[2]).astype(np.float32)
    band = np.zeros((24, 30), np.bool_)
    band[6:18, 5:22] = True
    start = np.where(band, np.float32(0.5), true)

    alpha = solve(guide, band, start, np.full_like(true, 1e-7), np.full_like(true, 0.5), steps=300)

    np.testing.assert_allclose(alpha, true, atol=0.01)


def test_outside_the_band_nothing_moves():
    rng = np.random.default_rng(2)
    guide, start = _smooth(rng, 3, 20, 20), _smooth(rng, 20, 20)
    band = np.zeros((20, 20), np.bool_)
    band[8:12, 0:20] = True

    alpha = solve(guide, band, start, np.full_like(start, 0.01), 1 - start, steps=20)

    assert np.array_equal(alpha[~band], start[~band])
    assert np.abs(alpha - start)[band].max() > 0.1


def test_many_strips_give_what_one_gives(monkeypatch):
    rng = np.random.default_rng(3)
    guide, start = _smooth(rng, 3, 60, 40), _smooth(rng, 60, 40)
    band, pull = start > 0.4, np.full_like(start, 0.01)
    in_one = solve(guide, band, start, pull, start, steps=10)

    monkeypatch.setattr("cutout.matting.laplacian._STRIP", 50)

    assert np.array_equal(solve(guide, band, start, pull, start, steps=10), in_one)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (2, 2), (2, 30), (3, 3), (3, 40)])
@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_a_constant_picture_and_matte_of_any_shape_stay(shape, level):
    plane = np.full(shape, level, np.float32)
    guide = np.full((3, *shape), 0.25, np.float32)

    alpha = solve(guide, np.ones(shape, np.bool_), plane, np.full_like(plane, 0.01), plane, steps=30)

    np.testing.assert_allclose(alpha, plane, atol=1e-4)
