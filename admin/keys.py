"""The API keys of a stack's usage plan, and which account each belongs to."""

from collections.abc import Iterator
from dataclasses import dataclass

from admin.place import Place
from cutout.service.jobs import owner_of


class NoSuchAccount(Exception):
    """No account or key is called this, or several are; the message says which."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """An API key as the gateway knows it, without its value."""

    id: str
    name: str
    account: str
    """the digest of its value"""
    is_admitted: bool
    """whether it is in the stack's usage plan, so that the gateway lets it pass"""


def create_key(place: Place, name: str) -> tuple[Key, str]:
    """Make a key that the gateway lets pass to nothing yet, and its value."""
    made = place.apigateway.create_api_key(name=name, enabled=True)
    return Key(id=made["id"], name=name, account=owner_of(made["value"]), is_admitted=False), made["value"]


def admit(place: Place, key: Key) -> None:
    """Put the key into the stack's usage plan: the gateway lets it pass, after up to a minute."""
    if not key.is_admitted:
        place.apigateway.create_usage_plan_key(usagePlanId=place.usage_plan, keyId=key.id, keyType="API_KEY")


def dismiss(place: Place, key: Key) -> None:
    """Take the key out of the stack's usage plan: the gateway refuses it, after up to a minute."""
    if key.is_admitted:
        place.apigateway.delete_usage_plan_key(usagePlanId=place.usage_plan, keyId=key.id)


def keys_of(place: Place) -> Iterator[Key]:
    """All keys of the gateway in this account and region: those that are not admitted may be other stacks'."""
    members = place.apigateway.get_paginator("get_usage_plan_keys").paginate(usagePlanId=place.usage_plan)
    admitted = {item["id"] for page in members for item in page["items"]}
    for page in place.apigateway.get_paginator("get_api_keys").paginate(includeValues=True):
        for item in page["items"]:
            yield Key(
                id=item["id"],
                name=item.get("name", ""),
                account=owner_of(item["value"]),
                is_admitted=item["id"] in admitted and item["enabled"],
            )


def account_called(place: Place, said: str) -> str:
    """The account that is meant by its own id, or by the id or the name of its key; raises NoSuchAccount."""
    if said == place.bucket_account or place.ledger.find(said) is not None:
        return said
    found = [key for key in keys_of(place) if said in {key.id, key.name, key.account}]
    if len(found) == 1:
        return found[0].account
    if found:
        ids = ", ".join(key.id for key in found)
        raise NoSuchAccount(f"{said!r} is the name of {len(found)} keys; say which by its id: {ids}.")
    raise NoSuchAccount(f"{said!r} is no account, and neither the id nor the name of an API key.")


def key_of(place: Place, account: str) -> Key:
    """The key of an account; raises NoSuchAccount for one without, such as the bucket's."""
    for key in keys_of(place):
        if key.account == account:
            return key
    raise NoSuchAccount(f"Account {account} has no API key.")
