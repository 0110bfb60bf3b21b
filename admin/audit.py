"""The audit: every account computed once more from its entries, its charges and its jobs.

What an account says must be what these add up to, to the hundredth:

* held = the holds of its open jobs
* charged and delivered of a month = the charges of that month, and their number
* committed of a month = charged + the holds of open jobs admitted in it
* balance = all entries - all charges - held
* every delivered job has one charge, of its hold; every charge belongs to a delivered job

Only one thing can leave a hold without an open job: a job's item that was deleted while it was open. The table's TTL
does that if sweep has not run for ninety days; so does a person, or a table restored to an earlier moment in part.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from admin.records import Books, HeldJob, Records
from cutout.service.accounts import Account
from cutout.service.jobs import BUCKET_OWNER
from cutout.service.prices import in_credits

MOST_LOOKS = 5
PAUSE_SECONDS = 0.3  # the index over jobs follows the table after a moment


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What an audit found; ``differences`` is empty if every sum is right."""

    accounts: int
    charges: int
    charged: int
    """in hundredths of a credit"""
    held: int
    older_charges: int
    differences: tuple[str, ...]


def audit(books: Books) -> Findings:
    """Judge every account, on a live table too: one that changes while it is read is read again."""
    registered = books.accounts()
    from_bucket = books.jobs_of(BUCKET_OWNER)
    unknown = sorted({job.account for job in from_bucket} - set(registered))
    differences = [
        f"{account}: jobs of the bucket are to be paid by it, and it does not exist" for account in unknown
    ]
    seen = []
    for account in registered:
        records, found = _look(books, account, [job for job in from_bucket if job.account == account])
        seen.append(records)
        differences += found
    known = [records.account for records in seen if records.account]
    charges = [charge for records in seen for charge in records.charges]
    return Findings(
        accounts=len(registered),
        charges=len(charges),
        charged=sum(charge.amount for charge in charges),
        held=sum(account.held for account in known),
        older_charges=sum(records.older_charges for records in seen),
        differences=tuple(differences),
    )


def _look(books: Books, account: str, from_bucket: list[HeldJob]) -> tuple[Records, list[str]]:
    """The account's records and what is wrong with them, if it is still wrong when nothing has moved meanwhile."""
    last: tuple[Records, list[str]] | None = None
    for _ in range(MOST_LOOKS):
        records = books.records(account)
        own = books.jobs_of(account) if account != BUCKET_OWNER else []
        seen = records, differences_of(account, records, [*own, *from_bucket])
        if not seen[1] or seen == last:
            return seen
        last = seen
        time.sleep(PAUSE_SECONDS)
        from_bucket = [job for job in books.jobs_of(BUCKET_OWNER) if job.account == account]
    said = f"{account}: changed while it was read, {MOST_LOOKS} times; audit it when it rests"
    return seen[0], [said, *seen[1]]


def differences_of(account: str, records: Records, jobs: Sequence[HeldJob]) -> list[str]:
    """Everything in which an account's item, its entries, its charges and its jobs do not agree."""
    if records.account is None:
        return [f"{account}: is registered, and does not exist"]
    jobs = [job for job in jobs if job.account == account]
    sums = [
        f"{account}: {name} is {_shown(name, said)}, it should be {_shown(name, right)}"
        for name, said, right in _figures(records.account, records, jobs)
        if said != right
    ]
    return sums + [f"{account}: {fault}" for fault in _faults(records, jobs)]


def _figures(account: Account, records: Records, jobs: Sequence[HeldJob]) -> list[tuple[str, int, int]]:
    """What the account says and what it should say, by name."""
    charged, delivered, held = Counter[str](), Counter[str](), Counter[str]()
    for charge in records.charges:
        charged[charge.month] += charge.amount
        delivered[charge.month] += 1
    for job in jobs:
        if job.is_open:
            held[job.month] += job.amount
    entered = sum(entry.amount for entry in records.entries)
    figures = [
        ("held", account.held, held.total()),
        ("balance", account.balance, entered - charged.total() - held.total()),
    ]
    for month in sorted({*account.months, *charged, *held}):
        usage = account.usage(month)
        figures += [
            (f"charged in {month}", usage.charged, charged[month]),
            (f"delivered in {month}", usage.delivered, delivered[month]),
            (f"committed in {month}", usage.committed, charged[month] + held[month]),
        ]
    return figures


def _faults(records: Records, jobs: Sequence[HeldJob]) -> list[str]:
    charges = {charge.job: charge.amount for charge in records.charges}
    faults = []
    for job in jobs:
        if job.status == "done" and job.id not in charges:
            faults.append(f"job {job.id} was delivered and not charged")
        elif job.status != "done" and job.id in charges:
            faults.append(f"job {job.id} is {job.status} and was charged")
        elif charges.get(job.id, job.amount) != job.amount:
            faults.append(
                f"job {job.id} held {in_credits(job.amount)} and was charged {in_credits(charges[job.id])}"
            )
    return faults


def _shown(name: str, value: int) -> str:
    return str(value) if name.startswith("delivered") else in_credits(value)
