"""No error on a drawn scene rises above what was recorded; `tests/recorded_floors.py` has the figures."""

from functools import cache

import pytest

from bench.cases import Case
from bench.drawn import SCENES
from bench.floors import MODES, SLACK, measure, risen, small_case
from recorded_floors import FLOORS, RECORDED_ON

drawn_once = cache(small_case)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", SCENES)
def test_no_error_rises_above_its_floor(name: str, mode: str) -> None:
    case: Case = drawn_once(name)
    recorded = dict(zip(SLACK, FLOORS[name, mode], strict=True))

    higher = risen(recorded, measure(case, mode))

    assert higher == [], f"{name}, {mode}, recorded on {RECORDED_ON}: {'; '.join(higher)}"


def test_every_scene_has_a_floor_in_every_mode() -> None:
    assert set(FLOORS) == {(name, mode) for name in SCENES for mode in MODES}


RECORDED = {"band": 50.0, "bias": -0.02, "halo": 10.0, "colour": 8.0, "inside": 0.1, "closed": 0.0}


@pytest.mark.parametrize(
    ("worse", "said"),
    [
        ({"band": 50.6}, ["band 50.6, recorded 50"]),
        ({"bias": 0.021}, ["bias 0.021, recorded -0.02"]),
        ({"halo": 10.2, "colour": 8.2}, ["halo 10.2, recorded 10", "colour 8.2, recorded 8"]),
        ({"closed": 0.002}, ["closed 0.002, recorded 0"]),
        ({"band": 50.5, "bias": 0.02, "inside": 0.101}, []),
        ({"band": 20.0, "halo": 1.0}, []),
    ],
)
def test_one_percent_more_is_allowed_and_no_more(worse: dict[str, float], said: list[str]) -> None:
    assert risen(RECORDED, RECORDED | worse) == said
