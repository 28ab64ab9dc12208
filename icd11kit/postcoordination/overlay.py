"""Overlays: what a country or payer demands of clusters beyond WHO's rules.

An overlay is a TOML file: a `name`, a `source`, and `[[rule]]` tables. A rule has an `id`, a
`scope` (beginnings of stem codes, * for any) and one demand:

    require = ["laterality"]        a value of one of these scales on each stem of the scope
    forbid = ["severity.mild"]      no value of these scales
    add = "laterality"              an axis for the stems of the scope, with `scales`
    at_most = 6                     so many codes in a cluster
    at_most_characters = 40         so many characters in the canonical form
    severity = "error"              another severity for the findings named in `issues`

`only = "main"` restricts a rule to the first stem. Scales are those of ontology/scales.tsv, or
ids of blocks of chapter X.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from icd11kit.errors import SourceError
from icd11kit.postcoordination.axes import AxisTier, StemAxis
from icd11kit.postcoordination.entries import Entry
from icd11kit.postcoordination.issues import Issue, IssueCode, Severity
from icd11kit.postcoordination.profile import Profile
from icd11kit.postcoordination.reading import ReadGroup, Reading
from icd11kit.vocabulary import Multiple

_DEMANDS = ("require", "forbid", "add", "at_most", "at_most_characters", "severity")
_KEYS = {"id", "scope", "only", "scales", "multiple", "issues", "message", *_DEMANDS}


class OverlayRule(NamedTuple):
    """One demand of an overlay.

    `roots` are names of scales and ids as the file has them; for a release they give way to
    what values are looked for by there.
    """

    overlay: str
    id: str
    demand: str
    scope: tuple[str, ...]
    only_main: bool
    roots: frozenset[str]
    value: Any
    multiple: Multiple
    issues: tuple[str, ...]
    message: str

    @property
    def name(self) -> str:
        """The overlay and the rule, as findings name them."""
        return f"{self.overlay}: {self.id}"

    def covers(self, stem: Entry | None, number: int) -> bool:
        """Return whether a rule speaks of a group's stem."""
        if stem is None or not stem.is_stem or (self.only_main and number):
            return False
        return any(scope == "*" or stem.code.startswith(scope) for scope in self.scope)


def parse_overlay(text: str, path: str, profile: Profile) -> tuple[OverlayRule, ...]:
    """Return the rules of an overlay; raises SourceError naming the rule that is wrong."""
    try:
        held = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SourceError(path, f"the overlay is no TOML ({error})") from None
    name, rules = held.get("name"), held.get("rule")
    if not isinstance(name, str) or not name.strip():
        raise SourceError(path, 'the overlay has no name; write name = "..."')
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise SourceError(path, "the overlay has no rules; write [[rule]] tables")
    return tuple(_rule(rule, n, name, path, profile) for n, rule in enumerate(rules, start=1))


def _rule(rule: dict[str, Any], number: int, name: str, path: str, profile: Profile) -> OverlayRule:
    where = f"rule {number} ({rule.get('id', 'without id')})"
    demands = [demand for demand in _DEMANDS if demand in rule]
    if unknown := sorted(set(rule) - _KEYS):
        raise SourceError(path, f"{where}: {unknown[0]!r} is no key of a rule")
    if not isinstance(rule.get("id"), str) or len(demands) != 1:
        raise SourceError(path, f"{where}: a rule has an id and one of {', '.join(_DEMANDS)}")
    demand = demands[0]
    wrong = _wrong_value(demand, rule)
    if wrong:
        raise SourceError(path, f"{where}: {wrong}")
    named = rule["scales"] if demand == "add" else rule[demand]
    scales = named if demand in ("require", "forbid", "add") else []
    return OverlayRule(
        name, rule["id"], demand, tuple(str(rule.get("scope", "*")).split()),
        rule.get("only") == "main", _known(scales, profile, path, where), rule[demand],
        Multiple(rule.get("multiple", Multiple.NOT_ALLOWED)), tuple(rule.get("issues", ())),
        str(rule.get("message", "")),
    )  # fmt: skip


