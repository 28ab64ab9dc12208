"""The grammar of clusters: what is read, where it goes wrong, and that nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icd11kit.errors import ClusterSyntaxError
from icd11kit.postcoordination.grammar import (
    Cluster,
    _any_groups,
    _plain_groups,
    format_cluster,
    join_codes,
    make_cluster,
    parse_cluster,
)

WHO = "http://id.who.int/icd"
CODES = st.from_regex(r"[0-9A-Z]{4}(\.[0-9A-Z]{1,3})?", fullmatch=True)
GROUPS = st.lists(st.lists(CODES, min_size=1, max_size=5), min_size=1, max_size=4)


def texts(cluster: Cluster) -> list[list[str]]:
    return [[part.text for part in group.parts] for group in cluster.groups]


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("5A11", [["5A11"]]),
        ("5A23/5A11", [["5A23"], ["5A11"]]),
        ("BA41.0&XA7RE3&XA7NQ7", [["BA41.0", "XA7RE3", "XA7NQ7"]]),
        (" dd51 & xk8g / ME24.2&XT5R ", [["dd51", "xk8g"], ["ME24.2", "XT5R"]]),
        ("DD51%26XK8G%2FME24.2%2f5A11", [["DD51", "XK8G"], ["ME24.2"], ["5A11"]]),
        ("DD51&amp;XK8G", [["DD51", "XK8G"]]),
        (f"{WHO}/entity/1 & {WHO}/entity/2", [[f"{WHO}/entity/1", f"{WHO}/entity/2"]]),
        (f"{WHO}/entity/1&XK8G / 5A11", [[f"{WHO}/entity/1", "XK8G"], ["5A11"]]),
        (f"{WHO}/entity/1/{WHO}/entity/2", [[f"{WHO}/entity/1"], [f"{WHO}/entity/2"]]),
        (f"{WHO}/release/11/mms/1/other / 5A11", [[f"{WHO}/release/11/mms/1/other"], ["5A11"]]),
        (f"5A11 / {WHO}/entity/2", [["5A11"], [f"{WHO}/entity/2"]]),
    ],
)
def test_codes_and_uris_are_read_in_any_spacing(text: str, groups: list[list[str]]) -> None:
    assert texts(parse_cluster(text)) == groups


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("", 0, "empty"),
        ("  \t", 0, "empty"),
        ("&", 0, "before &"),
        ("/5A11", 0, "before /"),
        ("5A11&", 4, "after &"),
        ("5A11 / ", 5, "after /"),
        ("5A11&&XK8G", 5, "between & and &"),
        ("5A11&/XK8G", 5, "between & and /"),
        ("5A11//5A10", 5, "between / and /"),
        ("5A 11", 3, "'11'"),
        ("5A11;XK8G", 4, "';XK8G'"),
        ("5A11+XK8G", 4, "'+XK8G'"),
        ("(5A11)", 0, "belongs to no code"),
        ("5A11&#", 5, "belongs to no code"),
        ("http:// http://", 8, "'http://'"),
    ],
)
def test_what_is_no_cluster_is_told_where(text: str, position: int, reason: str) -> None:
    with pytest.raises(ClusterSyntaxError) as caught:
        parse_cluster(text)
    assert (caught.value.text, caught.value.position) == (text, position)
    assert reason in caught.value.reason
    assert "\n" not in str(caught.value)


@given(GROUPS)
def test_what_is_formatted_is_read_back(groups: list[list[str]]) -> None:
    cluster = make_cluster(groups)
    assert texts(cluster) == groups
    assert parse_cluster(format_cluster(cluster)) == cluster
    assert join_codes(texts(cluster)) == cluster.text


@given(GROUPS, st.sampled_from(["&", " & ", "%26", "&amp;"]), st.sampled_from(["/", " / ", "%2F"]))
def test_the_written_form_is_kept_to_the_letter(
    groups: list[list[str]], ampersand: str, slash: str
) -> None:
    text = slash.join(ampersand.join(group) for group in groups)
    cluster = parse_cluster(text)
    assert format_cluster(cluster) == text
    assert texts(cluster) == groups
    assert all(text[part.start : part.end] == part.text for part in cluster.parts)


@given(st.text(alphabet="5AX8K.&/% 2F6;éhtp:", max_size=60) | st.text(max_size=60))
def test_no_text_does_more_than_raise_one_sentence(text: str) -> None:
    caught, parts = None, ()
    try:
        parts = parse_cluster(text).parts
    except ClusterSyntaxError as error:
        caught = error
    if caught is not None:
        assert 0 <= caught.position <= len(text)
        assert "\n" not in caught.reason
    assert all(text[part.start : part.end] == part.text != "" for part in parts)


@given(st.text(alphabet="5AX8K.&/é", max_size=40))
def test_the_short_way_reads_plain_clusters_as_the_long_way_does(text: str) -> None:
    plain = _plain_groups(text)
    assert plain is None or plain == _any_groups(text)


def test_the_short_way_takes_plain_clusters_alone() -> None:
    assert _plain_groups("DD51&XK8G/ME24.2") is not None
    assert _plain_groups("DD51 & XK8G") is None
    assert _plain_groups("DD51&&XK8G") is None


def test_the_time_grows_with_the_length_only() -> None:
    cluster = parse_cluster("&".join(["5A11"] * 100_000))
    assert len(cluster.parts) == 100_000
    with pytest.raises(ClusterSyntaxError):
        parse_cluster("&" * 1_000_000)
