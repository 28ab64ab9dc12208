"""What a derivation needs, read from open stores: ICD-11 to map to, ICD-10-CM to map from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from icd11kit.crosswalk.curated import Curated, parse_sssom
from icd11kit.crosswalk.derive import Deriver, Ingredients
from icd11kit.crosswalk.mapping import codes_of
from icd11kit.crosswalk.meaning import CmCode
from icd11kit.crosswalk.rulebook import shipped_rules
from icd11kit.crosswalk.tables import WhoTables
from icd11kit.crosswalk.targets import Targets
from icd11kit.errors import SourceError
from icd11kit.model import LinearizationEntity
from icd11kit.postcoordination.validate import Validator
from icd11kit.resources import read_resource, resource_names
from icd11kit.store.bulk import all_entities, all_map_rows, all_terms
from icd11kit.store.read import Store, read_path
from icd11kit.vocabulary import ClassKind


def load_deriver(
    mms: Store, users: Iterable[Curated] = (), *, ingredients: Ingredients | None = None
) -> Deriver:
    """Return a deriver of mappings to a release; `users` are mappings that override all else.

    Raises SourceError where a user's mapping has a code that the release has not; shipped
    ones are passed over then.
    """
    rules = shipped_rules()
    targets = Targets(all_entities(mms), all_terms(mms), rules.wording)
    tables = WhoTables(all_map_rows(mms), targets)
    for row in users:
        _check(row, targets)
    return Deriver(
        tables, Validator(mms), rules, shipped_curated(), users=users,
        ingredients=ingredients,
    )  # fmt: skip


def _check(row: Curated, targets: Targets) -> None:
    for code in sorted(codes_of(row.target)):
        if code not in targets.by_code:
            reason = f"{row.source} is sent to {code}, no code of the release"
            raise SourceError(row.where or row.origin, reason)


def shipped_curated() -> Iterator[Curated]:
    """Yield the rows of the mapping sets that come with the package."""
    for name in resource_names("mappings", ".sssom.tsv"):
        yield from parse_sssom(read_resource("mappings", name), name)


def all_codes(icd10cm: Store) -> Iterator[CmCode]:
    """Yield every ICD-10-CM code and category with the titles above it."""
    above: list[LinearizationEntity] = []
    for entity in all_entities(icd10cm):
        if entity.kind is not ClassKind.CATEGORY:
            above.clear()
            continue
        while above and above[-1].depth >= entity.depth:
            above.pop()
        yield CmCode(entity.code, entity.title, _titles(above), entity.billable)
        above.append(entity)


def read_code(icd10cm: Store, pre: int) -> CmCode:
    """Return the ICD-10-CM code at a place that is known to hold one."""
    *above, entity = read_path(icd10cm, pre)
    return CmCode(entity.code, entity.title, _titles(above), entity.billable)


def _titles(above: Iterable[LinearizationEntity]) -> tuple[tuple[str, str], ...]:
    return tuple((e.code, e.title) for e in above if e.kind is ClassKind.CATEGORY)
