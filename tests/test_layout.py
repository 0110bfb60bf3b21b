"""Crop, margins, canvas, size and position, as numbers worked out by hand."""

import pytest

from cutout.errors import BadRecipe
from cutout.rendering.layout import Fill, Layout, Length, Margins, place
from cutout.rendering.placement import Box, Placement
from cutout.rendering.subject import Side, Subject

FRAME = (600, 800)
MOST = 100_000_000


def subject(top: int, left: int, bottom: int, right: int, *cut: Side) -> Subject:
    return Subject(box=Box(top=top, left=left, bottom=bottom, right=right), cut=frozenset(cut))


MIDST = subject(100, 200, 400, 400)  # 300 high, 200 wide


def even(value: float, unit: str = "px") -> Margins:
    length = Length(value=value, unit="%" if unit == "%" else "px")
    return Margins(top=length, right=length, bottom=length, left=length)


def laid(found: Subject, **fields: object) -> tuple[Placement, tuple[float, ...]]:
    """The placement, and where the subject's box lies on the canvas: top, left, bottom, right."""
    placement = place(found, FRAME, Layout(**fields), MOST)  # type: ignore[arg-type]
    return placement, tuple(round(at, 6) for at in placement.on_canvas(found.box))


def test_without_wishes_the_photograph_stays_as_it_is():
    placement = place(MIDST, FRAME, Layout(), MOST)

    assert placement == Placement(height=600, width=800, scale=1, top=0, left=0)
    assert placement.copies


@pytest.mark.parametrize(
    ("margins", "canvas", "box"),
    [
        (Margins(), (300, 200), (0, 0, 300, 200)),
        (even(10), (320, 220), (10, 10, 310, 210)),
        (even(10, "%"), (360, 240), (30, 20, 330, 220)),  # of the subject's own sides
        (
            Margins(top=Length(value=1), right=Length(value=2), left=Length(value=50, unit="%")),
            (301, 302),
            (1, 100, 301, 300),
        ),
    ],
)
def test_a_crop_is_the_box_and_its_margins_at_its_own_scale(
    margins: Margins, canvas: tuple[int, int], box: tuple[float, ...]
):
    placement, on_canvas = laid(MIDST, reference="subject", margins=margins)

    assert (placement.height, placement.width) == canvas
    assert on_canvas == box
    assert placement.copies


@pytest.mark.parametrize(
    ("size", "scale", "box"),
    [
        (Fill(share=0.9), 3.0, (50, 200, 950, 800)),
        (Fill(share=0.6, side="height"), 2.0, (200, 300, 800, 700)),
        (Fill(share=0.2, side="width"), 1.0, (350, 400, 650, 600)),
        (Fill(share=0.9, side="width"), 10 / 3, (0, 166.666667, 1000, 833.333333)),  # 4.5 would not fit
        ("contain", 10 / 3, (0, 166.666667, 1000, 833.333333)),
        ("cover", 5.0, (-250, 0, 1250, 1000)),
        ("original", 1.0, (350, 400, 650, 600)),
    ],
)
def test_size_on_a_canvas(size: object, scale: float, box: tuple[float, ...]):
    placement, on_canvas = laid(MIDST, reference="subject", canvas=(1000, 1000), size=size)

    assert placement.scale == pytest.approx(scale)
    assert on_canvas == pytest.approx(box)
    assert placement.copies == (scale == 1)


@pytest.mark.parametrize(
    ("align", "box"),
    [((0, 0), (100, 100, 700, 500)), ((1, 1), (300, 500, 900, 900)), ((0.25, 0.5), (150, 300, 750, 700))],
)
def test_position_is_a_share_of_what_the_margins_leave_free(
    align: tuple[float, float], box: tuple[float, ...]
):
    _, on_canvas = laid(
        MIDST,
        reference="subject",
        canvas=(1000, 1000),
        size=Fill(share=0.6),
        margins=even(10, "%"),
        align=align,
    )

    assert on_canvas == box


def test_margins_limit_what_fills():
    placement, on_canvas = laid(
        MIDST, reference="subject", canvas=(1000, 1000), size=Fill(share=1), margins=even(100)
    )

    assert placement.scale == pytest.approx(800 / 300)
    assert on_canvas[0::2] == (100, 900)


