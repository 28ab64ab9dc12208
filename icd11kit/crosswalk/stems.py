"""The stem: from where WHO's tables send a code, down to the entry that says most of it.

The rules, each with what it brought in docs/crosswalk.md: a table's row is trusted where its
ICD-10 title says what the code says; a title that says the same wins; below the row's target
a child wins that says more of the code and adds no word of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from icd11kit.crosswalk.meaning import Meaning
from icd11kit.crosswalk.tables import ONE, Anchor
from icd11kit.crosswalk.targets import Name, Targets
from icd11kit.crosswalk.wording import Words
from icd11kit.vocabulary import EXTENSION_CHAPTER, Residual

FREE = frozenset("diseas disord condit syndrom state caus type form agent".split())
"""Stems of words that a child may add without saying more."""


class Way(StrEnum):
    """How a stem was found; the confidence of an answer rests on it."""

    USER = "user's mapping"
    CURATED = "curated mapping"
    CURATED_ABOVE = "curated mapping of a category above"
    RULE = "rule"
    SAME_ROW = "row of WHO's table with the same title"
    SAME_TITLE = "same title"
    NARROWER_TITLE = "same title below the shoreline"
    ROW = "row of WHO's table"
    DESCENT = "child of a row's target"
    PREFIX = "row of a shorter code"
    WITHIN = "title within the code's title"
    NONE = "none"


_ROWS = (Way.ROW, Way.PREFIX)


class Choice(NamedTuple):
    """An entry chosen for a code: how, the words of the code it says, and the row behind it.

    `name` is the name that says them. `is_narrower` tells that the code means a kind of the
    entry which has no entry of its own. `rest` is what a row's cluster adds.
    """

    pre: int
    way: Way
    said: Words
    name: str
    anchor: Anchor | None = None
    is_narrower: bool = False
    rest: str = ""


def find_choices(
    meaning: Meaning, anchors: Iterable[Anchor], targets: Targets, *, descent: bool = True
) -> list[Choice]:
    """Return the entries that a code may mean, the best first; none where nothing is known.

    Without `descent` only the rows of WHO's tables count.
    """
    usable = [a for a in anchors if targets.entities[a.pre].chapter != EXTENSION_CHAPTER]
    if not descent:
        return [choice for choice in _family(meaning, usable, targets) if choice.way in _ROWS]
    rows = list(_same_rows(meaning, usable, targets))
    titles = list(_same_titles(meaning, usable, targets))
    narrower = [choice for choice in titles if choice.is_narrower]
    titles = [choice for choice in titles if not choice.is_narrower]
    family = _family(meaning, usable, targets)
    lost = rows and meaning.words - targets.above[rows[0].pre] - FREE
    if lost:
        closer = [c for c in family if c.way is Way.DESCENT and lost <= c.said]
        found = [*titles, *closer, *rows, *narrower, *family]
    else:
        found = [*rows, *titles, *narrower, *family]
    if not found or _is_astray(found[0], meaning, targets):
        chapters = {targets.entities[anchor.pre].chapter for anchor in usable}
        found = [*_within(meaning, chapters, targets), *found]
    best = {choice.pre: choice for choice in reversed(found)}
    return list(dict.fromkeys(best[choice.pre] for choice in found))


def _same_rows(meaning: Meaning, anchors: list[Anchor], targets: Targets) -> Iterator[Choice]:
    """Yield the target of the code's own row where WHO's ICD-10 title says what the code says."""
    for anchor in anchors:
        is_same = targets.wording.words(anchor.row.icd10_title) in meaning.readings
        if anchor.row.mapping != ONE or not (anchor.is_exact and is_same):
            continue
        if targets.is_stem(anchor.pre):
            title = targets.title(anchor.pre)
            yield Choice(anchor.pre, Way.SAME_ROW, meaning.words, title, anchor, rest=anchor.rest)


def _same_titles(meaning: Meaning, anchors: list[Anchor], targets: Targets) -> Iterator[Choice]:
    """Yield entries that have a name of the code's words, titles and near ones first.

    Of "other X" only the title X counts, whose residual is then reported.
    """
    chapters = {targets.entities[anchor.pre].chapter for anchor in anchors}
    tops = [targets.concept(anchor.pre) for anchor in anchors]
    for words in meaning.readings:
        found = []
        for pre in dict.fromkeys(targets.by_words.get(words, ())):
            entity = targets.entities[pre]
            if not targets.is_stem(pre) or (chapters and entity.chapter not in chapters):
                continue
            name = _named(pre, words, targets)
            near = any(targets.is_below(pre, top) for top in tops)
            if meaning.is_other and not (name.is_title and near):
                continue
            if name.is_narrower and ((tops and not near) or meaning.is_unspecified):
                continue
            if name.is_narrower and not _is_home(pre, meaning.words | meaning.context, targets):
                continue
            if entity.residual is Residual.OTHER:
                continue
            fits = meaning.is_unspecified == (entity.residual is Residual.UNSPECIFIED)
            found.append(((not name.is_title, not fits, not near, pre), pre, name))
        for _, pre, name in sorted(found)[:3]:
            way = Way.NARROWER_TITLE if name.is_narrower else Way.SAME_TITLE
            yield Choice(pre, way, words, name.text, is_narrower=name.is_narrower)


def _is_home(pre: int, known: Words, targets: Targets) -> bool:
    """Return whether an entry's own title says nothing unknown, so that a kind of it may count."""
    parent = targets.parent(pre)
    known = known | FREE | (targets.above[parent] if parent >= 0 else frozenset())
    title = targets.title(pre)
    return any(
        words <= known for words in (targets.wording.words(title), *targets.wording.partial(title))
    )


