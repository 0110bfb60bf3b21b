"""Deliveries and their retries: nothing is lost, nothing is sent twice, and nobody is asked too early."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from cutout.service.deliveries import for_callback, for_endpoint
from cutout.service.endpoints import Endpoint
from cutout.service.jobs import timestamp
from cutout.service.messages import DeliveryMessage
from cutout.service.retry_plan import BEFORE_TRY_SECONDS
from delivery_office import (
    GRACE_SECONDS,
    LEASE_SECONDS,
    START,
    Office,
    answer,
    spend_tries,
)
from driver import Driver
from fakes import ClientError


@pytest.fixture
def office(flow: Driver) -> Office:
    return Office(client=flow.stack.client("dynamodb"), name=flow.stack.name("JobTable"))


def test_a_receiver_that_never_accepts_is_tried_ten_times_after_the_plan(office: Office) -> None:
    """With jitter at its middle: a tenth more than the plan, never less, and the rest is rounded up to seconds."""
    delivery = office.opened(office.endpoint())
    office.usual = answer(500)

    while office.run() and office.state(delivery).status == "pending":
        if not office.sqs.sent:  # too long for the queue: it is sweep's
            due = office.state(delivery).due
            office.now = due - 1
            assert not office.sweep(delivery)
            office.now = due
            assert office.sweep(delivery)

    times = [moment for moment, _ in office.posts]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps == [6, 330, 1980, 7920, 19_800, 39_600, 55_440, 79_200, 95_040]
    assert all(gap >= planned for gap, planned in zip(gaps, BEFORE_TRY_SECONDS[1:], strict=True))
    state = office.state(delivery)
    assert (state.status, len(state.attempts)) == ("given_up", 10)
    assert {letter.id for _, letter in office.posts} == {delivery.event_id}


def test_a_receiver_s_wish_counts_where_it_is_longer_than_the_plan(office: Office) -> None:
    delivery = office.opened(office.endpoint())
    office.answers = [answer(503, 600.0), answer(503, 1.0)]

    office.run()
    [(delay, _)] = office.messages()
    office.now += delay
    office.take(DeliveryMessage(delivery=delivery.id, attempt=2))

    assert delay == 600
    assert office.state(delivery).due == office.now + 330


def test_a_message_that_comes_twice_is_one_attempt(office: Office) -> None:
    delivery = office.opened(office.endpoint())
    office.answers = [answer(500)]
    first = DeliveryMessage(delivery=delivery.id, attempt=1)

    for _ in range(3):
        office.take(first)
    office.now += 1000
    office.take(first)

    assert len(office.posts) == 1


def test_an_attempt_under_way_is_left_alone_until_its_process_must_be_dead(office: Office) -> None:
    """Killed in the middle of the POST: the message comes back, and is worked on after the lease."""
    delivery = office.opened(office.endpoint())
    message = DeliveryMessage(delivery=delivery.id, attempt=1)
    assert office.table.claim(message, office.now, LEASE_SECONDS) is not None

    office.now += LEASE_SECONDS - 1
    office.take(message)
    assert office.posts == []
    office.now += 2
    office.take(message)

    assert office.state(delivery).status == "delivered"


def test_a_delivery_whose_message_could_not_be_sent_is_sent_when_the_news_come_again(office: Office) -> None:
    endpoint, event = office.endpoint(), office.event()
    delivery = for_endpoint(event, endpoint, timestamp(office.now))
    office.sqs.broken = 1
    with pytest.raises(ClientError):
        office.table.open(delivery, office.now)

    assert not office.table.open(for_endpoint(event, endpoint, "later"), office.now)
    office.run()

    assert len(office.posts) == 1
    assert office.state(delivery).delivery.created == timestamp(START)


def test_a_retry_whose_message_was_lost_is_found_by_sweep(office: Office) -> None:
    delivery = office.opened(office.endpoint())
    office.answers = [answer(500)]
    [(_, message)] = office.messages()
    office.sqs.broken = 1
    with pytest.raises(ClientError):
        office.take(message)
    office.take(message)  # the queue brings it again, to no effect

    office.now = office.state(delivery).due + GRACE_SECONDS - 1
    assert not office.sweep(delivery)
    office.now += 1
    assert office.sweep(delivery)
    assert not office.sweep(delivery)  # it is asked for again only after the grace
    office.run()

    assert (len(office.posts), office.state(delivery).status) == (2, "delivered")


def test_an_endpoint_that_gave_up_five_in_a_row_is_disabled_and_one_success_starts_the_count_anew(
    office: Office,
) -> None:
    endpoint = office.endpoint()

    def last_try_fails() -> Endpoint | None:
        delivery = office.opened(endpoint)
        spend_tries(office, delivery)
        office.answers = [answer(500)]
        office.run()
        return office.endpoints.find(office.owner, endpoint.id)

    for _ in range(4):
        last_try_fails()
    office.opened(endpoint)
    office.run()
    counts = [found.given_up for found in (last_try_fails() for _ in range(4)) if found]
    disabled = last_try_fails()

    assert counts == [1, 2, 3, 4]
    assert disabled is not None
    assert (disabled.status, disabled.given_up) == ("disabled", 5)
    assert disabled.reason.startswith("5 deliveries in a row were not accepted")


@pytest.mark.parametrize(
    "end",
    [
        lambda office, endpoint: office.endpoints.remove(office.owner, endpoint.id),
        lambda office, endpoint: office.endpoints.update(office.owner, endpoint.id, lambda e: e.disable("x")),
    ],
    ids=["deleted", "disabled"],
)
def test_what_is_on_its_way_to_an_endpoint_that_is_gone_is_not_sent(
    office: Office, end: Callable[[Office, Endpoint], object]
) -> None:
    endpoint = office.endpoint()
    delivery = office.opened(endpoint)
    end(office, endpoint)

    office.run()

    assert (office.posts, office.state(delivery).status) == ([], "disabled")


def test_a_callback_that_is_gone_is_given_up(office: Office) -> None:
    delivery = for_callback(office.event(), "https://shop.example/job", timestamp(office.now))
    office.table.open(delivery, office.now)
    office.answers = [answer(410)]

    office.run()

    assert office.state(delivery).status == "given_up"
    assert office.sqs.sent == []


def test_a_given_up_delivery_can_be_sent_again_with_the_whole_plan(office: Office) -> None:
    delivery = office.opened(office.endpoint())
    spend_tries(office, delivery)
    office.answers = [answer(500), answer(500)]
    office.run()
    assert office.state(delivery).status == "given_up"

    begun = office.table.redeliver(office.state(delivery), office.now)
    office.run()

    assert begun is not None
    assert (office.state(delivery).status, office.state(delivery).tries) == ("pending", 1)
    assert len(office.state(delivery).attempts) == 2
