"""From an ICD-10-CM code to ICD-11: every step of a mapping, in its order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from icd11kit.crosswalk.confidence import Calibration, confidence_of, kind_of
from icd11kit.crosswalk.curated import Curated
from icd11kit.crosswalk.drafts import (
    KIND,
    NOTHING,
    Draft,
    curated_draft,
    is_kind,
    kept_rest,
    relation_of,
    stem_of,
    unsaid_facets,
    unsaid_words,
    why,
)
from icd11kit.crosswalk.families import fill, find_rule, words_said
from icd11kit.crosswalk.mapping import (
    Alternative,
    CodeMapping,
    Evidence,
    Facet,
    Relation,
    codes_of,
)
from icd11kit.crosswalk.meaning import CmCode, Meaning, read_meaning
from icd11kit.crosswalk.pieces import (
    AGENT,
    Piece,
    agent_pieces,
    anatomy_pieces,
    facet_pieces,
    further_stem,
    says_no_site,
    site_words,
    unsaid_pieces,
)
from icd11kit.crosswalk.report import to_report
from icd11kit.crosswalk.rulebook import Rulebook
from icd11kit.crosswalk.stems import Choice, Way, find_choices
from icd11kit.crosswalk.tables import Anchor, WhoTables
from icd11kit.postcoordination.validate import Validator

_MOST_ALTERNATIVES = 5


class Ingredients(NamedTuple):
    """Which steps of a derivation are taken; all but for measuring what each brings."""

    descent: bool = True
    rules: bool = True
    pieces: bool = True
    curated: bool = True


class Deriver:
    """Derives mappings from ICD-10-CM for one release of ICD-11."""

    def __init__(
        self,
        tables: WhoTables,
        validator: Validator,
        rules: Rulebook,
        curated: Iterable[Curated] = (),
        *,
        users: Iterable[Curated] = (),
        ingredients: Ingredients | None = None,
    ) -> None:
        self.targets, self.tables = tables.targets, tables
        self.validator, self.rules = validator, rules
        self.curated = {row.source: row for row in curated if self._has(row.target)}
        self.users = {row.source: row for row in users}
        self.ingredients = ingredients or Ingredients()
        self.sites = site_words(tables.targets)
        self._meanings: dict[str, Meaning] = {}

    def _has(self, expression: str) -> bool:
        """Return whether a release has all codes of an expression."""
        return all(code in self.targets.by_code for code in codes_of(expression))

    def read(self, source: CmCode) -> Meaning:
        """Return what a code says, read once."""
        found = self._meanings.get(source.code)
        if found is None:
            found = read_meaning(source, self.rules.words, self.rules.wording)
            self._meanings[source.code] = found
        return found

    def derive(self, source: CmCode) -> CodeMapping:
        """Return what a code is in ICD-11."""
        meaning = self.read(source)
        anchors = list(
            self.tables.anchors(source.code, dict([*source.above, (source.code, source.title)]))
        )
        own = self.curated.get(source.code) if self.ingredients.curated else None
        is_users = source.code in self.users
        own = self.users.get(source.code, own)
        choices = find_choices(meaning, anchors, self.targets, descent=self.ingredients.descent)
        drafts = [self._draft(choice, meaning) for choice in choices]
        if own is not None:
            best = curated_draft(own, Way.USER if is_users else Way.CURATED)
            best = self._with_facets_said(best, self._facet_pieces(best, meaning))
        else:
            best = self._by_rule(meaning, anchors, choices) or (drafts[0] if drafts else NOTHING)
            if self.ingredients.pieces and best.expression:
                best = self._with_pieces(best, meaning)
        return self._mapping(meaning, best, drafts, own, anchors)

    def _by_rule(
        self, meaning: Meaning, anchors: Sequence[Anchor], choices: Sequence[Choice]
    ) -> Draft | None:
        above = self._curated_above(meaning)
        if above is not None:
            return None if choices and self._is_closer(choices[0], above) else above
        if not self.ingredients.rules:
            return None
        rule = find_rule(meaning, self.rules.stems)
        if rule is None:
            return None
        first = anchors[0].pre if anchors else None
        row = "" if first is None else self._row_code(anchors[0]) or self.targets.code(first)
        expression = self._known(fill(rule, meaning, row, self.rules.classes, self.targets))
        if not expression:
            return None
        evidence = Evidence("rule", rule.reason)
        said = words_said(rule, meaning, self.targets)
        return Draft(expression, stem_of(expression), Way.RULE, said, (evidence,))

    def _row_code(self, anchor: Anchor) -> str:
        pre = self.targets.terminal(anchor.pre)
        return self.targets.code(pre) if self.targets.is_stem(pre) else ""

    def _known(self, expression: str) -> str:
        """Return an expression's parts that name codes, with terminal stems."""
        groups = []
        for group in expression.split("/"):
            first, *rest = group.split("&")
            pre = self.targets.by_code.get(first)
            if pre is not None:
                code = self.targets.code(self.targets.terminal(pre))
                groups.append("&".join([code, *(c for c in rest if c in self.targets.by_code)]))
        return "/".join(groups)

    def _curated_above(self, meaning: Meaning) -> Draft | None:
        shipped = self.curated if self.ingredients.curated else {}
        for code, _ in reversed(meaning.source.above):
            found = self.users.get(code) or shipped.get(code)
            if found is not None:
                return curated_draft(found, Way.CURATED_ABOVE)
        return None

    def _is_closer(self, choice: Choice, above: Draft) -> bool:
        """Return whether a choice has the code's own title, below what its category was sent to."""
        if choice.way is not Way.SAME_TITLE or above.concept not in self.targets.by_code:
            return False
        top = self.targets.concept(self.targets.by_code[above.concept])
        own = self.targets.concept(choice.pre)
        return own != top and self.targets.is_below(own, top)

    def _draft(self, choice: Choice, meaning: Meaning) -> Draft:
        pre = to_report(choice, meaning, self.targets, self.sites)
        code = self.targets.code(pre)
        expression = code + kept_rest(choice, meaning, self.targets) if pre == choice.pre else code
        concept = self.targets.code(self.targets.concept(choice.pre)) or code
        said = choice.said | self.targets.above[pre]
        return Draft(expression, concept, choice.way, said, tuple(why(choice)))

    def _with_pieces(self, draft: Draft, meaning: Meaning) -> Draft:
        """Return a draft with what it leaves unsaid, as far as its stem's axes admit that."""
        first = stem_of(draft.expression)
        faceted = self._facet_pieces(draft, meaning)
        found = [piece for _, piece in faceted]
        is_open = draft.way is not Way.SAME_ROW or self._is_residual(first)
        if draft.way is not Way.RULE and "/" not in draft.expression:
            if is_open and not says_no_site(first, self.rules.facets):
                has_side = any(facet.kind == "laterality" for facet, _ in faceted)
                found += anatomy_pieces(
                    meaning, first, self.targets, self._admits, has_side=has_side
                )
            if f"&{AGENT}" not in draft.expression:
                found += agent_pieces(meaning, first, self.targets, self._admits)
            joins = any(piece.operator == "/" for piece in found)
            further = None if joins else further_stem(meaning, first, self.targets)
            found += [further] if further else []
        for piece in found:
            draft = self._joined(draft, piece)
        return self._with_facets_said(draft, faceted)

    def _facet_pieces(self, draft: Draft, meaning: Meaning) -> list[tuple[Facet, Piece]]:
        if not draft.expression:
            return []
        first = stem_of(draft.expression)
        found = facet_pieces(meaning, first, self.rules.facets, self._admits)
        return list(unsaid_pieces(found, first, self.targets))

    def _with_facets_said(self, draft: Draft, faceted: Sequence[tuple[Facet, Piece]]) -> Draft:
        """Return a draft that knows which facets the codes of its expression say."""
        codes = re.split("[&/]", draft.expression)
        return draft._replace(said=frozenset(f for f, piece in faceted if piece.code in codes))

    def _is_residual(self, code: str) -> bool:
        return self.targets.is_residual(self.targets.by_code[code])

    def _joined(self, draft: Draft, piece: Piece) -> Draft:
        """Return a draft with a piece, as it was where the validator finds an error in it."""
        head, slash, tail = draft.expression.partition("/")
        if piece.code in re.split("[&/]", draft.expression):
            return draft
        joined = f"{head}&{piece.code}{slash}{tail}"
        if piece.operator == "/":
            joined = f"{draft.expression}/{piece.code}"
        if not self.validator.validate(joined).valid:
            return draft
        evidence = Evidence("piece", f"{piece.code} says {piece.says}")
        return draft._replace(
            expression=joined, words=draft.words | piece.words,
            evidence=(*draft.evidence, evidence),
        )  # fmt: skip

    def _admits(self, first: str, code: str) -> str:
        """Return the axis of a stem that admits an extension, "" where none does."""
        entries = self.validator.entries
        head, value = entries[first], entries[code]
        if head is None or value is None:
            return ""
        axes = self.validator.axes.axes_of(head)
        return next((axes.axes[n].name for n in axes.admitting(value)), "")

    def _mapping(
        self,
        meaning: Meaning,
        best: Draft,
        drafts: Sequence[Draft],
        own: Curated | None,
        anchors: Sequence[Anchor],
    ) -> CodeMapping:
        source = meaning.source
        left = unsaid_words(meaning, best, self.targets) if own is None else ()
        remainder = (*unsaid_facets(meaning, best, self.targets), *left)
        relation = own.relation if own else relation_of(best, remainder, meaning, self.targets)
        if own is None and relation is Relation.EXACT and is_kind(anchors, meaning):
            relation, remainder = Relation.BROAD, (*remainder, KIND)
        trust = self.rules.calibration
        head = stem_of(best.expression)
        others = {
            d.expression: d
            for d in reversed(drafts)
            if d.expression and stem_of(d.expression) != head
        }
        targets = {self._row_code(anchor) for anchor in anchors} - {""}
        is_open = best.way in (Way.ROW, Way.PREFIX, Way.DESCENT) and len(targets) > 1
        return CodeMapping(
            source.code, source.title, best.expression, best.concept,
            self.validator.validate(best.expression).display if best.expression else "",
            head, relation,
            _confidence(trust, best, own, is_all_said=not left),
            remainder, best.evidence,
            tuple(
                self._alternative(draft, meaning, best)
                for draft in list(reversed(others.values()))[:_MOST_ALTERNATIVES]
            ),
            is_open, self.validator.release,
        )  # fmt: skip

    def _alternative(self, draft: Draft, meaning: Meaning, best: Draft) -> Alternative:
        left = unsaid_words(meaning, draft, self.targets)
        relation = relation_of(draft, left, meaning, self.targets)
        kind = kind_of(draft.stated, is_all_said=not left)
        trust = confidence_of(self.rules.calibration, draft.way.value, kind)
        lost = f"; does not say {', '.join(left)}" if left else ""
        return Alternative(
            draft.expression,
            relation,
            trust,
            f"{draft.way.value}; {best.way.value} counts more{lost}",
        )


def _confidence(
    calibration: Calibration, best: Draft, own: Curated | None, *, is_all_said: bool
) -> float:
    """Return the confidence in an answer; in a user's mapping what the user says."""
    if own is not None and best.way is Way.USER:
        return own.confidence
    if not best.expression:
        return 0.0
    return confidence_of(calibration, best.way.value, kind_of(best.stated, is_all_said=is_all_said))
