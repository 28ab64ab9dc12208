# %% [markdown]
# # How well does ICD-11 cover one hospital's diagnoses?
#
# A notebook as a script: editors that know `# %%` run it cell by cell, and
# `python examples/coverage_notebook.py [claims.csv] [column]` runs all of it. Without a file it
# makes claims of a hospital that does not exist (`examples/hospital`), so its shares say
# nothing about real hospitals; with a file of your own they are yours. Needs Polars.

# %% What is asked
from __future__ import annotations

import csv
import sys
from pathlib import Path
from random import Random

import polars as pl
from hospital.generate_claims import COLUMNS, make_stays, read_families, read_wards

import icd11kit
import icd11kit.frames

PATH = sys.argv[1] if len(sys.argv) > 1 else ""
COLUMN = sys.argv[2] if len(sys.argv) > 2 else "dx1"
SEED, ROWS, DRAWS = 11, 2000, 200
icd = icd11kit.open()
icd11kit.frames.use(icd)
print(f"ICD-11 MMS {icd.release}, tier {icd.tier}")

# %% Load: a row a stay, codes as texts
if PATH:
    claims = pl.read_csv(PATH, infer_schema=False, separator="\t" if "tsv" in PATH[-6:] else ",")
    if COLUMN not in claims.columns:
        sys.exit(f"{PATH} has no column {COLUMN!r}; there are {', '.join(claims.columns)}")
else:
    stays = make_stays(read_wards(), read_families(icd), ROWS, SEED)
    claims = pl.DataFrame(list(stays), schema=list(COLUMNS), orient="row")
volumes = claims.filter(pl.col(COLUMN) != "").group_by(COLUMN).len("volume")
volumes = volumes.sort(["volume", COLUMN], descending=[True, False])
print(f"{volumes['volume'].sum():,} diagnoses, {volumes.height:,} different codes")

# %% Map: each different code once
code = pl.col(COLUMN).icd11  # type: ignore[attr-defined]
mapped = volumes.with_columns(
    code.map(field="target").alias("icd11"),
    code.map(field="relation").alias("relation"),
    code.map(field="confidence").alias("confidence"),
    code.map(field="outcome").alias("outcome"),
    code.map(field="needs_review").alias("needs_review"),
)
print(mapped.select(COLUMN, "volume", "icd11", "relation", "outcome").head(8).write_csv())

# %% Measure: outcomes by code, which says what the classifications are like, and by volume,
# which says what a hospital will notice
outcomes = (
    mapped.group_by("outcome")
    .agg(codes=pl.len(), volume=pl.col("volume").sum())
    .with_columns(
        by_code=(pl.col("codes") / pl.col("codes").sum()).round(3),
        by_volume=(pl.col("volume") / pl.col("volume").sum()).round(3),
    )
    .sort(["volume", "outcome"], descending=[True, False])
)
print(outcomes.write_csv())

# %% How sure is the share that carries over? Stays drawn again and again, from these stays only:
# the interval speaks of which patients came, not of mistakes in the mapping.
whole = mapped.filter(pl.col("outcome").is_in(["one code", "cluster"]))[COLUMN].to_list()
weights, codes = mapped["volume"].to_list(), mapped[COLUMN].to_list()
chance, total, good = Random(SEED), sum(weights), set(whole)
shares = sorted(
    sum(drawn in good for drawn in chance.choices(codes, weights, k=total)) / total
    for _ in range(DRAWS)
)
low, high = shares[int(0.025 * DRAWS)], shares[int(0.975 * DRAWS) - 1]
share = sum(n for c, n in zip(codes, weights, strict=True) if c in good) / total
print(f"carries over whole: {share:.3f} of the volume, 95 % interval {low:.3f} to {high:.3f}")
review = mapped.filter("needs_review")["volume"].sum() / total
print(f"a coder should look at {review:.3f} of the volume")

# %% Draw, where matplotlib is there and a file to write is named
FIGURE = sys.argv[3] if len(sys.argv) > 3 else ""
try:
    from matplotlib.figure import Figure
except ModuleNotFoundError:
    print("no figure: matplotlib is not installed", file=sys.stderr)
else:
    if FIGURE:
        figure = Figure(figsize=(7, 3), layout="constrained")
        axes = figure.subplots()
        axes.barh(outcomes["outcome"].to_list()[::-1], outcomes["by_volume"].to_list()[::-1])
        axes.set_xlabel("share of volume")
        figure.savefig(FIGURE)

# %% Keep: the table that all of this rests on, to be published beside the shares
if len(sys.argv) > 4:
    with Path(sys.argv[4]).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([mapped.columns, *mapped.rows()])
icd.close()
