"""The account, and bad cases that are sent in."""

import json

import pytest

from cutout.service.limiter import Allowance
from removebg_account import account, improved, read_improve
from removebg_calls import form, requests_file
from removebg_errors import Refused

RATE = Allowance(limit=500, remaining=499, reset_seconds=30, reset_at=1_696_915_907)


def test_the_account_says_what_is_left() -> None:
    answer = account(20_025, RATE)

    assert (answer.status, answer.headers["X-RateLimit-Limit"]) == (200, "500")
    assert json.loads(answer.body) == {
        "data": {
            "attributes": {
                "credits": {"total": 200.25, "subscription": 0, "payg": 200.25, "enterprise": 0},
                "api": {"free_calls": 0, "sizes": "all"},
            }
        }
    }


def test_whole_credits_are_whole_numbers() -> None:
    assert '"total": 5000,' in str(account(500_000).body)


def test_a_bad_case_comes_with_what_is_said_of_it() -> None:
    complaint = read_improve(
        *requests_file(("tag", "batch_1"), ("image_filename", "car.jpg"), ("error_type", "foreground-edges"))
    )

    assert complaint.picture.content.startswith(b"\xff\xd8")
    assert complaint.complaint.model_dump() == {
        "image_filename": "car.jpg",
        "tag": "batch_1",
        "error_type": "foreground-edges",
        "error_description": "",
    }


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ([("tag", "a")], "missing_source", "Please provide the source image"),
        (
            [("image_url", "https://a/b"), ("error_type", "bad")],
            "invalid_error_type",
            "error_type: 'bad' is not possi",
        ),
        (
            [("image_url", "https://a/b"), ("size", "full")],
            "unknown_parameter",
            "size is not a known parameter; allow",
        ),
        (
            [("image_url", "https://a/b"), ("tag", "a" * 256)],
            "invalid_tag",
            "tag: String should have at most 255",
        ),
    ],
)
def test_a_bad_case_that_cannot_be_kept_is_refused(
    fields: list[tuple[str, str]], code: str, said: str
) -> None:
    with pytest.raises(Refused) as refusal_:
        read_improve(*form(*fields))

    [fault] = refusal_.value.faults
    assert fault.said.code == code
    assert said in fault.detail


def test_a_kept_case_has_an_id_like_theirs() -> None:
    answer = improved("fe09820bbe7945118836679583529882")

    assert json.loads(answer.body) == {"id": "fe09820b-be79-4511-8836-679583529882"}
