"""What the command line does when something went wrong, or somebody shall be forgotten; each answers the exit code."""

import time
from argparse import Namespace
from typing import Any

from admin.keys import NoSuchAccount, account_called, keys_of
from admin.letters import Letters, queues_of
from admin.place import Place
from admin.purging import BOOKS, Purge
from admin.replays import Replays
from admin.versions import Objects
from cutout.service.ending import Endings
from cutout.service.jobs import BUCKET_OWNER, Status
from cutout.service.onward import Lanes
from cutout.service.table import JobTable

SURE = "Everything of {owner} will be deleted for good. Type the account's id to go on: "


class NotConfirmed(Exception):
    """Whoever asked for something final has not said it twice."""


def add_to(commands: Any) -> None:
    """The words of these commands."""
    redriven = commands.add_parser("redrive", help=redrive.__doc__)
    redriven.add_argument("queue", nargs="?", default="", help="all, if none is named")
    replayed = commands.add_parser("replay", help=replay.__doc__)
    replayed.add_argument("job")
    replayed.add_argument("--force", action="store_true", help="also a job that is done or was cancelled")
    purged = commands.add_parser("purge", help=purge.__doc__)
    purged.add_argument("account")
    purged.add_argument("--keep-account", action="store_true", help="its balance, charges and entries stay")
    purged.add_argument("--yes", action="store_true", help="do not ask again")
    for made, run in ((redriven, redrive), (replayed, replay), (purged, purge)):
        made.set_defaults(run=run)


def redrive(place: Place, options: Namespace) -> int:
    """Put dead letters back into their queues."""
    letters = Letters(sqs=place.sqs, queues=queues_of(place.names))
    table, now = _table(place), time.time()
    for name in letters.named(options.queue):
        moved = 0
        for letter in letters.redrive(name, now):
            moved += 1
            print(f"{name}  {', '.join(letter.jobs) or 'nobody can read it'}")
            for job_id in letter.jobs:
                _say_if_ended(table, job_id)
        print(f"{moved} letters moved back to {name}")
    return 0


def _say_if_ended(table: JobTable, job_id: str) -> None:
    state = table.find(job_id)
    if state is None or state.outcome is None:
        return
    if state.status == "failed":
        print(
            f"  it has ended as failed ({state.outcome.code}), and its message does not revive it: replay {job_id}"
        )
    else:
        print("  it was delivered: its message only repeats the news")


def replay(place: Place, options: Namespace) -> int:
    """Make a failed job again."""
    variables = place.variables
    endings: set[Status] = {"failed", "done"} if options.force else {"failed"}
    replays = Replays(
        s3=place.s3,
        sqs=place.sqs,
        table=_table(place),
        ingest=Lanes(interactive=variables["INGEST_QUEUE"], bulk=variables["BULK_INGEST_QUEUE"]),
        deadline_seconds=Lanes(
            interactive=variables["INTERACTIVE_DEADLINE_SECONDS"], bulk=variables["BULK_DEADLINE_SECONDS"]
        ),
    )
    print(replays.replay(options.job, endings).id)
    return 0


def purge(place: Place, options: Namespace) -> int:
    """Delete everything of one owner."""
    owner = account_called(place, options.account)
    if owner in {BUCKET_OWNER, place.bucket_account}:
        raise NoSuchAccount(
            f"{owner} is the bucket's account, no person's: delete its pictures in the bucket."
        )
    if any(key.account == owner and key.is_admitted for key in keys_of(place)):
        print(f"Its key still opens the API: what it brings meanwhile stays. First: disable {owner}")
    if not options.yes and input(SURE.format(owner=owner)).strip() != owner:
        raise NotConfirmed("That is not its id; nothing was deleted.")
    counts = _purge_of(place, owner, BOOKS if options.keep_account else ()).run()
    for kind, count in counts.items():
        print(f"{count:8}  {kind}")
    if counts["jobs cancelled"]:
        print("Jobs were under way: repeat this in a quarter of an hour, to delete what is left of them.")
    return 0


def _purge_of(place: Place, owner: str, kept_books: tuple[str, ...]) -> Purge:
    names, s3 = place.names, place.s3
    endings = Endings(
        s3=s3,
        sqs=place.sqs,
        table=_table(place),
        result_bucket=names["ResultBucket"],
        notify_queue=names["NotifyQueue"],
    )
    return Purge(
        dynamodb=place.dynamodb,
        table=place.table,
        endings=endings,
        source=Objects(s3=s3, bucket=names["SourceBucket"]),
        work=Objects(s3=s3, bucket=names["WorkBucket"]),
        result=Objects(s3=s3, bucket=names["ResultBucket"]),
        owner=owner,
        kept_books=kept_books,
    )


def _table(place: Place) -> JobTable:
    return JobTable(
        client=place.dynamodb,
        name=place.table,
        keep_days=int(place.variables["JOB_RETENTION_DAYS"]),
        starting_credits=place.starting_credits,
    )
