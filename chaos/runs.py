"""The two runs of the same orders: the calm one, whose results are the measure, and the one with the faults."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from bench.load import standing_in
from chaos.customers import Customers
from chaos.evidence import Evidence, Investigator, number_of
from chaos.faults import Faults, processes_left
from chaos.news import badly_signed, given_up, told_wrongly, untold
from chaos.orders import MOST_VERSIONS, ON_THE_WEB, Order, place_of
from chaos.paces import Pace
from chaos.partners import Partners
from chaos.receiver import Receiver, receiving
from chaos.tap import Failure, TappedHost, jobs_in
from chaos.verdict import (
    Calm,
    changed,
    dead_without_a_fault,
    doubled,
    ended_otherwise,
    lost,
    miscounted,
    misreported,
    open_jobs,
    orphans,
    reference_of,
    unpaid,
)
from chaos.web import showing
from cutout.service.jobs import BUCKET_OWNER, owner_of, request_job_id
from cutout.service.webhooks import endpoint_secret
from local.stack import LocalStack, local_stack

PATIENT = {"InteractiveDeadlineSeconds": 300, "BulkDeadlineSeconds": 300}
LIMITS = {"REQUESTS_PER_MINUTE": "100000", "MEGAPIXELS_PER_MINUTE": "100000"}
RETRIES = {
    "RETRY_SCALE": "0.001"
}  # the tries before a webhook: at once, again, after 0.3 s, 2, 7, 18, 36, 50, 72, 86
HOOK_MOOD = "failing"
AT_ONCE = 8
LONGEST_SECONDS = 300.0  # until everything has come to rest


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is sent, and how it is hit.

    ``rest_seconds`` is a customer's pause between two orders, ``numbers`` replaces some of the pace `drill`.
    """

    orders: Sequence[Order]
    seed: int
    pace: Pace
    rest_seconds: float
    numbers: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A running stack with its customers, their receiver and the web."""

    stack: LocalStack
    receiver: Receiver
    customers: Customers

    @property
    def investigator(self) -> Investigator:
        """Who looks at it."""
        return Investigator(stack=self.stack)

    @property
    def host(self) -> TappedHost:
        """The host, which knows what went through it."""
        return cast(TappedHost, self.stack.host)

    def wanted_jobs(self, orders: Sequence[Order]) -> set[str]:
        """The ids of all jobs that an event or a call stands for."""
        owner = owner_of(self.stack.deployed.api_key)
        calls = [order for order in orders if not order.comes_through_the_bucket]
        called = {request_job_id(owner, self.customers.idempotency_key(order)) for order in calls}
        return called.union(*(jobs_in(message.body) for message in self.host.messages.values()))

    def secrets(self) -> set[str]:
        """What webhooks are verified with: as the API has said, and the bucket's own."""
        manager = self.stack.client("secretsmanager")
        master = manager.get_secret_value(SecretId=self.stack.name("MasterSecret"))["SecretString"]
        return {*self.customers.partners.secrets, endpoint_secret(master, BUCKET_OWNER)}


@dataclass(frozen=True, kw_only=True)
class Hit:
    """The run with the faults, judged."""

    evidence: Evidence
    injected: Mapping[str, int]
    notes: Sequence[str]
    broken: Mapping[str, Sequence[str]]
    """promise -> everything that breaks it"""
    failures: Sequence[Failure]
    """what failed without a fault having met it"""
    webhooks: int
    seconds: float


