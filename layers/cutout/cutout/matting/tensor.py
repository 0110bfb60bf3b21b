"""Between pictures and the network's tensors. The numbers belong to the model, never to the picture."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cutout.codec import to_uint8


def to_tensor(proxy: NDArray[np.uint8], mean: Sequence[float], std: Sequence[float]) -> NDArray[np.float32]:
    """What the network reads: (S, S, 3) levels of sRGB become (1, 3, S, S), (level / 255 - mean) / std.

    ``mean`` and ``std`` are the model's own, one value a channel, in units of [0, 1].
    """
    scale = 1 / (255 * np.asarray(std, np.float64))
    shift = -np.asarray(mean, np.float64) / np.asarray(std, np.float64)
    planes = proxy.transpose(2, 0, 1).astype(np.float32, order="C")
    planes *= scale.astype(np.float32)[:, None, None]
    planes += shift.astype(np.float32)[:, None, None]
    return planes[None]


def to_alpha8(prediction: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The coarse matte of one picture: (1, 1, S, S) in about [0, 1] -> (S, S) levels, clipped and rounded.

    Never stretched to the picture's own minimum and maximum: a picture without a subject stays empty.
    """
    return to_uint8(prediction[0, 0])
