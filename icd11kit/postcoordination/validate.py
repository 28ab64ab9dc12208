"""Validation of clusters: text in, verdict with findings and bindings out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from icd11kit.errors import ClusterSyntaxError, MalformedCodeError
from icd11kit.postcoordination.axes import AxisSource, StemAxis
from icd11kit.postcoordination.checks import find_issues
from icd11kit.postcoordination.entries import Entries, Entry
from icd11kit.postcoordination.grammar import Cluster, parse_cluster
from icd11kit.postcoordination.issues import Issue, IssueCode, Mode, judge
from icd11kit.postcoordination.precoordinated import Equivalences, Expanded
from icd11kit.postcoordination.profile import Profile, parse_profile
from icd11kit.postcoordination.reading import Reading, read_cluster
from icd11kit.postcoordination.screen import Screen
from icd11kit.postcoordination.validation import Validation
from icd11kit.resources import read_resource, read_text
from icd11kit.store.read import Store, find_near
from icd11kit.vocabulary import System, system_name

if TYPE_CHECKING:
    from icd11kit.postcoordination.compare import Comparison
    from icd11kit.postcoordination.map_rows import MapEquivalence
    from icd11kit.postcoordination.normal import Normalized
    from icd11kit.postcoordination.overlay import OverlayRule
    from icd11kit.postcoordination.show import Description
    from icd11kit.postcoordination.suggest import OpenAxis

_LONGEST_CODE = 12


@lru_cache(maxsize=1)
def shipped_profile() -> Profile:
    """Return the axis profile that comes with the package."""
    return parse_profile(
        read_resource("ontology", "scales.tsv"), read_resource("ontology", "axis-profile.tsv")
    )


def read_overlays(paths: Iterable[str]) -> tuple[OverlayRule, ...]:
    """Return the rules of overlay files, later files after earlier ones.

    Raises SourceError where a file cannot be read or a rule is wrong.
    """
    from icd11kit.postcoordination.overlay import parse_overlay

    rules: list[OverlayRule] = []
    for path in paths:
        rules.extend(parse_overlay(read_text(path), path, shipped_profile()))
    return tuple(rules)


class Validator:
    """Checks clusters against one release; entries and axes are read once and kept."""

    def __init__(
        self,
        store: Store,
        profile: Profile | None = None,
        overlays: Sequence[OverlayRule] = (),
        others: Callable[[], Iterable[Store]] = tuple,
    ) -> None:
        self.store, self._others = store, others
        self.entries = Entries(store)
        self.axes = AxisSource(store, profile or shipped_profile(), self._added)
        self.overlays = tuple(
            rule._replace(roots=self.axes.resolve(rule.roots)) for rule in overlays
        )
        self.same = Equivalences(self.entries, self.axes)
        self.release = store.manifest["release"]
        self._screens: dict[Mode, Screen] = {}
        self._is_mms = store.manifest["system"] == System.MMS
        self._is_icf = store.manifest["system"] == System.ICF

    def _added(self, stem: Entry) -> Iterable[StemAxis]:
        if not self.overlays:
            return ()
        from icd11kit.postcoordination.overlay import added_axes

        return added_axes(self.overlays, stem)

    def read(self, cluster: Cluster) -> Reading:
        """Return a cluster with its parts looked up and its values bound to axes."""
        if self._is_icf:
            from icd11kit.postcoordination.qualifiers import read_icf

            return read_icf(cluster, self.entries)
        return read_cluster(cluster, self.entries, self.axes)

    def canonical(self, reading: Reading) -> str:
        """Return a cluster in one form, "" where a part names nothing."""
        if self._is_icf:
            return reading.cluster.text.strip().lower()
        from icd11kit.postcoordination.show import canonical_text

        return canonical_text(reading)

    def display(self, reading: Reading) -> str:
        """Return a cluster in words."""
        from icd11kit.postcoordination.show import display_text

        if self._is_icf:
            from icd11kit.postcoordination.qualifiers import say_qualified

            return say_qualified(reading.cluster.text, display_text(reading))
        return display_text(reading)

    def normalize(self, text: str, *, terminal: bool = False) -> Normalized:
        """Return a cluster's normal form; raises ClusterSyntaxError where the text is none."""
        from icd11kit.postcoordination.map_rows import find_entity_of
        from icd11kit.postcoordination.normal import normalize

        made = normalize(self.read(parse_cluster(text)), self.same, terminal=terminal)
        return made._replace(entity=find_entity_of(self.store, made.text))

    def expand_entity(self, text: str) -> MapEquivalence | None:
        """Return the cluster WHO's map sets beside a foundation id or URI, None for none."""
        from icd11kit.postcoordination.map_rows import find_cluster_of

        return find_cluster_of(self.store, text)

    def describe(self, text: str) -> Description:
        """Return a cluster in words; raises ClusterSyntaxError where the text is none."""
        from icd11kit.postcoordination.show import describe

        reading = self.read(parse_cluster(text))
        return describe(reading)._replace(display=self.display(reading))

    def compare(self, first: str, second: str) -> Comparison:
        """Return how one cluster stands to another; raises ClusterSyntaxError for no cluster."""
        from icd11kit.postcoordination.compare import compare

        return compare(self.read(parse_cluster(first)), self.read(parse_cluster(second)), self.same)

    def matcher(self, pattern: str) -> Callable[[str], bool]:
        """Return a test for clusters that say what a pattern says, or say it more closely.

        A pattern is a cluster of whatever codes; any group of a cluster may satisfy it. Raises
        ClusterSyntaxError or MalformedCodeError for a pattern that says nothing; texts that are
        no clusters do not match.
        """
        from icd11kit.postcoordination.compare import is_below, meanings

        wanted = meanings(self.read(parse_cluster(pattern)), self.same)
        if wanted is None:
            raise MalformedCodeError(pattern, f"{pattern} has a part that says nothing there")

        def matches(text: str) -> bool:
            try:
                said = meanings(self.read(parse_cluster(text)), self.same)
            except ClusterSyntaxError:
                return False
            return said is not None and any(is_below(each, wanted[0]) for each in said)

        return matches

    def suggest(self, text: str, find: str = "") -> tuple[OpenAxis, ...]:
        """Return the open axes of a cluster's stems; raises ClusterSyntaxError for no cluster."""
        from icd11kit.postcoordination.suggest import suggest

        return suggest(self.read(parse_cluster(text)), self.entries, find)

    def expand(self, text: str) -> Expanded | None:
        """Return the stem and value that a code's title is made of, None where unknown."""
        entry = self.entries[parse_cluster(text).groups[0].stem.code]
        return None if entry is None else self.same.expand(entry)

    def validate(self, text: str, mode: Mode = Mode.STANDARD) -> Validation:
        """Return the verdict on a text; no text raises."""
        if self._is_mms and not self.overlays:
            screen = self._screens.get(mode) or self._screen(mode)
            issues = screen.find_issues(text)
            if issues is not None:
                return Validation(self, text, mode, issues, screen)
        return Validation(self, text, mode, self._ruled(text, mode))

    def _screen(self, mode: Mode) -> Screen:
        rules = partial(self._ruled, mode=mode)
        return self._screens.setdefault(mode, Screen(self.entries, self.axes, self.same, rules))

    def _ruled(self, text: str, mode: Mode) -> tuple[Issue, ...]:
        """Return the findings of all rules with their severities."""
        return self._overlaid(tuple(judge(issue, mode) for issue in self.find_issues(text)))

    def _with_nearest(self, issue: Issue, text: str) -> Issue:
        """Return a finding of an unknown code with what it was elsewhere, else the nearest."""
        if issue.code is not IssueCode.UNKNOWN_CODE or "/" in issue.codes[0]:
            return issue
        from icd11kit.postcoordination.moved import find_moved, moved_issue

        moved = find_moved(issue.codes[0], self.store, self._others())
        if moved is not None:
            return moved_issue(issue, text, moved, self.release)
        near = find_near(self.store, issue.codes[0][:_LONGEST_CODE])
        hint = f"; nearest: {', '.join(near)}" if near else ""
        return issue._replace(message=issue.message + hint)

    def _overlaid(self, issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
        """Return findings with the severities that overlays give them."""
        if not self.overlays:
            return issues
        from icd11kit.postcoordination.overlay import changed_severity

        return tuple(changed_severity(self.overlays, issue) for issue in issues)

    def find_issues(self, text: str) -> tuple[Issue, ...]:
        """Return the findings of all rules, whatever the quick look would say."""
        try:
            cluster = parse_cluster(text)
        except ClusterSyntaxError as error:
            end = min(error.position + 1, len(text))
            malformed = Issue(IssueCode.MALFORMED, error.reason, error.position, end)
            return (malformed._replace(repair=_tidied(text)),)
        if not self._is_mms and len(cluster.parts) > 1:
            message = f"{system_name(self.store.manifest['system'])} joins no codes by & or /"
            return (Issue(IssueCode.CLUSTER_NOT_ALLOWED, message, 0, len(text)),)
        reading = self.read(cluster)
        if self._is_icf:
            from icd11kit.postcoordination.qualifiers import qualifier_issues

            return tuple(qualifier_issues(text, reading.groups[0].stem.entry))
        found = tuple(self._with_nearest(i, text) for i in find_issues(reading, self.same))
        if not self.overlays:
            return found
        from icd11kit.postcoordination.overlay import overlay_issues
        from icd11kit.postcoordination.show import canonical_text

        more = overlay_issues(self.overlays, reading, canonical_text(reading))
        return tuple(sorted((*found, *more), key=lambda issue: issue.start))


def _tidied(text: str) -> str:
    """Return the text without doubled, leading and closing operators if it then is a cluster."""
    pieces = [[p for p in group.split("&") if p.strip()] for group in text.split("/")]
    tidy = "/".join("&".join(group) for group in pieces if group)
    try:
        parse_cluster(tidy)
    except ClusterSyntaxError:
        return ""
    return tidy
