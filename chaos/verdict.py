"""The promises, and everything in a run that breaks one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from chaos.evidence import Evidence, number_of, version_of, without_times
from chaos.orders import Order
from cutout.service.batches import FAILURES, REPORT, Counts, batch_file_key
from cutout.service.job_items import JobState
from cutout.service.jobs import Result
from cutout.service.keys import report_key
from cutout.service.objects import is_newer

OUR_FAULT = "out_of_time"
OVERTAKEN = {"source_gone", "superseded"}
"""how an older version of a picture may end when a newer one lies in its place"""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """How one picture ended in the calm run."""

    status: str
    code: str
    files: Mapping[str, bytes]
    """by the result's name"""
    report: Mapping[str, Any]


Calm = Mapping[tuple[int, int], Reference]
"""by the order's number and the version"""


def files_of(state: JobState, results: Mapping[str, bytes]) -> dict[str, bytes]:
    """What lies under a job's results, by their names; without those that are not there."""
    found = _results(state)
    return {result.name: results[result.key] for result in found if result.key in results}


def reference_of(state: JobState, results: Mapping[str, bytes]) -> Reference:
    """A job of the calm run as the others are compared with."""
    outcome = state.outcome
    assert outcome is not None
    return Reference(
        status=outcome.status,
        code=outcome.code,
        files=files_of(state, results),
        report=without_times(results[outcome.report_key]),
    )


def open_jobs(evidence: Evidence) -> list[str]:
    """Jobs without a final state."""
    return [f"job {state.job.id} is {state.status}" for state in evidence.jobs if state.outcome is None]


def lost(evidence: Evidence, orders: Sequence[Order]) -> list[str]:
    """Pictures that were taken and that no job stands for."""
    by_number = {order.number: order for order in orders}
    there = {(number_of(s), version_of(s, by_number[number_of(s)])) for s in evidence.jobs}
    wanted = [(order.number, version) for order in orders for version in range(len(order.versions))]
    return [
        f"order {number}, version {version} has no job"
        for number, version in wanted
        if (number, version) not in there
    ]


def doubled(evidence: Evidence, wanted: Set[str]) -> list[str]:
    """Jobs that nobody has asked for: no event and no call stands for them, or another job does the same."""
    of_place: dict[tuple[str, str], str] = {}
    faults = []
    for state in evidence.jobs:
        place = state.job.folder, state.job.source.etag
        first = of_place.setdefault(place, state.job.id)
        if state.job.id not in wanted:
            faults.append(f"job {state.job.id} of {state.job.source.key} stands for nothing")
        elif first != state.job.id:
            faults.append(f"jobs {first} and {state.job.id} stand for the same picture in {state.job.folder}")
    return faults


def ended_otherwise(evidence: Evidence, orders: Sequence[Order], calm: Calm, struck: Set[str]) -> list[str]:
    """Jobs that ended in another way than in the calm run, though no fault of ours has met them."""
    by_number = {order.number: order for order in orders}
    faults = []
    for state in evidence.jobs:
        order = by_number[number_of(state)]
        version, outcome = version_of(state, order), state.outcome
        right = calm[order.number, version]
        if outcome is None or (outcome.status, outcome.code) == (right.status, right.code):
            continue
        is_overtaken = outcome.code in OVERTAKEN and version < len(order.versions) - 1
        is_struck = outcome.code == OUR_FAULT and state.job.id in struck
        if not is_overtaken and not is_struck:
            said = f"{outcome.status} {outcome.code}".strip()
            faults.append(
                f"order {order.number}, version {version} is {said} and was {right.status} {right.code}".strip()
            )
    return faults


def changed(evidence: Evidence, orders: Sequence[Order], calm: Calm) -> list[str]:
    """Delivered files that are not, byte for byte, those of the calm run; what was replaced since is not looked at.

    A newer version that failed may have taken with it what it had put in the place of an older one's.
    """
    by_number = {order.number: order for order in orders}
    last = {state.job.id for state in newest(evidence.jobs)}
    faults = []
    for state in newest(s for s in evidence.jobs if s.status == "done"):
        order = by_number[number_of(state)]
        right = calm[order.number, version_of(state, order)].files
        files = files_of(state, evidence.results)
        looked_at = {*right, *files} if state.job.id in last else set(files)
        wrong = sorted(name for name in looked_at if right.get(name) != files.get(name))
        faults += [f"order {order.number}: {name} is not the calm run's" for name in wrong]
    return faults


