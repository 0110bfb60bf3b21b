"""Every permission of every function, taken away for a moment: somebody has to notice.

PYTHONPATH=layers/cutout python -m chaos.permissions [--function IngestFunction]

A permission is one action on one resource in one statement of a function's role. Without it the scenarios are gone
through, those first that are known to need it; one of them has to fail. What nobody notices is either not needed,
or not covered by a scenario, and is told. Event-source and log rights are the template's tests' matter: the emulator
does not check them.
"""

import argparse
import copy
import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from bench.load import standing_in
from bench.tables import table
from chaos.ending_scenarios import ENDING_SCENARIOS
from chaos.event_scenarios import EVENT_SCENARIOS, set_up
from chaos.evidence import Investigator
from chaos.receiver import receiving
from chaos.scenarios import SCENARIOS
from chaos.visitor import NotAsPromised, Visitor, WatchedHost
from chaos.web import showing
from local.deploy import ROOT
from local.stack import LocalStack, local_stack

FOLDER = ROOT / ".local" / "chaos-permissions"
FIRST: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("IngestFunction", "StoreWhatIsFetched"): ("call_by_url",),
    ("IngestFunction", "MissingObjectsAnswer404"): ("deleted_upload", "bad_upload"),
    ("IngestFunction", "WriteFailureReports"): ("bad_upload",),
    ("IngestFunction", "QueueWork"): ("bucket_upload", "form_upload", "queued_call"),
    ("ApiFunction", "KeepPicturesOfCalls"): ("direct_call", "form_upload", "deletion"),
    ("ApiFunction", "ReportAndDelete"): ("deletion",),
    ("ApiFunction", "KeepBadCases"): ("bad_case",),
    ("ApiFunction", "QueueWhatTakesLongerAndNews"): ("full_house", "deletion"),
    ("ApiFunction", "MissingObjectsAnswer404"): ("deletion",),
    ("ApiFunction", "KeepJobs"): ("direct_call", "full_house"),
    ("ApiFunction", "CallTheStages"): ("direct_call",),
    ("ApiFunction", "ListJobs"): ("direct_call",),
    ("ApiFunction", "SignDownloads"): ("direct_call",),
    ("ApiFunction", "DeriveSecrets"): ("direct_call",),
    ("ApiFunction", "KnowWhatHooksRepeat"): ("hook",),
    ("ApiFunction", "ReadHooks"): ("hook",),
    ("ApiFunction", "ListHooks"): ("hook",),
    ("ApiFunction", "VerifyHooks"): ("hook",),
    ("ApiFunction", "QueueBatches"): ("batch",),
    ("BatchFunction", ""): ("batch", "prefix_batch", "back_fill", "long_batch"),
    ("NotifyFunction", ""): ("endpoint", "host_that_comes_back"),
    ("IngestFunction", "ReadTagsOfUploads"): ("deleted_source",),
    ("IngestFunction", "ReadRules"): ("deleted_source",),
    ("IngestFunction", "LetResultsOfDeletedSourcesExpire"): ("deleted_source",),
    ("IngestFunction", "TakeBackResults"): ("left_behind",),
    ("ComposeFunction", "TakeBackResults"): ("left_behind",),
    ("ComposeFunction", "LetResultsOfDeletedSourcesExpire"): ("deleted_before_its_end",),
    ("SweepFunction", "LetResultsOfDeletedSourcesExpire"): ("deleted_before_its_end",),
    ("SweepFunction", "TakeBackResults"): ("left_behind",),
    ("SweepFunction", "SeeWhatWaits"): ("overdue_everywhere",),
    ("SweepFunction", "QueueAttempts"): ("endpoint",),
    ("SweepFunction", "FindOverdueJobs"): ("overdue_job", "batch"),
    ("SweepFunction", ""): ("overdue_job", "batch"),
}
"""the scenarios to begin with; an empty statement: those for the whole function"""

ALL = SCENARIOS | EVENT_SCENARIOS | ENDING_SCENARIOS
LIMITS = {
    "REQUESTS_PER_MINUTE": "100000",
    "MEGAPIXELS_PER_MINUTE": "100000",
    "DIRECT_SECONDS": "10",
    "RETRY_SCALE": "0.02",
}


@dataclass(frozen=True, kw_only=True)
class Permission:
    """One action on one resource."""

    function: str
    policy: str
    statement: str
    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.function}.{self.statement}: {self.action} on {self.resource.removeprefix('arn:aws:')}"


