"""The quality bench: its truth scores nothing, its means say what they are of."""

from pathlib import Path

import numpy as np
import pytest

from bench import quality_summary, viewers
from bench.cases import Case, read_case, read_cases
from bench.contest import Contest
from bench.cutting import plain
from bench.floors import small_case
from bench.mattes import as_photo
from bench.metrics import colour_error
from bench.quality_sheet import SIDE, telling_corners
from bench.quality_tables import against_plain, as_text, groups, means
from bench.reference import unmix
from bench.scoring import COLUMNS, Score, figures
from cutout.codec import decode_grey, encode_grey, encode_png
from cutout.rendering.display import for_viewers
from scenes import disc


@pytest.fixture(scope="module")
def disc_case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    scene, folder = disc(96, 28, 8), tmp_path_factory.mktemp("cases") / "disc"
    folder.mkdir()
    (folder / "image.png").write_bytes(encode_png(scene.rgb8))
    (folder / "alpha.png").write_bytes(encode_grey(scene.alpha8))
    (folder / "fg.png").write_bytes(encode_png(scene.foreground8))
    (folder / "bg.png").write_bytes(encode_png(scene.background8))
    return read_case(folder, folder)


def test_the_truth_itself_has_no_fault(disc_case: Case):
    colour8 = np.rint(disc_case.colour * 255).astype(np.uint8)

    found = figures(disc_case, colour8, disc_case.alpha8)

    assert found.pop("overlap") == 1
    assert {key: value for key, value in found.items() if abs(value) > 1e-9} == {}


def test_the_photograph_under_the_true_alpha_has_only_a_fringe(disc_case: Case):
    found = figures(disc_case, disc_case.rgb8, disc_case.alpha8)

    assert found["sad"] == found["band"] == found["bias"] == 0
    assert found["colour"] > 10
    assert found["spill"] > 5
    assert found["black"] == pytest.approx(found["white"])  # with the right alpha the ground does not matter


def test_estimated_colours_are_near_the_true_ones():
    scene = disc(96, 28, 8)

    colour8, ground8 = unmix(scene.rgb8, scene.alpha8)

    alpha = scene.alpha8 / 255
    assert colour_error(colour8 / 255, scene.foreground8 / 255, alpha) < 5
    assert colour_error(scene.rgb8 / 255, scene.foreground8 / 255, alpha) > 20
    assert np.array_equal(colour8[alpha == 1], scene.rgb8[alpha == 1])
    assert np.array_equal(ground8[alpha == 0], scene.rgb8[alpha == 0])


def test_a_case_whose_files_differ_in_size_is_refused(tmp_path: Path):
    (tmp_path / "image.png").write_bytes(encode_png(np.zeros((4, 6, 3), np.uint8)))
    (tmp_path / "alpha.png").write_bytes(encode_grey(np.zeros((4, 5), np.uint8)))

    with pytest.raises(SystemExit, match=r"alpha.png is \(4, 5\), the image is \(4, 6\)"):
        read_case(tmp_path, tmp_path)


def test_a_folder_without_cases_is_refused(tmp_path: Path):
    with pytest.raises(SystemExit, match="has no case"):
        read_cases(tmp_path, tmp_path)


def test_a_case_without_colours_says_that_they_are_estimates(tmp_path: Path, disc_case: Case):
    folder = tmp_path / "photo"
    folder.mkdir()
    (folder / "image.png").write_bytes(encode_png(disc_case.rgb8))
    (folder / "alpha.png").write_bytes(encode_grey(disc_case.alpha8))

    cases = [read_case(folder, tmp_path / "kept") for _ in range(2)]

    assert not cases[0].own_colours
    assert disc_case.own_colours
    assert np.array_equal(cases[0].colour, cases[1].colour)  # the second time from the files that were kept
    assert len(list((tmp_path / "kept").iterdir())) == 2


def test_plain_is_the_photograph_under_the_enlarged_mask(disc_case: Case):
    rgb8, alpha8 = plain(as_photo(disc_case), np.full((8, 8), 77, np.uint8))

    assert np.array_equal(rgb8, disc_case.rgb8)
    assert set(np.unique(alpha8)) == {77}
    assert decode_grey(encode_grey(alpha8)).shape == (96, 96)


