"""What a load run was answered, counted, and everything in it that should not be."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from admin.audit import Findings

BROKEN = 0
"""the status of a call whose connection broke, or that nobody answered in time"""

TOO_MANY = 429
LONGEST_WAIT_SECONDS = 60  # a minute's window never asks for more
LIMITS = {"rate_limit_exceeded", "overloaded"}
ENDED = {"done", "failed"}


@dataclass(frozen=True, kw_only=True)
class Answered:
    """One call and its answer. Calls of one order ask for the same thing under the same Idempotency-Key."""

    order: int
    status: int
    seconds: float
    job: str = ""
    """the id that the answer names; empty: none"""
    said: str = ""
    """how the job stands, as the answer has it: ``done``, ``failed``, or still open"""
    code: str = ""
    retry_after: int | None = None

    @property
    def is_taken(self) -> bool:
        """Whether the call was answered with a job."""
        return 200 <= self.status < 300

    @property
    def is_honest_refusal(self) -> bool:
        """Whether it was refused because of a limit, and told when to come back."""
        waits = self.retry_after is not None and 1 <= self.retry_after <= LONGEST_WAIT_SECONDS
        return self.status == TOO_MANY and self.code in LIMITS and waits


@dataclass(frozen=True, kw_only=True)
class Books:
    """What the table says after a run: how each job ended, what the audit found, and the dead letters."""

    jobs: Mapping[str, str]
    """id -> status"""
    findings: Findings
    dead_letters: int

    @property
    def delivered(self) -> int:
        """Jobs that ended with results."""
        return sum(status == "done" for status in self.jobs.values())


def counted(answers: Iterable[Answered]) -> dict[str, int]:
    """How many calls got which answer, by status and code."""
    names = Counter(f"{answer.status or 'broken'} {answer.code}".strip() for answer in answers)
    return dict(sorted(names.items()))


def unexpected(answers: Sequence[Answered], tolerated: frozenset[int] = frozenset()) -> list[str]:
    """Answers that are neither 2xx, nor an honest 429, nor of a tolerated status."""
    odd = [a for a in answers if not (a.is_taken or a.is_honest_refusal or a.status in tolerated)]
    return [f"{number} times {name}" for name, number in counted(odd).items()]


def lost(answers: Iterable[Answered], jobs: Mapping[str, str]) -> list[str]:
    """Jobs that an answer has named and that are not there, have not ended, or ended otherwise than was said."""
    faults = []
    for answer in answers:
        status = jobs.get(answer.job, "not there")
        if answer.is_taken and not answer.job:
            faults.append(f"order {answer.order} was answered {answer.status} without a job")
        elif answer.job and status not in ENDED:
            faults.append(f"job {answer.job} of order {answer.order} is {status}")
        elif answer.said in ENDED and answer.said != status:
            faults.append(f"job {answer.job} was said to be {answer.said} and is {status}")
    return faults


def doubled(answers: Iterable[Answered], jobs: Mapping[str, str]) -> list[str]:
    """Orders that became more than one job, and jobs that nobody has ordered."""
    of_order: dict[int, set[str]] = defaultdict(set)
    for answer in answers:
        of_order[answer.order] |= {answer.job} - {""}
    faults = [f"order {order} has {len(ids)} jobs" for order, ids in of_order.items() if len(ids) > 1]
    if len(jobs) > len(of_order):
        faults.append(f"{len(of_order)} orders became {len(jobs)} jobs")
    return faults


def unpaid(books: Books) -> list[str]:
    """Everything in which charges, holds and deliveries do not agree."""
    found = books.findings
    faults = list(found.differences)
    if found.charges != books.delivered:
        faults.append(f"{books.delivered} jobs were delivered and {found.charges} charged")
    if found.held:
        faults.append(f"{found.held} hundredths of a credit are still held")
    return faults


def undelivered(books: Books) -> list[str]:
    """Jobs that failed, and messages that nobody could work on: none of either, where nothing is killed."""
    failed = len(books.jobs) - books.delivered
    faults = [f"{failed} jobs were not delivered"] if failed else []
    return faults + ([f"{books.dead_letters} dead letters"] if books.dead_letters else [])
