import pytest

from cutout.service.endpoints import Endpoint, new_endpoint

ROTATED = "2026-11-22T09:00:00.000Z"
ENDPOINT = new_endpoint("https://e.com/", ("job.failed",), "", "2026-11-01T00:00:00.000Z")


def test_a_new_secret_signs_beside_the_old_one_for_24_hours() -> None:
    rotated = ENDPOINT.rotate(ROTATED)

    assert ENDPOINT.secret_versions(ROTATED) == (1,)
    assert rotated.secret_versions(ROTATED) == (2, 1)
    assert rotated.secret_versions("2026-11-23T08:59:59.999Z") == (2, 1)
    assert rotated.secret_versions("2026-11-23T09:00:00.000Z") == (2,)


def test_a_secret_that_is_changed_twice_in_a_day_leaves_the_receiver_s_own_one_its_24_hours() -> None:
    """The answer with the second one may have been lost."""
    twice = ENDPOINT.rotate(ROTATED).rotate("2026-11-22T10:00:00.000Z")

    assert twice.secret_versions("2026-11-22T11:00:00.000Z") == (3, 2, 1)
    assert twice.secret_versions("2026-11-23T09:00:00.000Z") == (3, 2)
    assert twice.secret_versions("2026-11-23T10:00:00.000Z") == (3,)


def test_no_more_than_five_secrets_sign() -> None:
    often = ENDPOINT
    for minute in range(10, 20):
        often = often.rotate(f"2026-11-22T09:{minute}:00.000Z")

    assert often.secret_versions("2026-11-22T11:00:00.000Z") == (11, 10, 9, 8, 7)


@pytest.mark.parametrize(
    ("endpoint", "wants"),
    [
        (ENDPOINT, True),
        (ENDPOINT.disable("x"), False),
        (ENDPOINT.disable("x").enable(), True),
        (ENDPOINT.model_copy(update={"events": ("job.review",)}), False),
    ],
)
def test_who_is_disabled_or_did_not_ask_is_not_told(endpoint: Endpoint, wants: bool) -> None:
    assert endpoint.wants("job.failed") is wants


def test_ids_of_endpoints_are_their_own_and_have_no_dots() -> None:
    """The specification signs id, timestamp and body with dots between."""
    ids = {new_endpoint("https://e.com/", ("job.failed",), "", ROTATED).id for _ in range(50)}

    assert len(ids) == 50
    assert not any("." in one for one in ids)
