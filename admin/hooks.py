"""The commands about hooks: ``hooks put|list|show|remove|test``; each answers the exit code. See docs/hooks.md."""

import json
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

from admin.changes import NotChanged
from admin.hook_place import HookPlace, hook_place_of
from admin.keys import account_called
from admin.place import Place
from cutout.errors import BadCallback, BadUrl
from cutout.service import webhooks
from cutout.service.fetch import check_url
from cutout.service.hook_jobs import Desk, delivery_id_of
from cutout.service.hook_payloads import BadPayload, look
from cutout.service.hook_signatures import BadSecret, secrets_in
from cutout.service.hooks import NAME, BadHook, Hook, hook_from, read_hook
from cutout.service.jobs import BUCKET_OWNER


def add_to(commands: Any) -> None:
    """The words of these commands."""
    group = commands.add_parser("hooks", help="the webhooks of others: docs/hooks.md")
    words = group.add_subparsers(required=True, metavar="what")
    for name, run in (("put", put), ("list", list_), ("show", show), ("remove", remove), ("test", test)):
        made = words.add_parser(name, help=run.__doc__)
        made.set_defaults(run=run)
        if name != "list":
            made.add_argument("name", help="lower-case letters, digits and dashes")
        if name == "put":
            made.add_argument("document", type=Path)
            made.add_argument(
                "--secret-file", type=Path, help="one a line; those that are there stay without it"
            )
        if name == "test":
            made.add_argument("payload", type=Path)


def put(place: Place, options: Namespace) -> int:
    """Check and write a hook. The secret comes first: no hook is ever without one."""
    hooks, name = _hooks(options), options.name
    if not NAME.fullmatch(name):
        raise NotChanged(
            f"{name[:60]!r} is no name of a hook; allowed: 1 to 50 of a-z 0-9 -, no dash in front"
        )
    document = _resolved(place, _json_of(options.document))
    hook = _checked(document)
    _check_callback(hooks, hook)
    text = hooks.secret(name) if options.secret_file is None else _text_of(options.secret_file)
    try:
        count = len(secrets_in(text or "", hook.verify))
    except BadSecret as error:
        raise NotChanged(f"{name}: {error}; see --secret-file.") from error
    if options.secret_file is not None:
        hooks.put_secret(name, str(text))
    hooks.put(name, json.dumps(document, indent=2, ensure_ascii=False).encode())
    print(
        f"POST /v1/hooks/{name} takes what is signed with {_many(count, 'secret')}, after a minute at most."
    )
    return 0


def list_(_: Place, options: Namespace) -> int:
    """Every hook, one line each."""
    hooks = _hooks(options)
    for name in hooks.names():
        try:
            print(f"{name}  {_line(read_hook(hooks.document(name)))}")
        except BadHook as error:
            print(f"{name}  BROKEN: {error}")
    return 0


def show(_: Place, options: Namespace) -> int:
    """A hook's document. Its secrets are never shown."""
    hooks = _hooks(options)
    print(hooks.document(options.name).decode())
    hook = _read(hooks, options.name)
    text = hooks.secret(options.name)
    try:
        count = len(secrets_in(text or "", hook.verify))
    except BadSecret as error:
        raise NotChanged(f"{hooks.secret_name(options.name)}: {error}; every delivery is refused.") from error
    print(f"{_many(count, 'secret')} in {hooks.secret_name(options.name)}")
    return 0


def remove(_: Place, options: Namespace) -> int:
    """Take a hook and its secrets away. Jobs that it made go on."""
    _hooks(options).remove(options.name)
    print(f"{options.name} is removed; deliveries are answered with 404 after a minute at most.")
    return 0


def test(_: Place, options: Namespace) -> int:
    """What would be made of a payload, without a signature; nothing is queued."""
    hooks, name = _hooks(options), options.name
    hook, body = _read(hooks, name), _bytes_of(options.payload)
    desk = Desk(name=name, hook=hook, source_bucket=hooks.source_bucket, bucket_account=hooks.bucket_account)
    try:
        found = look(hook, body)
        jobs = [] if found is None else desk.jobs(found, delivery_id_of(found, None, body), time.time())
    except BadPayload as error:
        raise NotChanged(f"It would be refused: {error}") from error
    for job in jobs:
        print(f"{job.id}  {job.source.url}\n    -> {job.results_at}/{_fault(hooks, job.source.url)}")
    ignored = (
        "; it is nothing for this hook (when)" if found is None else f", {found.without_url} without a URL"
    )
    print(f"{_many(len(jobs), 'job')}{ignored}")
    return 0


def _hooks(options: Namespace) -> HookPlace:
    return hook_place_of(options.clients(), options.stack)


def _json_of(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise NotChanged(f"{path} is not a JSON document: {error}") from error


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NotChanged(f"{path} cannot be read: {error.strerror}.") from error


def _text_of(path: Path) -> str:
    try:
        return path.read_text()
    except (OSError, ValueError) as error:  # a ValueError quotes the bytes, and these are secret
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise NotChanged(f"--secret-file is {str(path)!r}: {why}.") from error


def _resolved(place: Place, document: Any) -> Any:
    """The document with the accounts' own ids in place of the names of their keys; raises NoSuchAccount."""
    if not isinstance(document, dict):
        return document
    named = {field: document[field] for field in ("owner", "account") if isinstance(document.get(field), str)}
    return document | {
        field: said if said == BUCKET_OWNER else account_called(place, said) for field, said in named.items()
    }


def _checked(document: Any) -> Hook:
    try:
        return hook_from(document)
    except BadHook as error:
        raise NotChanged(str(error)) from error


def _read(hooks: HookPlace, name: str) -> Hook:
    try:
        return read_hook(hooks.document(name))
    except BadHook as error:
        raise NotChanged(f"{name}: {error}") from error


def _check_callback(hooks: HookPlace, hook: Hook) -> None:
    check = webhooks.check_private_callback if hooks.allow_private_callbacks else webhooks.check_callback
    try:
        if hook.callback is not None:
            check(hook.callback)
    except BadCallback as error:
        raise NotChanged(f"hook.{error}") from error


def _fault(hooks: HookPlace, url: str) -> str:
    try:
        check_url(url, field="url", exceptions=hooks.fetch_exceptions)
    except BadUrl as error:
        return f"  (it would fail: {error})"
    return ""


def _line(hook: Hook) -> str:
    payer = hook.account or hook.owner
    return f"{hook.verify.method}  jobs of {hook.owner}, paid by {payer}  {hook.lane}  {hook.results}"


def _many(count: int, thing: str) -> str:
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
