"""One code derived afresh, as the tests of the crosswalk ask for it."""

from __future__ import annotations

from icd11kit.crosswalk.derive import Deriver
from icd11kit.crosswalk.load import read_code
from icd11kit.crosswalk.mapping import CodeMapping
from icd11kit.store.read import find_pre
from icd11kit.terminology import Terminology
from icd11kit.vocabulary import System


def mapped(deriver: Deriver, icd: Terminology, code: str) -> CodeMapping:
    store = icd.store(System.ICD10CM)
    pre = find_pre(store, code)
    assert pre is not None, code
    return deriver.derive(read_code(store, pre))
