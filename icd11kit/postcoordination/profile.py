"""The axis profile: our table of which values a stem's axes take, where WHO's axes are not at hand.

`ontology/axis-profile.tsv` holds rules *scope -> axis, scales, required, multiple, source*. A
scope is the beginning of stem codes, `*` for any; for each axis the longest beginning wins,
and a rule without scales takes the axis away. `ontology/scales.tsv` names the scales: roots in
chapter X, and the beginnings of codes that stand in for them where a release has no tree.
"""

from collections.abc import Mapping
from typing import NamedTuple

from icd11kit.errors import SourceError
from icd11kit.vocabulary import Multiple

ANY = "*"
_NOTHING = "-"
_MULTIPLE = {item.value: item for item in Multiple}
_RULE_CELLS = 6
_SCALE_CELLS = 4


class Scale(NamedTuple):
    """A named set of values: all at or below the roots; `prefixes` stand in without a tree."""

    name: str
    roots: tuple[str, ...]
    prefixes: tuple[str, ...]
    title: str


class Rule(NamedTuple):
    """One rule of a profile for the stems whose codes begin with one of `scopes`."""

    scopes: tuple[str, ...]
    axis: str
    scales: tuple[str, ...]
    required: bool
    multiple: Multiple
    source: str


class Profile(NamedTuple):
    """All scales by name, and the rules by scope."""

    scales: Mapping[str, Scale]
    rules: Mapping[str, tuple[Rule, ...]]


def parse_profile(scales: str, rules: str) -> Profile:
    """Return the profile that two tables hold; raises SourceError with the line that is wrong.

    >>> profile = parse_profile(
    ...     "scale\\troots\\tprefixes\\ttitle\\nside\\t1\\tXK\\tLaterality",
    ...     "scope\\taxis\\tscales\\trequired\\tmultiple\\tsource\\n"
    ...     "NC ND\\tlaterality\\tside\\t-\\tNOT_ALLOWED\\tlimbs",
    ... )
    >>> [rule.axis for rule in find_rules(profile, "NC32.2")]
    ['laterality']
    """
    named = {}
    for line, cells in _rows(scales, _SCALE_CELLS, "scales.tsv"):
        if cells[0] in named:
            raise SourceError(f"scales.tsv, line {line}", f"scale {cells[0]!r} is named twice")
        named[cells[0]] = Scale(
            cells[0], tuple(cells[1].split()), tuple(cells[2].split()), cells[3]
        )
    listed: dict[str, tuple[Rule, ...]] = {}
    for line, cells in _rows(rules, _RULE_CELLS, "axis-profile.tsv"):
        rule = _rule(line, cells, named)
        for scope in rule.scopes:
            listed[scope] = (*listed.get(scope, ()), rule)
    return Profile(named, listed)


def _rows(text: str, width: int, name: str) -> list[tuple[int, list[str]]]:
    rows = [(n, line.split("\t")) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    for line, cells in rows:
        if len(cells) != width:
            raise SourceError(f"{name}, line {line}", f"{len(cells)} cells stand where {width} do")
    return rows[1:]


def _rule(line: int, cells: list[str], scales: Mapping[str, Scale]) -> Rule:
    scopes, axis, named, required, multiple, source = cells
    values = () if named == _NOTHING else tuple(named.split())
    where = f"axis-profile.tsv, line {line}"
    for name in values:
        if name not in scales:
            raise SourceError(where, f"{name!r} is no scale of scales.tsv")
    if multiple not in _MULTIPLE:
        raise SourceError(where, f"{multiple!r} is none of {', '.join(_MULTIPLE)}")
    often, made = _MULTIPLE[multiple], required == "required"
    return Rule(tuple(scopes.split()), axis, values, made, often, source)


def find_rules(profile: Profile, code: str) -> tuple[Rule, ...]:
    """Return the rule of each axis that a stem has, that of the longest scope winning."""
    found: dict[str, Rule] = {}
    for scope in (ANY, *(code[:length] for length in range(1, len(code) + 1))):
        for rule in profile.rules.get(scope, ()):
            found[rule.axis] = rule
    return tuple(rule for rule in found.values() if rule.scales)
