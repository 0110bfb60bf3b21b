"""Exposure, haze and grain of plain pictures, where the right answers are arithmetic."""

import numpy as np
import pytest
from numpy.typing import NDArray

from cutout.light import to_linear, to_srgb8
from cutout.rendering.tone import Tone, grain_of, matched, tone_towards, toned

Picture8 = NDArray[np.uint8]
ALL = np.full((240, 320), 255, np.uint8)


def plain(linear: float) -> Picture8:
    return to_srgb8(np.full((240, 320, 3), linear, np.float32))


def noisy(deviation: float, seed: int) -> Picture8:
    """A slope from level 90 to 160 with noise."""
    slope = np.linspace(90, 160, 320)[None, :, None] + np.zeros((240, 320, 3))
    noise = deviation * np.random.default_rng(seed).standard_normal((240, 320, 1))
    return np.clip(np.rint(slope + noise), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("subject", "ground", "strength", "stops"),
    [
        (0.2, 0.25, 1.0, 0.32),  # log2(.25 / .2)
        (0.2, 0.25, 0.5, 0.16),
        (0.1, 0.8, 1.0, 0.5),  # limited
        (0.8, 0.1, 1.0, -0.5),
        (0.8, 0.1, 0.3, -0.15),
        (0.3, 0.3, 1.0, 0.0),
    ],
)
def test_the_exposure_follows_the_background_within_half_a_stop(
    subject: float, ground: float, strength: float, stops: float
) -> None:
    tone = tone_towards(plain(subject), ALL, plain(ground), strength)

    assert np.log2(tone.gain) == pytest.approx(stops, abs=0.02)


def test_only_what_is_solid_counts_for_the_exposure() -> None:
    rgb8, alpha8 = plain(0.2), ALL.copy()
    rgb8[:, 160:], alpha8[:, 160:] = 255, 0

    assert np.log2(tone_towards(rgb8, alpha8, plain(0.25), 1.0).gain) == pytest.approx(0.32, abs=0.02)


def test_a_darker_scene_takes_light_in_proportion_and_a_brighter_one_burns_nothing() -> None:
    darker = Tone(gain=0.5, haze=(0.0, 0.0, 0.0), grain=0.0)
    brighter = Tone(gain=1.4, haze=(0.0, 0.0, 0.0), grain=0.0)

    assert to_linear(toned(plain(0.6), ALL, darker, 0))[0, 0, 0] == pytest.approx(0.3, abs=0.005)
    assert toned(plain(1.0), ALL, brighter, 0).min() == 255
    assert toned(plain(0.95), ALL, brighter, 0).max() < 255
    assert to_linear(toned(plain(0.02), ALL, brighter, 0))[0, 0, 0] == pytest.approx(0.028, abs=0.001)


def test_blacks_are_lifted_to_the_haze_of_a_scene_that_shows_its_blacks() -> None:
    """The scene reaches from .012 to 1; the subject has black."""
    ramp = np.linspace(0.012, 1, 320, dtype=np.float32)[None, :, None] + np.zeros((240, 320, 3), np.float32)
    subject8 = plain(0.3)
    subject8[:100] = 0

    tone = tone_towards(subject8, ALL, to_srgb8(ramp), 1.0)

    assert tone.haze == pytest.approx(
        (0.02, 0.02, 0.02), abs=0.001
    )  # 2 % of the scene are below .032: limited
    assert tone_towards(subject8, ALL, plain(0.4), 1.0).haze == (0, 0, 0)  # a wall shows no black


@pytest.mark.parametrize("deviation", [0.0, 1.0, 3.0, 6.0])
def test_grain_is_measured_on_a_slope(deviation: float) -> None:
    assert grain_of(noisy(deviation, 1), ALL > 0) == pytest.approx(deviation, abs=0.1 + 0.05 * deviation)


def test_texture_is_no_grain() -> None:
    """Stripes on four fifths of the picture; the rest is calm."""
    striped8 = noisy(0.0, 1)
    striped8[:, :240] = np.where(np.arange(240) % 4 < 2, 60, 180)[None, :, None]

    assert grain_of(striped8, ALL > 0) < 0.5


def test_a_clean_subject_gets_the_grain_of_its_background_always_the_same() -> None:
    clean8, grainy8 = noisy(0.0, 1), noisy(4.0, 2)

    first8, again8 = (matched(clean8, ALL, grainy8, 1.0, seed=5) for _ in range(2))

    assert np.array_equal(first8, again8)
    assert grain_of(first8, ALL > 0) == pytest.approx(4.0, abs=0.4)


def test_grain_is_never_taken_away() -> None:
    assert tone_towards(noisy(4.0, 1), ALL, noisy(0.0, 2), 1.0).grain == 0


@pytest.mark.parametrize("alpha8", [ALL, 0 * ALL])
@pytest.mark.parametrize("strength", [0.0, 1.0])
def test_nothing_asked_or_no_subject_is_nothing_done(alpha8: Picture8, strength: float) -> None:
    rgb8 = noisy(2.0, 3)

    same = strength == 0 or not alpha8.any()
    assert np.array_equal(matched(rgb8, alpha8, plain(0.9), strength), rgb8) == same
