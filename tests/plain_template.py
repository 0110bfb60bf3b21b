"""The template as plain CloudFormation, for the tests of its rules."""

from functools import cache
from pathlib import Path
from typing import Any

from local.deploy import transform

ROOT = Path(__file__).resolve().parent.parent


@cache
def plain() -> dict[str, Any]:
    """The whole template, transformed once."""
    return transform(ROOT / "template.yaml", {"Pace": "aws"})


def of_type(kind: str) -> dict[str, Any]:
    """The properties of all resources of a kind, by their names."""
    resources = plain()["Resources"].items()
    return {name: resource["Properties"] for name, resource in resources if resource["Type"] == kind}


def functions() -> dict[str, Any]:
    """The functions' properties, by their names without the ending: ``Ingest``, ``Matte`` ..."""
    found = of_type("AWS::Lambda::Function").items()
    return {name.removesuffix("Function"): properties for name, properties in found}


def number(value: Any, pace: str) -> int:
    """A number that may be looked up in the mapping for the pace."""
    if not isinstance(value, dict):
        return int(value)
    mapping, _, key = value["Fn::FindInMap"]
    return int(plain()["Mappings"][mapping][pace][key])


def statements(function: str) -> list[dict[str, Any]]:
    """What a function may do, as the template writes it out."""
    policies = plain()["Resources"][f"{function}FunctionRole"]["Properties"].get("Policies", [])
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def listed(value: Any) -> list[Any]:
    """One or several, as a list."""
    return value if isinstance(value, list) else [value]


def target(resource: Any) -> tuple[str, str]:
    """What an ARN in a statement names: the resource, and what follows its own ARN (``/*``, ``/work/*``)."""
    if "Fn::GetAtt" in resource:
        return resource["Fn::GetAtt"][0], ""
    name, _, rest = resource["Fn::Sub"].removeprefix("${").partition("}")
    return name.partition(".")[0], rest
