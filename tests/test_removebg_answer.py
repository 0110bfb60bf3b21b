"""Answers as remove.bg's clients read them."""

import inspect
import json
from base64 import b64decode
from dataclasses import replace

import pytest

import cutout.errors
from cutout.errors import CustomerError
from cutout.service.jobs import Result
from cutout.service.limiter import Allowance
from removebg_answer import Answer, Delivered, delivered, in_credits, refusal, type_word, wants_json
from removebg_calls import JSON
from removebg_errors import (
    NO_CREDITS,
    NO_KEY,
    SAID,
    STILL_WORKING,
    TOO_LARGE_BODY,
    TOO_MANY_CALLS,
    Refused,
    of_job,
    refused,
)
from removebg_parameters import Parameters, read_parameters

RESULT = Result(
    name="cutout",
    key="a/cutout.png",
    content_type="image/png",
    size_bytes=7,
    width=577,
    height=433,
    foreground=(12, 34, 500, 300),
)
DONE = Delivered(result=RESULT, content=b"picture", link="https://bucket/x?sig", charged=25, drawn=False)
LARGE = replace(DONE, result=RESULT.model_copy(update={"size_bytes": 4_500_001}), content=b"")
ASKED = Parameters()
RATE = Allowance(limit=500, remaining=499, reset_seconds=30, reset_at=1_696_915_907)


def test_a_file_comes_with_all_that_is_known_of_it() -> None:
    answer = delivered(DONE, ASKED, "*/*", RATE)

    assert answer == Answer(
        status=200,
        headers={
            "X-Width": "577",
            "X-Height": "433",
            "X-Credits-Charged": "0.25",
            "X-Type": "other",
            "X-Foreground-Left": "12",
            "X-Foreground-Top": "34",
            "X-Foreground-Width": "500",
            "X-Foreground-Height": "300",
            "X-RateLimit-Limit": "500",
            "X-RateLimit-Remaining": "499",
            "X-RateLimit-Reset": "1696915907",
            "Content-Type": "image/png",
        },
        body=b"picture",
    )


def test_json_holds_the_file_and_where_its_subject_is() -> None:
    answer = delivered(DONE, ASKED, "application/json")

    data = json.loads(answer.body)["data"]
    assert (answer.status, answer.headers["Content-Type"], answer.headers["X-Width"]) == (200, JSON, "577")
    assert b64decode(data.pop("result_b64")) == b"picture"
    assert data == {
        "foreground_top": 34,
        "foreground_left": 12,
        "foreground_width": 500,
        "foreground_height": 300,
    }


def test_a_file_that_does_not_fit_is_a_link() -> None:
    answer = delivered(LARGE, ASKED, None)

    assert (answer.status, answer.body) == (303, b"")
    assert (answer.headers["Location"], answer.headers["X-Credits-Charged"]) == (
        "https://bucket/x?sig",
        "0.25",
    )


def test_a_file_that_just_fits_is_sent() -> None:
    fitting = replace(DONE, result=RESULT.model_copy(update={"size_bytes": 4_500_000}))

    assert delivered(fitting, ASKED, None).status == 200


def test_json_that_does_not_fit_is_refused_with_a_link() -> None:
    answer = delivered(LARGE, ASKED, "application/json", RATE)

    [error] = json.loads(answer.body)["errors"]
    assert (answer.status, error["code"]) == (400, "output_too_large")
    assert "The result has 4,500,001 bytes; in JSON at most 4,500,000 are possible." in error["detail"]
    assert "https://bucket/x?sig" in error["detail"]
    assert answer.headers["X-Credits-Charged"] == "0.25"  # it is finished, and behind the link
    assert answer.headers["X-RateLimit-Limit"] == "500"


@pytest.mark.parametrize(
    ("accept", "json_wanted"),
    [
        (None, False),
        ("", False),
        ("*/*", False),
        ("image/*", False),
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        (
            "application/json, text/plain, */*",
            False,
        ),  # axios, unless told otherwise; remove.bg sends it a file
        ("application/json, */*;q=0.5", True),  # httpie
        ("image/png, application/json;q=0.9", False),
        ("application/json;q=0.9, image/*;q=0.8", True),
        ("application/json;q=0, text/html", False),
        ("text/html,application/xhtml+xml,image/webp,*/*;q=0.8", False),  # a browser
        ("application/json;q=nonsense", True),
    ],
)
def test_json_is_for_those_who_prefer_it_to_a_file(accept: str | None, json_wanted: bool) -> None:
    assert wants_json(accept) is json_wanted


@pytest.mark.parametrize(
    ("hundredths", "said"), [(0, "0"), (25, "0.25"), (100, "1"), (150, "1.5"), (1000, "10")]
)
def test_credits_are_written_as_theirs(hundredths: int, said: str) -> None:
    assert in_credits(hundredths) == said


