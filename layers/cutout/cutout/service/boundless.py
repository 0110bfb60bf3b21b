"""Accounts that need not be read before they take a hold: unlimited, and without a cap.

What is remembered here decides nothing: the transaction that takes the hold has the account's kind and cap for its
condition, and an account that has changed is read again. So a bucket's million uploads cost no read each.
"""

from cutout.service.accounts import Account

MOST_REMEMBERED = 1000


class Boundless:
    """The accounts of this kind that were met lately."""

    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}

    def find(self, account_id: str) -> Account | None:
        """The account as it was once read; None: it has to be read."""
        return self._accounts.get(account_id)

    def note(self, account: Account) -> None:
        """Remember the account if it is of this kind, and forget it if it is not."""
        if account.kind != "unlimited" or account.cap is not None:
            self._accounts.pop(account.id, None)
            return
        if len(self._accounts) >= MOST_REMEMBERED:
            self._accounts.clear()
        self._accounts[account.id] = account
