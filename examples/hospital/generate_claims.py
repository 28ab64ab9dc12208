"""Write claims of a hospital that does not exist: a row a stay, the same for the same seed.

python examples/hospital/generate_claims.py --rows 2000 --seed 11 > claims.csv
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple

import icd11kit

HERE = Path(__file__).parent
COLUMNS = ("stay", "admitted", "ward", "age", "sex", "dx1", "dx2", "dx3")
MOST_CODES = 8
"""So many codes of a family are used: what else ICD-10-CM has below it is rare in one hospital."""
MORE = (0.75, 0.45)
"""How likely a second diagnosis is, and a third after a second."""
FIRST_DAY, DAYS = date(2024, 1, 1), 366


class Ward(NamedTuple):
    """A ward: its share of all stays, the ages it sees, how likely a patient is a woman."""

    name: str
    share: float
    age: float
    spread: float
    youngest: int
    oldest: int
    female: float


class Family(NamedTuple):
    """Codes that stand for one kind of problem, where it is seen and in whom."""

    codes: tuple[str, ...]
    role: str
    weight: float
    wards: frozenset[str]
    youngest: int
    oldest: int
    sex: str

    def fits(self, role: str, ward: str, age: int, sex: str) -> bool:
        """Return whether a patient of a ward can have it in a role."""
        is_seen = self.role == role and ward in self.wards and self.sex in ("", sex)
        return is_seen and self.youngest <= age <= self.oldest


def read_wards() -> list[Ward]:
    """Return the wards of wards.csv."""
    return [
        Ward(name, float(share), float(age), float(spread), int(young), int(old), float(female))
        for name, share, age, spread, young, old, female in _rows("wards.csv")
    ]


def read_families(icd: icd11kit.Terminology) -> list[Family]:
    """Return the families of families.csv that the installed ICD-10-CM has codes of."""
    found = []
    for name, role, weight, wards, young, old, sex in _rows("families.csv"):
        codes = find_codes(icd, name)
        if codes:
            ages = int(young), int(old)
            found.append(Family(codes, role, float(weight), frozenset(wards.split()), *ages, sex))
    return found


def find_codes(icd: icd11kit.Terminology, family: str) -> tuple[str, ...]:
    """Return the billable codes of a family, those with a 9 for unspecified first, else in order.

    A seventh character other than A, the first encounter, is left out: a stay is the first one.
    Codes below a family are all billable, or none of them is.
    """
    try:
        codes = icd.codes_below(family) or (family,)
        if not icd.lookup(codes[0], system="icd10cm").billable:
            return ()
    except icd11kit.UnknownCodeError:
        return ()
    first = [code for code in codes if len(code) < 8 or code.endswith("A")]
    return tuple(sorted(first, key=lambda code: "9" not in code[4:])[:MOST_CODES])


def _rows(name: str) -> list[list[str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))[1:]


def make_stays(
    wards: Sequence[Ward], families: Sequence[Family], rows: int, seed: int
) -> Iterator[tuple[str, ...]]:
    """Yield stays, cell by cell as in COLUMNS."""
    chance = Random(seed)
    shares = [ward.share for ward in wards]
    for number in range(1, rows + 1):
        ward = chance.choices(wards, shares)[0]
        sex = "F" if chance.random() < ward.female else "M"
        age = _age(ward, chance)
        admitted = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
        codes = _diagnoses(families, ward.name, age, sex, chance)
        yield (
            f"S{number:07}", admitted.isoformat(), ward.name, str(age), sex,
            *codes, *[""] * (3 - len(codes)),
        )  # fmt: skip


def _age(ward: Ward, chance: Random) -> int:
    age = round(chance.gauss(ward.age, ward.spread))
    return min(max(age, ward.youngest), ward.oldest)


def _diagnoses(
    families: Sequence[Family], ward: str, age: int, sex: str, chance: Random
) -> list[str]:
    """Return one to three codes of different families, the main one first."""
    main = [each for each in families if each.fits("main", ward, age, sex)]
    if not main:
        sys.exit(f"no main family in use fits a patient of {ward}, {age} years old, sex {sex}")
    also = [each for each in families if each.fits("also", ward, age, sex)]
    codes = [_code(main, chance)]
    for likely in MORE:
        left = [each for each in also if each.codes[0][:3] not in {code[:3] for code in codes}]
        if not left or chance.random() >= likely:
            break
        codes.append(_code(left, chance))
    return codes


def _code(families: Sequence[Family], chance: Random) -> str:
    """Return a code: a family by its weight, in it the nth code 1/n times as often as the first."""
    codes = chance.choices(families, [each.weight for each in families])[0].codes
    return chance.choices(codes, [1 / place for place in range(1, len(codes) + 1)])[0]


def main() -> None:
    """Print the claims as CSV, and say on stderr what they were made of."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with icd11kit.open() as icd:
        families = read_families(icd)
    codes = {code for family in families for code in family.codes}
    print(f"{len(codes)} codes of {len(families)} families are in use", file=sys.stderr)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(make_stays(read_wards(), families, given.rows, given.seed))


if __name__ == "__main__":
    main()