def test_crops_lie_inside_and_do_not_overlap():
    alpha8 = np.zeros((400, 300), np.uint8)
    alpha8[0:60, 0:60] = alpha8[330:400, 240:300] = 128
    case = Case(
        name="two",
        image=Path("two.png"),
        rgb8=np.zeros((400, 300, 3), np.uint8),
        alpha8=alpha8,
        colour=np.zeros((400, 300, 3)),
        ground=np.zeros((400, 300, 3)),
        own_colours=True,
        edge=alpha8 > 0,
    )

    corners = telling_corners(case, 3)

    assert len(corners) == 2
    assert all(0 <= y <= 400 - SIDE and 0 <= x <= 300 - SIDE for y, x in corners)
    assert abs(corners[0][0] - corners[1][0]) >= SIDE


def contest() -> Contest:
    values = {  # case, method: band error, overlap
        ("easy", "plain"): (50.0, 0.9),
        ("easy", "ours"): (40.0, 0.9),
        ("hard", "plain"): (200.0, 0.8),
        ("hard", "ours"): (220.0, 0.8),
        ("missed", "plain"): (300.0, 0.1),
        ("missed", "ours"): (300.0, 0.1),
    }
    scores = [
        Score(case=case, method=method, figures=dict.fromkeys(COLUMNS, 0.0) | {"band": b, "overlap": o})
        for (case, method), (b, o) in values.items()
    ]
    return Contest(
        title="T",
        folder=Path(),
        methods=["plain", "ours"],
        scores=scores,
        peak_mb={"plain": 1, "ours": 2},
        relative=frozenset({"hard"}),
    )


def test_means_leave_out_what_was_missed_what_is_too_hard_and_what_has_no_true_colours():
    assert list(groups(contest()).values()) == [
        {"easy", "hard", "missed"},
        {"easy", "hard"},
        {"easy"},
        {"easy", "missed"},
    ]
    assert means(contest(), "ours", {"easy", "hard"})["band"] == 130
    assert against_plain(contest(), "ours", {"easy", "hard"}) == {
        "ratio": pytest.approx(0.95),
        "worst ratio": 1.1,
    }


def test_a_missed_case_and_one_without_true_colours_are_marked():
    lines = as_text(contest()).splitlines()

    assert [line.split()[0] for line in lines[3:9]] == [
        "easy",
        "easy",
        "hard~",
        "hard~",
        "missed*",
        "missed*",
    ]


def test_the_summary_sets_us_beside_the_best_of_rembg_s_ways_and_names_our_worst_picture():
    """Band error 40 beside 50 and 80: a fifth less than the best, half of the plain one."""
    figures = dict.fromkeys(COLUMNS, 1.0) | {"overlap": 1.0, "dissolved": 0.25, "bias": 0.02}
    bands = {"ours": 40.0, "rembg": 80.0, "rembg alpha_matting": 50.0}
    scores = [Score(case="a", method=method, figures=figures | {"band": b}) for method, b in bands.items()]
    peaks = dict.fromkeys(bands, 1.0)
    one = Contest(
        title="T", folder=Path(), methods=list(bands), scores=scores, peak_mb=peaks, relative=frozenset()
    )

    row = quality_summary.as_text([one]).splitlines()[-1].split()

    assert row[:3] == ["all", "cases", "(1)"]
    assert row[3:9] == ["40.0", "rembg", "alpha_matting", "50.0", "-20%", "80.0"]
    assert row[9] == "-50%"
    assert row[-5:] == ["0.50", "a", "+0.020", "25.0", "100.0"]


def test_the_summary_of_ourselves_alone_counts_from_the_enlarged_mask():
    row = quality_summary.as_text([contest()]).splitlines()[3].split()

    assert row[:3] == ["all", "cases", "(3)"]
    assert row[3:7] == ["186.7", "-", "183.3", "+2%"]


def test_a_drawn_camera_picture_mixes_light_and_a_logo_does_not(disc_case: Case):
    assert viewers.mixes_light(disc_case)
    assert not viewers.mixes_light(small_case("logo"))


def test_the_truth_is_off_in_a_viewer_that_blends_as_encoded_and_less_so_when_fitted(disc_case: Case):
    truth8 = np.rint(disc_case.colour * 255).astype(np.uint8), disc_case.alpha8

    coverage = viewers.shown(disc_case, *truth8)
    display = viewers.shown(disc_case, *for_viewers(*truth8))

    assert coverage.encoded == 0
    assert display.encoded > 1
    assert sum(display.light) < 0.8 * sum(coverage.light)