@contextmanager
def scene(
    folder: Path, orders: Sequence[Order], state: Path | None, numbers: Mapping[str, int]
) -> Iterator[Scene]:
    """Run a stack with everything around it."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {order.name: order.versions[0] for order in orders if order.kind in ON_THE_WEB}
    overrides = standing_in(folder) | LIMITS | RETRIES
    with (
        receiving() as receiver,
        showing(files) as web,
        local_stack(
            folder,
            pace="drill",
            overrides=overrides,
            fetch_exceptions=web,
            numbers=numbers,
            state=state,
            host_of=TappedHost,
        ) as stack,
    ):
        partners = Partners(stack=stack, receiver=receiver, web=f"http://{web}", name="chaos")
        customers = Customers(stack=stack, receiver=receiver, partners=partners)
        yield Scene(stack=stack, receiver=receiver, customers=customers)


def calm_run(folder: Path, orders: Sequence[Order]) -> Calm:
    """Every version of every picture for itself, without a fault; answers how each ended.

    Raises
    ------
    RuntimeError
        A calm run that does not come to its end measures nothing.
    """
    apart = [one for order in orders for one in order.versions_apart()]
    with scene(folder, apart, None, PATIENT) as calmly:
        calmly.customers.partners.open_hook("honest")
        calmly.customers.send(apart, range(1), AT_ONCE, 0)
        if not calmly.investigator.settle(LONGEST_SECONDS):
            raise RuntimeError("the calm run did not come to its end; see its logs")
        evidence = calmly.investigator.look()
    return {place_of(number_of(s)): reference_of(s, evidence.results) for s in evidence.jobs}


def faulty_run(folder: Path, plan: Plan, calm: Calm) -> Hit:
    """The same orders while everything goes wrong."""
    began = time.monotonic()
    with scene(folder, plan.orders, folder / "state", plan.numbers) as hit:
        faults = Faults(stack=hit.stack, receiver=hit.receiver, folder=folder, pace=plan.pace, seed=plan.seed)
        is_quiet = endured(hit, plan, faults)
        evidence = hit.investigator.look()
        broken = judged(hit, evidence, plan.orders, calm)
    broken["no process is left"] = [f"process {pid}" for pid in processes_left(hit.stack)]
    broken["it comes to rest"] = [] if is_quiet else ["queues or jobs are still at work"]
    return Hit(
        evidence=evidence,
        injected=faults.done | {"calls repeated by their senders": hit.customers.repeats},
        notes=faults.notes,
        broken=broken,
        failures=hit.host.failures,
        webhooks=len(hit.receiver.deliveries),
        seconds=time.monotonic() - began,
    )


def endured(hit: Scene, plan: Plan, faults: Faults) -> bool:
    """Let customers and faults loose together; False: what they have begun did not come to its end."""
    hit.customers.partners.open_hook(HOOK_MOOD)
    hit.customers.partners.register()
    faults.start()
    hit.customers.send(plan.orders, range(MOST_VERSIONS), AT_ONCE, plan.rest_seconds)
    faults.stop()
    is_quiet = hit.investigator.settle(LONGEST_SECONDS)
    faults.repeat_old(len(plan.orders) // 5)
    return hit.investigator.settle(LONGEST_SECONDS) and is_quiet


def judged(hit: Scene, evidence: Evidence, orders: Sequence[Order], calm: Calm) -> dict[str, list[str]]:
    """Every promise, and what breaks it."""
    struck, deliveries = hit.host.struck, hit.receiver.deliveries
    told = {order.number for order in orders if order.mood or order.kind == "hook"}
    owner = owner_of(hit.stack.deployed.api_key)
    return {
        "every upload has a job": lost(evidence, orders),
        "every job has one final state": open_jobs(evidence),
        "no job stands for nothing": doubled(evidence, hit.wanted_jobs(orders)),
        "it ends as in the calm run, unless a fault met it": ended_otherwise(evidence, orders, calm, struck),
        "every delivered file is the calm run's": changed(evidence, orders, calm),
        "every report is the calm run's": misreported(evidence, orders, calm),
        "one charge per delivered job, nothing held": unpaid(evidence),
        "no result without a delivered job": orphans(evidence),
        "dead letters are of injected faults only": dead_without_a_fault(evidence, struck),
        "no function fails unless a fault meets it": [
            f"{failure.function}: {failure.said}"
            for failure in hit.host.failures
            # a slow machine runs into time-outs by itself; a kill may meet what its process has begun just then
            if "Sandbox.Timedout" not in failure.said and "exit status -9" not in failure.said
        ],
        "every batch is complete and counts right": miscounted(evidence, orders),
        "everybody was told": [*untold(deliveries, evidence, told, owner), *given_up(evidence)],
        "one webhook id per job and event": told_wrongly(deliveries, evidence),
        "every webhook is signed": badly_signed(deliveries, hit.secrets()),
        "no redirect was followed": ["a webhook went where a redirect led"] * hit.receiver.trapped,
    }
