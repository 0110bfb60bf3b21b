"""Values of remove.bg's parameters that are not possible, each refused by its name."""

import pytest

import removebg_calls as calls
from removebg_errors import Refused
from removebg_parameters import check_region, read_parameters
from removebg_request import RemovebgRequest, read_request


def request(**fields: str) -> RemovebgRequest:
    return read_request(*calls.form(("image_url", "https://a/b"), *fields.items()))


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ({"size": "huge"}, "invalid_size", "size: 'huge' is not possible; allowed: preview, small, regular, medium, h"),
        ({"size": "undefined"}, "invalid_size", "size: 'undefined' is not possible"),
        ({"type": "dog"}, "invalid_type", "type: 'dog' is not possible; allowed: auto, car, product, person, animal"),
        ({"type_level": "3"}, "invalid_type_level", "type_level: '3' is not possible; allowed: none, 1, 2, latest."),
        ({"format": "gif"}, "invalid_format", "format: 'gif' is not possible; allowed: auto, png, jpg, webp, zip."),
        ({"roi": "10% 10%"}, "invalid_roi", "roi: '10% 10%' is not a region; allowed: \"x1 y1 x2 y2\", each in px"),
        ({"roi": "a b c d"}, "invalid_roi", "roi: 'a' is not a length; allowed: a number with px or %, such as 30px"),
        ({"roi": "50% 0% 50% 100%"}, "roi_region_empty", "roi: it is empty; allowed: x1 less than x2, and y1 less th"),
        ({"roi": "0% 0% 101% 100%"}, "roi_exceeds_bounds", "roi: it reaches beyond the picture; allowed: 0% to 100%"),
        ({"crop": "yes"}, "invalid_crop", "crop: 'yes' is neither true nor false; allowed: true, false, 1, 0."),
        ({"crop_margin": "10% 10% 10%"}, "invalid_crop_margin", "'10% 10% 10%' has 3 lengths; allowed: one for all si"),
        ({"crop_margin": "51%"}, "invalid_crop_margin", "'51%' is too much; allowed: at most 50% of the subject, or"),
        ({"crop_margin": "501px"}, "invalid_crop_margin", "crop_margin: '501px' is too much"),
        ({"crop_margin": "-5px"}, "invalid_crop_margin", "crop_margin: '-5px' is not a length"),
        ({"scale": "9%"}, "invalid_scale", "scale: '9%' is not a scale; allowed: 10% to 100%, or original."),
        ({"scale": "101%"}, "invalid_scale", "scale: '101%' is not a scale"),
        ({"scale": "50"}, "invalid_scale", "scale: '50' is not a scale"),
        ({"position": "left"}, "invalid_position", "position: 'left' is not a position; allowed: original, center, or"),
        ({"position": "101%"}, "invalid_position", "position: '101%' is not a position"),
        ({"position": "1% 2% 3%"}, "invalid_position", "position: '1% 2% 3%' is not a position"),
        ({"position": "10px"}, "invalid_position", "position: '10px' is not a position"),
        ({"channels": "rgb"}, "invalid_channels", "channels: 'rgb' is not possible; allowed: rgba, alpha."),
        ({"channels": "alpha", "bg_color": "red"}, "invalid_channels", "the opacity alone, which takes no background"),
        ({"bg_color": "#12345"}, "invalid_bg_color", "bg_color: '#12345' is not a colour; allowed: rgb, rgba, rrggbb"),
        ({"bg_color": "nocolour"}, "invalid_bg_color", "bg_color: 'nocolour' is not a colour"),
        ({"shadow_type": "soft"}, "invalid_shadow_type", "shadow_type: 'soft' is not possible; allowed: none, auto"),
        ({"shadow_type[car]": "soft"}, "invalid_shadow_type", "shadow_type[car]: 'soft' is not possible; allowed: n"),
        (
            {"shadow_type": "drop", "shadow_type[car]": "drop"},
            "invalid_shadow_type",
            "shadow_type is given for all types and for some; allowed: one of the two.",
        ),
        ({"shadow_opacity": "101"}, "invalid_shadow_opacity", "'101' is not an opacity; allowed: 0 to 100, or auto."),
        ({"shadow_opacity": "-1"}, "invalid_shadow_opacity", "shadow_opacity: '-1' is not an opacity"),
        ({"shadow_opacity[dog]": "1"}, "unknown_parameter", "shadow_opacity[dog] is not a known parameter; allowed: "),
        ({"shadow_types": "car"}, "unknown_parameter", "shadow_types is not a known parameter"),
        ({"add_shadow": "maybe"}, "invalid_add_shadow", "add_shadow: 'maybe' is neither true nor false"),
        ({"shadow_method": "new"}, "invalid_shadow_method", "shadow_method: 'new' is not possible"),
        ({"semitransparency": "2"}, "invalid_semitransparency", "semitransparency: '2' is neither true nor false"),
        ({"crop_margins": "1px"}, "unknown_parameter", "crop_margins is not a known parameter; allowed: image_file, i"),
    ],
)  # fmt: skip
def test_what_is_not_possible_is_refused_by_name(fields: dict[str, str], code: str, said: str) -> None:
    with pytest.raises(Refused) as refusal:
        request(**fields)

    [fault] = refusal.value.faults
    assert (refusal.value.status, fault.said.code) == (400, code)
    assert said in fault.detail


def test_every_fault_is_said() -> None:
    with pytest.raises(Refused) as refusal:
        read_parameters({"size": "huge", "format": "gif", "nonsense": "1"})

    assert [fault.said.code for fault in refusal.value.faults] == [
        "invalid_size",
        "invalid_format",
        "unknown_parameter",
    ]


@pytest.mark.parametrize(
    ("roi", "code", "said"),
    [
        (
            "0px 0px 61px 40px",
            "roi_exceeds_bounds",
            "'0px 0px 61px 40px' reaches beyond a picture of 60 x 40 pixels",
        ),
        ("0px 0px 60px 41px", "roi_exceeds_bounds", "reaches beyond a picture"),
        (
            "60px 0% 100% 100%",
            "roi_region_empty",
            "'60px 0% 100% 100%' is nothing of a picture of 60 x 40 pixels",
        ),
        ("50% 0% 20px 100%", "roi_region_empty", "is nothing of a picture"),
        ("0% 0% 0.1% 100%", "roi_region_empty", "is nothing of a picture"),
    ],
)
def test_a_region_that_does_not_fit_the_picture_is_refused(roi: str, code: str, said: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_region(request(roi=roi).parameters, 60, 40)

    assert refusal.value.faults[0].said.code == code
    assert said in str(refusal.value)


@pytest.mark.parametrize("roi", ["0px 0px 60px 40px", "0% 0% 100% 100%", "10px 50% 100% 40px"])
def test_a_region_within_the_picture_is_fine(roi: str) -> None:
    check_region(request(roi=roi).parameters, 60, 40)
