"""python -m benchmarks [PART...]: print the figures that the docs quote.

Parts: start-up, ratios, search, who-changes, profile, clusters, fuzz, crosswalk, gold, calibration,
recode, coverage, server, server-memory.
"""

from __future__ import annotations

import sys

from benchmarks import (
    calibration,
    clusters,
    coverage_gold,
    crosswalk_all,
    crosswalk_gold,
    fuzz,
    profile_shares,
    ratios,
    recode,
    search_hits,
    server,
    server_memory,
    start_up,
    who_changes,
)

PARTS = {
    "start-up": start_up.main,
    "ratios": ratios.main,
    "search": search_hits.main,
    "who-changes": who_changes.main,
    "profile": profile_shares.main,
    "clusters": clusters.main,
    "fuzz": fuzz.main,
    "crosswalk": crosswalk_all.main,
    "gold": crosswalk_gold.main,
    "calibration": calibration.main,
    "recode": recode.main,
    "coverage": coverage_gold.main,
    "server": server.main,
    "server-memory": server_memory.main,
}

for part in sys.argv[1:] or PARTS:
    if part not in PARTS:
        sys.exit(__doc__)
    PARTS[part]()
