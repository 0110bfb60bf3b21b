"""Faults of our own: retried, then dead letters, and the job ends as failed by its deadline, whatever happened.

Two stacks at a hurried pace `drill` (two deliveries) run side by side: one whose network never comes back, and one
whose model file is missing.
"""

import base64
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cutout.service.jobs import owner_of
from driver import Driver, disc
from local import standin
from local.stack import local_stack

HURRIED = {
    "MatteTimeoutSeconds": 2,
    "MatteVisibilitySeconds": 5,
    "BatchTimeoutSeconds": 2,
    "BatchVisibilitySeconds": 3,
    "BulkDeadlineSeconds": 14,
}
BROKEN = 30  # pictures of the batch whose function is killed: they end without the network


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faults")


@pytest.fixture(scope="module")
def endless(folder: Path) -> Iterator[Driver]:
    """A stack whose network runs into every time-out; a picture waits in it already."""
    card = standin.endless(folder)
    overrides = {"MODEL_CARD": str(card), "PROXY_SIDE": str(standin.SIDE), "DIRECT_SECONDS": "2"}
    with local_stack(folder / "endless", pace="drill", overrides=overrides, numbers=HURRIED) as stack:
        driver = Driver(stack)
        driver.put("slow.png", disc())
        yield driver


@pytest.fixture(scope="module")
def modelless(folder: Path) -> Iterator[Driver]:
    """A stack without its model; a picture waits in it already."""
    overrides = {"MODEL_CARD": str(folder / "nowhere.json"), "PROXY_SIDE": str(standin.SIDE)}
    with local_stack(folder / "modelless", pace="drill", overrides=overrides, numbers=HURRIED) as stack:
        driver = Driver(stack)
        driver.put("missing.png", disc())
        yield driver


@pytest.fixture(scope="module")
def killed_batch(endless: Driver) -> str:
    """A batch whose function was killed with -9 over its first page; the message comes back well in time."""
    folder = f"calls/{owner_of(endless.key)}/broken/"
    for number in range(BROKEN):
        endless.put(f"{folder}{number}.png", b"no picture")
    killer = Killer(endless, "BatchFunction")
    killer.start()
    status, batch = endless.call("POST", "/v1/batches", {"prefix": folder}, endless.key)
    assert status == 202
    killer.join(timeout=20)
    assert killer.killed == 1
    batch_id: str = batch["id"]
    return batch_id


def wait_for_dead_letters(driver: Driver, queue: str, count: int, seconds: float = 75) -> None:
    until = time.monotonic() + seconds
    while driver.waiting(f"{queue}DeadLetters") < count:
        assert time.monotonic() < until, f"no dead letter in {queue} within {seconds} s"
        time.sleep(0.1)


def sweep(driver: Driver) -> int:
    """What the schedule does every minute."""
    answer = driver.stack.client("lambda").invoke(FunctionName=driver.stack.name("SweepFunction"))
    ended: int = json.loads(answer["Payload"].read())["ended"]
    return ended


def wait_for_deadline(driver: Driver, key: str) -> None:
    [state] = driver.jobs(key)
    item = driver.table.client.get_item(
        TableName=driver.table.name, Key={"pk": {"S": f"job#{state.job.id}"}, "sk": {"S": "job"}}
    )["Item"]
    if "deadline" in item:
        time.sleep(max(0, float(item["deadline"]["N"]) - time.time() + 1))


def test_a_function_out_of_time_or_killed_is_retried_and_ends_in_the_dead_letters(
    endless: Driver, modelless: Driver, killed_batch: str
) -> None:
    """Out of time (2 s) and killed with -9 look the same to the queue: the message comes back, then is set aside."""
    endless.put("killed.png", disc(shift=3))
    killer = Killer(endless, "MatteFunction")
    killer.start()

    wait_for_dead_letters(endless, "Bulk", 2)

    killer.stop()
    assert killer.killed > 0
    log = (endless.stack.host.pools["MatteFunction"].spec.log).read_text()
    assert "out of time" not in log  # a killed function cannot say so
    wait_for_dead_letters(modelless, "Bulk", 1)


class Killer(threading.Thread):
    """Kills a busy process of a function with -9, once, as the kernel does when memory runs out."""

    def __init__(self, driver: Driver, function: str) -> None:
        super().__init__(daemon=True)
        self.pool = driver.stack.host.pools[function]
        self.done = threading.Event()
        self.killed = 0

    def run(self) -> None:
        while not self.done.is_set() and not self.killed:
            for sandbox in list(self.pool.busy):
                if sandbox.current is not None:
                    os.kill(sandbox.process.pid, signal.SIGKILL)
                    self.killed += 1
                    return
            time.sleep(0.005)

    def stop(self) -> None:
        self.done.set()
        self.join()


def test_sweep_ends_the_jobs_of_functions_that_could_not(endless: Driver) -> None:
    for key in ("slow.png", "killed.png"):
        wait_for_deadline(endless, key)

    sweep(endless)

    for key in ("slow.png", "killed.png"):
        state = endless.wait(key, seconds=5)
        assert state.outcome is not None
        assert (state.status, state.outcome.code) == ("failed", "out_of_time")
        assert "Nothing was charged" in state.outcome.reason
        assert endless.report(key)["code"] == "out_of_time"


def test_sweep_leaves_ended_jobs_alone(endless: Driver) -> None:
    assert sweep(endless) == 0


def test_a_batch_whose_function_was_killed_is_made_whole_and_counted_once(
    endless: Driver, killed_batch: str
) -> None:
    until = time.monotonic() + 40
    while (batch := endless.call("GET", f"/v1/batches/{killed_batch}", key=endless.key)[1])[
        "failed"
    ] < BROKEN:
        assert time.monotonic() < until, batch
        time.sleep(0.2)

    sweep(endless)

    _, batch = endless.call("GET", f"/v1/batches/{killed_batch}", key=endless.key)
    assert (batch["status"], batch["total"], batch["failed"], batch["waiting"]) == ("completed", 30, 30, 0)


def test_a_missing_model_is_our_fault_and_the_job_still_ends(modelless: Driver) -> None:
    wait_for_deadline(modelless, "missing.png")

    sweep(modelless)

    assert modelless.wait("missing.png", seconds=5).status == "failed"
    log = modelless.stack.host.pools["MatteFunction"].spec.log.read_text()
    assert "nowhere.json" in log


def test_a_call_that_takes_longer_goes_on_as_a_job(endless: Driver) -> None:
    """202 natively; remove.bg's clients are told to come back, and which job it is."""
    encoded = base64.b64encode(disc(brightness=229)).decode()

    status, job = endless.call("POST", "/v1/jobs", {"image_b64": encoded}, endless.key)
    late, headers, body = endless.raw(
        "POST",
        "/v1.0/removebg",
        json.dumps({"image_file_b64": encoded}).encode(),
        {"content-type": "application/json"},
        endless.key,
    )

    assert (status, job["status"]) == (202, "ingested")
    assert (late, json.loads(body)["errors"][0]["code"]) == (503, "processing_timeout")
    assert (int(headers["retry-after"]), len(headers["x-job-id"])) == (10, 32)
    assert headers["x-job-id"] in json.loads(body)["errors"][0]["detail"]
