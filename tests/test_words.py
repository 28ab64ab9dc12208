"""Words: one folding for what is indexed and what is typed."""

from __future__ import annotations

from string import ascii_letters, ascii_lowercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icd11kit.words import STOP_WORDS, content_words, deletions, fold_words, lay_key, telling

TEXT = st.text(st.characters(codec="utf-8"), max_size=60)
PLAIN = st.text(ascii_letters + digits + " -,.", max_size=60)
WORD = st.text("abcde", min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("anaemia", "anemia"),
        ("anæmia", "anaemia"),
        ("oesophagus", "esophagus"),
        ("œdema", "edema"),
        ("diarrhoea", "diarrhea"),
        ("tumour", "tumor"),
        ("tumours", "tumors"),
        ("coloured", "colored"),
        ("behavioural", "behavioral"),
        ("colourless", "colorless"),
        ("fibre", "fiber"),
        ("litres", "liters"),
        ("centre", "center"),
        ("immunised", "immunized"),
        ("immunisation", "immunization"),
        ("localising", "localizing"),
        ("paralysed", "paralyzed"),
        ("travelling", "traveling"),
        ("labelled", "labeled"),
        ("sulphur", "sulfur"),
        ("catalogue", "catalog"),
        ("dialogues", "dialogs"),
    ],
)
def test_british_and_american_spellings_fold_alike(one: str, other: str) -> None:
    assert fold_words(one) == fold_words(other)
    assert len(fold_words(one)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hour", "hor"),
        ("four", "for"),
        ("phase", "fase"),
        ("call", "cal"),
        ("wise", "wize"),
        ("sour", "sor"),
        ("acre", "acer"),
    ],
)
def test_words_that_only_look_british_stay_apart(one: str, other: str) -> None:
    assert fold_words(one) == [one]
    assert fold_words(other) == [other]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("  –!? ", []),
        ("Type 2 DIABETES", ["type", "2", "diabetes"]),
        ("Guillain-Barré", ["guillain", "barre"]),
        ("Ménière's disease", ["menieres", "disease"]),
        ("Meniere’s disease", ["menieres", "disease"]),
        ("Colles' fracture", ["colles", "fracture"]),
        ("don't", ["dont"]),
        ("Sjo\u0308gren", ["sjogren"]),
        ("Sjögren", ["sjogren"]),
        ("vitamin B12/B₁₂", ["vitamin", "b12", "b12"]),
        ("ﬁbre", ["fiber"]),
        ("pain,pain pain", ["pain", "pain", "pain"]),
    ],
)
def test_a_text_falls_into_plain_words(text: str, words: list[str]) -> None:
    assert fold_words(text) == words


@given(TEXT)
def test_folded_words_are_small_ascii_letters_and_digits(text: str) -> None:
    assert set("".join(fold_words(text))) <= set(ascii_lowercase + digits)


@given(PLAIN)
def test_case_never_counts(text: str) -> None:
    assert fold_words(text.upper()) == fold_words(text.lower()) == fold_words(text)


@given(PLAIN, PLAIN)
def test_words_are_folded_each_for_itself(one: str, other: str) -> None:
    assert fold_words(f"{one} {other}") == fold_words(one) + fold_words(other)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Other specified fracture of the femur", ["fracture", "femur"]),
        ("pain without pain", ["pain", "without"]),
        ("no fever, not with cough", ["no", "fever", "not", "with", "cough"]),
        ("I have a type 2 diabetes", ["2", "diabetes"]),
        ("other, unspecified other", ["other", "unspecified"]),
        ("", []),
    ],
)
def test_only_telling_words_are_kept_each_once(text: str, words: list[str]) -> None:
    assert content_words(text) == words


@given(st.lists(st.sampled_from(["femur", "pain", *sorted(STOP_WORDS)]), max_size=8))
def test_stop_words_stay_only_where_nothing_else_is_said(words: list[str]) -> None:
    kept = telling(words)
    assert len(kept) == len(set(kept))
    assert not set(kept) & STOP_WORDS or set(words) <= STOP_WORDS
    assert set(kept) == set(words) - STOP_WORDS or set(kept) == set(words) <= STOP_WORDS


def test_stop_words_are_written_as_they_fold() -> None:
    assert {word for word in STOP_WORDS if fold_words(word) != [word]} == set()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Tumour of the womb", "tumor womb"), ("heart attack", "heart attack"), ("the", "the")],
)
def test_a_lay_term_is_kept_by_its_telling_words(typed: str, kept: str) -> None:
    assert lay_key(typed) == kept
    assert lay_key(kept) == kept


@given(WORD)
def test_deletions_are_the_word_and_it_with_one_letter_less_each_once(word: str) -> None:
    made = list(deletions(word))
    shorter = {word[:n] + word[n + 1 :] for n in range(len(word))}
    assert set(made) == {word} | shorter
    assert len(made) == len(set(made))


@given(WORD, st.data())
def test_words_one_edit_apart_share_a_deletion(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("abcde"))
    before, after = word[:place], word[place + 1 :]
    less, other, more = before + after, before + letter + after, before + letter + word[place:]
    swapped = before + after[:1] + word[place] + after[1:]
    for edited in (less, other, more, swapped):
        assert set(deletions(word)) & set(deletions(edited))