@dataclass(frozen=True, kw_only=True)
class Roles:
    """Reads and changes the roles of a running stack."""

    stack: LocalStack

    def permissions(self) -> Iterator[Permission]:
        """All that the functions' own policies allow."""
        for function in self.stack.host.pools:
            for policy, document in self.policies(function).items():
                for statement in document["Statement"]:
                    for action in _several(statement["Action"]):
                        for resource in _several(statement["Resource"]):
                            yield Permission(
                                function=function,
                                policy=policy,
                                statement=statement.get("Sid", ""),
                                action=action,
                                resource=resource,
                            )

    def policies(self, function: str) -> dict[str, Any]:
        """The inline policies of a function's role."""
        iam, role = self.stack.client("iam"), self.stack.name(f"{function}Role")
        names = iam.list_role_policies(RoleName=role)["PolicyNames"]
        return {n: iam.get_role_policy(RoleName=role, PolicyName=n)["PolicyDocument"] for n in names}

    def put(self, function: str, policy: str, document: Any) -> None:
        """Replace a policy."""
        self.stack.client("iam").put_role_policy(
            RoleName=self.stack.name(f"{function}Role"),
            PolicyName=policy,
            PolicyDocument=json.dumps(document),
        )


def without(document: Any, permission: Permission) -> Any:
    """The policy without one permission: its statement is split, so that only this action on this resource goes."""
    kept = copy.deepcopy(document)
    kept["Statement"] = []
    for statement in document["Statement"]:
        if statement.get("Sid", "") != permission.statement:
            kept["Statement"].append(statement)
            continue
        actions, resources = _several(statement["Action"]), _several(statement["Resource"])
        for action in actions:
            left = [r for r in resources if (action, r) != (permission.action, permission.resource)]
            if left:
                kept["Statement"].append({**statement, "Sid": "", "Action": action, "Resource": left})
    for statement in kept["Statement"]:
        if not statement.get("Sid", ""):
            statement.pop("Sid", None)
    return kept


def _several(value: Any) -> list[str]:
    return list(value) if isinstance(value, list) else [value]


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """Takes permissions away, one at a time."""

    visitor: Visitor
    roles: Roles

    def works(self, scenario: str) -> str:
        """Go through one scenario; answers what went wrong, or nothing."""
        self.visitor.host.trouble.clear()
        try:
            ALL[scenario](self.visitor)
        except (NotAsPromised, ClientError, BotoCoreError) as error:
            return str(error) or type(error).__name__
        return "a function failed" if self.visitor.host.trouble.is_set() else ""

    def who_notices(self, permission: Permission) -> str:
        """The scenario that fails without it; empty: none."""
        document = self.roles.policies(permission.function)[permission.policy]
        self.roles.put(permission.function, permission.policy, without(document, permission))
        self.begin_anew()
        try:
            return next((name for name in self.in_order(permission) if self.works(name)), "")
        finally:
            self.roles.put(permission.function, permission.policy, document)
            self.begin_anew()

    def in_order(self, permission: Permission) -> list[str]:
        """The scenarios, the most promising ones first."""
        known = FIRST.get((permission.function, permission.statement)) or FIRST.get(
            (permission.function, ""), ()
        )
        return [*known, *(name for name in ALL if name not in known)]

    def begin_anew(self) -> None:
        """No message and no process remembers what was."""
        sqs = self.visitor.stack.client("sqs")
        for queue in Investigator(stack=self.visitor.stack).queues:
            for name in (f"{queue}Queue", f"{queue}DeadLetters"):
                sqs.purge_queue(QueueUrl=self.visitor.stack.name(name))
        for pool in self.visitor.host.pools.values():
            pool.close()


@dataclass(frozen=True, kw_only=True)
class Found:
    """What an inquiry has found out: permission -> the scenario that notices its absence, or nothing."""

    noticed: Mapping[Permission, str]
    broken_anyway: Mapping[str, str]
    """scenarios that fail with all permissions, and why: they prove nothing"""


def inquire(folder: Path, function: str) -> Found:
    """Take away all permissions of one function, or of all, one after the other."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, bytes] = {}
    overrides = standing_in(folder) | LIMITS
    with (
        receiving() as receiver,
        showing(files) as web,
        local_stack(folder, overrides=overrides, fetch_exceptions=web, host_of=WatchedHost) as stack,
    ):
        visitor = Visitor(stack=stack, web=web, files=files, callback=receiver.callback("honest", 0))
        set_up(visitor, receiver)
        inquiry = Inquiry(visitor=visitor, roles=Roles(stack=stack))
        broken = {name: said for name in ALL if (said := inquiry.works(name))}
        asked = [p for p in inquiry.roles.permissions() if function in {"", p.function}]
        return Found(noticed={p: inquiry.who_notices(p) for p in asked}, broken_anyway=broken)


def told(found: Found, seconds: float) -> int:
    """Print it; answers the exit status."""
    rows = [[str(permission), name or "NOBODY"] for permission, name in found.noticed.items()]
    print(table("Without it fails", ("permission", "scenario"), rows))
    unnoticed = [str(permission) for permission, name in found.noticed.items() if not name]
    print(f"\n{len(rows)} permissions, {len(unnoticed)} unnoticed, {seconds:.0f} s")
    for name, said in found.broken_anyway.items():
        print(f"BROKEN: {name} fails with every permission: {said}")
    return 1 if unnoticed or found.broken_anyway else 0


def main() -> int:
    """From the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--function", default="", help="IngestFunction, ...; left out: all")
    options = parser.parse_args()
    began = time.monotonic()
    found = inquire(FOLDER, options.function)
    return told(found, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