@pytest.mark.parametrize(
    ("fields", "drawn", "word"),
    [
        ({}, False, "other"),
        ({}, True, "other"),
        ({"type_level": "2"}, True, "graphics"),
        ({"type_level": "2"}, False, "other"),
        ({"type_level": "latest", "type": "graphic"}, False, "graphics"),
        ({"type_level": "none", "type": "car"}, False, None),
        ({"type": "person"}, True, "person"),
        ({"type": "animal"}, False, "animal"),
        ({"type": "transportation"}, False, "other"),
        ({"type": "transportation", "type_level": "2"}, False, "transportation"),
        ({"type": "graphic"}, False, "other"),
    ],
)
def test_a_type_is_said_as_far_as_it_is_known(fields: dict[str, str], drawn: bool, word: str | None) -> None:
    asked = read_parameters(fields)

    assert type_word(asked, drawn) == word
    assert delivered(replace(DONE, drawn=drawn), asked, None).headers.get("X-Type") == word


def test_what_changed_nothing_stands_in_a_header() -> None:
    noted = replace(DONE, notes=("crop_margin has an effect with crop=true only", "another"))

    headers = delivered(noted, ASKED, None).headers

    assert headers["X-Cutout-Notes"] == "crop_margin has an effect with crop=true only; another"
    assert "X-Cutout-Notes" not in delivered(DONE, ASKED, None).headers


def test_without_a_known_box_nothing_is_said_of_it() -> None:
    unknown = replace(DONE, result=RESULT.model_copy(update={"foreground": None}))

    headers = delivered(unknown, ASKED, None).headers

    assert not [name for name in headers if name.startswith("X-Foreground")]
    assert list(json.loads(delivered(unknown, ASKED, JSON).body)["data"]) == ["result_b64"]


# ------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("error", "status", "code", "title"),
    [
        (
            of_job("unknown_foreground", "-"),
            400,
            "unknown_foreground",
            "Could not identify foreground in image.",
        ),
        (of_job("too_many_pixels", "-"), 400, "resolution_too_high", "Image resolution too high"),
        (of_job("too_many_bytes", "-"), 400, "file_too_large", "File too large"),
        (of_job("damaged_image", "-"), 400, "failed_to_read_image", "There was an error reading the image."),
        (of_job("not_an_image", "-"), 400, "invalid_file_type", "Invalid file type"),
        (of_job("out_of_time", "-"), 503, "processing_timeout", "The image was not processed in time"),
        (
            of_job("image_url_unreachable", "-"),
            400,
            "failed_image_download",
            "Failed to download image from given image_url",
        ),
        (of_job("insufficient_credits", "-"), 402, "insufficient_credits", "Insufficient credits"),
        (of_job("monthly_cap_reached", "-"), 402, "monthly_cap_reached", "Monthly cap reached"),
        (of_job("brand_new", "-"), 400, "brand_new", "Brand new"),
        (refused(NO_CREDITS, "-"), 402, "insufficient_credits", "Insufficient credits"),
        (refused(NO_KEY, "-"), 403, "auth_failed", "Missing API Key"),
        (refused(TOO_LARGE_BODY, "-"), 413, "request_too_large", "Request body too large"),
        (refused(TOO_MANY_CALLS, "-"), 429, "rate_limit_exceeded", "Rate limit exceeded"),
        (refused(STILL_WORKING, "-"), 503, "processing_timeout", "The result is not ready yet"),
    ],
)
def test_a_refusal_is_in_their_shape(error: Refused, status: int, code: str, title: str) -> None:
    answer = refusal(error)

    assert (answer.status, answer.headers) == (status, {"Content-Type": JSON, "X-Credits-Charged": "0"})
    assert json.loads(answer.body) == {"errors": [{"title": title, "code": code, "detail": "-"}]}


def test_who_calls_too_often_is_told_when_to_come_back() -> None:
    answer = refusal(refused(TOO_MANY_CALLS, "-"), RATE, retry_seconds=0)

    assert (answer.headers["Retry-After"], answer.headers["X-RateLimit-Reset"]) == ("1", "1696915907")


def test_every_reason_that_can_end_a_job_has_their_words() -> None:
    ours = {
        error.code
        for _, error in inspect.getmembers(cutout.errors, inspect.isclass)
        if issubclass(error, CustomerError)
    }

    assert ours - set(SAID) == set()


@pytest.mark.parametrize(
    ("code", "field", "told", "title"),
    [
        (
            "image_url_unreachable",
            "background.url",
            "failed_image_download",
            "Failed to download image from given bg_image_url",
        ),
        (
            "invalid_image_url",
            "bg_image_url",
            "invalid_bg_image_url",
            "Invalid bg_image_url: Please provide a valid URL.",
        ),
        ("too_many_bytes", "image_url", "file_too_large", "File too large"),
    ],
)
def test_an_address_is_refused_under_the_name_that_its_caller_gave_it(
    code: str, field: str, told: str, title: str
) -> None:
    [fault] = of_job(code, f"{field} is 'https://a/b'; no.").faults

    assert (fault.said.code, fault.said.title) == (told, title)
    assert fault.detail == f"{'image_url' if field == 'image_url' else 'bg_image_url'} is 'https://a/b'; no."
