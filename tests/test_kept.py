"""A finished cutout that is kept comes back to the last level."""

import numpy as np
import pytest

from cutout.codec import Header, Photo
from cutout.kept import pack, unpack
from cutout.light import CAMERA, GRAPHIC, Mixing
from cutout.pipeline import Cutout


def photo(rgb8: np.ndarray) -> Photo:
    header = Header(format="PNG", width=rgb8.shape[1], height=rgb8.shape[0])
    return Photo(rgb8=rgb8, alpha8=None, header=header, notes=())


def noise(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def sparse(seed: int, *shape: int) -> np.ndarray:
    """Mostly clear and opaque, as mattes are."""
    return np.clip(noise(seed, *shape).astype(int) * 3 - 255, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("mixing", [CAMERA, GRAPHIC])
@pytest.mark.parametrize("shape", [(37, 53), (1, 1), (8, 8)])
def test_what_is_unpacked_is_what_was_packed(shape: tuple[int, int], mixing: Mixing) -> None:
    seen, alpha8 = photo(noise(1, *shape, 3)), sparse(2, *shape)
    rgb8 = np.where((alpha8 == 255)[..., None], seen.rgb8, noise(3, *shape, 3))
    rgb8[: shape[0] // 2] ^= 1  # an opaque pixel may have lost a screen's light
    rgb8[alpha8 < 9] = 0
    cutout = Cutout(rgb8=rgb8, alpha8=alpha8, mixing=mixing, filled_share=0.25, opened_share=0.125)

    again = unpack(pack(cutout, seen), seen)

    assert np.array_equal(again.rgb8, cutout.rgb8)
    assert np.array_equal(again.alpha8, cutout.alpha8)
    assert (again.mixing, again.filled_share, again.opened_share) == (mixing, 0.25, 0.125)


def test_opaque_pixels_of_the_photograph_take_no_room() -> None:
    seen = photo(noise(1, 300, 300, 3))
    cutout = Cutout(rgb8=seen.rgb8, alpha8=np.full((300, 300), 255, np.uint8), mixing=CAMERA)

    assert len(pack(cutout, seen)) < 3_000


def test_another_photograph_s_cutout_is_our_fault() -> None:
    seen, other = photo(noise(1, 6, 6, 3)), photo(noise(1, 6, 7, 3))
    packed = pack(Cutout(rgb8=seen.rgb8, alpha8=sparse(2, 6, 6), mixing=CAMERA), seen)

    with pytest.raises(ValueError, match="the kept cutout has"):
        unpack(packed, other)