def misreported(evidence: Evidence, orders: Sequence[Order], calm: Calm) -> list[str]:
    """Reports that say anything else than how their job ended, or (but for times) than the calm run's."""
    by_number = {order.number: order for order in orders}
    faults = []
    for state in newest(evidence.jobs):
        order, outcome = by_number[number_of(state)], state.outcome
        if outcome is None:
            continue
        body = evidence.results.get(outcome.report_key)
        right = calm[order.number, version_of(state, order)]
        if body is None:
            faults.append(f"order {order.number} has no report")
        elif without_times(body)["status"] != outcome.status:
            faults.append(f"order {order.number} is {outcome.status}, and its report does not say so")
        elif (
            outcome.status == right.status
            and outcome.code == right.code
            and without_times(body) != right.report
        ):
            faults.append(f"order {order.number}: its report is not the calm run's")
    return faults


def unpaid(evidence: Evidence) -> list[str]:
    """Everything in which charges, holds and deliveries do not agree."""
    found = evidence.findings
    delivered = sum(state.status == "done" for state in evidence.jobs)
    faults = list(found.differences)
    if found.charges != delivered:
        faults.append(f"{delivered} jobs were delivered and {found.charges} charged")
    if found.held:
        faults.append(f"{found.held} hundredths of a credit are still held")
    return faults


def dead_without_a_fault(evidence: Evidence, struck: Set[str]) -> list[str]:
    """Dead letters that no fault of ours has met."""
    return [f"{d.queue}: {d.body[:200]}" for d in evidence.dead_letters if d.id not in struck]


def orphans(evidence: Evidence) -> list[str]:
    """Objects among the results that no delivered job and no report owns."""
    owned = {result.key for state in evidence.jobs for result in _results(state)}
    owned |= {report_key(state.job.folder) for state in evidence.jobs}
    owned |= {batch_file_key(s.batch.id, name) for s in evidence.batches for name in (REPORT, FAILURES)}
    return [f"{key} belongs to no job" for key in sorted(set(evidence.results) - owned)]


def miscounted(evidence: Evidence, orders: Sequence[Order]) -> list[str]:
    """Batches that did not end as completed, or whose figures are not those of their jobs."""
    faults = []
    for state in evidence.batches:
        jobs = [job for job in evidence.jobs if job.job.batch == state.batch.id]
        ended = Counter(job.status for job in jobs)
        counts = state.counts or Counts()
        said = (state.status, counts.made, counts.done, counts.failed, counts.charged)
        right = ("completed", len(jobs), ended["done"], ended["failed"], 100 * ended["done"])
        if said != right:
            faults.append(f"batch {state.batch.id} says {said}, and its jobs {right}")
    in_batches = sum(bool(state.job.batch) for state in evidence.jobs)
    wanted = sum(order.kind == "batch" for order in orders)
    return faults + ([] if in_batches == wanted else [f"{wanted} orders of batches have {in_batches} jobs"])


def newest(states: Iterable[JobState]) -> list[JobState]:
    """Of the jobs whose results lie in one place, the one of the newest source."""
    of_folder: dict[str, JobState] = {}
    for state in states:
        known = of_folder.get(state.job.folder)
        if known is None or is_newer(state.job.source.rank, known.job.source.rank):
            of_folder[state.job.folder] = state
    return list(of_folder.values())


def counted(evidence: Evidence) -> Mapping[str, int]:
    """How many jobs ended in which way."""
    return Counter(_said(state) for state in evidence.jobs)


def by_queue(evidence: Evidence) -> Mapping[str, int]:
    """How many dead letters each queue has."""
    found: dict[str, int] = defaultdict(int)
    for letter in evidence.dead_letters:
        found[letter.queue] += 1
    return found


def _results(state: JobState) -> tuple[Result, ...]:
    return state.outcome.results if state.outcome is not None else ()


def _said(state: JobState) -> str:
    if state.outcome is None:
        return f"open: {state.status}"
    return f"{state.outcome.status} {state.outcome.code}".strip()
