"""A real photograph through the real model: upright, soft, and without the old background's colour."""

import importlib.metadata
import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from driver import Driver
from local.run import example_photo
from local.stack import local_stack


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driver]:
    with local_stack(tmp_path_factory.mktemp("real")) as stack:
        yield Driver(stack)


@pytest.fixture(scope="module")
def portrait() -> Image.Image:
    """The astronaut Eileen Collins, public domain; 512 x 512, cropped so that it is no square."""
    assert importlib.metadata.version("scikit-image")
    return Image.open(example_photo()).convert("RGB").crop((0, 0, 448, 512))


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def test_a_photo_becomes_a_cutout(real: Driver, portrait: Image.Image) -> None:
    real.put("portrait.png", encoded(portrait, "PNG"))

    assert real.wait("portrait.png", seconds=60).status == "done"
    cutout = real.picture("portrait.png/cutout.png")
    alpha = cutout[..., 3]
    assert cutout.shape == (512, 448, 4)
    assert alpha[120, 225] == 255  # the face
    assert (alpha[:60, :100] == 0).all()  # the flag behind her
    assert 0.01 < ((alpha > 0) & (alpha < 255)).mean() < 0.15
    assert (cutout[alpha == 0][:, :3] == 0).mean() > 0.9  # nothing of the old background is kept
    opaque = alpha == 255
    assert (cutout[..., :3][opaque] == np.asarray(portrait)[opaque]).all()


@pytest.fixture(scope="module")
def alpha(real: Driver, portrait: Image.Image) -> np.ndarray:
    """The alpha of the same photograph as a plain PNG."""
    real.put("plain.png", encoded(portrait, "PNG"))
    real.wait("plain.png", seconds=60)
    return real.picture("plain.png/cutout.png")[..., 3]


def test_a_phone_picture_comes_out_upright(real: Driver, portrait: Image.Image, alpha: np.ndarray) -> None:
    """Stored lying on its side, with the EXIF orientation that phones write for portraits."""
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = portrait.transpose(Image.Transpose.ROTATE_90)
    real.put("phone.jpg", encoded(lying, "JPEG", quality=95, exif=exif))

    real.wait("phone.jpg", seconds=60)

    found = real.picture("phone.jpg/cutout.png")[..., 3]
    assert found.shape == (512, 448)
    assert np.abs(found.astype(int) - alpha).mean() < 4


@pytest.mark.parametrize("mode", ["CMYK", "grey, 16 bits"])
def test_other_kinds_of_pixels_find_the_same_subject(
    real: Driver, portrait: Image.Image, alpha: np.ndarray, mode: str
) -> None:
    if mode == "CMYK":
        key, body = "print.jpg", encoded(portrait.convert("CMYK"), "JPEG", quality=95)
    else:
        deep = np.asarray(portrait.convert("L")).astype(np.uint16) * 257
        key, body = "deep.png", encoded(Image.fromarray(deep), "PNG")
    real.put(key, body)

    assert real.wait(key, seconds=60).status == "done"
    found = real.picture(f"{key}/cutout.png")[..., 3]
    assert ((found > 127) == (alpha > 127)).mean() > 0.97
