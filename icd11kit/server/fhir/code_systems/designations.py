"""What a code is called in the other installed languages of its release."""

from __future__ import annotations

from collections.abc import Iterator

from icd11kit.errors import UnknownCodeError
from icd11kit.postcoordination.issues import Mode
from icd11kit.server.fhir.code_systems.systems import Source, get_entry
from icd11kit.server.fhir.code_systems.verdicts import is_joined, is_same_display, judge_code
from icd11kit.server.fhir.parameters import Item
from icd11kit.server.shelf import Shelf
from icd11kit.vocabulary import System


def other_displays(source: Source, code: str, shelf: Shelf) -> Iterator[tuple[str, str]]:
    """Yield each other language with what a code or cluster is called in it.

    Systems beside the MMS and the Foundation answer in one language alone.
    """
    if source.system != System.MMS and not source.is_foundation:
        return
    for language in shelf.languages(System.MMS, source.release):
        if language != source.language:
            terminology = shelf.get(source.release, language)
            other = source._replace(language=language, terminology=terminology)
            if display := _display(other, code):
                yield language, display


def _display(source: Source, code: str) -> str:
    if source.system == System.MMS and is_joined(code):
        return judge_code(source, code, Mode.LENIENT).display
    try:
        return get_entry(source, code).title
    except UnknownCodeError:
        return ""


def is_display_elsewhere(source: Source, code: str, display: str, shelf: Shelf) -> bool:
    """Whether a display is what a code is called in another installed language."""
    return any(is_same_display(display, said) for _, said in other_displays(source, code, shelf))


def designation_items(source: Source, code: str, shelf: Shelf) -> Iterator[Item]:
    """Yield what a code is called in other languages as $lookup says it."""
    for language, display in other_displays(source, code, shelf):
        said = (("language", "valueCode", language), ("value", "valueString", display))
        yield "designation", "part", said
