"""A translated code list in words: the answer, the definition, and what differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from icd11kit.cli.output import table, terminal_width
from icd11kit.counts import count

if TYPE_CHECKING:
    from icd11kit.transition.codelist.values import Difference, Item, Totals, Translation

_MOST_PARTS = 25
_MOST_EXCEPTIONS = 6
_MOST_FLAGS = 10
_NAMES = {"icd10cm": "ICD-10-CM", "mms": "ICD-11 MMS"}
_MEANS = {
    ("lost", "no target"): "nothing there says it",
    ("lost", "same target"): "shares its code with codes outside the list",
    ("lost", "encounter"): "shares its code with other encounters of itself",
    ("lost", "left out"): "its code is shared, so it is left out",
    ("lost", "not found"): "the definition does not find its code",
    ("gained", "same target"): "has the same code as members",
    ("gained", "encounter"): "another encounter of a member, with the same code",
    ("gained", "further condition"): "its cluster says a member's condition too",
    ("gained", "in the definition"): "its cluster says what is asked for",
    ("gained", "leads back"): "leads back to a code outside the list",
    ("doubtful", "confidence"): "its code is less sure than 0.8",
    ("doubtful", "ambiguous"): "several codes are as good",
    ("doubtful", "related"): "its code only overlaps with it",
    ("doubtful", "leads elsewhere"): "its code leads ahead to another",
    ("doubtful", "no way back"): "in as its neighbours are: no code leads there",
    ("doubtful", "weak way back"): "in for a way back that only overlaps",
    ("doubtful", "way back only"): "in for its way back alone",
    ("doubtful", "left out"): "left out, though it leads back to a member",
}  # fmt: skip


def answer_lines(made: Translation) -> Iterator[str]:
    """Yield the answer: first in words, then the definition and what differs as tables."""
    yield from _headline(made)
    if made.members:
        yield from _wrapped(_codes_said(made), "")
    if made.records and made.members:
        yield from _wrapped(_records_said(made.records), "")
    for flag in made.flags[:_MOST_FLAGS]:
        hint = f"; nearest: {', '.join(flag.nearest)}" if flag.nearest else ""
        yield from _wrapped(f"not used, {flag.where}: {flag.text}: {flag.reason}{hint}", "")
    yield from _more(len(made.flags) - _MOST_FLAGS, "entries not used")
    if made.definition:
        yield ""
        yield from _definition_lines(made)
    elif made.enumerated:
        yield ""
        yield from _enumerated_lines(made)
    if made.differences:
        yield ""
        yield from _difference_lines(made)
    proof = made.provenance
    yield ""
    yield from _wrapped(
        f"{proof.tool}, {_said(proof.source)}, {_said(proof.target)}, tier {proof.tier}, "
        f"crosswalk {proof.crosswalk}", "",
    )  # fmt: skip


def _said(edition: str) -> str:
    system, _, release = edition.partition(" ")
    return f"{_NAMES.get(system, system)} {release}"


def _headline(made: Translation) -> Iterator[str]:
    source, target = _said(made.provenance.source), _said(made.provenance.target)
    if not made.members:
        line = f"The list names no code of {source}."
    elif not made.enumerated:
        line = f"None of {len(made.members):,} codes of {source} could be translated to {target}."
    else:
        verb = "is" if len(made.members) == 1 else "are"
        line = (
            f"{count(len(made.members), 'code')} of {source} {verb} {_targets(made)} of {target}."
        )
    for each in _wrapped(line, ""):
        yield click.style(each, bold=True)


def _targets(made: Translation) -> str:
    """Return how many codes and clusters a list is."""
    clusters = sum(any(mark in each.code for mark in "&/") for each in made.enumerated)
    single = len(made.enumerated) - clusters
    counted = ((single, "code"), (clusters, "cluster"))
    return " and ".join(count(number, noun) for number, noun in counted if number)


def _codes_said(made: Translation) -> str:
    total = made.codes
    parts = [f"{total.apart:,} can be told apart there from codes outside the list"]
    if total.blurred:
        left_out = " (--shared drop leaves them out)" if made.definition else ""
        parts.append(f"{total.blurred:,} cannot, though found{left_out}")
    if total.lost:
        parts.append(f"{total.lost:,} {'is' if total.lost == 1 else 'are'} not found")
    said = f"Of {count(total.listed, 'code')} {', '.join(parts)}."
    if total.gained:
        said += f" {count(total.gained, 'code')} outside the list would be found too."
    return said


def _records_said(total: Totals) -> str:
    if not total.listed:
        return "The volumes name no code of the list."
    said = (
        f"Of {total.listed:,} records in the list {_share(total.apart, total)} are found and told "
        f"apart, {_share(total.blurred, total)} are found but share their code, "
        f"{_share(total.lost, total)} are lost."
    )
    if total.gained is None:
        return said + " The volumes name no code outside the list, so what is gained is unknown."
    precise = (
        "" if total.precision is None else f": {total.precision:.1%} of what is found is in it"
    )
    return f"{said} {_share(total.gained, total)} more would come from outside{precise}."


def _share(number: int, total: Totals) -> str:
    return f"{number / total.listed:.1%}"


def _definition_lines(made: Translation) -> Iterator[str]:
    rows = [row for item in made.definition[:_MOST_PARTS] for row in _item_rows(item)]
    yield from table(["definition", "codes", "from", "title"], rows, 3, 0)
    yield from _more(len(made.definition) - _MOST_PARTS, "parts")


def _item_rows(item: Item) -> Iterator[list[str]]:
    whole = " and below" if item.is_whole else ""
    yield [item.text + whole, f"{len(item.codes):,}", f"{len(item.members):,}", item.title]
    for exception in item.exceptions[:_MOST_EXCEPTIONS]:
        yield [f"  but not {exception}", "", "", ""]
    if len(item.exceptions) > _MOST_EXCEPTIONS:
        yield [f"  and not {len(item.exceptions) - _MOST_EXCEPTIONS} more", "", "", ""]


def _enumerated_lines(made: Translation) -> Iterator[str]:
    rows = [
        [each.code, f"{len(each.members):,}", each.title] for each in made.enumerated[:_MOST_PARTS]
    ]
    yield from table(["code", "from", "title"], rows, 2, 0)
    yield from _more(len(made.enumerated) - _MOST_PARTS, "codes")


def _more(number: int, noun: str) -> Iterator[str]:
    if number > 0:
        yield f"… {number:,} more {noun}: --json or --out FILE"


def _difference_lines(made: Translation) -> Iterator[str]:
    """Yield a row for each kind and cause, with one code of it."""
    is_weighed = made.records is not None
    rows = []
    groups: dict[tuple[str, str], list[Difference]] = {}
    for each in made.differences:
        groups.setdefault((each.kind.value, each.why), []).append(each)
    for (kind, why), listed in groups.items():
        weight = [_weight(listed)] if is_weighed else []
        means = _MEANS.get((kind, why), why)
        rows.append([kind, f"{len(listed):,}", *weight, means, listed[0].code])
    head = ["", "codes", *(["records"] if is_weighed else []), "why", "such as"]
    yield from table(head, rows, len(head) - 2)
    kinds = dict.fromkeys(row[0] for row in rows)
    yield f"every code with its reason: {', '.join(f'--show {kind}' for kind in kinds)}"


def _weight(listed: Iterable[Difference]) -> str:
    counts = [each.records for each in listed if each.records is not None]
    return f"{sum(counts):,}" if counts else ""


def row_lines(made: Translation, kind: str) -> Iterator[str]:
    """Yield every difference of a kind with its reason."""
    shown = [each for each in made.differences if each.kind == kind]
    for each in shown:
        records = "" if each.records is None else f" [{count(each.records, 'record')}]"
        yield from _wrapped(f"{each.code} {each.title}: {each.reason}{records}", "")
    if not shown:
        yield f"nothing is {kind}"


def _wrapped(text: str, start: str) -> list[str]:
    from textwrap import wrap

    return wrap(text, terminal_width(), initial_indent=start, subsequent_indent=start + "  ")
