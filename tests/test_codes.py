"""Codes as values: which texts are codes, their one normal writing, what is said of the others."""

from __future__ import annotations

import re
from string import ascii_uppercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from icd11kit.codes import (
    Icd10CmCode,
    cluster_parts,
    pad_icd10cm,
    parse_icd10cm,
    shorten,
    spellings,
)
from icd11kit.errors import Icd11KitError, MalformedCodeError
from icd11kit.vocabulary import System

LETTERS = ascii_uppercase + digits
MMS = st.one_of(
    st.from_regex(r"[0-9A-Z][A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?", fullmatch=True),
    st.from_regex(r"X[A-Z][0-9A-Z]{2,4}", fullmatch=True),
)
ICD10CM = st.builds(
    Icd10CmCode,
    st.from_regex(r"[A-Z][0-9A-Z][0-9AB]", fullmatch=True),
    st.text(LETTERS, max_size=4),
)
SPACE = st.text(" \t\r\n\u00a0", max_size=300)


def read(text: str) -> list[str]:
    """Return the readings of a text as `system code`."""
    return [f"{system.value} {code}" for system, code in spellings(text)]


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("1A00", ["mms 1A00"]),
        ("1a03.y", ["mms 1A03.Y"]),
        (" 2B90.3z\n", ["mms 2B90.3Z"]),
        ("5 A 1 1", ["mms 5A11"]),
        ("NC32", ["mms NC32", "icd10cm NC3.2"]),
        ("xk8g", ["mms XK8G", "icd10cm XK8.G"]),
        ("XAHN5", ["mms XAHN5"]),
        ("5", ["mms 05"]),
        ("05", ["mms 05"]),
        ("26", ["mms 26"]),
        ("v", ["mms V"]),
        ("x", ["mms X"]),
        ("BlockL2-1A0", ["mms BlockL2-1A0"]),
        ("BLOCKL2-1A0", ["mms BlockL2-1A0"]),
        ("blockl2-1a0", ["mms BlockL2-1A0"]),
        ("I10", ["icd10cm I10"]),
        ("s52.531a", ["icd10cm S52.531A"]),
        ("S52531A", ["icd10cm S52.531A"]),
        ("t424x5a", ["icd10cm T42.4X5A"]),
        ("M1A0XX0", ["icd10cm M1A.0XX0"]),
        ("a00-a09", ["icd10cm A00-A09"]),
        ("cm:5", ["icd10cm 5"]),
        ("ICD-10-CM 22", ["icd10cm 22"]),
        ("b110", ["icf b110", "icd10cm B11.0"]),
    ],
)
def test_a_code_is_read_in_any_case_and_spacing(text: str, readings: list[str]) -> None:
    assert read(text) == readings


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("QA00", ["mms QA00", "icd10cm QA0.0"]),
        ("QA0.0", ["icd10cm QA0.0"]),
        ("d540", ["icf d540", "icd10cm D54.0"]),
        ("D540", ["icd10cm D54.0", "icf d540"]),
        ("D54.0", ["icd10cm D54.0"]),
    ],
)
def test_without_a_point_both_readings_are_given_the_likeliest_first(
    text: str, readings: list[str]
) -> None:
    assert read(text) == readings


@pytest.mark.parametrize(
    "text",
    ["", " ", "0", "00", "27", "1A0", "1A030", "1A00.", "1A.00", "1A00.12345", "1A00..1", "5A11X",
     "A0", "A0C", "A00.12345", "S52..5", ".A00", "A00-", "cm:23", "Block", "BlockLX-1A0",
     "foo bar", "1A00&XK8G", "5A11-5A12", "1O00;", "x" * 10_000],
)  # fmt: skip
def test_what_has_no_form_of_a_code_has_no_reading(text: str) -> None:
    assert spellings(text) == ()


@pytest.mark.parametrize("text", ["ſ52", "ß2", "ﬁ2", "b١١٠", "1٣", "５Ａ11", "Ⅰ10"])
def test_only_ascii_spells_a_code(text: str) -> None:
    assert spellings(text) == ()


@given(MMS, st.booleans(), SPACE, SPACE)
def test_an_mms_code_is_its_own_first_reading(
    code: str, small: bool, before: str, after: str
) -> None:
    text = before + (code.lower() if small else code) + after
    assert spellings(text)[0] == (System.MMS, code)


@given(ICD10CM, st.booleans(), st.booleans(), SPACE, SPACE)
def test_an_icd10cm_code_is_read_back_with_and_without_point(
    code: Icd10CmCode, small: bool, dotted: bool, before: str, after: str
) -> None:
    text = str(code) if dotted else code.undotted
    assert parse_icd10cm(before + (text.lower() if small else text) + after) == code


@given(ICD10CM)
def test_a_pointed_icd10cm_code_is_never_read_as_mms(code: Icd10CmCode) -> None:
    if code.rest:
        assert (System.ICD10CM, str(code)) in spellings(str(code))
        assert System.MMS not in dict(spellings(str(code)))


@given(st.text(max_size=40))
def test_every_reading_reads_as_itself(text: str) -> None:
    for system, code in spellings(text):
        if system is not System.ICD10CM or not code.isdigit():  # a chapter needs its "cm:"
            assert (system, code) in spellings(code)


