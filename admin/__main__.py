"""Keys, credits, the audit, rules, and what operations need: ``make admin ARGS="..."``, or ``python -m admin ...``.

An account is named by its id, or by the id or the name of its key. Amounts are credits, such as 12.5.
"""

import argparse
import re
import sys
from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from admin import callback_secrets, commands, grants, hooks, operations, rules
from admin.changes import NotChanged
from admin.keys import NoSuchAccount
from admin.letters import NoSuchQueue
from admin.operations import NotConfirmed
from admin.place import NoSuchPlace, aws_clients, place_of, served_clients
from admin.replays import NotReplayed
from admin.versions import NotDeleted
from cutout.errors import NotAffordable
from cutout.service.prices import in_hundredths, starting_credits
from cutout.service.rules import RulesBroken

FAULTS = (
    *(
        NotChanged,
        NoSuchAccount,
        NoSuchPlace,
        NoSuchQueue,
        NotConfirmed,
        NotReplayed,
        NotAffordable,
        NotDeleted,
        RulesBroken,
    ),
    *(ClientError, BotoCoreError),
)
REFERENCE = re.compile(r"[A-Za-z0-9._:/-]{1,100}")
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def _amount(text: str) -> int:
    try:
        return in_hundredths(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _begins_with(text: str) -> int | None:
    try:
        return starting_credits(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}; or unlimited") from error


def _amount_or_none(text: str) -> int | None:
    return None if text == "none" else _amount(text)


def _limit(text: str) -> int | None:
    if text == "default":
        return None
    if not re.fullmatch("[0-9]{1,7}", text):
        raise argparse.ArgumentTypeError(
            f"{text[:40]!r} is no limit; allowed: 0 (nothing) to 9999999, or default"
        )
    return int(text)


def _reference(text: str) -> str:
    if not REFERENCE.fullmatch(text):
        raise argparse.ArgumentTypeError(
            f"{text[:40]!r} is no reference; allowed: 1 to 100 of A-Z a-z 0-9 . _ : / -"
        )
    return text


def _month(text: str) -> str:
    if not MONTH.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no month; allowed: such as 2026-11")
    return text


def parser() -> argparse.ArgumentParser:
    """The command line."""
    whole = argparse.ArgumentParser(prog="admin", description=__doc__)
    where = whole.add_mutually_exclusive_group()
    where.add_argument("--stack", default="cutout", help="the CloudFormation stack's name (cutout)")
    where.add_argument(
        "--local", action="store_const", dest="clients", const=served_clients, default=aws_clients,
        help="the stack that make serve runs on this machine",
    )  # fmt: skip
    commands_ = whole.add_subparsers(required=True, metavar="command")

    def command(name: str, run: object, *arguments: str) -> argparse.ArgumentParser:
        made = commands_.add_parser(name, help=run.__doc__)
        made.set_defaults(run=run)
        for argument in arguments:
            made.add_argument(argument)
        return made

    made = command("create", commands.create, "name")
    made.add_argument(
        "--credits", type=_begins_with, default=commands.AS_THE_STACK_SAYS, help="an amount, or unlimited"
    )
    made.add_argument("--cap", type=_amount, help="the most in a month")
    command("list", commands.list_)
    command("show", commands.show, "account")
    command("disable", commands.disable, "account")
    command("enable", commands.enable, "account")
    for name, run in (("credit", commands.credit), ("debit", commands.debit)):
        moved = command(name, run, "account")
        moved.add_argument("amount", type=_amount)
        moved.add_argument(
            "--reference", type=_reference, required=True, help="of an invoice: entered at most once"
        )
    command("cap", commands.cap, "account").add_argument("amount", type=_amount_or_none, help="or none")
    limited = command("limits", commands.limits, "account")
    limited.add_argument("--requests", type=_limit, required=True, help="a minute, or default")
    limited.add_argument("--megapixels", type=_limit, required=True, help="a minute, or default")
    command("kind", commands.kind, "account").add_argument("kind", choices=["prepaid", "unlimited"])
    for name, run in (("grant", grants.grant), ("revoke", grants.revoke)):
        command(name, run, "account").add_argument("prefix", type=grants.prefix)
    command("usage", commands.usage, "account").add_argument("month", type=_month, nargs="?")
    command("audit", commands.check)
    for group in (operations, rules, hooks, callback_secrets):
        group.add_to(commands_)
    return whole


def main(arguments: Sequence[str]) -> int:
    """Run one command; 1 for a difference that the audit found, 2 for what cannot be done."""
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(place_of(options.clients(), options.stack), options)
    except FAULTS as error:
        print(error, file=sys.stderr)
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
