import numpy as np

from cutout.matting.tensor import to_alpha8, to_tensor
from scenes import assert_close


def test_a_proxy_becomes_planes_in_the_models_own_units():
    """(level / 255 - mean) / std, per channel: red, green and blue are told apart."""
    proxy = np.array([[[255, 0, 51], [0, 255, 204]], [[51, 51, 0], [102, 0, 255]]], np.uint8)

    tensor = to_tensor(proxy, (0.5, 0.0, 0.2), (0.5, 1.0, 0.1))

    expected = [[[[1, -1], [-0.6, -0.2]], [[0, 1], [0.2, 0]], [[0, 6], [-2, 8]]]]
    assert tensor.dtype == np.float32
    assert tensor.flags.c_contiguous
    np.testing.assert_allclose(tensor, expected, atol=1e-6)


def test_the_proxy_is_not_changed():
    proxy = np.full((2, 2, 3), 7, np.uint8)

    to_tensor(proxy, (0.5, 0.5, 0.5), (1, 1, 1))

    assert proxy.tolist() == [[[7] * 3] * 2] * 2


def test_a_prediction_is_clipped_and_rounded():
    prediction = np.array([[[[-0.2, 0.0019, 0.0021], [0.5, 0.999, 1.7]]]], np.float32)

    alpha8 = to_alpha8(prediction)

    assert alpha8.dtype == np.uint8
    assert alpha8.tolist() == [[0, 0, 1], [128, 255, 255]]


def test_a_picture_without_a_subject_is_not_stretched_to_full_contrast():
    prediction = np.full((1, 1, 4, 4), 0.02, np.float32)
    prediction[0, 0, 1, 1] = 0.04

    alpha8 = to_alpha8(prediction)

    expected = np.full((4, 4), 5, np.uint8)
    expected[1, 1] = 10
    assert_close(expected, alpha8, worst=0, mean=0)
