"""Receivers that do not answer are left alone for a while, and cost nobody else anything."""

import pytest

from cutout.service.messages import DeliveryMessage
from delivery_office import (
    NO_ANSWER,
    START,
    Office,
    answer,
)
from driver import Driver


@pytest.fixture
def office(flow: Driver) -> Office:
    return Office(client=flow.stack.client("dynamodb"), name=flow.stack.name("JobTable"))


def test_a_receiver_that_asks_for_peace_is_not_sent_other_events_either(office: Office) -> None:
    endpoint = office.endpoint()
    first = office.opened(endpoint)
    office.answers = [answer(429, 600.0)]
    office.run()
    office.messages()

    second = office.opened(endpoint)
    office.run()

    assert len(office.posts) == 1
    assert (office.state(second).due, office.state(second).tries) == (office.state(first).due, 0)


def test_a_host_that_does_not_answer_is_left_alone_and_one_attempt_tries_it_for_all(office: Office) -> None:
    endpoint = office.endpoint()
    office.usual = NO_ANSWER
    failed = [office.opened(endpoint) for _ in range(3)]
    office.run()
    office.messages()
    waiting = [office.opened(endpoint) for _ in range(3)]

    office.run()
    assert len(office.posts) == 3
    assert {office.state(one).due for one in waiting} == {START + 5}
    office.messages()
    office.now += 5
    for one in waiting:
        office.take(DeliveryMessage(delivery=one.id, attempt=2))
    assert len(office.posts) == 4
    assert sorted(office.state(one).tries for one in waiting) == [0, 0, 1]
    office.now += 60
    office.usual = answer(204)
    for one in (*waiting, *failed):
        state = office.state(one)
        office.take(DeliveryMessage(delivery=one.id, attempt=state.next_attempt))

    assert {office.state(one).status for one in (*waiting, *failed)} == {"delivered"}


def test_one_owner_s_dead_host_does_not_pause_another_s_webhooks(office: Office, flow: Driver) -> None:
    office.usual = NO_ANSWER
    endpoint = office.endpoint()
    for _ in range(4):
        office.opened(endpoint)
    office.run()
    other = Office(client=office.client, name=office.name)

    other.opened(other.endpoint())
    other.run()

    assert (len(office.posts), len(other.posts)) == (3, 1)


def test_what_was_put_off_for_longer_than_the_plan_takes_is_given_up(office: Office) -> None:
    endpoint = office.endpoint()
    office.usual = NO_ANSWER
    delivery = office.opened(endpoint)
    [(_, message)] = office.messages()
    office.now += 93 * 3600
    for _ in range(3):
        office.opened(endpoint)
    office.run()

    office.take(message)

    assert (office.state(delivery).status, office.state(delivery).attempts) == ("given_up", ())
