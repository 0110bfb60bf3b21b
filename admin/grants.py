"""Which prefixes of the source bucket the batches of an account may read, beside what it has brought itself."""

import re
import time
from argparse import ArgumentTypeError, Namespace

from admin.changes import Changes, NotChanged
from admin.keys import account_called
from admin.place import Place
from cutout.service.jobs import timestamp
from cutout.service.keys import CALLS_PREFIX, UPLOAD_PREFIX

PREFIX = re.compile(r"[^/\x00-\x1f][^\x00-\x1f]{0,254}/")


def prefix(text: str) -> str:
    """A prefix that may be granted: it ends with a slash, so that nothing else begins so; none of other owners'."""
    if not PREFIX.fullmatch(text) or text.startswith((UPLOAD_PREFIX, CALLS_PREFIX)):
        raise ArgumentTypeError(
            f"{text[:40]!r} cannot be granted; allowed: a prefix such as catalog/ that ends with a slash, "
            f"not below {UPLOAD_PREFIX} or {CALLS_PREFIX}"
        )
    return text


def grant(place: Place, options: Namespace) -> int:
    """Let the batches of a key read what lies below a prefix of the source bucket."""
    account, changes = _account(place, options)
    changes.grant(account, options.prefix)
    return _say(place, account)


def revoke(place: Place, options: Namespace) -> int:
    """Take a grant back. What has been queued is still made."""
    account, changes = _account(place, options)
    known = place.ledger.account_of(account, changes.now)
    if options.prefix not in known.grants:
        listed = ", ".join(sorted(known.grants)) or "nothing"
        raise NotChanged(f"{options.prefix} is not granted to {account}; granted: {listed}.")
    changes.revoke(account, options.prefix)
    return _say(place, account)


def _account(place: Place, options: Namespace) -> tuple[str, Changes]:
    now = timestamp(time.time())
    return account_called(place, options.account), Changes(ledger=place.ledger, now=now)


def _say(place: Place, account: str) -> int:
    found = place.ledger.account_of(account, timestamp(time.time()))
    print(f"{account} may read {', '.join(sorted(found.grants)) or 'only what is its own'}")
    return 0