def _wrong_value(demand: str, rule: dict[str, Any]) -> str:
    """Return what is wrong with the value of a demand, "" for nothing."""
    value = rule[demand]
    if demand in ("require", "forbid") and not _is_texts(value):
        return f"{demand} takes a list of scales"
    if demand == "add" and not (isinstance(value, str) and _is_texts(rule.get("scales"))):
        return "add takes the name of an axis, and scales a list"
    if demand.startswith("at_most") and not (isinstance(value, int) and value > 0):
        return f"{demand} takes a number above 0"
    if demand == "severity":
        if value not in set(Severity) or not _is_texts(rule.get("issues")):
            return f"severity takes one of {', '.join(Severity)}, and issues a list"
        unknown = set(rule["issues"]) - set(IssueCode)
        return f"{min(unknown)!r} is no issue code" if unknown else ""
    if rule.get("multiple", Multiple.NOT_ALLOWED) not in set(Multiple):
        return f"multiple takes one of {', '.join(Multiple)}"
    return ""


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def _known(scales: Sequence[str], profile: Profile, path: str, where: str) -> frozenset[str]:
    """Return names of scales and ids as they are; raises SourceError for what is neither."""
    for name in scales:
        if name not in profile.scales and not name.isdigit():
            raise SourceError(path, f"{where}: {name!r} is no scale of scales.tsv and no id")
    return frozenset(scales)


def added_axes(rules: Sequence[OverlayRule], stem: Entry) -> Iterator[StemAxis]:
    """Yield the axes that overlays add to a stem."""
    for rule in rules:
        if rule.demand == "add" and rule.covers(stem, 0):
            yield StemAxis(
                str(rule.value), False, rule.multiple, rule.roots, AxisTier.OVERLAY, rule.name
            )


def overlay_issues(rules: Sequence[OverlayRule], reading: Reading, text: str) -> Iterator[Issue]:
    """Yield the findings of overlays; `text` is the canonical form."""
    for rule in rules:
        if rule.demand in ("require", "forbid"):
            for number, group in enumerate(reading.groups):
                if rule.covers(group.stem.entry, number):
                    yield from _of_values(rule, group)
        elif rule.demand.startswith("at_most"):
            yield from _of_length(rule, reading, text)


def _of_values(rule: OverlayRule, group: ReadGroup) -> Iterator[Issue]:
    fitting = [read.part for read in group.extensions if read.entry and rule.roots & read.entry.kin]
    stem = group.stem.part
    if rule.demand == "require" and not fitting:
        message = rule.message or f"{stem.text} needs a value of {', '.join(rule.value)}"
        yield _issue(rule, IssueCode.OVERLAY_REQUIRES, message, stem.start, stem.end)
    elif rule.demand == "forbid":
        for part in fitting:
            message = rule.message or f"{part.text} is not accepted on {stem.text}"
            yield _issue(rule, IssueCode.OVERLAY_FORBIDS, message, part.start, part.end)


def _of_length(rule: OverlayRule, reading: Reading, text: str) -> Iterator[Issue]:
    is_codes = rule.demand == "at_most"
    length = len(reading.cluster.parts) if is_codes else len(text)
    if length > rule.value:
        what = "codes" if is_codes else "characters"
        message = rule.message or f"the cluster has {length} {what}, over {rule.value}"
        yield _issue(rule, IssueCode.OVERLAY_CAPS, message, 0, len(reading.cluster.text))


def _issue(rule: OverlayRule, code: IssueCode, message: str, start: int, end: int) -> Issue:
    said = f"{message} ({rule.name})"
    return Issue(code, said, start, end, tier=AxisTier.OVERLAY, overlay=rule.name)


def changed_severity(rules: Sequence[OverlayRule], issue: Issue) -> Issue:
    """Return a finding with the severity that the last overlay speaking of it gives it."""
    for rule in reversed(rules):
        if rule.demand == "severity" and issue.code in rule.issues:
            return issue._replace(severity=Severity(rule.value), overlay=rule.name)
    return issue
