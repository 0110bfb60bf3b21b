import numpy as np
import pytest

from cutout.light import to_linear, to_srgb8
from cutout.rendering.display import for_viewers

GREYS = np.array([0, 64, 128, 191, 255], np.uint8)


def pixels(*colours_and_alphas: tuple[int, int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    rgba8 = np.array([colours_and_alphas], np.uint8)
    return rgba8[..., :3], rgba8[..., 3]


def error_over_greys(rgb8: np.ndarray, alpha8: np.ndarray, shown8: tuple[np.ndarray, np.ndarray]) -> float:
    """Root mean square in levels between what a viewer shows of ``shown8`` and the mixture in linear light."""
    a, s = alpha8[..., None] / 255, shown8[1][..., None] / 255
    differences = []
    for grey in GREYS:
        mixed = to_srgb8((a * to_linear(rgb8) + (1 - a) * to_linear(grey)).astype(np.float32))
        differences.append(s * shown8[0] + (1 - s) * float(grey) - mixed)
    return float(np.sqrt(np.square(differences).mean()))


@pytest.mark.parametrize(
    ("colour", "shown"),
    [
        ((0, 0, 0), 67),  # half a black strand must darken white to 188 only: about .27 of it
        ((255, 255, 255), 188),  # half a white strand must lighten black to 188: about .73
    ],
)
def test_half_a_dark_strand_becomes_thinner_and_half_a_bright_one_thicker(
    colour: tuple[int, int, int], shown: int
) -> None:
    [_, alpha8] = for_viewers(*pixels((*colour, 128)))

    assert abs(int(alpha8[0, 0]) - shown) <= 1


def test_it_is_nearer_to_the_mixture_of_light_on_the_mean_of_the_greys() -> None:
    rgb8, alpha8 = pixels((20, 12, 8, 60), (20, 12, 8, 128), (200, 170, 120, 128), (200, 40, 30, 200))

    before = error_over_greys(rgb8, alpha8, (rgb8, alpha8))
    after = error_over_greys(rgb8, alpha8, for_viewers(rgb8, alpha8))

    assert before > 20
    assert after < 9


def test_what_is_opaque_or_clear_is_not_touched() -> None:
    rgb8, alpha8 = pixels((1, 2, 3, 255), (4, 5, 6, 0), (90, 90, 90, 128))
    given8 = rgb8.copy(), alpha8.copy()

    colours8, opacity8 = for_viewers(rgb8, alpha8)

    assert colours8[0, :2].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert opacity8[0, :2].tolist() == [255, 0]
    assert np.array_equal(rgb8, given8[0])
    assert np.array_equal(alpha8, given8[1])


def test_more_coverage_is_never_shown_as_less() -> None:
    alpha8 = np.arange(256, dtype=np.uint8)[None].repeat(4, axis=0)
    rgb8 = np.array([[0, 0, 0], [30, 90, 60], [128, 128, 128], [255, 250, 240]], np.uint8)[:, None]

    [_, opacity8] = for_viewers(np.broadcast_to(rgb8, (4, 256, 3)), alpha8)

    assert (np.diff(opacity8.astype(int), axis=1) >= 0).all()
    assert opacity8[:, [0, 255]].tolist() == [[0, 255]] * 4


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (700, 1), (600, 2)])
def test_rows_are_the_same_however_many_there_are(shape: tuple[int, int]) -> None:
    one8 = for_viewers(*pixels((60, 50, 40, 100)))

    colours8, opacity8 = for_viewers(
        np.full((*shape, 3), (60, 50, 40), np.uint8), np.full(shape, 100, np.uint8)
    )

    assert (colours8 == one8[0]).all()
    assert (opacity8 == one8[1]).all()
