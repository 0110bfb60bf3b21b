"""Leaving float, and resampling."""

import numpy as np
import pytest

from cutout import codec


def noise(*shape):
    return np.random.default_rng(7).integers(0, 256, shape, np.uint8)


def test_leaving_float_rounds_and_clips():
    values = np.array([-0.5, 0.0, 0.0019, 0.002, 0.5, 0.9981, 1.0, 7.0], np.float32)

    actual = codec.to_uint8(values)

    assert actual.dtype == np.uint8
    assert actual.tolist() == [0, 0, 0, 1, 128, 255, 255, 255]


def test_leaving_float_undoes_dividing_by_255_and_leaves_its_input_alone():
    steps = np.arange(256, dtype=np.float32) / np.float32(255)
    before = steps.copy()

    assert codec.to_uint8(steps).tolist() == list(range(256))
    np.testing.assert_array_equal(steps, before)


@pytest.mark.parametrize("kernel", ["box", "bilinear", "bicubic", "lanczos"])
@pytest.mark.parametrize("shape", [(24, 40), (24, 40, 3), (24, 40, 2)])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_resize_keeps_dtype_channels_and_a_constant(kernel, shape, dtype):
    actual = codec.resize(np.full(shape, 9, dtype), 7, 11, kernel)

    assert actual.dtype == dtype
    assert actual.shape == (7, 11, *shape[2:])
    np.testing.assert_allclose(actual, 9, atol=1e-5)


def test_resize_by_box_is_the_mean():
    array = np.array([[0, 2, 10, 20], [4, 6, 30, 40]], np.float32)

    assert codec.resize(array, 1, 2, "box").tolist() == [[3, 25]]


def test_resize_of_bytes_and_floats_agree():
    array = noise(24, 40, 3)

    actual = codec.resize(array, 9, 13)

    expected = codec.resize(array.astype(np.float32), 9, 13).clip(0, 255)
    assert np.abs(actual - expected).max() <= 1


def test_a_tile_of_a_coarse_grid_is_a_part_of_the_whole():
    """Upsampling 6 x 10 by 4 and cutting rows 8 to 16, columns 20 to 32 is resampling just that box."""
    grid = np.random.default_rng(3).random((6, 10), np.float32)

    tile = codec.resize(grid, 8, 12, "bicubic", box=(2, 5, 4, 8))

    np.testing.assert_allclose(tile, codec.resize(grid, 24, 40, "bicubic")[8:16, 20:32], atol=1e-6)
