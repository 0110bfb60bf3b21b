"""A ball on grey ground, 240 x 320, as a scene, and what outputs make of it."""

from io import BytesIO

import numpy as np
from PIL import Image

from cutout.codec import Header, Limits, Photo, encode_png
from cutout.light import CAMERA
from cutout.pipeline import Cutout
from cutout.recipe import Output, Recipe
from cutout.staging.scene import Scene, render, scene_of

LIMITS = Limits(max_bytes=10_000_000, max_pixels=50_000_000)


def scene(cutout: Cutout, seen8: np.ndarray | None = None, **backgrounds: bytes) -> Scene:
    rgb8 = cutout.rgb8 if seen8 is None else seen8
    header = Header(format="PNG", width=rgb8.shape[1], height=rgb8.shape[0])
    photo = Photo(rgb8=rgb8, alpha8=None, header=header, notes=())
    return scene_of(photo, cutout, backgrounds, LIMITS)


def rendered(cutout: Cutout, output: Output) -> bytes:
    return render(scene(cutout), output).body


def read(body: bytes) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(body)))


def ball(side: int = 240, wide: int = 320) -> Scene:
    """An orange ball of radius 60 in the middle, on grey, with a little noise."""
    y, x = np.mgrid[:side, :wide] + 0.5
    alpha = np.clip(60.5 - np.hypot(y - side / 2, x - wide / 2), 0, 1)
    noise = np.random.default_rng(1).integers(-3, 4, (side, wide, 1))
    orange = np.array([230, 120, 20]) + noise
    seen8 = np.rint(alpha[..., None] * orange + (1 - alpha[..., None]) * (150 + noise)).astype(np.uint8)
    rgb8 = (orange * (alpha > 0)[..., None]).astype(np.uint8)
    cutout = Cutout(rgb8=rgb8, alpha8=np.rint(255 * alpha).astype(np.uint8), mixing=CAMERA)
    sky8 = np.full((30, 40, 3), (20, 90, 250), np.uint8)
    return scene(
        cutout, seen8, **{"backgrounds/sky.png": encode_png(sky8), "backgrounds/note.txt": b"no picture"}
    )


BALL = ball()


def shown(output: Output) -> np.ndarray:
    return read(render(BALL, output).body)


def made(**fields: object) -> Output:
    [output] = Recipe.model_validate({"outputs": [fields]}).outputs
    return output