def test_whole_pixels_when_nothing_is_resampled():
    """A free space of an odd number of pixels is not halved."""
    placement = place(MIDST, FRAME, Layout(reference="subject", canvas=(501, 301), size="original"), MOST)

    assert placement == Placement(height=501, width=301, scale=1, top=1, left=-149)


def test_the_whole_frame_can_be_laid_out():
    placement = place(MIDST, FRAME, Layout(canvas=(300, 800)), MOST)

    assert placement == Placement(height=300, width=800, scale=0.5, top=0, left=200)


@pytest.mark.parametrize(
    ("found", "box"),
    [
        (subject(300, 200, 600, 400, "bottom"), (200, 240, 1000, 773.333333)),  # shifted from the margin down
        (subject(0, 200, 300, 400, "top"), (0, 240, 800, 773.333333)),
        (subject(300, 0, 600, 200, "bottom", "left"), (200, 0, 1000, 533.333333)),
    ],
)
def test_a_side_that_the_frame_cuts_lies_at_the_canvas_s_edge(found: Subject, box: tuple[float, ...]):
    _, on_canvas = laid(
        found,
        reference="subject",
        canvas=(1000, 1000),
        size=Fill(share=0.8),
        margins=Margins(left=Length(value=40), right=Length(value=26.666667)),
    )

    assert on_canvas == pytest.approx(box, abs=1e-3)


def test_glue_can_be_turned_off():
    _, on_canvas = laid(
        subject(300, 200, 600, 400, "bottom"),
        reference="subject",
        canvas=(1000, 1000),
        size=Fill(share=0.6),
        glue=False,
    )

    assert on_canvas == (200, 300, 800, 700)


def test_a_crop_has_no_margin_where_the_frame_cuts():
    placement, on_canvas = laid(
        subject(300, 200, 600, 400, "bottom"), reference="subject", margins=even(10, "%")
    )

    assert (placement.height, placement.width) == (330, 240)
    assert on_canvas == (30, 20, 330, 220)


@pytest.mark.parametrize(
    ("found", "canvas", "box"),
    [
        # an arm across the picture spans the canvas, whatever share was asked for
        (subject(200, 0, 300, 800, "left", "right"), (1000, 1000), (437.5, 0, 562.5, 1000)),
        # a portrait spans it too, and what is too much goes where the frame cuts already
        (subject(60, 0, 600, 800, "left", "right", "bottom"), (600, 1000), (60, 0, 735, 1000)),
        # ... but not when a third of it would go
        (subject(60, 0, 600, 800, "left", "right", "bottom"), (400, 1000), (80, 263.0, 400, 737.0)),
        # cut on no third side, nothing may be lost
        (subject(100, 0, 500, 800, "left", "right"), (400, 1000), (40, 180.0, 360, 820.0)),
        # cut all around, it covers
        (
            subject(0, 0, 600, 800, "top", "left", "bottom", "right"),
            (1000, 1000),
            (0, -166.67, 1000, 1166.67),
        ),
    ],
)
def test_cut_on_two_opposite_sides_it_spans_the_canvas(
    found: Subject, canvas: tuple[int, int], box: tuple[float, ...]
):
    _, on_canvas = laid(found, reference="subject", canvas=canvas, size=Fill(share=0.8, side="height"))

    assert on_canvas == pytest.approx(box, abs=0.1)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"canvas": (1000, 500), "margins": even(50, "%")}, "take 1,000 of the canvas's height of 1,000"),
        ({"canvas": (1000, 500), "margins": even(260)}, "take 520 of the canvas's width of 500"),
        ({"canvas": (20_000, 20_000)}, "20,000 x 20,000 pixels; allowed: 100,000,000"),
        ({"margins": even(6000)}, "12,200 x 12,300 pixels"),
        (
            {"canvas": (1000, 150), "size": "original"},
            "has 200 x 300 pixels, and the canvas leaves it 150 x 1,000",
        ),
        ({"size": Fill(share=0.8)}, "no canvas"),
    ],
)
def test_what_cannot_be_is_refused_by_what_is_wrong(fields: dict[str, object], message: str):
    with pytest.raises(BadRecipe, match=message):
        place(MIDST, FRAME, Layout(reference="subject", **fields), MOST)  # type: ignore[arg-type]