def _named(pre: int, words: Words, targets: Targets) -> Name:
    """Return the best name of an entry that has just these words."""
    fitting = [name for name in targets.names[pre] if name.words == words]
    return min(fitting, key=lambda name: (not name.is_title, name.is_narrower))


def _is_astray(choice: Choice, meaning: Meaning, targets: Targets) -> bool:
    """Return whether the row of a shorter code leads to what shares no word with the code."""
    if choice.way is not Way.PREFIX:
        return False
    said = frozenset[str]().union(
        *(targets.wording.words(targets.title(pre)) for pre in targets.path(choice.pre))
    )
    return not meaning.words & (said - FREE)


def _within(meaning: Meaning, chapters: set[str], targets: Targets) -> list[Choice]:
    """Return the entries of chapters whose titles say the largest part of a code."""
    best: dict[int, tuple[int, str]] = {}
    for pre in {pre for word in meaning.words for pre in targets.titled.get(word, ())}:
        words = targets.wording.words(targets.title(pre))
        if chapters and targets.entities[pre].chapter not in chapters:
            continue
        said = words & meaning.words
        if words <= meaning.words | meaning.context | FREE and 2 * len(said) >= len(meaning.words):
            best[pre] = len(said), targets.title(pre)
    ranked = sorted(best, key=lambda pre: (-best[pre][0], pre))[:3]
    return [
        Choice(pre, Way.WITHIN, meaning.words & targets.above[pre], best[pre][1]) for pre in ranked
    ]


def _family(meaning: Meaning, anchors: list[Anchor], targets: Targets) -> list[Choice]:
    """Return what rows lead to: the children that say more of the code, then the rows' targets."""
    down: list[tuple[tuple[int, ...], Choice]] = []
    rows: list[Choice] = []
    base = targets.above[targets.concept(anchors[0].pre)] if anchors else frozenset()
    for anchor in anchors:
        top = targets.concept(anchor.pre)
        best = _descend(meaning, top, base, targets)
        if best is not None:
            down.append((best[0], best[1]._replace(anchor=anchor)))
        if anchor.row.mapping == ONE or not rows:
            way = Way.ROW if anchor.is_exact else Way.PREFIX
            said = meaning.words & targets.above[anchor.pre]
            name = targets.title(anchor.pre)
            rows.append(Choice(anchor.pre, way, said, name, anchor, rest=anchor.rest))
    down.sort(key=lambda item: item[0], reverse=True)
    return [choice for _, choice in down] + rows


def _descend(
    meaning: Meaning, top: int, base: Words, targets: Targets
) -> tuple[tuple[int, ...], Choice] | None:
    """Return the entry below one that says most of a code and adds nothing, if one does.

    `base` are the words that the first row's target says: they are no news and do no harm.
    """
    known = meaning.words | meaning.context | base | FREE
    best: tuple[tuple[int, ...], Choice] | None = None
    for pre in targets.below(top):
        if targets.is_residual(pre) or not targets.code(pre):
            continue
        for name in targets.names[pre]:
            new = (name.words & meaning.words) - base
            if not new or not name.words <= known:
                continue
            if name.is_narrower and (meaning.is_unspecified or not _is_home(pre, known, targets)):
                continue
            rank = (len(new), -len(name.words - meaning.words), not name.is_narrower, -pre)
            if best is None or rank > best[0]:
                said = (name.words | targets.above[pre]) & meaning.words
                way = Way.DESCENT
                best = rank, Choice(pre, way, said, name.text, is_narrower=name.is_narrower)
    return best
