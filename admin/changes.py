"""What a person changes in an account: each change and its note in the account's history are one transaction."""

import secrets
from dataclasses import dataclass
from typing import Any

from cutout.service.accounts import Account, AccountKind, account_key
from cutout.service.ledger import Ledger, entry
from cutout.service.prices import in_credits
from cutout.service.transactions import ConditionFailed, commit

MOST_LOOKS = 10
LIMITS = ("requests_per_minute", "megapixels_per_minute")
ACCOUNT, REFERENCE = 0, 1  # the order of the writes


class NotChanged(Exception):
    """The change is not possible; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Changes accounts, at a moment given as a timestamp. Every account is made first if there is none."""

    ledger: Ledger
    now: str

    def credit(self, account: str, amount: int, reference: str) -> bool:
        """Add to the balance what was paid for, in hundredths. False: this reference has been entered already.

        Raises
        ------
        NotChanged
            The reference was entered with another amount.
        """
        self.ledger.account_of(account, self.now)
        update = self._update(account, "SET balance = balance + :amount", {":amount": _number(amount)})
        return self._enter(update, account, amount, reference, f"credited {in_credits(amount)}")

    def debit(self, account: str, amount: int, reference: str) -> bool:
        """Take back what nobody has used, in hundredths. False: this reference has been entered already.

        Raises
        ------
        NotChanged
            The balance is smaller, or the reference was entered with another amount.
        """
        self.ledger.account_of(account, self.now)
        update = self._update(account, "SET balance = balance - :amount", {":amount": _number(amount)})
        update["ConditionExpression"] = "balance >= :amount"
        return self._enter(update, account, -amount, reference, f"debited {in_credits(amount)}")

    def cap(self, account: str, amount: int | None) -> None:
        """Set the most that may be charged and held in a month, in hundredths; None: no limit."""
        said = "cap removed" if amount is None else f"cap {in_credits(amount)}"
        self._set(account, {"cap": amount}, said)

    def limits(self, account: str, requests: int | None, megapixels: int | None) -> None:
        """Set what the account's key may ask for in a minute; None: the stack's own limit."""
        said = f"limits {limit_text(requests)} requests, {limit_text(megapixels)} megapixels a minute"
        self._set(account, dict(zip(LIMITS, (requests, megapixels), strict=True)), said)

    def kind(self, account: str, kind: AccountKind) -> None:
        """Make the account prepaid or unlimited.

        What an unlimited account has used beyond its credits is forgiven when it becomes prepaid: it begins with a
        balance of nothing, or with what it had left. Its running jobs were admitted, and are charged.
        """
        for _ in range(MOST_LOOKS):
            seen = self.ledger.account_of(account, self.now)
            forgiven = max(0, -seen.balance) if kind == "prepaid" else 0
            try:
                commit(self.ledger.client, self._kind(seen, kind, forgiven))
            except ConditionFailed:
                continue  # its balance has moved meanwhile
            return
        raise NotChanged(f"{account} is too busy: its balance moved {MOST_LOOKS} times.")

    def grant(self, account: str, prefix: str) -> None:
        """Let the account's batches read below a prefix of the source bucket; once more changes nothing."""
        self._change_grants(account, "ADD", prefix, f"granted {prefix}")

    def revoke(self, account: str, prefix: str) -> None:
        """Take such a grant back."""
        self._change_grants(account, "DELETE", prefix, f"revoked {prefix}")

    def note(self, account: str, said: str) -> None:
        """Write into the history what was done elsewhere."""
        self.ledger.account_of(account, self.now)
        commit(self.ledger.client, self._noted(account, said))

    def _kind(self, seen: Account, kind: AccountKind, forgiven: int) -> list[dict[str, Any]]:
        update = self._update(
            seen.id,
            "SET #kind = :kind, balance = balance + :forgiven",
            {":kind": {"S": kind}, ":forgiven": _number(forgiven), ":seen": _number(seen.balance)},
        )
        update |= {"ConditionExpression": "balance = :seen", "ExpressionAttributeNames": {"#kind": "kind"}}
        said = f"{kind}, {in_credits(forgiven)} forgiven" if forgiven else kind
        return [{"Update": update}, *self._noted(seen.id, said, forgiven)]

    def _set(self, account: str, values: dict[str, int | None], said: str) -> None:
        self.ledger.account_of(account, self.now)
        kept = {name: value for name, value in values.items() if value is not None}
        removed = [name for name, value in values.items() if value is None]
        parts = [f"SET {', '.join(f'{name} = :{name}' for name in kept)}"] if kept else []
        parts += [f"REMOVE {', '.join(removed)}"] if removed else []
        numbers = {f":{name}": _number(value) for name, value in kept.items()}
        update = self._update(account, " ".join(parts), numbers)
        commit(self.ledger.client, [{"Update": update}, *self._noted(account, said)])

    def _change_grants(self, account: str, how: str, prefix: str, said: str) -> None:
        self.ledger.account_of(account, self.now)
        update = self._update(account, f"{how} grants :prefix", {":prefix": {"SS": [prefix]}})
        commit(self.ledger.client, [{"Update": update}, *self._noted(account, said)])

    def _noted(self, account: str, said: str, amount: int = 0) -> list[dict[str, Any]]:
        """The note of a change that has no reference of somebody else's."""
        own = secrets.token_hex(4)
        return entry(self.ledger.name, account, amount=amount, reference=own, said=said, now=self.now)

    def _enter(self, update: dict[str, Any], account: str, amount: int, reference: str, said: str) -> bool:
        noted = entry(self.ledger.name, account, amount=amount, reference=reference, said=said, now=self.now)
        try:
            commit(self.ledger.client, [{"Update": update}, *noted])
        except ConditionFailed as failed:
            if failed.at(REFERENCE):
                return self._was_entered(account, amount, reference)
            raise NotChanged(
                f"{account} has less than {in_credits(-amount)} credits left; nothing was debited."
            ) from failed
        return True

    def _was_entered(self, account: str, amount: int, reference: str) -> bool:
        """False, for a repetition; raises NotChanged if the reference stands for another amount."""
        key = {"pk": account_key(account)["pk"], "sk": {"S": f"reference#{reference}"}}
        found = self.ledger.client.get_item(TableName=self.ledger.name, Key=key, ConsistentRead=True)
        known = int(found["Item"]["amount"]["N"])
        if known != amount:
            raise NotChanged(
                f"The reference {reference!r} stands for {in_credits(known)} credits in {account}; "
                f"{in_credits(amount)} needs a reference of its own."
            )
        return False

    def _update(self, account: str, expression: str, values: dict[str, Any]) -> dict[str, Any]:
        update: dict[str, Any] = {
            "TableName": self.ledger.name,
            "Key": account_key(account),
            "UpdateExpression": expression,
        }
        return update | ({"ExpressionAttributeValues": values} if values else {})


def limit_text(limit: int | None) -> str:
    """A limit as people read it."""
    return "default" if limit is None else str(limit)


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}
