"""What $lookup says of an entry: properties by name, and the answer made of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from icd11kit.lookup.answer import Lookup, Step
from icd11kit.postcoordination.entries import Entry
from icd11kit.postcoordination.grammar import join_codes
from icd11kit.postcoordination.reading import Reading, ReadPart
from icd11kit.postcoordination.validation import Validation
from icd11kit.server.fhir.code_systems.systems import Source
from icd11kit.server.fhir.parameters import Item
from icd11kit.vocabulary import ClassKind, System

Values = Iterable[str | bool]
UNBOUND = "otherPostcoordination"
"""Where values stand that attach to any stem, without an axis; WHO's word in codeinfo."""
_NAMES = {"icd10cm": "ICD_10_CM", "icf": "ICF"}
_NO_CODES = (ClassKind.CHAPTER, ClassKind.BLOCK)


def shown_code(found: Lookup | Step, source: Source) -> str:
    """Return the code of an entry, its id where the Foundation is asked; "" on a block."""
    return found.id if source.is_foundation else found.code


def is_grouping(found: Lookup, source: Source) -> bool:
    """Whether an entry groups others and is no code to record."""
    return found.kind in _NO_CODES and not source.is_foundation


def _step_codes(steps: Iterable[Step], source: Source) -> Values:
    """Return codes of entries, ids of those without; the Foundation holds no residuals."""
    shown = [step for step in steps if not (source.is_foundation and step.residual)]
    return [shown_code(step, source) or step.id for step in shown]


def _parent(found: Lookup, source: Source) -> Values:
    if source.is_foundation and not found.path:
        return (found.parent,)
    return _step_codes(found.path[-2:-1], source)


def _who_id(found: Lookup) -> str:
    """Return WHO's id, "" for an entry whose id is not held."""
    return found.id if found.id.partition("/")[0].isdigit() else ""


def _known(value: bool | None) -> Values:
    return () if value is None else (value,)


PROPERTIES: dict[str, tuple[str, Callable[[Lookup, Source], Values]]] = {
    "code": ("code", lambda found, source: (shown_code(found, source),)),
    "id": ("code", lambda found, source: (_who_id(found),)),
    "parent": ("code", _parent),
    "child": ("code", lambda found, source: _step_codes(found.children, source)),
    "notSelectable": ("boolean", lambda found, source: (is_grouping(found, source),)),
    "kind": ("code", lambda found, source: (found.kind,)),
    "chapter": ("code", lambda found, source: (found.chapter,)),
    "blockId": ("code", lambda found, source: (found.block_id,)),
    "residual": ("code", lambda found, source: (found.residual,)),
    "foundationUri": ("string", lambda found, source: (found.foundation_uri,)),
    "linearizationUri": ("string", lambda found, source: (found.linearization_uri,)),
    "codingNote": ("string", lambda found, source: (found.coding_note,)),
    "billable": ("boolean", lambda found, source: _known(found.billable)),
}
"""What can be asked of an entry: the type of its values, and how they are read."""
CLUSTER_PROPERTIES = {"stem": "code", "postcoordinationValues": "string"}
"""What can be asked of a cluster, beside its code."""


def property_kinds(source: Source) -> dict[str, str]:
    """Return the properties of a system's entries, each with the type of its values."""
    left_out = set() if source.system == System.ICD10CM else {"billable"}
    if source.system != System.MMS:
        left_out |= {"codingNote", "residual"}
    if source.system == System.ICD10CM:
        left_out |= {"id", "foundationUri", "linearizationUri"}
    kinds = {name: kind for name, (kind, _) in PROPERTIES.items() if name not in left_out}
    return {**kinds, **CLUSTER_PROPERTIES} if source.system == System.MMS else kinds


def entry_items(
    found: Lookup, source: Source, asked: Collection[str], is_r5: bool
) -> Iterator[Item]:
    """Yield what is said of an entry: of its properties those asked for, without any all."""
    yield from _head(source, found.title)
    if is_r5:
        yield "code", "valueCode", shown_code(found, source)
        yield "system", "valueUri", source.url
        yield "abstract", "valueBoolean", is_grouping(found, source)
    for name in property_kinds(source):
        if name in PROPERTIES and is_asked(name, asked):
            kind, read = PROPERTIES[name]
            yield from (_property(name, kind, value) for value in read(found, source))


def is_asked(name: str, asked: Collection[str]) -> bool:
    """Whether a property is asked for; without a word on properties each is."""
    return not asked or name in asked or "*" in asked


def _head(source: Source, display: str) -> Iterator[Item]:
    yield "name", "valueString", name_of(source)
    yield "version", "valueString", source.release
    yield "display", "valueString", display


def name_of(source: Source) -> str:
    """Return a name for programs: a letter, then letters, digits and underscores.

    FHIR asks code systems for such names.
    """
    return _NAMES.get(source.system, f"ICD_11_{source.system.upper()}")


def _property(name: str, kind: str, value: str | bool) -> Item:
    """Return a property as a parameter, nothing of one without value."""
    if value == "":
        return "property", "part", ()
    typed = f"value{kind.capitalize()}"
    return "property", "part", (("code", "valueCode", name), ("value", typed, value))


def cluster_items(
    verdict: Validation, source: Source, asked: Collection[str], is_r5: bool
) -> Iterator[Item]:
    """Yield what is said of a cluster: its stems, and the values of each with their axes."""
    yield from _head(source, verdict.display)
    text, reading = written_in_codes(verdict), verdict.reading
    if is_r5:
        yield "code", "valueCode", text
        yield "system", "valueUri", source.url
        yield "abstract", "valueBoolean", False
    if is_asked("code", asked):
        yield _property("code", "code", text)
    groups = reading.groups if reading else ()
    if is_asked("stem", asked):
        yield from (_property("stem", "code", _label(group.stem)) for group in groups)
    if reading and is_asked("postcoordinationValues", asked):
        yield from (_values(reading, number) for number in range(len(groups)))


def written_in_codes(verdict: Validation) -> str:
    """Return a cluster as it was written, with codes for URIs and ids, and no spaces."""
    reading = verdict.reading
    if reading is None:
        return " ".join(verdict.input.split())
    return join_codes(
        [_label(part) for part in (group.stem, *group.extensions)] for group in reading.groups
    )


def _label(read: ReadPart) -> str:
    """Return what a part says, the code where it is a URI or id of something with one."""
    text, entry = read.part.text, read.entry
    return entry.code if entry and entry.code and ("/" in text or text == entry.id) else text


def _values(reading: Reading, number: int) -> Item:
    """Return what is said of a group's stem, each value below the name of its axis.

    A value that stands twice is there twice, on the same axis where no other one takes it.
    """
    mine = [each for each in reading.bound if each.group == number]
    axes = {each.value.id: each.axis.name for each in mine if each.axis is not None}
    bound = [
        (each.axis.name if each.axis else axes.get(each.value.id, UNBOUND), each.value)
        for each in mine
    ]
    for read in reading.groups[number].extensions:
        if read.entry is not None and read.entry.is_universal:
            bound.append((UNBOUND, read.entry))
    parts = tuple(_subproperty(axis, value) for axis, value in bound)
    named = ("code", "valueCode", "postcoordinationValues")
    return "property", "part", (named, *parts) if parts else ()


def _subproperty(axis: str, value: Entry) -> Item:
    said = (
        ("code", "valueCode", axis),
        ("value", "valueCode", value.code),
        ("description", "valueString", value.title),
    )
    return "subproperty", "part", said
