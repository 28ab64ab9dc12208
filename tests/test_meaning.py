"""What clusters mean: normal forms, comparison, matching, suggestions."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from benchmarks.profile_shares import random_pairs, real_clusters
from icd11kit.errors import ClusterSyntaxError, MalformedCodeError
from icd11kit.postcoordination.compare import Relation
from icd11kit.postcoordination.validate import Validator
from icd11kit.terminology import open_terminology

OPPOSITE = {Relation.BELOW: Relation.ABOVE, Relation.ABOVE: Relation.BELOW}


@pytest.fixture(scope="module")
def clusters(released: Path) -> Validator:
    return open_terminology(released, release="2025-01").clusters


@pytest.fixture(scope="module")
def sample(clusters: Validator) -> list[str]:
    """Some hundred clusters: real ones, and random ones that the axes admit."""
    real = real_clusters(clusters, "10To11MapToOneCategory")
    pairs = random_pairs(clusters, 20_000)
    near = [f"{s.code}&{v.code}" for s, v in pairs if clusters.axes.axes_of(s).admitting(v)]
    chosen = random.Random(5).sample(real, 150) + random.Random(5).sample(near, 250)
    return [text for text in chosen if clusters.compare(text, text).relation != "unknown"]


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("NC32.Z&XA8U33", "NC32.2"),
        ("GC08&XN6P4", "GC08.0"),
        ("GC08.Z&XN6P4&XY0Y", "GC08.0&XY0Y"),
        ("NC32.2&XK8G&XK8G", "NC32.2&XK8G"),
        ("NC32.2&XJ44E&XK8G", "NC32.2&XJ44E&XK8G"),
        ("NC32.2&XK8G&XJ44E", "NC32.2&XJ44E&XK8G"),
        ("nc32.2 & xk8g / pa60", "NC32.2&XK8G/PA60"),
        ("5A11/5A11", "5A11"),
        ("http://id.who.int/icd/entity/119724091", "5A11"),
        ("5A11&XK99", ""),
    ],
)
def test_the_normal_form(clusters: Validator, text: str, normal: str) -> None:
    assert clusters.normalize(text).text == normal


def test_each_step_of_a_normal_form_says_why(clusters: Validator) -> None:
    (step,) = clusters.normalize("NC32.Z&XA8U33&XK8G").steps
    assert (step.before, step.after) == ("NC32.Z&XA8U33", "NC32.2")
    assert "Fracture of shaft of ulna" in step.evidence


@pytest.mark.parametrize(
    ("text", "terminal"), [("NC32", "NC32.Z"), ("5A11", "5A11"), ("BA41/5A11", "BA41.Z/5A11")]
)
def test_terminal_codes_on_request(clusters: Validator, text: str, terminal: str) -> None:
    assert clusters.normalize(text, terminal=True).text == terminal


def test_a_text_that_is_no_cluster_is_one_sentence(clusters: Validator) -> None:
    for ask in (clusters.normalize, clusters.describe, clusters.expand, clusters.suggest):
        with pytest.raises(ClusterSyntaxError):
            ask("5A11&&")


def test_expand_gives_what_normalize_takes_back(clusters: Validator) -> None:
    for code in ("NC32.2", "GC08.0", "1F28.2", "NC12.3"):
        found = clusters.expand(code)
        assert found is not None
        assert clusters.normalize(f"{found.stem.code}&{found.value.code}").text == code
    assert clusters.expand("5A11") is None


def test_normalize_is_idempotent_and_keeps_the_meaning(
    clusters: Validator, sample: list[str]
) -> None:
    for text in sample:
        normal = clusters.normalize(text).text
        assert clusters.normalize(normal).text == normal
        assert clusters.compare(text, normal).relation is Relation.EQUAL, (text, normal)


@pytest.mark.parametrize(
    ("first", "second", "relation"),
    [
        ("5A11", "5A11", "equal"),
        ("NC32.2", "NC32", "below"),
        ("NC32.Z", "NC32", "equal"),
        ("NC32.2&XK8G", "NC32.2", "below"),
        ("NC32.2&XK8G", "NC32&XK8G", "below"),
        ("NC32.Z&XA8U33", "NC32.2", "equal"),
        ("GC08.0", "GC08.Z&XN6P4", "equal"),
        ("NC32.2&XK8G", "NC32.2&XK9K", "disjoint"),
        ("5A11", "5A10", "disjoint"),
        ("NC32.2&XK8G", "NC32.2&XJ44E", "overlapping"),
        ("NC32.2&XK8G/PA60", "NC32.2&XK8G", "below"),
        ("NC32.2/PA60&XE266", "NC32.2/PA60", "below"),
        ("NC32.2/PA60", "NC32.2/PA61", "overlapping"),
        ("5A11&XY0Y", "5A11", "below"),
        ("5A11", "9ZZZ", "unknown"),
        ("5A11&XK8G", "5A11", "unknown"),
    ],
)
def test_how_clusters_stand_to_each_other(
    clusters: Validator, first: str, second: str, relation: str
) -> None:
    found = clusters.compare(first, second)
    assert found.relation == relation, found.reason
    assert found.reason
    back = clusters.compare(second, first).relation
    assert back is OPPOSITE.get(found.relation, found.relation)


def test_a_code_that_does_not_exist_is_named(clusters: Validator) -> None:
    for first, second in (("5A11", "NC32.2&XZ99"), ("NC32.2&XZ99", "5A11")):
        assert clusters.compare(first, second).reason == "XZ99 is no code of this release"


def test_comparison_is_an_order(clusters: Validator, sample: list[str]) -> None:
    chosen = random.Random(7)
    few = chosen.sample(sample, 60)
    stand = {(a, b): clusters.compare(a, b).relation for a in few for b in few}
    at_most = {pair for pair, relation in stand.items() if relation in ("below", "equal")}
    for a, b in stand:
        assert stand[b, a] is OPPOSITE.get(stand[a, b], stand[a, b])
    assert all((a, d) in at_most for a, b in at_most for c, d in at_most if b == c)
    assert all(stand[text, text] is Relation.EQUAL for text in few)


@pytest.mark.parametrize(
    ("pattern", "hits"),
    [
        ("NC32&XK8G", ["NC32.2&XK8G/PA60", "nc32.5z & XK8G"]),
        ("NC32", ["NC32.2&XK8G/PA60", "nc32.5z & XK8G", "NC32.5Z"]),
        ("PA60", ["NC32.2&XK8G/PA60"]),
        ("GC08&XN6P4", ["GC08.0"]),
        ("5A14", []),
    ],
)
def test_patterns_are_matched_by_meaning(
    clusters: Validator, pattern: str, hits: list[str]
) -> None:
    texts = ["NC32.2&XK8G/PA60", "nc32.5z & XK8G", "NC32.5Z", "GC08.0", "5A11", "&&", "9ZZZ"]
    matches = clusters.matcher(pattern)
    assert [text for text in texts if matches(text)] == hits


def test_a_pattern_that_says_nothing_is_one_sentence(clusters: Validator) -> None:
    with pytest.raises(MalformedCodeError, match="9ZZZ"):
        clusters.matcher("9ZZZ")


def test_suggestions_name_the_open_axes(clusters: Validator) -> None:
    axes = {axis.axis: axis for axis in clusters.suggest("NC32.2&XK8G")}
    assert "laterality" not in axes, "it takes one value and has it"
    closed = clusters.suggest("NC32.2&XK8G", "closed")
    assert [(axis.axis, [c.code for c in axis.choices]) for axis in closed] == [
        ("fractureOpenOrClosed", ["XJ44E"])
    ]
    assert clusters.suggest("MG51.00")[0].required


def test_what_is_suggested_is_admitted(clusters: Validator) -> None:
    for stem in ("NC32.2", "GB51", "2C25.Z", "PA60", "1A00"):
        for axis in clusters.suggest(stem):
            for choice in axis.choices[:5]:
                issues = clusters.validate(f"{stem}&{choice.code}").issues
                assert not {i.code for i in issues} & {"value-outside-axis", "axis-not-declared"}
