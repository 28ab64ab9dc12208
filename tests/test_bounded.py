"""What is kept of texts that strangers send has an end, and its end changes no answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from icd11kit.postcoordination import axes, precoordinated, screen
from icd11kit.postcoordination.issues import Mode
from icd11kit.postcoordination.validate import Validator
from icd11kit.terminology import Terminology
from icd11kit.words import _fold, fold_words


def _codes(starter: Terminology) -> tuple[list[str], list[str]]:
    store = starter.clusters.store
    rows = store.connection.execute(
        "SELECT code, chapter FROM entity WHERE code != '' ORDER BY pre"
    )
    listed = [(str(code), str(chapter)) for code, chapter in rows]
    stems = [code for code, chapter in listed if chapter != "X"]
    return stems, [code for code, chapter in listed if chapter == "X"]


def _clusters(starter: Terminology) -> Iterator[str]:
    stems, values = _codes(starter)
    for number in range(600):
        stem, value = stems[number * 7 % len(stems)], values[number * 11 % len(values)]
        yield f"{stem}&{value}"
        yield f"{stem}/{stems[number * 5 % len(stems)]}"


def _fresh(starter: Terminology) -> Validator:
    return Validator(starter.clusters.store)


def test_pairs_of_codes_are_kept_up_to_a_number(
    starter: Terminology, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = list(_clusters(starter))
    usual = _fresh(starter)
    wanted = [usual.validate(text).issues for text in texts]
    monkeypatch.setattr(screen, "MOST_PAIRS", 20)
    monkeypatch.setattr(precoordinated, "_MOST_PAIRS", 20)
    monkeypatch.setattr(axes, "_MOST_VALUES", 3)
    small = _fresh(starter)
    assert [small.validate(text).issues for text in texts] == wanted
    held = small._screens[Mode.STANDARD]._stems.values()
    assert sum(len(stem.values) + len(stem.follows) for stem in held) <= 21
    assert len(small.same._found) <= 20
    assert all(len(each._admitting) <= 3 for each in small.axes._shared.values())
    assert len(usual._screens[Mode.STANDARD]._stems) > len(held)


def test_one_entry_is_kept_once_however_it_is_named(starter: Terminology) -> None:
    entries = _fresh(starter).entries
    entry = entries["5A11"]
    assert entry is not None
    assert entries[entry.id] == entry
    before = len(entries)
    for year in range(1000, 2000):
        uri = f"http://id.who.int/icd/release/11/{year}-01/mms/{entry.id}"
        assert entries[uri] == entry
        assert entries[f"{year}"] is None
    assert len(entries) == before


def test_residuals_are_found_by_uri(starter: Terminology) -> None:
    entries = _fresh(starter).entries
    rows = entries.store.connection.execute("SELECT id FROM entity WHERE id LIKE '%/%' LIMIT 5")
    named = [str(row[0]) for row in rows]
    assert named
    for name in named:
        found = entries[f"http://id.who.int/icd/release/11/mms/{name}"]
        assert found is not None
        assert found.id == name


def test_long_names_are_answered_and_not_kept(starter: Terminology) -> None:
    padded = "5A11" + " " * 500
    assert starter.names.span(padded) == starter.names.span("5A11")
    assert padded not in starter.names._spans


def test_long_words_are_folded_and_not_kept() -> None:
    before = _fold.cache_info().currsize
    assert fold_words("x" * 200 + "aemia") == ["x" * 200 + "emia"]
    assert _fold.cache_info().currsize == before
