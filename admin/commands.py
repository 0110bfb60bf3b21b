"""What the command line does: one function a command; each answers the exit code."""

import time
from argparse import Namespace
from collections.abc import Callable

from admin.audit import audit
from admin.changes import Changes, limit_text
from admin.keys import Key, account_called, admit, create_key, dismiss, key_of, keys_of
from admin.place import Place
from admin.records import Entry
from cutout.service.accounts import Account, month_of
from cutout.service.jobs import timestamp
from cutout.service.prices import in_credits

AS_THE_STACK_SAYS = object()


def _now() -> str:
    return timestamp(time.time())


def _changes(place: Place) -> Changes:
    return Changes(ledger=place.ledger, now=_now())


def create(place: Place, options: Namespace) -> int:
    """Make a key and its account. The key is admitted last: a crash leaves one that opens nothing."""
    begins_with = place.starting_credits if options.credits is AS_THE_STACK_SAYS else options.credits
    key, value = create_key(place, options.name)
    place.ledger.open(key.account, name=options.name, starting_credits=begins_with, now=_now())
    if options.cap is not None:
        _changes(place).cap(key.account, options.cap)
    admit(place, key)
    print(f"key      {value}\nkey id   {key.id}\naccount  {key.account}")
    print("The key is shown this once. The gateway needs up to a minute to know it.")
    return 0


def list_(place: Place, _: Namespace) -> int:
    """Every account with its key, one line each."""
    keys = {key.account: key for key in keys_of(place)}
    month = month_of(_now())
    accounts = [place.ledger.find(account) for account in place.books.accounts()]
    for account in accounts:
        if account is not None:
            key = keys.pop(account.id, None)
            shown = "no key" if key is None else f"{key.id} {'enabled' if key.is_admitted else 'disabled'}"
            print(
                f"{account.id}  {account.name or '-'}  {shown}  {_means(account)}  {_month(account, month)}"
            )
    for key in keys.values():
        if key.is_admitted:
            print(f"{key.account}  {key.name or '-'}  {key.id} enabled  not used yet")
    return 0


def show(place: Place, options: Namespace) -> int:
    """One account and its history."""
    said = account_called(place, options.account)
    records = place.books.records(said)
    if records.account is None:
        print(f"{said} has not been used yet.")
        return 0
    account = records.account
    cap = "none" if account.cap is None else in_credits(account.cap)
    limits_said = (
        f"{limit_text(account.requests_per_minute)} requests, "
        f"{limit_text(account.megapixels_per_minute)} megapixels a minute"
    )
    print(f"account  {account.id}\nname     {account.name or '-'}\ncreated  {account.created}")
    print(f"credits  {_means(account)}\ncap      {cap}\nlimits   {limits_said}")
    for month in sorted(account.months):
        print(f"{month}  {_month(account, month)}")
    for entry in records.entries:
        print(_line(entry))
    return 0


def disable(place: Place, options: Namespace) -> int:
    """Stop a key. Its jobs under way end, its results stay."""
    return _turn(place, options, dismiss, "disabled")


def enable(place: Place, options: Namespace) -> int:
    """Let a stopped key pass again."""
    return _turn(place, options, admit, "enabled")


def credit(place: Place, options: Namespace) -> int:
    """Add credits that were paid for."""
    return _move(place, options, _changes(place).credit)


def debit(place: Place, options: Namespace) -> int:
    """Take back credits that were not used."""
    return _move(place, options, _changes(place).debit)


def cap(place: Place, options: Namespace) -> int:
    """Limit what may be charged and held in a month."""
    _changes(place).cap(account_called(place, options.account), options.amount)
    return show(place, options)


def limits(place: Place, options: Namespace) -> int:
    """Give a key limits of its own."""
    account = account_called(place, options.account)
    _changes(place).limits(account, options.requests, options.megapixels)
    return show(place, options)


def kind(place: Place, options: Namespace) -> int:
    """Make an account prepaid or unlimited."""
    _changes(place).kind(account_called(place, options.account), options.kind)
    return show(place, options)


def usage(place: Place, options: Namespace) -> int:
    """What was delivered and charged in a month."""
    account = place.ledger.account_of(account_called(place, options.account), _now())
    print(_month(account, options.month or month_of(_now())))
    return 0


def check(place: Place, _: Namespace) -> int:
    """Add every account up again: 1 if anything differs."""
    found = audit(place.books)
    print(
        f"{found.accounts} accounts, {found.charges} charges, "
        f"{in_credits(found.charged)} credits charged, {in_credits(found.held)} held"
    )
    if found.older_charges:
        print(f"{found.older_charges} charges are from before there were accounts and count nowhere")
    for difference in found.differences:
        print(difference)
    print("every sum is right" if not found.differences else f"{len(found.differences)} differences")
    return 1 if found.differences else 0


def _turn(place: Place, options: Namespace, turn: Callable[[Place, Key], None], said: str) -> int:
    account = account_called(place, options.account)
    key = key_of(place, account)
    turn(place, key)
    _changes(place).note(account, said)
    print(f"{key.id} is {said}; the gateway needs up to a minute.")
    return 0


def _move(place: Place, options: Namespace, change: Callable[[str, int, str], bool]) -> int:
    account = account_called(place, options.account)
    if not change(account, options.amount, options.reference):
        print(f"{options.reference} has been entered before: nothing was changed.")
    print(_means(place.ledger.account_of(account, _now())))
    return 0


def _means(account: Account) -> str:
    held = f"{in_credits(account.held)} held"
    return (
        f"{in_credits(account.balance)} left, {held}" if account.kind == "prepaid" else f"unlimited, {held}"
    )


def _month(account: Account, month: str) -> str:
    used = account.usage(month)
    return f"{used.delivered} delivered, {in_credits(used.charged)} charged in {month}"


def _line(entry: Entry) -> str:
    return f"{entry.when}  {entry.said}  {in_credits(entry.amount)}  ({entry.reference})"
