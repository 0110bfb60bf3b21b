"""The limiter on the emulated DynamoDB: what is counted, what is refused, what the headers say."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

from cutout.service.limiter import Allowance, Limiter, TooManyRequests, note_pixels
from driver import Driver, disc, submit_form

MINUTE = 1_795_000_020.0  # a whole number of minutes
MEGAPIXEL = 1_000_000


@dataclass(frozen=True)
class Gate:
    """A limiter of five requests and ten megapixels, and one owner."""

    limiter: Limiter
    owner: str

    def admit(self, seconds: float = 0) -> Allowance | TooManyRequests:
        try:
            return self.limiter.admit(self.owner, MINUTE + seconds)
        except TooManyRequests as refusal:
            return refusal

    def note(self, pixels: int, seconds: float = 0) -> None:
        note_pixels(self.limiter.client, self.limiter.name, self.owner, pixels, MINUTE + seconds)


@pytest.fixture
def gate(flow: Driver) -> Gate:
    client, name = flow.stack.client("dynamodb"), flow.stack.name("JobTable")
    limiter = Limiter(client=client, name=name, requests_per_minute=5, megapixels_per_minute=10)
    return Gate(limiter, uuid.uuid4().hex)


def test_a_request_is_told_what_is_left(gate: Gate) -> None:
    assert gate.admit(20) == Allowance(limit=5, remaining=4, reset_seconds=40, reset_at=int(MINUTE) + 60)
    assert gate.admit(59.9) == Allowance(limit=5, remaining=3, reset_seconds=1, reset_at=int(MINUTE) + 60)


def test_pixels_are_taken_off_in_whole_megapixels(gate: Gate) -> None:
    gate.admit()
    gate.note(6 * MEGAPIXEL + 1)

    answer = gate.admit()

    assert isinstance(answer, Allowance)
    assert answer.remaining == 3  # of five requests three are left, and three whole megapixels of ten
    gate.note(MEGAPIXEL)
    answer = gate.admit()
    assert isinstance(answer, Allowance)
    assert answer.remaining == 2


def test_the_request_beyond_the_limit_is_refused_with_when_to_come_back(gate: Gate) -> None:
    answers = [gate.admit(45) for _ in range(6)]

    refusal = answers[5]
    assert [type(answer) for answer in answers[:5]] == [Allowance] * 5
    assert isinstance(refusal, TooManyRequests)
    assert (refusal.retry_after_seconds, refusal.allowance.remaining) == (15, 0)
    assert "5 requests and 10 megapixels a minute" in str(refusal)


def test_megapixels_may_be_overdrawn_once_and_refuse_the_next(gate: Gate) -> None:
    gate.admit()
    gate.note(25 * MEGAPIXEL)

    assert isinstance(gate.admit(), TooManyRequests)
    assert isinstance(gate.admit(60), Allowance)


def test_nobody_slips_through_at_the_same_moment(gate: Gate) -> None:
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: gate.admit(), range(12)))

    assert sum(isinstance(answer, Allowance) for answer in answers) == 5


def test_an_account_may_have_limits_of_its_own(flow: Driver, gate: Gate) -> None:
    flow.table.ledger.account_of(gate.owner, "2026-11-22T09:00:00.000Z")
    flow.table.client.update_item(
        TableName=flow.table.name,
        Key={"pk": {"S": f"owner#{gate.owner}"}, "sk": {"S": "account"}},
        UpdateExpression="SET requests_per_minute = :requests",
        ExpressionAttributeValues={":requests": {"N": "1"}},
    )

    assert gate.admit() == Allowance(limit=1, remaining=0, reset_seconds=60, reset_at=int(MINUTE) + 60)
    assert isinstance(gate.admit(), TooManyRequests)


def test_ingest_notes_what_a_picture_of_a_key_has(flow: Driver) -> None:
    _, job = flow.call("POST", "/v1/jobs", {}, flow.stack.deployed.api_key)
    owner = job["upload"]["fields"]["key"].split("/")[1]
    before = pixels_of(flow, owner)

    submit_form(job["upload"], disc(side=80))
    until = time.monotonic() + 20
    while (noted := pixels_of(flow, owner) - before) == 0 and time.monotonic() < until:
        time.sleep(0.05)

    assert noted == 6400


def pixels_of(flow: Driver, owner: str) -> int:
    """All that was noted, whatever minute it is."""
    found = flow.table.client.query(
        TableName=flow.table.name,
        KeyConditionExpression="pk = :pk AND begins_with(sk, :rate)",
        ExpressionAttributeValues={":pk": {"S": f"owner#{owner}"}, ":rate": {"S": "rate#"}},
    )
    return sum(int(item.get("pixels", {"N": "0"})["N"]) for item in found["Items"])
