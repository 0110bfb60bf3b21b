"""JMESPath in a hook's document: compiled when the document is read, and only its own author's."""

from functools import lru_cache
from typing import Annotated, Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from pydantic import AfterValidator, Field

KEPT = 512


@lru_cache(maxsize=KEPT)
def _compiled(text: str) -> Any:
    return jmespath.compile(text)


def _check(text: str) -> str:
    try:
        unknown = sorted(_functions_in(_compiled(text).parsed) - set(Functions.FUNCTION_TABLE))
    except (JMESPathError, RecursionError) as error:
        reason = str(error).partition("\n")[0].rstrip(":.") or type(error).__name__
        raise ValueError(f"{text[:80]!r} is not JMESPath: {reason}") from error
    if unknown:
        allowed = ", ".join(sorted(Functions.FUNCTION_TABLE))
        raise ValueError(f"{text[:80]!r} calls {unknown[0][:40]!r}; allowed: {allowed}")
    return text


def _functions_in(node: Any) -> set[str]:
    """The functions that an expression calls: JMESPath itself looks for them only when one is reached."""
    own = {node["value"]} if node["type"] == "function_expression" else set()
    return own.union(*map(_functions_in, node["children"]))


Expression = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_check)]


class NotFitting(Exception):
    """An expression that cannot be applied to this payload; the message is the end of a sentence about it."""


def find(expression: str, payload: Any) -> Any:
    """What a checked ``Expression`` finds in a payload, None if nothing; raises NotFitting."""
    try:
        return _compiled(expression).search(payload)
    except JMESPathError as error:  # a function that was given another type than it takes
        raise NotFitting(f"cannot be applied to this payload: {type(error).__name__}") from error


def is_true(value: Any) -> bool:
    """Whether JMESPath counts a value as true: all but false, null and what is empty."""
    return value is not None and value is not False and value not in ("", [], {})
