"""The ratios of open, look-up, subsumption, search and build, each in one run.

Where cost can grow the same is measured at a quarter, a half and the whole of a release.
"""

from __future__ import annotations

import csv
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import networkx as nx

from benchmarks.data import ROOT, need
from benchmarks.timing import each, in_turn, over, percentile, run_command
from icd11kit.graph import Digraph, is_ancestor
from icd11kit.terminology import Terminology, open_terminology

TABULATION = "mms/SimpleTabulation-ICD-11-MMS-en_2024-01.zip"
MAPS = "maps/2024-01/mapping.zip"
SIZES = (9_000, 18_000, 36_044)


def main() -> None:
    """Print every ratio."""
    tabulation, maps = need(TABULATION, MAPS)
    with tempfile.TemporaryDirectory(prefix="icd11kit-bench-") as folder:
        homes = _build(Path(folder), tabulation, maps)
        whole = homes[SIZES[-1]]
        _open(whole)
        _look_up(homes)
        _subsumption(homes)
        _search(homes)


def _build(folder: Path, tabulation: Path, maps: Path) -> dict[int, Path]:
    """Build a home at each size, time it against the bare insertion of the same rows."""
    rows = _lines(tabulation)
    homes: dict[int, Path] = {}
    print("build (tabulation, maps, search index; ICD-10-CM installed before)")
    for size in SIZES:
        home = homes[size] = folder / f"home-{size}"
        part = folder / f"SimpleTabulation-ICD-11-MMS-en-{size}.txt"
        part.write_bytes(b"\r\n".join(rows[: size + 1]) + b"\r\n")
        command = [sys.executable, "-c", "from icd11kit.cli.main import main; main()", "install"]
        command += ["--no-crosswalk", "--home", str(home), "--from", str(part), "--from", str(maps)]
        run_command(command)
        next((home / "releases").glob("mms-*")).unlink()
        seconds, peak = run_command(command)
        bare = _bare_insert(rows[1 : size + 1], folder / f"bare-{size}.sqlite")
        print(
            f"  {size:>6,} rows: {seconds:5.1f} s, peak {peak:4.0f} MiB; bare insert {bare:.2f} s"
        )
    return homes


def _lines(tabulation: Path) -> list[bytes]:
    from icd11kit.sources.documents import read_documents

    for document in read_documents(tabulation):
        if document.name.endswith(".txt") and "readme" not in document.name:
            return document.data.split(b"\r\n")
    raise SystemExit(f"{tabulation} holds no text")


def _bare_insert(rows: list[bytes], path: Path) -> float:
    start = time.perf_counter()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a, b, c, d, e)")
        cells = (row.decode("utf-8", "replace").split("\t")[:5] for row in rows)
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", cells)
    connection.close()
    return time.perf_counter() - start


def _open(home: Path) -> None:
    path = next((home / "releases").glob("mms-*"))

    def ours() -> None:
        icd = open_terminology(home)
        icd.title("5A11")
        icd.editions.opened["mms-2024-01-en"].connection.close()

    def floor() -> None:
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        connection.execute("SELECT pre FROM label WHERE label = '5A11'").fetchone()
        connection.close()

    pair = in_turn(ours, floor, 101)
    print(
        f"open and one title: {1e6 * pair.ours:.0f} us, bare SQLite {1e6 * pair.other:.0f} us, "
        f"ratio {pair.ratio:.1f}"
    )


def _codes(icd: Terminology, number: int = 2_000) -> list[str]:
    linearization = icd.linearization()
    codes = [e.code for e in linearization.entities.values() if e.code and e.chapter != e.code]
    return random.Random(11).sample(codes, number)


def _look_up(homes: dict[int, Path]) -> None:
    print("look-up in a running process, per call")
    for size, home in homes.items():
        icd = open_terminology(home)
        codes = _codes(icd)
        titles = {code: icd.title(code) for code in codes}
        pair = in_turn(each(icd.title, codes), each(titles.__getitem__, codes), 9)
        whole = in_turn(each(icd.lookup, codes[:300]), each(icd.title, codes[:300]), 5)
        print(
            f"  {size:>6,} entries: title {1e6 * pair.ours / len(codes):.1f} us "
            f"(a dict {1e6 * pair.other / len(codes):.2f}), "
            f"everything about a code {1e6 * whole.ours / 300:.0f} us"
        )


def _subsumption(homes: dict[int, Path]) -> None:
    print("subsumption, per question, warm")
    for size, home in homes.items():
        icd = open_terminology(home)
        tree = icd.linearization()
        ids = {entity.code: entity.id for entity in tree.entities.values() if entity.code}
        pairs = _pairs(_codes(icd, 400))
        by_id = [(ids[inner], ids[outer]) for inner, outer in pairs]
        pair = in_turn(over(icd.is_below, pairs), over(_path_in(tree.graph), by_id), 9)
        print(
            f"  {size:>6,} entries: tree {1e6 * pair.ours / len(pairs):.2f} us, "
            f"networkx has_path {1e6 * pair.other / len(pairs):.1f} us"
        )
    foundation = open_terminology(homes[SIZES[-1]]).foundation()
    pairs = _pairs(random.Random(11).sample(sorted(foundation.graph), 400))

    def ours(inner: str, outer: str) -> bool:
        return is_ancestor(foundation, outer, inner)

    pair = in_turn(over(ours, pairs), over(_path_in(foundation.graph), pairs), 9)
    print(
        f"  Foundation of {len(foundation.graph):,}: {1e6 * pair.ours / len(pairs):.2f} us, "
        f"networkx has_path {1e6 * pair.other / len(pairs):.1f} us"
    )


def _pairs(names: list[str]) -> list[tuple[str, str]]:
    middle = len(names) // 2
    return list(zip(names[:middle], names[middle:], strict=True))


def _path_in(graph: Digraph) -> Callable[[str, str], bool]:
    return lambda inner, outer: bool(nx.has_path(graph, outer, inner))


def _search(homes: dict[int, Path]) -> None:
    print("search, per query of tests/cases/search_queries.csv")
    with (ROOT / "tests" / "cases" / "search_queries.csv").open(encoding="utf-8") as stream:
        queries = [row["query"] for row in csv.DictReader(stream) if row["kind"] != "extension"]
    for size, home in homes.items():
        icd = open_terminology(home)
        for query in queries[:5]:
            icd.search(query)
        times = []
        for query in queries:
            start = time.perf_counter()
            icd.search(query)
            times.append(1000 * (time.perf_counter() - start))
        print(
            f"  {size:>6,} entries: p50 {percentile(times, 0.5):.2f} ms, "
            f"p95 {percentile(times, 0.95):.2f} ms, longest {max(times):.1f} ms"
        )
