"""Whether the server's memory stays where it is: minutes of mixed load, junk among it."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from benchmarks.asked import MMS, make_paths
from benchmarks.fuzz import changed, drawn
from benchmarks.load import Client, ask
from benchmarks.profile_shares import random_pairs
from benchmarks.served import our_server
from icd11kit.store.bulk import all_entities
from icd11kit.terminology import Terminology, open_terminology
from icd11kit.vocabulary import System

MINUTES = 5
SEED = 31


def main() -> None:
    """Print the resident memory at the start, after each minute, and what was answered."""
    with open_terminology() as icd, our_server() as ours:
        print(f"start: {resident(ours.pid):.1f} MiB")
        _ask_all(ours.port, list(every_code(icd)))
        print(f"each code asked for once: {resident(ours.pid):.1f} MiB", flush=True)
        requests = mixed(icd, random.Random(SEED))
        for minute in range(1, MINUTES + 1):
            client = Client(ours.port, requests, time.monotonic() + 60)
            asyncio.run(client.run())
            statuses = ", ".join(f"{k}: {v:,}" for k, v in sorted(client.statuses.items()))
            print(f"minute {minute}: {resident(ours.pid):.1f} MiB; answers {statuses}", flush=True)


def resident(pid: int) -> float:
    """Return the memory a process has in use, in MiB."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def every_code(icd: Terminology) -> Iterator[bytes]:
    """Yield what asks for each code of the release, whose entries are kept from then on."""
    for item in all_entities(icd.store(System.MMS)):
        if item.code:
            yield ask(_validate(item.code))
            yield ask(f"/icd/release/11/{icd.release}/mms/codeinfo/{quote(item.code, safe='')}")


def _ask_all(port: int, requests: list[bytes]) -> None:
    """Put requests until all are answered."""
    asyncio.run(Client(port, iter(requests), time.monotonic() + 600).run())


def mixed(icd: Terminology, chosen: random.Random) -> Iterator[bytes]:
    """Yield requests without end: real ones, clusters never seen before, and junk."""
    usual = [path for paths in make_paths(icd).values() for path in paths]
    pairs = random_pairs(icd.clusters, 20_000)
    seeds = [f"{stem.code}&{value.code}" for stem, value in pairs]
    while True:
        cluster, junk = chosen.choice(seeds), changed(chosen, seeds)
        yield from (
            ask(chosen.choice(usual)),
            ask(_validate(f"{cluster}/{chosen.choice(seeds)}")),
            ask(_validate(junk)),
            ask(f"/icd/release/11/{icd.release}/mms/codeinfo/{quote(cluster, safe='')}"),
            ask(f"/icd/release/11/{icd.release}/mms/codeinfo/{quote(junk, safe='')}"),
            ask(f"/icd/release/11/{icd.release}/mms/search?q={quote(_word(chosen), safe='')}"),
            ask(f"/{quote(drawn(chosen), safe='')}/{chosen.random()}"),
            ask("/fhir/CodeSystem/$validate-code", "POST", _posted(junk), "application/json"),
            ask("/fhir/ValueSet/$expand", "POST", chosen.randbytes(200), "application/json"),
        )


def _validate(cluster: str) -> str:
    return f"/fhir/CodeSystem/$validate-code?url={MMS}&code={quote(cluster, safe='')}"


def _word(chosen: random.Random) -> str:
    return "".join(chosen.choices("aeiourstnlmdp", k=3 + int(5 * chosen.random())))


def _posted(code: str) -> bytes:
    given = [{"name": "url", "valueUri": MMS}, {"name": "code", "valueCode": code}]
    return json.dumps({"resourceType": "Parameters", "parameter": given}).encode("utf-8")
