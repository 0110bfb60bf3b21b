"""The bucket's rules from the command line: checked before they count, shown, and tried on a key."""

from argparse import Namespace
from pathlib import Path
from typing import Any

from admin.place import Place
from cutout.errors import BadCallback
from cutout.service import webhooks
from cutout.service.keys import RULES_KEY
from cutout.service.rules import Rule, Rules, RulesBroken, has_rules, parse_rules

NONE = "There are no rules: a first folder with a preset's name decides, else the default."


def add_to(commands: Any) -> None:
    """The words of these commands."""
    group = commands.add_parser("rules", help="the bucket's rules: docs/rules.md")
    words = group.add_subparsers(required=True, metavar="what")
    for name, run in (("put", put), ("check", check), ("show", show), ("try", try_)):
        made = words.add_parser(name, help=run.__doc__)
        made.set_defaults(run=run)
        if name == "try":
            made.add_argument("key")
            made.add_argument("file", type=Path, nargs="?", help="the bucket's own if left out")
        elif name != "show":
            made.add_argument("file", type=Path)


def put(place: Place, options: Namespace) -> int:
    """Check a file of rules and make it the bucket's."""
    body = _bytes_of(options.file)
    _sound(place, body)
    place.s3.put_object(Bucket=place.work_bucket, Key=RULES_KEY, Body=body, ContentType="application/json")
    print(f"{options.file} counts from now on; ingest reads it within a minute.")
    return 0


def check(place: Place, options: Namespace) -> int:
    """Check a file of rules and change nothing."""
    print(f"{len(_sound(place, _bytes_of(options.file)).rules)} rules, all of them sound")
    return 0


def show(place: Place, _: Namespace) -> int:
    """The rules that count now."""
    body = _stored(place)
    print(NONE if body is None else body.decode())
    return 0


def try_(place: Place, options: Namespace) -> int:
    """What would be made of an upload with this key, by the bucket's rules or by a file's."""
    body = _stored(place) if options.file is None else _bytes_of(options.file)
    rules = Rules() if body is None else parse_rules(body)
    print("\n".join(_said(options.key, rules)))
    return 0


def _sound(place: Place, body: bytes) -> Rules:
    """The rules of a file that this stack can follow, callbacks too; raises RulesBroken."""
    rules = parse_rules(body)
    is_private = place.variables["ALLOW_PRIVATE_CALLBACKS"] == "true"
    judge = webhooks.check_private_callback if is_private else webhooks.check_callback
    for number, rule in enumerate(rules.rules):
        try:
            if rule.callback is not None:
                judge(rule.callback)
        except BadCallback as error:
            raise RulesBroken(f"rules.rules[{number}].{error}") from error
    return rules


def _said(key: str, rules: Rules) -> list[str]:
    if not has_rules(key):
        return [f"{key} has its own way, whatever the rules say"]
    rule = rules.of(key)
    by = f"the rule with the prefix {rule.prefix!r}" if rule in rules.rules else "no rule: the built-in one"
    return [f"decides   {by}", *(["result    none: it is ignored"] if rule.ignore else _made(key, rule))]


def _made(key: str, rule: Rule) -> list[str]:
    folder = rule.results_for(key) or key
    made = [f"result    {folder}/{output.file_name}" for output in rule.recipe_for(key).outputs]
    return [
        *made,
        f"callback  {rule.callback or 'none'}",
        f"lane      {rule.lane}",
        f"deleted   results {'expire' if rule.on_delete == 'expire' else 'are kept'}",
        "The object's own metadata (recipe, preset, callback) and its tag cutout-preset come before this.",
    ]


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise RulesBroken(f"{file} cannot be read: {error.strerror}.") from error


def _stored(place: Place) -> bytes | None:
    try:
        return place.s3.get_object(Bucket=place.work_bucket, Key=RULES_KEY)["Body"].read()
    except place.s3.exceptions.NoSuchKey:
        return None