@pytest.mark.parametrize("text", ["5A11" + " " * 300 + "nonsense", "S52.531A" + " " * 200 + "9"])
def test_the_end_of_a_long_text_counts(text: str) -> None:
    assert spellings(text) == ()


@pytest.mark.parametrize(
    ("text", "category", "rest", "seventh", "placeholder"),
    [
        ("I10", "I10", "", "", False),
        ("I10.", "I10", "", "", False),
        ("E11.9", "E11", "9", "", False),
        ("S52.531A", "S52", "531A", "A", False),
        ("T42.4X5A", "T42", "4X5A", "A", True),
        ("T14.8XXA", "T14", "8XXA", "A", True),
        ("T75.XXXA", "T75", "XXXA", "A", True),
        ("W61.01XA", "W61", "01XA", "A", True),
        ("O31.8X10", "O31", "8X10", "0", True),
        ("T36.0X", "T36", "0X", "", True),
        ("M1A.0XX1", "M1A", "0XX1", "1", True),
        ("A00.X", "A00", "X", "", False),
        ("S52.531X", "S52", "531X", "X", False),
    ],
)
def test_an_icd10cm_code_is_split_where_its_meaning_splits(
    text: str, category: str, rest: str, seventh: str, placeholder: bool
) -> None:
    code = parse_icd10cm(text)
    assert (code.category, code.rest) == (category, rest)
    assert (code.seventh, code.has_placeholder) == (seventh, placeholder)


@pytest.mark.parametrize(
    ("short", "padded"),
    [("T14", "T14.XXXA"), ("T14.8", "T14.8XXA"), ("W61.01", "W61.01XA"), ("S52.531", "S52.531A")],
)
def test_x_fills_the_places_before_a_seventh_character(short: str, padded: str) -> None:
    assert str(pad_icd10cm(parse_icd10cm(short), "A")) == padded


@given(st.text(LETTERS, max_size=3), st.sampled_from(LETTERS))
def test_a_padded_code_has_seven_characters_and_is_read_back(rest: str, seventh: str) -> None:
    code = pad_icd10cm(Icd10CmCode("S52", rest), seventh)
    assert (len(code.undotted), code.seventh) == (7, seventh)
    assert parse_icd10cm(str(code)) == code
    assert code.has_placeholder or "X" not in rest.ljust(3, "X")


def test_every_icd10cm_code_is_read_back_from_its_undotted_form() -> None:
    cm = pytest.importorskip("simple_icd_10_cm")
    codes = [code for code in cm.get_all_codes() if not cm.is_chapter_or_block(code)]
    assert len(codes) > 90_000
    assert [c for c in codes if str(parse_icd10cm(c.replace(".", "").lower())) != c] == []


@pytest.mark.parametrize(
    "text",
    ["", "5A11", "S5", "SZZ", "S52.5?1A", "s52.531a9", "S52..5", "S52\n?", "é" * 100_000],
    ids=lambda text: repr(text)[:12],
)
def test_a_malformed_code_is_one_short_sentence(text: str) -> None:
    with pytest.raises(MalformedCodeError) as caught:
        parse_icd10cm(text)
    said = str(caught.value)
    assert isinstance(caught.value, Icd11KitError)
    assert caught.value.text == text
    assert "ICD-10-CM" in said
    assert "\n" not in said
    assert len(said) < 200


@pytest.mark.parametrize(
    ("text", "position"), [("5A11", 1), ("SZZ", 3), ("S52.5?1A", 6), ("s52.531a9", 9)]
)
def test_a_malformed_code_is_told_where_it_goes_wrong(text: str, position: int) -> None:
    """Positions count from 1 in the text as given."""
    with pytest.raises(MalformedCodeError) as caught:
        parse_icd10cm(text)
    assert re.search(rf"\b(position|character|place) {position}\b", str(caught.value))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2C25.Z&XK8G/5A11", ("2C25.Z", "XK8G", "5A11")),
        ("2C25.Z & xk8g", ("2C25.Z", "xk8g")),
        ("2C25.Z%26XK8G%2F5A11%2fXA00", ("2C25.Z", "XK8G", "5A11", "XA00")),
        ("5A11", ()),
        ("5A11&", ()),
        ("&XK8G", ()),
        ("5A11//1A00", ()),
        ("5A11/nonsense", ()),
        ("heart/lung", ()),
        ("344162786/other", ()),
        ("http://id.who.int/icd/entity/5", ()),
    ],
)
def test_a_cluster_falls_into_its_codes(text: str, parts: tuple[str, ...]) -> None:
    assert cluster_parts(text) == parts


@given(st.lists(MMS, min_size=2, max_size=8), st.sampled_from(["&", "/", " & ", "%26", "%2F"]))
def test_joined_codes_come_apart_again(codes: list[str], joint: str) -> None:
    assert cluster_parts(joint.join(codes)) == tuple(codes)


def test_a_long_cluster_is_never_cut_within_a_code() -> None:
    codes = ["BA00.12"] * 624 + ["S52.531A"] * 2  # the 5000th character stands within a code
    assert cluster_parts("&".join(codes)) in ((), tuple(codes))


@given(st.text(max_size=100), st.integers(1, 100))
def test_a_shortened_text_keeps_its_beginning_and_the_width(text: str, width: int) -> None:
    short = shorten(text, width)
    assert len(short) <= width
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))
