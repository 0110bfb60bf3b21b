"""What receivers verify callbacks with, for those whom no answer of the API tells; see docs/webhooks.md."""

from argparse import Namespace
from typing import Any

from admin.keys import account_called
from admin.place import Place
from cutout.service.jobs import BUCKET_OWNER
from cutout.service.webhooks import endpoint_secret


def add_to(commands: Any) -> None:
    """The word of this command."""
    made = commands.add_parser("callback-secret", help=show.__doc__)
    made.add_argument("account", help="a key's, or bucket: of rules, hooks and bucket uploads")
    made.set_defaults(run=show)


def show(place: Place, options: Namespace) -> int:
    """What verifies the callbacks of an account's jobs, or of the bucket's."""
    is_bucket = options.account in {BUCKET_OWNER, place.bucket_account}
    owner = BUCKET_OWNER if is_bucket else account_called(place, options.account)
    found = options.clients()("secretsmanager").get_secret_value(SecretId=place.names["MasterSecret"])
    print(endpoint_secret(found["SecretString"], owner))
    return 0
