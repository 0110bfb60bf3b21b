"""A figure against a rule: passed, failed, or too near the limit to tell."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Literal

from cutout.compliance.measured import Figure, Measured, NotMeasured
from cutout.preset import Preset, Rule
from cutout.rule_words import Measure, Unit

Status = Literal["pass", "fail", "unsure", "not measured"]
Verdict = Literal["pass", "fail", "unsure"]
# Limits such as 0.7111 are rounded, and so are the figures: a difference in the last place is none.
_ROUNDING = 1e-6


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One rule, what it allows, and what was found."""

    rule: Measure
    level: Literal["required", "recommended"]
    meaning: str
    """the exact definition of what was measured"""
    unit: Unit
    limit: str
    """what is allowed, in words"""
    measured: float | bool | str | tuple[str, ...] | None
    plus_minus: float
    """the measured value's uncertainty, in the same unit"""
    status: Status
    why: str | None
    """from what an estimate was made, or why there is none"""
    fix: str | None
    """what was done to the picture on the way to meet this rule"""
    note: str | None
    """the authority's words"""


@dataclass(frozen=True, kw_only=True)
class ComplianceReport:
    """All findings on one file. ``verdict`` is that of the required rules: recommendations do not change it.

    ``fail`` if one failed; else ``unsure`` if one was unsure or could not be measured; else ``pass``. Whatever it says,
    ``by_eye`` lists rules that were not looked at.
    """

    preset: str
    version: int
    checked: str
    """when the rules were read"""
    source: tuple[str, ...]
    verdict: Verdict
    findings: tuple[Finding, ...]
    by_eye: tuple[str, ...]
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain dicts, lists, numbers and words."""
        return asdict(self)


def find(rule: Rule, figure: Figure, fix: str | None) -> Finding:
    """Judge one figure by one rule."""
    measured = figure if isinstance(figure, Measured) else None
    return Finding(
        rule=rule.measure,
        level=rule.level,
        meaning=rule.meaning,
        unit=rule.unit,
        limit=limit_in_words(rule),
        measured=measured.value if measured else None,
        plus_minus=measured.plus_minus if measured else 0.0,
        status=status_of(rule, figure),
        why=figure.why if isinstance(figure, NotMeasured) else figure.how,
        fix=fix,
        note=rule.note,
    )


def report_on(preset: Preset, findings: tuple[Finding, ...]) -> ComplianceReport:
    """The findings with their verdict and what the preset says of itself."""
    return ComplianceReport(
        preset=preset.name,
        version=preset.version,
        checked=preset.checked,
        source=preset.source,
        verdict=verdict_of(findings),
        findings=findings,
        by_eye=preset.by_eye,
        notes=preset.notes,
    )


def verdict_of(findings: tuple[Finding, ...]) -> Verdict:
    """See ``ComplianceReport``."""
    required = {finding.status for finding in findings if finding.level == "required"}
    if "fail" in required:
        return "fail"
    return "unsure" if required - {"pass"} else "pass"


def status_of(rule: Rule, figure: Figure) -> Status:
    """Where the figure is an interval, ``pass`` and ``fail`` mean all of it; ``unsure`` that the limit cuts it."""
    if isinstance(figure, NotMeasured):
        return "not measured"
    value = figure.value
    if isinstance(value, tuple):
        return _passed(set(value) <= set(rule.one_of or ()))
    if isinstance(value, bool):
        return _passed(value == rule.equal)
    if isinstance(value, str):
        return _passed(value in (rule.one_of or ()))
    return _status_of_number(rule, value, figure.plus_minus)


def _passed(fits: bool) -> Status:
    return "pass" if fits else "fail"


def _status_of_number(rule: Rule, value: float, plus_minus: float) -> Status:
    statuses = {_status_between(low, high, value, plus_minus) for low, high in _allowed(rule)}
    for status in ("pass", "unsure"):
        if status in statuses:
            return status
    return "fail"


def _allowed(rule: Rule) -> list[tuple[float, float]]:
    slack = rule.tolerance + _ROUNDING
    if rule.one_of is not None:
        return [(float(value) - slack, float(value) + slack) for value in rule.one_of]
    low = -math.inf if rule.at_least is None else rule.at_least - slack
    high = math.inf if rule.at_most is None else rule.at_most + slack
    return [(low, high)]


def _status_between(low: float, high: float, value: float, plus_minus: float) -> Status:
    if low <= value - plus_minus and value + plus_minus <= high:
        return "pass"
    return "fail" if value + plus_minus < low or value - plus_minus > high else "unsure"


def limit_in_words(rule: Rule) -> str:
    """What a rule allows, for people."""
    if rule.unit == "edges":
        return " or ".join(str(edge) for edge in rule.one_of) + " only" if rule.one_of else "none"
    if rule.equal is not None:
        return "yes" if rule.equal else "no"
    if rule.one_of is not None:
        return " or ".join(in_words(value, rule.unit) for value in rule.one_of) + _give_or_take(rule)
    if rule.at_least == rule.at_most and rule.at_least is not None:
        return in_words(rule.at_least, rule.unit) + _give_or_take(rule)
    bounds = {"at least": rule.at_least, "at most": rule.at_most}
    said = [f"{word} {in_words(bound, rule.unit)}" for word, bound in bounds.items() if bound is not None]
    return " and ".join(said) + _give_or_take(rule)


def _give_or_take(rule: Rule) -> str:
    return f", give or take {in_words(rule.tolerance, rule.unit)}" if rule.tolerance else ""


def in_words(value: float | str, unit: Unit) -> str:
    """A number with its unit, as one says it."""
    if isinstance(value, str):
        return value
    match unit:
        case "share":
            return f"{100 * value:.4g} %"
        case "bytes" | "pixels" | "megapixels" | "dpi" | "degrees":
            return f"{value:,.10g} {unit}"
        case "L*" | "C*":
            return f"{unit} {value:g}"
        case _:
            return f"{value:g}"
