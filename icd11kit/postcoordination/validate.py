"""Validation of clusters: text in, verdict with findings and bindings out."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from icd11kit.errors import ClusterSyntaxError
from icd11kit.postcoordination.axes import AxisSource, AxisTier
from icd11kit.postcoordination.checks import find_issues
from icd11kit.postcoordination.entries import Entries
from icd11kit.postcoordination.grammar import Cluster, parse_cluster
from icd11kit.postcoordination.issues import Issue, IssueCode, Mode, Severity, judge
from icd11kit.postcoordination.normal import Normalized, normalize
from icd11kit.postcoordination.precoordinated import Equivalences, Expanded
from icd11kit.postcoordination.profile import Profile, parse_profile
from icd11kit.postcoordination.reading import Reading, read_cluster
from icd11kit.postcoordination.show import Description, canonical_text, describe, display_text
from icd11kit.resources import read_resource
from icd11kit.store.read import Store
from icd11kit.vocabulary import System, system_name


class Binding(NamedTuple):
    """A value of a cluster on an axis: in which group, from 0, and whose word the axis is."""

    group: int
    axis: str
    value: str
    tier: AxisTier


class Validation(NamedTuple):
    """What is to be said of a cluster: valid where no finding is an error in the mode."""

    input: str
    valid: bool
    mode: Mode
    canonical: str
    display: str
    bindings: tuple[Binding, ...]
    issues: tuple[Issue, ...]
    release: str


@lru_cache(maxsize=1)
def shipped_profile() -> Profile:
    """Return the axis profile that comes with the package."""
    return parse_profile(
        read_resource("ontology", "scales.tsv"), read_resource("ontology", "axis-profile.tsv")
    )


class Validator:
    """Checks clusters against one release; entries and axes are read once and kept."""

    def __init__(self, store: Store, profile: Profile | None = None) -> None:
        self.store = store
        self.entries = Entries(store)
        self.axes = AxisSource(store, profile or shipped_profile())
        self.same = Equivalences(self.entries, self.axes)
        self.release = store.manifest["release"]

    def read(self, cluster: Cluster) -> Reading:
        """Return a cluster with its parts looked up and its values bound to axes."""
        return read_cluster(cluster, self.entries, self.axes)

    def normalize(self, text: str, *, terminal: bool = False) -> Normalized:
        """Return a cluster's normal form; raises ClusterSyntaxError where the text is none."""
        return normalize(self.read(parse_cluster(text)), self.same, terminal=terminal)

    def describe(self, text: str) -> Description:
        """Return a cluster in words; raises ClusterSyntaxError where the text is none."""
        return describe(self.read(parse_cluster(text)))

    def expand(self, text: str) -> Expanded | None:
        """Return the stem and value that a code's title is made of, None where unknown."""
        entry = self.entries[parse_cluster(text).groups[0].stem.code]
        return None if entry is None else self.same.expand(entry)

    def validate(self, text: str, mode: Mode = Mode.STANDARD) -> Validation:
        """Return the verdict on a text; no text raises."""
        try:
            cluster = parse_cluster(text)
        except ClusterSyntaxError as error:
            issue = Issue(
                IssueCode.MALFORMED, error.reason, error.position,
                min(error.position + 1, len(text)), repair=_tidied(text),
            )  # fmt: skip
            return Validation(text, False, mode, "", "", (), (issue,), self.release)
        return self._judged(cluster, mode)

    def _judged(self, cluster: Cluster, mode: Mode) -> Validation:
        system = self.store.manifest["system"]
        if system != System.MMS and len(cluster.parts) > 1:
            message = f"{system_name(system)} joins no codes by & or /"
            issue = Issue(IssueCode.CLUSTER_NOT_ALLOWED, message, 0, len(cluster.text))
            return Validation(cluster.text, False, mode, "", "", (), (issue,), self.release)
        reading = self.read(cluster)
        issues = tuple(judge(issue, mode) for issue in find_issues(reading, self.same))
        bindings = tuple(
            Binding(bound.group, bound.axis.name, bound.value.code, bound.axis.tier)
            for bound in reading.bound
            if bound.axis is not None
        )
        is_valid = all(issue.severity is not Severity.ERROR for issue in issues)
        return Validation(
            cluster.text, is_valid, mode, canonical_text(reading), display_text(reading),
            bindings, issues, self.release,
        )  # fmt: skip


def _tidied(text: str) -> str:
    """Return the text without doubled, leading and closing operators if it then is a cluster."""
    pieces = [[p for p in group.split("&") if p.strip()] for group in text.split("/")]
    tidy = "/".join("&".join(group) for group in pieces if group)
    try:
        parse_cluster(tidy)
    except ClusterSyntaxError:
        return ""
    return tidy
